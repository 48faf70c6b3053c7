// Owns the destinations of outgoing webhooks: where each is, what it is told, and the secret that signs it.
// Called by its routes.
// A secret is shown when it is made and never again; in the database it is sealed with the house's key.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { NewId } from '#base/ids.ts';
import type { ListRequest, Listed } from '#contract/page.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Destination } from './destination.ts';
import type { DestinationStore } from './destination-store.ts';
import { destinationUrlProblem } from '../fence/destination-url.ts';

/** Each is told of every event it asked for. */
const maxDestinations = 50;

export type DestinationInput = Omit<Destination, 'id' | 'createdAt' | 'changedAt'>;
export type WithSecret = { readonly destination: Destination; readonly secret: string };

export type DestinationsDeps = {
  readonly store: DestinationStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  /** 32 random bytes. */
  readonly newKey: () => Buffer;
  readonly secrets: SealedSecrets;
};

export class Destinations {
  readonly #deps: DestinationsDeps;

  constructor(deps: DestinationsDeps) {
    this.#deps = deps;
  }

  /** Throws `invalid` for an address that nothing may be sent to, `conflict` where there are too many. */
  async create(input: DestinationInput): Promise<WithSecret> {
    const { store, secrets, writes, clock, newId } = this.#deps;
    checkUrl(input);
    const now = clock.now();
    const destination: Destination = { ...input, id: newId('hook'), createdAt: now, changedAt: now };
    return await writes.write(() => {
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
  }

  /** Throws `not-found`, or `invalid` for an address that nothing may be sent to. */
  change(id: string, change: Partial<DestinationInput>): Promise<Destination> {
    const { store, writes, clock } = this.#deps;
    return writes.write(() => {
      const destination = { ...this.get(id), ...change, changedAt: clock.now() };
      checkUrl(destination);
      store.update(destination);
      return destination;
    });
  }

  /** Throws `not-found`. */
  renewSecret(id: string): Promise<WithSecret> {
    const { secrets, writes } = this.#deps;
    return writes.write(() => {
      const destination = this.get(id);
      const secret = this.#newSecret();
      secrets.save(destination.id, secret);
      return { destination, secret };
    });
  }

  /** Throws `not-found`. */
  delete(id: string): Promise<void> {
    const { store, writes } = this.#deps;
    return writes.write(() => store.delete(this.get(id).id));
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

  /** As the Standard Webhooks libraries take it: without the prefix some read other keys from the same text. */
  #newSecret(): string {
    return `whsec_${this.#deps.newKey().toString('base64')}`;
  }
}

function checkUrl({ url, allowsPrivate }: Pick<Destination, 'url' | 'allowsPrivate'>): void {
  const message = destinationUrlProblem(url, allowsPrivate);
  if (message !== undefined) {
    throw new AppError('invalid', 'Nothing can be sent to this address', { details: [{ field: 'url', message }] });
  }
}
