// Owns where each person is reached: their mail addresses, apps, phones and browsers.
// Called by its routes, by whoever decides what is told where, and by deliveries, which open the secret of one to send to it.
// Must stay true: secrets are sealed on the disk and shown to nobody again; a browser tells the one who signed up in it last.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { NewId, PersonId, TargetId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import type { Listed, ListRequest } from '#contract/page.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Target } from './kinds/target.ts';
import { addressOfSecret, maxTargets, partsOf } from './target.ts';
import type { KeptTarget, NewTarget } from './target.ts';
import type { TargetFilter, TargetStore } from './target-store.ts';

export type TargetsDeps = {
  readonly store: TargetStore;
  readonly secrets: SealedSecrets;
  readonly writes: WriteBatch;
  readonly clock: Pick<Clock, 'now'>;
  readonly newId: NewId;
  readonly events: Events<Facts>;
};

export type TargetChange = { readonly name?: string | undefined; readonly isEnabled?: boolean | undefined };

export class Targets {
  readonly #deps: TargetsDeps;

  constructor(deps: TargetsDeps) {
    this.#deps = deps;
  }

  list(filter: TargetFilter, request: ListRequest): Listed<KeptTarget> {
    return this.#deps.store.list(filter, request);
  }

  byId(id: string): KeptTarget | undefined {
    return this.#deps.store.byId(id);
  }

  /** Throws `not-found`. */
  get(id: TargetId): KeptTarget {
    const found = this.byId(id);
    if (found === undefined) throw new AppError('not-found', 'There is no such target');
    return found;
  }

  ofPerson(personId: PersonId): readonly KeptTarget[] {
    return this.#deps.store.ofPerson(personId);
  }

  /** To send to it: with its secret. */
  opened(id: TargetId): Target | undefined {
    const found = this.byId(id);
    return found === undefined ? undefined : { ...found, secret: this.#deps.secrets.read(id) };
  }

  /** Of a person who is there. Rejects with `conflict` where it is known already, or there are too many; a known browser is taken over. */
  async add(given: NewTarget): Promise<KeptTarget> {
    const { writes } = this.#deps;
    const { added, takenOver } = await writes.write(() => this.#add(given));
    this.#tell(added);
    if (takenOver !== undefined) this.#tell(takenOver);
    return added;
  }

  /** Switched on again it is believed to work. Rejects with `not-found`. */
  async change(id: TargetId, { name, isEnabled }: TargetChange): Promise<KeptTarget> {
    const { store, writes, clock } = this.#deps;
    const changed = await writes.write(() => {
      const before = this.get(id);
      const next = {
        ...before,
        name: name ?? before.name,
        isEnabled: isEnabled ?? before.isEnabled,
        problem: isEnabled === true ? undefined : before.problem,
        changedAt: clock.now(),
      };
      store.update(next);
      return next;
    });
    this.#tell(changed);
    return changed;
  }

  /** What waits for it is not sent any more. Rejects with `not-found`. */
  async delete(id: TargetId): Promise<void> {
    const { store, writes } = this.#deps;
    const deleted = await writes.write(() => {
      const found = this.get(id);
      store.delete(id);
      return found;
    });
    this.#tell(deleted);
  }

  #add(given: NewTarget): { readonly added: KeptTarget; readonly takenOver: KeptTarget | undefined } {
    const { store, secrets, newId, clock } = this.#deps;
    const { channel, personId } = given;
    const { secret, ...parts } = partsOf(given);
    const browser = channel === 'web-push' ? store.browser(parts.address) : undefined;
    const own = browser?.personId === personId ? browser : store.byAddress(personId, channel, parts.address);
    const now = clock.now();
    const common = { ...parts, channel, personId, isEnabled: true, problem: undefined, changedAt: now };
    if (own !== undefined && channel !== 'web-push') throw alreadyThere(channel);
    const before = own ?? this.#before(given);
    // What it is called and whether it is switched on was chosen; whoever switches a known one on wants it as it is given.
    const chosen = own === undefined && before !== undefined ? { name: before.name, isEnabled: before.isEnabled } : {};
    const renewed = before === undefined ? undefined : { ...before, ...common, ...chosen };
    if (renewed !== undefined) {
      if (browser !== undefined && browser.id !== renewed.id) store.delete(browser.id);
      store.update(renewed);
      secrets.save(renewed.id, secret);
      return { added: renewed, takenOver: browser?.id === renewed.id ? undefined : browser };
    }
    this.#assertRoom(personId, channel);
    // What waits for whoever used it before must not reach whoever uses it now.
    if (browser !== undefined) store.delete(browser.id);
    const added: KeptTarget = { ...common, id: newId('tgt'), deliveredAt: undefined, createdAt: now };
    store.insert(added, secret === undefined ? undefined : secrets.sealed(added.id, secret));
    return { added, takenOver: browser };
  }

  /** What this browser was until now, by the endpoint that it had. */
  #before(given: NewTarget): KeptTarget | undefined {
    if (given.channel !== 'web-push' || given.replaces === undefined) return undefined;
    const found = this.#deps.store.browser(addressOfSecret(given.replaces));
    return found?.personId === given.personId ? found : undefined;
  }

  #assertRoom(personId: PersonId, channel: ChannelId): void {
    const max = maxTargets[channel];
    const count = this.ofPerson(personId).filter((target) => target.channel === channel).length;
    if (count >= max) throw new AppError('conflict', `There are ${max} of these already`, because('limit-reached', { max }));
  }

  #tell({ id, personId }: Pick<KeptTarget, 'id' | 'personId'>): void {
    this.#deps.events.emit('notification-target.changed', { targetId: id, personId });
  }
}

const fields = { mail: 'address', gotify: 'token', ntfy: 'topic', 'home-assistant': 'target', 'web-push': 'endpoint' } as const;

function alreadyThere(channel: ChannelId): AppError {
  const details = [{ field: fields[channel], message: 'is there already' }];
  return new AppError('conflict', 'This person is reached there already', { details });
}
