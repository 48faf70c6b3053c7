// Owns the children's lines: whom the phones of children call and are called by, and when.
// Called by their routes, by whoever gathers the facts of a call, by calls for those to the outside, and by a parent's answer.
// Must stay true: memory has what the database has; no line has itself or another child's line for a parent.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { FieldProblem } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import { isDeviceId } from '#base/ids.ts';
import type { PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { ChildLine, ChildLineMap, LineHolder } from './child-line.ts';
import type { ChildLineStore, StoredChildLine } from './child-line-store.ts';
import type { RingTarget } from './ring-group.ts';
import { targetProblem } from './target-problems.ts';
import type { RoutingProblem, TargetContext } from './target-problems.ts';

export type ChildLinesDeps = {
  readonly store: ChildLineStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<Events<Facts>, 'emit'>;
  readonly context: () => TargetContext;
};

export type ChildLineInput = Omit<ChildLine, 'holder'>;

const maxAllowed = 200;

export class ChildLines {
  readonly #deps: ChildLinesDeps;
  #byHolder: ReadonlyMap<LineHolder, StoredChildLine>;

  constructor(deps: ChildLinesDeps) {
    this.#deps = deps;
    this.#byHolder = new Map(deps.store.all().map((line) => [line.holder, line]));
  }

  /** As a decision takes them. */
  facts(): ChildLineMap {
    return this.#byHolder;
  }

  all(): readonly StoredChildLine[] {
    return [...this.#byHolder.values()];
  }

  /** What the lists of a line name that is no longer there. */
  problemsOf({ allowed, parents }: Pick<ChildLine, 'allowed' | 'parents'>): readonly RoutingProblem[] {
    const found = [...this.#problems(allowed, 'allowed'), ...this.#problems(parents, 'parents')];
    return found.map((problem) => ({ ...problem, severity: 'broken' }));
  }

  /** Throws `invalid` with the field at fault; rejects with `unavailable` where it cannot be kept. */
  async set(holder: LineHolder, given: ChildLineInput): Promise<StoredChildLine> {
    const details = [...this.problemsOf(given), ...this.#parentProblems(holder, given.parents)];
    const wrong = details.map(({ field, message }) => ({ field, message }));
    if (wrong.length > 0) throw new AppError('invalid', 'The child’s line would not work', { details: wrong });
    return await this.#save({ ...given, holder, changedAt: this.#deps.clock.now() });
  }

  /** The phone or person is like others from now on. Returns whether it was a child's line. */
  async clear(holder: LineHolder): Promise<boolean> {
    const { store, writes, log } = this.#deps;
    if (!this.#byHolder.has(holder)) return false;
    await writes.write(() => store.remove(holder));
    this.forget(holder);
    log.info({ holder }, 'Child’s line removed');
    this.#report(holder);
    return true;
  }

  /** A parent lets a number (E.164) through for good. Lines that are gone since, or know it, stay as they are. */
  async allow(holders: readonly LineHolder[], number: string): Promise<void> {
    for (const holder of holders) {
      const line = this.#byHolder.get(holder);
      const isKnown = line?.allowed.some((one) => one.kind === 'number' && one.number === number) ?? true;
      if (line === undefined || isKnown) continue;
      if (line.allowed.length >= maxAllowed)
        throw new AppError('conflict', 'The list of the child’s line is full: remove somebody first', because('child-line-full'));
      await this.#save({ ...line, allowed: [...line.allowed, { kind: 'number', number }], changedAt: this.#deps.clock.now() });
    }
  }

  /** The phone or person is gone, and its row with it. */
  forget(holder: LineHolder): void {
    this.#byHolder = new Map([...this.#byHolder].filter(([one]) => one !== holder));
  }

  async #save(line: StoredChildLine): Promise<StoredChildLine> {
    const { store, writes, log } = this.#deps;
    await writes.write(() => store.put(line));
    this.#byHolder = new Map(this.#byHolder).set(line.holder, line);
    log.info({ holder: line.holder }, 'Child’s line changed');
    this.#report(line.holder);
    return line;
  }

  #report(holder: LineHolder): void {
    const isDevice = isDeviceId(holder);
    this.#deps.events.emit('child-line.changed', { deviceId: isDevice ? holder : null, personId: isDevice ? null : holder });
  }

  #problems(targets: readonly RingTarget[], field: string): readonly FieldProblem[] {
    const context = this.#deps.context();
    return targets.flatMap((target, at) => {
      const message = targetProblem(target, context);
      return message === undefined ? [] : [{ field: `${field}.${at}`, message }];
    });
  }

  #parentProblems(holder: LineHolder, parents: readonly RingTarget[]): readonly FieldProblem[] {
    return parents.flatMap((target, at) => {
      const field = `parents.${at}`;
      if (target.kind === 'group') return [{ field, message: 'is a group: name the parents one by one' }];
      if (target.kind === 'number') return [];
      const owner = target.kind === 'device' ? this.#ownerOf(target) : undefined;
      const isChild = [target.id, owner].some((id) => id !== undefined && (id === holder || this.#byHolder.has(id)));
      return isChild ? [{ field, message: 'is a child’s line: it cannot be asked about a child’s calls' }] : [];
    });
  }

  #ownerOf({ id }: Extract<RingTarget, { kind: 'device' }>): PersonId | undefined {
    return this.#deps.context().house.devices.byId(id)?.personId;
  }
}
