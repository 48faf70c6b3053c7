// Owns how the outbox sends deliveries: one handler for each channel, and one for what rings.
// Called by the outbox; app/notifications.ts registers them.
// Must stay true: how an attempt ended is kept with the state of its item, in one transaction.
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { TargetId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import type { ChannelId, DeliveryKind, DeliveryState } from '#contract/notification-kinds.ts';
import type { AttemptControl, AttemptOutcome, LookUpOutcome, OutboxHandler, OutboxItem } from '#storage/outbox-item.ts';
import type { ChannelHealth } from './channel-health.ts';
import type { KeptDelivery } from './delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { Outcome } from './kinds/channel.ts';
import { attemptOutcomeOf, becauseOf, endStateOf } from './outcome.ts';
import { paces, ringingPace } from './schedules.ts';
import type { Sending } from './sending.ts';

export type DeliveryHandlerDeps = {
  readonly store: DeliveryStore;
  readonly sending: Sending;
  readonly health: ChannelHealth;
  readonly clock: Clock;
  readonly events: Events<Facts>;
  /** Whether the service can say what became of a delivery in doubt, by the settings of the channel now. */
  readonly canBeAsked: (channel: ChannelId) => boolean;
  /** What the target is known for from now on; synchronous SQL. */
  readonly settleTarget: (id: TargetId, outcome: Outcome) => void;
};

/** The outbox's name for what goes by a channel. */
export function outboxKindOf(channel: ChannelId, kind: DeliveryKind): string {
  return kind === 'incoming-call' || kind === 'call-over' ? `ring-${channel}` : `notify-${channel}`;
}

/** By the names of `outboxKindOf`. */
export function deliveryHandlers(deps: DeliveryHandlerDeps): readonly (readonly [string, OutboxHandler])[] {
  const channels = Object.keys(paces) as ChannelId[];
  return channels.flatMap((channel) => [
    [outboxKindOf(channel, 'missed-call'), new DeliveryHandler(deps, channel, paces[channel])] as const,
    [outboxKindOf(channel, 'incoming-call'), new DeliveryHandler(deps, channel, { ...paces[channel], ...ringingPace })] as const,
  ]);
}

type Pace = (typeof paces)[ChannelId] | (Omit<(typeof paces)[ChannelId], keyof typeof ringingPace> & typeof ringingPace);

class DeliveryHandler implements OutboxHandler {
  readonly service: string;
  readonly commits = true;
  readonly schedule;
  readonly timeoutSeconds;
  readonly maxInFlight;
  readonly whenInDoubt: OutboxHandler['whenInDoubt'];
  readonly #deps: DeliveryHandlerDeps;
  readonly #channel: ChannelId;
  readonly #pace: Pace;

  constructor(deps: DeliveryHandlerDeps, channel: ChannelId, pace: Pace) {
    this.#deps = deps;
    this.#channel = channel;
    this.#pace = pace;
    this.service = channel;
    this.schedule = pace.schedule;
    this.timeoutSeconds = pace.timeoutSeconds;
    this.maxInFlight = pace.maxInFlight;
    const mail = channel === 'mail' ? (item: OutboxItem) => this.#lookUp(item) : 'unknown';
    this.whenInDoubt = pace.isRepeatHarmless ? 'repeat' : mail;
  }

  readonly attempt = async (item: OutboxItem, control: AttemptControl): Promise<AttemptOutcome> => {
    const { store, sending, health } = this.#deps;
    const kept = store.ofOutbox(item.id);
    const targetId = kept[0]?.targetId;
    const target = targetId === undefined ? undefined : sending.openTarget(targetId);
    if (target === undefined || !target.isEnabled)
      return this.#callOff(kept, target === undefined ? 'no-target' : 'switched-off');
    const { delivery, untold } = sending.prepare(kept, target);
    for (const one of untold) this.#end(one.kept, 'cancelled', { reason: one.reason });
    if (delivery === undefined) return { kind: 'done' };
    store.began(item.id);
    for (const one of store.ofOutbox(item.id)) this.#changed(one, 'sending');
    const outcome = await sending.channelOf(this.#channel).deliver(delivery, control);
    health.record(this.#channel, outcome);
    // A mail that came twice is known by its Message-ID: whoever cannot be asked gets it again.
    return attemptOutcomeOf(outcome, this.#channel !== 'mail' || this.#deps.canBeAsked(this.#channel));
  };

  readonly postponed: NonNullable<OutboxHandler['postponed']> = (item, { dueAt, message, report }) => {
    const { store } = this.#deps;
    store.postpone(item.id, dueAt, becauseOf({ report, message }));
    for (const one of store.ofOutbox(item.id)) this.#changed(one, 'waiting');
  };

  readonly settle: NonNullable<OutboxHandler['settle']> = (item, end) => {
    const { store, settleTarget, health } = this.#deps;
    const all = store.ofOutbox(item.id);
    const state = endStateOf(end, this.#pace.isSilent);
    for (const one of all) this.#end(one, state, becauseOf(end));
    health.count(this.#channel, state, all.length);
    const targetId = all[0]?.targetId;
    const outcome = end.report as Outcome | undefined;
    if (targetId !== undefined && outcome !== undefined) settleTarget(targetId, outcome);
  };

  /** Nothing is sent; what the outbox makes of it is of no account any more. */
  #callOff(kept: readonly KeptDelivery[], reason: 'no-target' | 'switched-off'): AttemptOutcome {
    for (const one of kept) this.#end(one, 'cancelled', { reason });
    return { kind: 'done' };
  }

  async #lookUp(item: OutboxItem): Promise<LookUpOutcome> {
    const { store, sending, canBeAsked } = this.#deps;
    const channel = sending.channelOf(this.#channel);
    const [kept] = store.ofOutbox(item.id);
    const target = kept?.targetId === undefined ? undefined : sending.openTarget(kept.targetId);
    if (kept === undefined || target === undefined || channel.lookUp === undefined || !canBeAsked(this.#channel))
      return { kind: 'never-known', message: 'The house stopped while it was being sent' };
    const found = await channel.lookUp(sending.inDoubt(kept, target), AbortSignal.timeout(30_000));
    if (found === 'arrived') return { kind: 'found' };
    return found === 'absent' ? { kind: 'absent' } : { kind: 'unclear', message: 'Whether it arrived is not known yet' };
  }

  #end(kept: KeptDelivery, state: Parameters<DeliveryStore['end']>[1], because: ReturnType<typeof becauseOf>): void {
    const { store, clock } = this.#deps;
    store.end(kept.id, state, { ...because, endedAt: clock.now() });
    this.#changed(kept, state);
  }

  /** After the transaction that it is part of. */
  #changed({ id, personId, channel, notification: { kind } }: KeptDelivery, state: DeliveryState): void {
    setImmediate(() => this.#deps.events.emit('delivery.changed', { deliveryId: id, personId, channel, kind, state }));
  }
}
