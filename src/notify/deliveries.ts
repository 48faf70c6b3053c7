// Owns what is on its way to people: which target is told what, when, and what is told together.
// Called by those who tell (to-tell.ts), inside a write, and by its routes; delivery-handler.ts sends it.
// Must stay true: one thing is told to one target once, whoever says it how often; every delivery that is open has its item in the outbox.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { DeliveryId, NewId, PersonId, TargetId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { ChannelId, DeliveryKind, DeliveryReason } from '#contract/notification-kinds.ts';
import type { ListRequest, Listed } from '#contract/page.ts';
import type { Outbox } from '#storage/outbox.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { canResend, mayHaveArrived } from './delivery.ts';
import type { KeptDelivery } from './delivery.ts';
import { outboxKindOf } from './delivery-handler.ts';
import type { DeliveryFilter, DeliveryStore } from './delivery-store.ts';
import type { Notification } from './kinds/notification.ts';
import { maxHeldMs } from './quiet.ts';
import { paces, ringingPace } from './schedules.ts';
import type { ToTell, ToldDeliveries } from './to-tell.ts';

/** At which targets a person is told of something, and when; a number: held until then. */
export type ChannelsFor = (
  told: Pick<ToTell, 'notification' | 'personId' | 'isUrgent'>,
  now: number,
) => readonly { readonly target: ReachedTarget; readonly when: 'now' | 'drop' | number }[];

type ReachedTarget = { readonly id: TargetId; readonly channel: ChannelId };

export type DeliveriesDeps = {
  readonly store: DeliveryStore;
  readonly outbox: Pick<Outbox, 'enqueue' | 'withdraw' | 'advance'>;
  readonly writes: Pick<WriteBatch, 'write'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly log: Log;
  readonly channelsFor: ChannelsFor;
  /** Why nothing can be sent by a channel; undefined where it can. */
  readonly problemOf: (channel: ChannelId) => DeliveryReason | undefined;
  /** Whether a person wants the mails of one minute as one. */
  readonly gathersMails: (personId: PersonId) => boolean;
  readonly isUrgent: (notification: Notification) => boolean;
  /** One attempt of which nothing is kept. Never rejects. */
  readonly tellNow: (targetId: TargetId, notification: Notification) => Promise<void>;
};

/** Within which what comes for one mail address is one mail. */
const gatherMs = 60_000;
const maxResent = 500;
/** Longer than what a start looks back for what was not told. */
const keptMs = 30 * 86_400_000;

type Place = { readonly at: number; readonly state: 'held' | 'waiting'; readonly isShared: boolean };

export class Deliveries implements ToldDeliveries {
  readonly #deps: DeliveriesDeps;

  constructor(deps: DeliveriesDeps) {
    this.#deps = deps;
  }

  tell(all: readonly ToTell[]): void {
    const now = this.#deps.clock.now();
    for (const told of all) {
      for (const { target, when } of this.#deps.channelsFor(told, now)) {
        if (when !== 'drop') this.#tellAt(told, target, when);
      }
    }
  }

  advance(itemId: string, kind: DeliveryKind): void {
    const { store, outbox, clock, gathersMails } = this.#deps;
    const now = clock.now();
    for (const delivery of store.notBegunOf(itemId, kind)) {
      const { id, personId, outboxId, state, attempts, channel } = delivery;
      // What is gathered waits for other things too.
      if (state !== 'waiting' || attempts > 0 || outboxId === undefined || (channel === 'mail' && gathersMails(personId)))
        continue;
      store.place(id, { outboxId, state, nextAt: now });
      outbox.advance([outboxId], now);
    }
  }

  cancel(itemId: string, kind: DeliveryKind, reason: DeliveryReason): void {
    for (const delivery of this.#deps.store.notBegunOf(itemId, kind)) this.#cancel(delivery, reason);
  }

  personsOf(itemId: string, kind: DeliveryKind): readonly PersonId[] {
    return this.#deps.store.personsOf(itemId, kind);
  }

  reconsider(personId: PersonId | null): void {
    const { store, channelsFor, isUrgent, clock } = this.#deps;
    const now = clock.now();
    for (const delivery of store.held(personId)) {
      const { notification, targetId } = delivery;
      const reached = channelsFor({ notification, personId: delivery.personId, isUrgent: isUrgent(notification) }, now);
      const when = reached.find(({ target }) => target.id === targetId)?.when ?? 'drop';
      // Whoever switches do not disturb on again and again is told after a day all the same.
      const until = when === 'now' || when === 'drop' ? now : Math.min(when, delivery.createdAt + maxHeldMs);
      if (when === 'drop') this.#cancel(delivery, 'switched-off');
      else if (until !== delivery.nextAt) this.#move(delivery, until);
    }
  }

  tellUnkept(all: readonly ToTell[]): void {
    const { channelsFor, tellNow, clock } = this.#deps;
    for (const told of all) {
      const reached = channelsFor(told, clock.now()).filter(({ when }) => when === 'now');
      for (const { target } of reached) void tellNow(target.id, told.notification);
    }
  }

  list(filter: DeliveryFilter, request: ListRequest): Listed<KeptDelivery> {
    return this.#deps.store.list(filter, request);
  }

  byId(id: string): KeptDelivery | undefined {
    return this.#deps.store.byId(id);
  }

  /** Sends it again, whatever the person chose and however quiet it is. Rejects with `conflict` where that helps nobody. */
  async resend(id: DeliveryId): Promise<KeptDelivery> {
    const { store, writes } = this.#deps;
    return await writes.write(() => {
      const found = store.byId(id);
      if (found === undefined || !canResend(found))
        throw new AppError('conflict', 'Only what was not delivered, or may not have been, is sent again');
      return this.#again(found);
    });
  }

  /** Everything that did not arrive since then. */
  async resendSince(since: number, channel: ChannelId | undefined): Promise<{ readonly resent: number; readonly left: number }> {
    const { store, writes } = this.#deps;
    return await writes.write(() => {
      const found = store.undelivered(since, channel, maxResent);
      for (const delivery of found) this.#again(delivery);
      return { resent: found.length, left: store.undeliveredCount(since, channel) };
    });
  }

  /** Inside a write: what is open of a person who is removed. */
  forget(personId: PersonId): void {
    const outboxIds = new Set(this.#deps.store.openOf(personId).map(({ outboxId }) => outboxId));
    for (const outboxId of outboxIds) if (outboxId !== undefined) this.#deps.outbox.withdraw(outboxId);
  }

  /** Inside a write: what waits for a target that was deleted. */
  cancelWithoutTarget(): void {
    for (const delivery of this.#deps.store.notBegunWithoutTarget()) this.#cancel(delivery, 'no-target');
  }

  /** At the start: what was on its way waits for what the outbox says. */
  settleOrphans(): void {
    this.#deps.store.settleOrphans(this.#deps.clock.now());
  }

  prune(): void {
    const { store, writes, clock, log } = this.#deps;
    writes
      .write(() => store.prune(clock.now() - keptMs))
      .catch((error: unknown) => log.warn({ err: error }, 'Old deliveries could not be removed'));
  }

  #tellAt(told: ToTell, target: ReachedTarget, when: 'now' | number): void {
    const { store, problemOf } = this.#deps;
    const { notification, personId, after, unless } = told;
    const dedupe = `${told.dedupe}:${target.id}`;
    if (store.byDedupe(dedupe) !== undefined) return;
    const before = after === undefined ? undefined : store.byDedupe(`${after}:${target.id}`);
    if (after !== undefined && (before === undefined || !mayHaveArrived(before))) return;
    const instead = unless === undefined ? undefined : store.byDedupe(`${unless}:${target.id}`);
    if (instead !== undefined && instead.state !== 'held' && instead.state !== 'cancelled') return;
    const problem = problemOf(target.channel);
    if (problem === 'not-set-up' || problem === 'switched-off') return;
    const fresh = this.#fresh({ dedupe, notification, personId, target });
    if (told.isInDoubt === true) this.#insertEnded(fresh, 'unknown', 'restored');
    else if (problem !== undefined) this.#insertEnded(fresh, 'failed', problem);
    else this.#add(fresh, this.#placeOf(told, target, when));
  }

  #placeOf({ personId, isUrgent, notBefore, notification }: ToTell, { channel }: ReachedTarget, when: 'now' | number): Place {
    const now = this.#deps.clock.now();
    if (when !== 'now') return { at: when, state: 'held', isShared: true };
    if (channel !== 'mail') return { at: now, state: 'waiting', isShared: false };
    const isGathered = !isUrgent && !this.#deps.isUrgent(notification) && this.#deps.gathersMails(personId);
    return { at: Math.max(now + (isGathered ? gatherMs : 0), notBefore ?? 0), state: 'waiting', isShared: isGathered };
  }

  #fresh(given: Pick<KeptDelivery, 'dedupe' | 'notification' | 'personId'> & { readonly target: ReachedTarget }): KeptDelivery {
    const { newId, clock } = this.#deps;
    const { target, ...rest } = given;
    return {
      ...rest,
      id: newId('dlv'),
      targetId: target.id,
      channel: target.channel,
      outboxId: undefined,
      state: 'waiting',
      reason: undefined,
      detail: undefined,
      attempts: 0,
      nextAt: undefined,
      request: undefined,
      reply: undefined,
      createdAt: clock.now(),
      endedAt: undefined,
      resentFrom: undefined,
    };
  }

  #add(delivery: KeptDelivery, place: Place): KeptDelivery {
    const outboxId = this.#bundleFor(delivery, place) ?? this.#enqueue(delivery, place.at);
    const added: KeptDelivery =
      outboxId === undefined
        ? { ...delivery, state: 'failed', reason: 'queue-full', endedAt: delivery.createdAt }
        : { ...delivery, outboxId, state: place.state, nextAt: place.at };
    this.#deps.store.insert(added);
    this.#changed(added);
    return added;
  }

  #insertEnded(delivery: KeptDelivery, state: 'failed' | 'unknown', reason: DeliveryReason): void {
    const ended: KeptDelivery = { ...delivery, state, reason, endedAt: delivery.createdAt };
    this.#deps.store.insert(ended);
    this.#changed(ended);
  }

  /** The item of the outbox with which it arrives together; none where it comes alone. */
  #bundleFor({ targetId }: KeptDelivery, { at, state, isShared }: Place): string | undefined {
    if (!isShared || targetId === undefined) return undefined;
    const now = this.#deps.clock.now();
    const range = state === 'held' ? { from: at, to: at } : { from: now + 1, to: at };
    return this.#deps.store.waitingFor(targetId, { state, ...range })?.outboxId;
  }

  /** Undefined where too much waits already. */
  #enqueue({ channel, notification }: KeptDelivery, at: number): string | undefined {
    const { outbox, log, newId } = this.#deps;
    const kind = outboxKindOf(channel, notification.kind);
    const { giveUpAfterSeconds } = kind.startsWith('ring') ? ringingPace : paces[channel];
    try {
      // Nothing waits for what was told before.
      return outbox.enqueue({ kind, orderKey: newId('order'), payload: {}, notBefore: at, giveUpAfterSeconds });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'rate-limited') throw error;
      log.warn({ channel }, 'A notification is not sent: too much waits for this channel already');
      return undefined;
    }
  }

  /** To another time, with what is told at that. */
  #move(delivery: KeptDelivery, at: number): void {
    const place: Place = { at, state: 'held', isShared: true };
    const outboxId = this.#bundleFor(delivery, place) ?? this.#enqueue(delivery, at);
    if (outboxId === undefined) return;
    this.#deps.store.place(delivery.id, { outboxId, state: 'held', nextAt: at });
    this.#withdrawIfEmpty(delivery.outboxId);
  }

  #cancel(delivery: KeptDelivery, reason: DeliveryReason): void {
    const { store, clock } = this.#deps;
    store.end(delivery.id, 'cancelled', { reason, endedAt: clock.now() });
    this.#withdrawIfEmpty(delivery.outboxId);
    this.#changed({ ...delivery, state: 'cancelled' });
  }

  #withdrawIfEmpty(outboxId: string | undefined): void {
    const { store, outbox } = this.#deps;
    if (outboxId !== undefined && store.ofOutbox(outboxId).length === 0) outbox.withdraw(outboxId);
  }

  #again(delivery: KeptDelivery): KeptDelivery {
    const { store, clock, newId } = this.#deps;
    const resentFrom = delivery.resentFrom ?? delivery.id;
    const first = store.byId(resentFrom) ?? delivery;
    const { dedupe, notification, personId, targetId, channel } = first;
    const fresh = this.#fresh({
      dedupe: `${dedupe}:again:${store.resends(resentFrom) + 1}`,
      notification,
      personId,
      target: { id: targetId ?? newId('tgt'), channel },
    });
    return this.#add({ ...fresh, targetId, resentFrom }, { at: clock.now(), state: 'waiting', isShared: false });
  }

  /** After the write that it is part of: whoever hears of it reads it. */
  #changed({ id, personId, channel, notification: { kind }, state }: KeptDelivery): void {
    setImmediate(() => this.#deps.events.emit('delivery.changed', { deliveryId: id, personId, channel, kind, state }));
  }
}
