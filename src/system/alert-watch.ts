// Owns which alerts are raised now, and says so in the log: one warning when an alert begins, one line when it is over.
// Called by app.ts with the alerts of every room.
// Must stay true: an alert that goes on is reported once; a declaration that fails disturbs neither the others nor the room whose fact it was.
import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { Log } from '#base/log.ts';
import type { ActiveAlert, Alert } from '#contract/alert.ts';
import type { Facts } from '#contract/facts.ts';
import type { AlertEntry } from '#contract/observation.ts';

export type AlertWatchDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly alerts: readonly Alert[];
};

export type RaisedAlert = ActiveAlert & Pick<AlertEntry, 'alertId'>;

type Raised = ActiveAlert & { readonly since: number };

/** For what ends without a fact, such as the hour after the last guess of a password. */
const pollMs = 60_000;
const maxPast = 200;

export class AlertWatch {
  readonly #deps: AlertWatchDeps;
  /** By alert, what it is about. */
  readonly #raised = new Map<Alert, ReadonlyMap<string, Raised>>();
  /** The newest first. */
  #past: readonly AlertEntry[] = [];
  readonly #listeners = new Set<() => void>();
  #unsubscribers: (() => void)[] = [];
  #timer: Timer | undefined;

  constructor(deps: AlertWatchDeps) {
    this.#deps = deps;
  }

  get raised(): readonly RaisedAlert[] {
    return [...this.#raised].flatMap(([{ declaration }, byAbout]) =>
      [...byAbout.values()].map(({ since: _since, ...active }) => ({ alertId: declaration.alertId, ...active })),
    );
  }

  /** What is wrong now. */
  get open(): readonly AlertEntry[] {
    return [...this.#raised].flatMap(([alert, byAbout]) => [...byAbout.values()].map((one) => toEntry(alert, one, undefined)));
  }

  /** What was, the newest first. */
  get past(): readonly AlertEntry[] {
    return this.#past;
  }

  /** Called when what is open has changed. Returns the function that ends it. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    const { alerts, events, clock } = this.#deps;
    this.#unsubscribers = alerts.flatMap((alert) => alert.changedBy.map((name) => events.on(name, () => this.#check(alert))));
    this.#timer = clock.every(pollMs, () => this.#checkAll());
    this.#checkAll();
  }

  stop(): void {
    for (const end of this.#unsubscribers.splice(0)) end();
    this.#timer?.cancel();
  }

  #checkAll(): void {
    for (const alert of this.#deps.alerts) this.#check(alert);
  }

  #check(alert: Alert): void {
    const active = this.#activeOf(alert);
    if (active === undefined) return;
    const { log, clock, events } = this.#deps;
    const before = this.#raised.get(alert);
    const now = new Map([...active].map(([about, one]) => [about, { ...one, since: before?.get(about)?.since ?? clock.now() }]));
    this.#raised.set(alert, now);
    const { alertId, title } = alert.declaration;
    for (const [about, { message }] of now)
      if (before?.has(about) !== true) log.warn({ alert: alertId, about, message }, `Alert: ${title}`);
    // At the level of its beginning: a log that shows the one shows the other.
    for (const [about, one] of before ?? []) {
      if (now.has(about)) continue;
      log.warn({ alert: alertId, about }, `Alert over: ${title}`);
      this.#past = [toEntry(alert, one, clock.now()), ...this.#past].slice(0, maxPast);
    }
    if (isSame(before, now)) return;
    for (const listener of this.#listeners) listener();
    events.emit('alerts.changed', {});
  }

  #activeOf(alert: Alert): ReadonlyMap<string, ActiveAlert> | undefined {
    try {
      return new Map(alert.active().map((active) => [active.about, active]));
    } catch (error) {
      this.#deps.log.error({ err: error, alert: alert.declaration.alertId }, 'An alert could not be checked');
      return undefined;
    }
  }
}

function isSame(before: ReadonlyMap<string, ActiveAlert> | undefined, now: ReadonlyMap<string, ActiveAlert>): boolean {
  if ((before?.size ?? 0) !== now.size) return false;
  return [...now].every(([about, { message }]) => before?.get(about)?.message === message);
}

function toEntry({ declaration }: Alert, { about, message, values = {}, since }: Raised, until: number | undefined): AlertEntry {
  return { ...declaration, about, message, values, since: isoTime(since), until: isoTimeOrNull(until) };
}
