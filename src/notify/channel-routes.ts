import { isoTimeOrNull } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { PersonId, TargetId } from '#base/ids.ts';
import { noPerson } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import { handle } from '#contract/endpoint.ts';
import type { EndpointReply, Identity, Route } from '#contract/endpoint.ts';
import {
  channelSecrets,
  checkChannel,
  getChannel,
  listChannels,
  saveChannel,
  testChannel,
} from '#contract/notification-channels.ts';
import type { ChannelInput } from '#contract/notification-channels.ts';
import { notificationChannels } from '#contract/notification-kinds.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import type { ChannelHealth } from './channel-health.ts';
import type { Channels } from './channels.ts';
import type { CheckResult } from './kinds/channel.ts';
import type { Target } from './kinds/target.ts';
import type { Sending } from './sending.ts';

export type ChannelRoutesDeps = {
  readonly channels: Channels;
  readonly health: ChannelHealth;
  readonly sending: Pick<Sending, 'try' | 'openTarget'>;
  /** How many deliveries of it have not ended. */
  readonly waiting: (id: ChannelId) => number;
  readonly clock: Clock;
  readonly log: Log;
};

type ChannelReply = EndpointReply<typeof getChannel>;

const checkMs = 30_000;
/** It tells whoever asks what listens in the house's network. */
const betweenChecksMs = 1_000;
const betweenTestsMs = 10_000;

/** For administrators: what is wrong with a server of theirs is said as the server says it. */
export function channelRoutes(deps: ChannelRoutesDeps): readonly Route[] {
  const { channels, sending, clock } = deps;
  const checking = new Pace(clock, betweenChecksMs);
  const testing = new Pace(clock, betweenTestsMs);
  return [
    handle(listChannels, () => ({ items: notificationChannels.map((id) => toReply(id, deps)) })),
    handle(getChannel, ({ params }) => toReply(params.channel, deps)),
    handle(saveChannel, async ({ params, body }) => {
      await channels.save(fitting(params.channel, body, channels), body);
      return toReply(params.channel, deps);
    }),
    handle(checkChannel, async ({ params, body, identity }) => {
      checking.next(identity);
      return toCheckReply(await check(fitting(params.channel, body, channels), body, deps));
    }),
    handle(testChannel, async ({ params, body, identity }) => {
      const target = targetOf(params.channel, body, { sending, identity });
      testing.next(identity);
      return await sending.try(target);
    }),
  ];
}

/** Throws `invalid` where the body is about another channel than the address, or where the channel finds something wrong with it. */
function fitting(id: ChannelId, body: ChannelInput, channels: Channels): ChannelId {
  if (id !== body.channel) {
    const details = [{ field: 'channel', message: `must be ${id}` }];
    throw new AppError('invalid', 'The settings are of another channel', { details });
  }
  const details = channels.get(id).problems?.(body, channels.saved(id)) ?? [];
  if (details.length > 0) throw new AppError('invalid', 'The settings do not fit together', { details });
  return id;
}

async function check(id: ChannelId, body: ChannelInput, { channels, clock, log }: ChannelRoutesDeps): Promise<CheckResult> {
  log.info({ channel: id }, 'Trying settings of a channel that are not saved');
  const abort = new AbortController();
  const timer = clock.after(checkMs, () => abort.abort());
  try {
    return await channels.get(id).check(channels.unsaved(id, body), abort.signal);
  } finally {
    timer.cancel();
  }
}

type TestOf = { readonly targetId?: TargetId | undefined; readonly address?: string | undefined };
type TestBy = { readonly sending: Pick<Sending, 'openTarget'>; readonly identity: Identity | undefined };

function targetOf(channel: ChannelId, { targetId, address }: TestOf, { sending, identity }: TestBy): Target {
  if (address !== undefined) {
    if (channel !== 'mail') throw invalidField('address', 'is for mail alone: choose a target');
    return mailTarget(address, identity?.personId ?? noPerson);
  }
  const target = targetId === undefined ? undefined : sending.openTarget(targetId);
  if (target?.channel !== channel) throw invalidField('targetId', 'must be a target of this channel');
  return target;
}

/** One that is nobody's yet. */
function mailTarget(address: string, personId: PersonId): Target {
  return { id: 'tgt_test', personId, channel: 'mail', name: address, address, settings: {}, secret: undefined, isEnabled: true };
}

function invalidField(field: string, message: string): AppError {
  return new AppError('invalid', 'This cannot be tried', { details: [{ field, message }] });
}

function toReply(id: ChannelId, { channels, health, waiting }: ChannelRoutesDeps): ChannelReply {
  const saved = channels.saved(id);
  const kept = saved?.secrets ?? {};
  const names: readonly string[] = channelSecrets[id];
  // What the house's key does not open is there all the same.
  const hasSecret = Object.fromEntries(names.map((name) => [name, kept === 'locked' || name in kept]));
  const isOwn = id === 'home-assistant' || id === 'web-push';
  const reply = {
    channel: id,
    // What these two keep they made for themselves.
    settings: saved === undefined ? null : isOwn ? {} : saved.settings,
    hasSecret,
    isSetUp: saved !== undefined,
    isEnabled: saved?.isEnabled ?? false,
    problem: channels.problem(id) ?? null,
    failing: health.failing(id) ?? null,
    changedAt: isoTimeOrNull(saved === undefined || saved.changedAt === 0 ? undefined : saved.changedAt),
    waiting: waiting(id),
  };
  // What was saved was of the channel's own shape.
  return reply as unknown as ChannelReply;
}

function toCheckReply({ steps }: CheckResult) {
  return { steps: steps.map(({ step, outcome, reason = null, detail }) => ({ step, outcome, reason, detail })) };
}

/** Lets nobody ask too often. */
class Pace {
  readonly #clock: Clock;
  readonly #betweenMs: number;
  readonly #askedAt = new Map<string, number>();

  constructor(clock: Clock, betweenMs: number) {
    this.#clock = clock;
    this.#betweenMs = betweenMs;
  }

  /** Throws `rate-limited`. */
  next(identity: Identity | undefined): void {
    const who = identity?.id ?? '';
    const now = this.#clock.monotonic();
    const waitMs = (this.#askedAt.get(who) ?? now - this.#betweenMs) + this.#betweenMs - now;
    if (waitMs > 0) {
      const retryAfterSeconds = Math.ceil(waitMs / 1000);
      throw new AppError('rate-limited', 'It was tried a moment ago: wait a few seconds', { retryAfterSeconds });
    }
    this.#askedAt.set(who, now);
  }
}
