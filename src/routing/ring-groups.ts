// Owns the ring groups: several phones and persons that ring under one name.
// Called by their routes and by whoever gathers the facts of a call or reads dialled digits.
// Must stay true: memory has what the database has; no group contains itself, no extension is a phone's too.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { RingGroup } from './ring-group.ts';
import type { RingGroupStore } from './ring-group-store.ts';
import type { RoutingHouse } from './routing-house.ts';
import { circleOf, targetProblems } from './target-problems.ts';
import type { RoutingProblem } from './target-problems.ts';

export type RingGroupsDeps = {
  readonly store: RingGroupStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly house: RoutingHouse;
};

export type RingGroupInput = Omit<RingGroup, 'id' | 'createdAt'>;

export class RingGroups {
  readonly #deps: RingGroupsDeps;
  #all: readonly RingGroup[];

  constructor(deps: RingGroupsDeps) {
    this.#deps = deps;
    this.#all = deps.store.all();
  }

  /** The oldest first. */
  all(): readonly RingGroup[] {
    return this.#all;
  }

  byExtension(extension: string): RingGroup | undefined {
    return this.#all.find((group) => group.extension === extension);
  }

  /** Throws `not-found`. */
  get(id: string): RingGroup {
    const found = this.#all.find((group) => group.id === id);
    if (found === undefined) throw new AppError('not-found', 'There is no such ring group');
    return found;
  }

  /** What is wrong with a group as the house is now. */
  problemsOf({ members }: RingGroup): readonly RoutingProblem[] {
    return targetProblems(members, 'members', { house: this.#deps.house, groups: this.#all });
  }

  /** Throws `invalid` or `conflict` with the field at fault. */
  create(input: RingGroupInput): Promise<RingGroup> {
    const { newId, clock } = this.#deps;
    return this.#save({ ...input, id: newId('group'), createdAt: clock.now() }, input);
  }

  /** Throws `not-found`, `invalid` or `conflict` with the field at fault. */
  async change(id: string, change: Partial<RingGroupInput>): Promise<RingGroup> {
    return await this.#save({ ...this.get(id), ...change }, change);
  }

  /** Throws `not-found`. Rules and groups that name it skip it. */
  async delete(id: string): Promise<void> {
    const group = this.get(id);
    await this.#write(() => this.#deps.store.delete(group.id));
    this.#deps.events.emit('ring-group.deleted', { ringGroupId: group.id });
    this.#deps.log.info({ group: group.id }, 'Ring group removed');
  }

  async #save(group: RingGroup, given: Partial<RingGroupInput>): Promise<RingGroup> {
    // What broke since may still be renamed.
    if (given.members !== undefined) this.#assertMembers(group);
    if (given.extension !== undefined) this.#assertFree(group, given.extension);
    const isNew = !this.#all.some(({ id }) => id === group.id);
    await this.#write(() => {
      // Two groups that were sent at once may contain each other.
      this.#assertNoCircle(group, this.#deps.store.all());
      this.#deps.store.save(group);
    });
    this.#deps.log.info({ group: group.id }, 'Ring group saved');
    this.#deps.events.emit(isNew ? 'ring-group.created' : 'ring-group.changed', { ringGroupId: group.id });
    return this.get(group.id);
  }

  #assertMembers(group: RingGroup): void {
    this.#assertNoCircle(group, this.#all);
    const broken = this.problemsOf(group).filter(({ severity }) => severity === 'broken');
    if (broken.length > 0) throw invalid(broken.map(({ field, message }) => ({ field, message })));
  }

  #assertNoCircle(group: RingGroup, groups: readonly RingGroup[]): void {
    const circle = circleOf(group, groups);
    if (circle === undefined) return;
    throw invalid([{ field: 'members', message: `would make a group contain itself: ${circle.join(' → ')}` }]);
  }

  #assertFree({ id }: RingGroup, extension: string): void {
    const { devices, isReservedExtension } = this.#deps.house;
    if (extension.startsWith('0') || isReservedExtension(extension)) {
      throw invalid([{ field: 'extension', message: 'must not begin with 0 or be an emergency or service number' }]);
    }
    const group = this.byExtension(extension);
    const isTaken = devices.byExtension(extension) !== undefined || devices.byUsername(extension) !== undefined;
    if (!isTaken && (group === undefined || group.id === id)) return;
    const details = [{ field: 'extension', message: 'is taken' }];
    throw new AppError('conflict', `The extension ${extension} is taken`, { details });
  }

  async #write(run: () => void): Promise<void> {
    await this.#deps.writes.write(run);
    this.#all = this.#deps.store.all();
  }
}

function invalid(details: readonly { readonly field: string; readonly message: string }[]): AppError {
  return new AppError('invalid', 'The ring group would not work', { details });
}
