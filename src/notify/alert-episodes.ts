// Owns which alerts people are told of: each beginning once, its end where it lasted, and of floods the first and one digest a day.
// Called by told-alerts.ts whenever an alert changes and now and then, with what is kept of earlier ones.
// Must stay true: pure; what people were told last is what holds: after an end that was told, a new beginning is told.
import { createHash } from 'node:crypto';
import type { AlertId } from '#contract/alert-ids.ts';
import type { AlertItem } from './kinds/notification.ts';

/** What is kept of an alert, across restarts. Times are milliseconds since the Unix epoch. */
export type Episode = {
  readonly alertId: AlertId;
  /** Of which service, phone … it is. */
  readonly about: string;
  readonly values: AlertItem['values'];
  readonly raisedAt: number;
  readonly toldAt: number | undefined;
  readonly overAt: number | undefined;
  /** How often it began without being told, for the digest. */
  readonly keptBack: number;
};

export type OpenAlert = Pick<AlertItem, 'alertId' | 'about' | 'values' | 'since'>;

export type AlertNews = {
  readonly item: AlertItem;
  readonly dedupe: string;
  /** Told only where that was. */
  readonly after?: string;
};

export type AlertDecision = {
  readonly saved: readonly Episode[];
  readonly removed: readonly Episode[];
  readonly told: readonly AlertNews[];
};

type Known = {
  readonly episodes: readonly Episode[];
  readonly open: readonly OpenAlert[];
  /** Since the start of the process. */
  readonly runningMs: number;
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Brokers and trunks are still coming up. */
const startMs = minuteMs;
/** What was over sooner needs no second message. */
const endToldAfterMs = 5 * minuteMs;
/** What begins anew within this time was never over. */
const settledMs = 15 * minuteMs;
const sameEpisodeMs = hourMs;
const keptMs = 7 * dayMs;
const maxAbouts = 20;

/** The house cannot do what people rely on: told at night too. */
const urgent: ReadonlySet<AlertId> = new Set(['storage-failed', 'trunk-down', 'escalation-exhausted', 'call-records-failing']);
/** Whoever tries passwords does so from a thousand addresses. */
const gathered: ReadonlySet<AlertId> = new Set(['login-locked', 'password-guessing', 'outgoing-refused']);

export function isUrgentAlert(alertId: AlertId): boolean {
  return urgent.has(alertId);
}

export function decideAlerts({ episodes, open, runningMs }: Known, now: number): AlertDecision {
  const isStarting = runningMs < startMs;
  const known = new Map(episodes.map((one) => [keyOf(one), one]));
  const kept = new Map(known);
  const decisions: AlertDecision[] = [];
  const apply = (decision: AlertDecision) => {
    for (const one of decision.saved) kept.set(keyOf(one), one);
    for (const one of decision.removed) kept.delete(keyOf(one));
    decisions.push(decision);
  };
  const openKeys = new Set(open.map(keyOf));
  if (!isStarting) {
    for (const one of episodes) if (!openKeys.has(keyOf(one))) apply(decideEnd(one, now));
    for (const alertId of gathered) apply(decideDigest(of(alertId, kept.values()), now));
  }
  for (const alert of open) {
    if (isStarting && alert.alertId !== 'storage-failed') continue;
    apply(decideBeginning(alert, { before: kept.get(keyOf(alert)), siblings: of(alert.alertId, kept.values()) }, now));
  }
  return {
    saved: [...kept.values()].filter((one) => !isSame(one, known.get(keyOf(one)))),
    removed: decisions.flatMap(({ removed }) => removed),
    told: decisions.flatMap(({ told }) => told),
  };
}

type Before = { readonly before: Episode | undefined; readonly siblings: readonly Episode[] };

function decideBeginning(alert: OpenAlert, { before, siblings }: Before, now: number): AlertDecision {
  if (before !== undefined && isSameEpisode(before, now)) return save({ ...before, overAt: undefined });
  const { alertId, about, values, since } = alert;
  const keptBack = before?.keptBack ?? 0;
  const begun = { alertId, about, values, raisedAt: since, overAt: undefined, keptBack };
  const isWaiting = gathered.has(alertId) && siblings.some(({ toldAt }) => toldAt !== undefined && now - toldAt < dayMs);
  // When the day of the last one began stays known.
  if (isWaiting) return save({ ...begun, toldAt: before?.toldAt, keptBack: keptBack + 1 });
  const item = { alertId, about, values, since };
  return { ...save({ ...begun, toldAt: now }), told: [{ item, dedupe: beginningOf(begun) }] };
}

function isSameEpisode({ overAt }: Episode, now: number): boolean {
  return overAt === undefined || now - overAt < sameEpisodeMs;
}

function decideEnd(episode: Episode, now: number): AlertDecision {
  const { alertId, about, values, raisedAt, toldAt, overAt } = episode;
  if (overAt === undefined) return save({ ...episode, overAt: now });
  const overMs = now - overAt;
  if (gathered.has(alertId)) return { ...nothing, removed: overMs < keptMs ? [] : [episode] };
  const isEndTold = toldAt !== undefined && overAt - raisedAt >= endToldAfterMs;
  if (!isEndTold) return { ...nothing, removed: overMs < sameEpisodeMs ? [] : [episode] };
  if (overMs < settledMs) return nothing;
  const after = beginningOf(episode);
  const item = { alertId, about, values, since: raisedAt, until: overAt };
  return { saved: [], removed: [episode], told: [{ item, dedupe: `${after}:over`, after }] };
}

/** What was kept back since the last one that was told, once its day is over. */
function decideDigest(episodes: readonly Episode[], now: number): AlertDecision {
  const kept = episodes.filter(({ keptBack }) => keptBack > 0);
  const [first] = kept;
  const isDayOver = episodes.every(({ toldAt }) => toldAt === undefined || now - toldAt >= dayMs);
  if (first === undefined || !isDayOver) return nothing;
  const { alertId } = first;
  const since = Math.min(...kept.map(({ raisedAt }) => raisedAt));
  const count = kept.reduce((sum, { keptBack }) => sum + keptBack, 0);
  const digest = { count, abouts: kept.slice(0, maxAbouts).map(nameOf) };
  const item = { alertId, about: '', values: {}, since, digest };
  return {
    saved: kept.map((one) => ({ ...one, keptBack: 0 })),
    removed: [],
    told: [{ item, dedupe: `alert:${alertId}:digest:${now}` }],
  };
}

const nothing: AlertDecision = { saved: [], removed: [], told: [] };

function save(episode: Episode): AlertDecision {
  return { ...nothing, saved: [episode] };
}

function of(alertId: AlertId, episodes: Iterable<Episode>): readonly Episode[] {
  return [...episodes].filter((one) => one.alertId === alertId);
}

/** As people know it: `about` may be an id. */
function nameOf({ about, values }: Episode): string {
  return String(values.phone ?? values.source ?? about);
}

function keyOf({ alertId, about }: Pick<Episode, 'alertId' | 'about'>): string {
  return `${alertId} ${about}`;
}

/** `about` may be a name of any length. */
function beginningOf({ alertId, about, raisedAt }: Pick<Episode, 'alertId' | 'about' | 'raisedAt'>): string {
  const hash = createHash('sha256').update(about).digest('hex').slice(0, 12);
  return `alert:${alertId}:${hash}:${raisedAt}`;
}

function isSame(one: Episode, before: Episode | undefined): boolean {
  return (
    before !== undefined &&
    one.raisedAt === before.raisedAt &&
    one.toldAt === before.toldAt &&
    one.overAt === before.overAt &&
    one.keptBack === before.keptBack
  );
}
