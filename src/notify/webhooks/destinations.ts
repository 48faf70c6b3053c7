// Owns the destinations of outgoing webhooks: where each is, what it is told, and the secrets that sign it.
// Called by its routes, and by all that sends to them.
// Must stay true: a secret is shown when it is made and never again; in the database it is sealed with the house's key.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { NewId } from '#base/ids.ts';
import type { EventName } from '#contract/facts.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import type { ListRequest, Listed } from '#contract/page.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Destination, DestinationId } from './destination.ts';
import type { DestinationStore } from './destination-store.ts';
import { destinationUrlProblem } from '../fence/destination-url.ts';

/** Each is told of every event it asked for. */
const maxDestinations = 50;

const hourMs = 3_600_000;

export type DestinationInput = Pick<Destination, 'name' | 'url' | 'allowsPrivate' | 'events' | 'includesContent' | 'enabled'>;
export type WithSecret = { readonly destination: Destination; readonly secret: string };

export type DestinationsDeps = {
  readonly store: DestinationStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  /** 32 random bytes. */
  readonly newKey: () => Buffer;
  readonly secrets: SealedSecrets;
  /** The secrets before them. */
  readonly oldSecrets: SealedSecrets;
  /** Calls off all that still waits for one; inside the write that switches it off or deletes it. */
  readonly callOff: (id: DestinationId, reason: DeliveryReason) => void;
  /** Called when one was added, changed, switched off or deleted. */
  readonly onChanged: (id: DestinationId) => void;
};

export class Destinations {
  readonly #deps: DestinationsDeps;
  /** Those that are told, by event; made anew after a change. */
  #byEvent: ReadonlyMap<EventName, readonly Destination[]> | undefined;

  constructor(deps: DestinationsDeps) {
    this.#deps = deps;
  }

  /** Throws `invalid` for an address that nothing may be sent to, `conflict` where there are too many. */
  async create(input: DestinationInput): Promise<WithSecret> {
    const { store, secrets, writes, clock, newId } = this.#deps;
    checkUrl(input);
    const now = clock.now();
    const nothing = { switchedOffBecause: undefined, oldSecretUntil: undefined, dropped: 0 };
    const destination: Destination = { ...input, ...nothing, id: newId('hook'), createdAt: now, changedAt: now };
    const made = await writes.write(() => {
      if (store.count() >= maxDestinations) {
        throw new AppError(
          'conflict',
          `There are ${maxDestinations} destinations already: delete some first`,
          because('limit-reached', { max: maxDestinations }),
        );
      }
      const secret = this.#newSecret();
      store.insert(destination, secrets.sealed(destination.id, secret));
      return { destination, secret };
    });
    this.#changed(destination.id);
    return made;
  }

  /** Throws `not-found`, or `invalid` for an address that nothing may be sent to. What waits for one that is switched off is not sent. */
  async change(id: string, change: Partial<DestinationInput>): Promise<Destination> {
    const { store, writes, clock, callOff } = this.#deps;
    const changed = await writes.write(() => {
      const before = this.get(id);
      const after = { ...before, ...change, changedAt: clock.now() };
      const destination = after.enabled ? { ...after, switchedOffBecause: undefined } : after;
      checkUrl(destination);
      store.update(destination);
      if (before.enabled && !destination.enabled) callOff(destination.id, 'switched-off');
      return destination;
    });
    this.#changed(changed.id);
    return changed;
  }

  /** By the house, because the receiver said so; inside a write. */
  switchOff(id: DestinationId, because: DeliveryReason): void {
    const { store, clock, callOff } = this.#deps;
    const destination = store.byId(id);
    if (destination === undefined || !destination.enabled) return;
    store.update({ ...destination, enabled: false, switchedOffBecause: because, changedAt: clock.now() });
    callOff(id, 'switched-off');
    // After the transaction, which is synchronous.
    queueMicrotask(() => this.#changed(id));
  }

  /** Throws `not-found`. The secret before signs too for so many hours. */
  async renewSecret(id: string, keepsOldHours: number): Promise<WithSecret> {
    const { store, secrets, oldSecrets, writes, clock } = this.#deps;
    const renewed = await writes.write(() => {
      const before = this.get(id);
      const old = keepsOldHours === 0 ? undefined : secrets.read(before.id);
      const oldSecretUntil = old === undefined ? undefined : clock.now() + keepsOldHours * hourMs;
      const destination = { ...before, oldSecretUntil, changedAt: clock.now() };
      const secret = this.#newSecret();
      store.update(destination);
      oldSecrets.save(destination.id, old);
      secrets.save(destination.id, secret);
      return { destination, secret };
    });
    this.#changed(renewed.destination.id);
    return renewed;
  }

  /** Throws `not-found`. */
  async delete(id: string): Promise<void> {
    const { store, writes, callOff } = this.#deps;
    const deleted = await writes.write(() => {
      const { id: found } = this.get(id);
      callOff(found, 'gone');
      store.delete(found);
      return found;
    });
    this.#changed(deleted);
  }

  /** What signs at the moment, the newest first; none where the key does not open it. */
  secretsOf(id: DestinationId): readonly string[] {
    const { store, secrets, oldSecrets, clock } = this.#deps;
    const secret = secrets.read(id);
    if (secret === undefined) return [];
    const until = store.byId(id)?.oldSecretUntil ?? 0;
    const old = until > clock.now() ? oldSecrets.read(id) : undefined;
    return old === undefined ? [secret] : [secret, old];
  }

  /** Those that want to be told of an event. */
  toldOf(event: EventName): readonly Destination[] {
    this.#byEvent ??= byEvent(this.#deps.store.all());
    return this.#byEvent.get(event) ?? [];
  }

  find(id: string): Destination | undefined {
    return this.#deps.store.byId(id);
  }

  /** Throws `not-found`. */
  get(id: string): Destination {
    const found = this.#deps.store.byId(id);
    if (found === undefined) throw new AppError('not-found', 'There is no such destination');
    return found;
  }

  list(request: ListRequest): Listed<Destination> {
    return { items: this.#deps.store.list(request), total: this.#deps.store.count() };
  }

  #changed(id: DestinationId): void {
    this.#byEvent = undefined;
    this.#deps.onChanged(id);
  }

  /** As the Standard Webhooks libraries take it: without the prefix some read other keys from the same text. */
  #newSecret(): string {
    return `whsec_${this.#deps.newKey().toString('base64')}`;
  }
}

function byEvent(destinations: readonly Destination[]): ReadonlyMap<EventName, readonly Destination[]> {
  const told = new Map<EventName, Destination[]>();
  for (const destination of destinations.filter(({ enabled }) => enabled)) {
    for (const event of destination.events) told.set(event, [...(told.get(event) ?? []), destination]);
  }
  return told;
}

function checkUrl({ url, allowsPrivate }: Pick<Destination, 'url' | 'allowsPrivate'>): void {
  const message = destinationUrlProblem(url, allowsPrivate);
  if (message !== undefined) {
    throw new AppError('invalid', 'Nothing can be sent to this address', { details: [{ field: 'url', message }] });
  }
}
