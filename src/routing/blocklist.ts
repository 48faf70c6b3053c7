// Owns the list of callers who reach nobody: in the database, and in memory where calls are matched.
// Called by its routes and by whoever gathers what is known of a caller.
// Must stay true: memory has what the database has; a call never waits for the disk.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { NewId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { readByKeyset } from '#storage/keyset.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { BlocklistEntry, BlocklistMatch } from './blocklist-entry.ts';
import { BlocklistIndex } from './blocklist-index.ts';
import { readPattern } from './blocklist-pattern.ts';
import type { ReadNumbers } from './blocklist-pattern.ts';
import type { BlocklistStore } from './blocklist-store.ts';

export type BlocklistInput = Pick<BlocklistEntry, 'kind' | 'pattern' | 'reason' | 'personId' | 'isEnabled'>;
export type BlocklistChange = Partial<Omit<BlocklistInput, 'personId'>>;

export type BlocklistDeps = {
  readonly store: BlocklistStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly read: ReadNumbers;
};

/** Whether an entry could be added; `refused` where it is not valid or there is no room for it. */
export type BlocklistAddition =
  | { readonly kind: 'added' | 'known'; readonly entry: BlocklistEntry }
  | { readonly kind: 'refused'; readonly field: 'pattern'; readonly problem: string };

/** Every call looks at all of them; whole numbers and beginnings cost nothing. */
export const maxPatterns = 500;
export const maxEntries = 200_000;
/** With more at once, whoever listens reads the list again rather than each of them. */
const maxNamed = 20;

export class Blocklist {
  readonly #deps: BlocklistDeps;
  readonly #index = new BlocklistIndex();
  #size = 0;

  constructor(deps: BlocklistDeps) {
    this.#deps = deps;
    for (const entry of this.all()) {
      this.#index.add(entry);
      this.#size += 1;
    }
  }

  /** What blocks a caller (E.164; undefined where it is hidden) of calls to this person; undefined where nothing does. */
  match(number: string | undefined, personId?: PersonId): BlocklistMatch | undefined {
    return number === undefined ? undefined : this.#index.match(number, personId);
  }

  /** Counts a call that was blocked by an entry. */
  hit(entryId: string): void {
    const { store, writes, clock, log } = this.#deps;
    const at = clock.now();
    writes
      .write(() => store.hit(entryId, at))
      .catch((error: unknown) => log.debug({ err: error }, 'Hit of a blocklist entry not stored'));
  }

  byId(id: string): BlocklistEntry | undefined {
    return this.#deps.store.byId(id);
  }

  /** The oldest first. */
  all(): Generator<BlocklistEntry> {
    return readByKeyset((id, limit) => this.#deps.store.after(id, limit));
  }

  /** Throws `invalid` where the pattern is not valid, `conflict` where it is there already. */
  async create(input: BlocklistInput): Promise<BlocklistEntry> {
    const [addition] = await this.addAll([input]);
    if (addition === undefined) throw new Error('Nothing was added');
    if (addition.kind === 'refused') throw invalid(addition.problem);
    if (addition.kind === 'known') throw conflict();
    return addition.entry;
  }

  /** Adds what is valid and not there yet, in one transaction; says of each what became of it, in their order. */
  async addAll(inputs: readonly BlocklistInput[]): Promise<readonly BlocklistAddition[]> {
    const { writes } = this.#deps;
    const additions = await writes.write(() => {
      let patterns = this.#index.patternCount;
      let room = maxEntries - this.#size;
      return inputs.map((input): BlocklistAddition => {
        const problem = limitProblem({ kind: input.kind, patterns, room });
        const addition = this.#insert(input, problem);
        if (addition.kind === 'added') {
          room -= 1;
          if (input.kind === 'regex') patterns += 1;
        }
        return addition;
      });
    });
    for (const addition of additions) {
      if (addition.kind !== 'added') continue;
      this.#index.add(addition.entry);
      this.#size += 1;
    }
    this.#emitCreated(additions.flatMap((addition) => (addition.kind === 'added' ? [addition.entry] : [])));
    return additions;
  }

  /** Throws `invalid` or `conflict` as `create` does. */
  async change(entry: BlocklistEntry, change: BlocklistChange): Promise<BlocklistEntry> {
    const { store, writes, read } = this.#deps;
    const { kind, pattern: written, ...rest } = { ...entry, ...change };
    const reading = readPattern(kind, written, read);
    if (reading.kind === 'refused') throw invalid(reading.problem);
    const changed = { ...rest, kind, pattern: reading.pattern };
    const isNewPattern = kind === 'regex' && changed.isEnabled && !(entry.kind === 'regex' && entry.isEnabled);
    const problem = limitProblem({ kind, patterns: isNewPattern ? this.#index.patternCount : 0, room: 1 });
    if (problem !== undefined) throw invalid(problem);
    await writes.write(() => {
      const same = store.same(changed);
      if (same !== undefined && same.id !== entry.id) throw conflict();
      store.save(changed);
    });
    this.#index.remove(entry);
    this.#index.add(changed);
    this.#deps.events.emit('blocklist-entry.changed', factOf(changed));
    return changed;
  }

  async delete(entry: BlocklistEntry): Promise<void> {
    const { store, writes } = this.#deps;
    await writes.write(() => store.delete(entry.id));
    this.#index.remove(entry);
    this.#size -= 1;
    this.#deps.events.emit('blocklist-entry.deleted', factOf(entry));
  }

  /** What a person's removal does in its transaction; the returned function is called after it. */
  release(personId: PersonId): () => void {
    const theirs = this.#deps.store.ofPerson(personId);
    return () => {
      for (const entry of theirs) this.#index.remove(entry);
      this.#size -= theirs.length;
      for (const entry of theirs) this.#deps.events.emit('blocklist-entry.deleted', factOf(entry));
    };
  }

  #emitCreated(entries: readonly BlocklistEntry[]): void {
    const { events } = this.#deps;
    if (entries.length <= maxNamed) for (const entry of entries) events.emit('blocklist-entry.created', factOf(entry));
    else
      for (const personId of new Set(entries.map((entry) => entry.personId ?? null)))
        events.emit('blocklist.imported', { personId });
  }

  #insert(input: BlocklistInput, problem: string | undefined): BlocklistAddition {
    const { store, read, newId, clock } = this.#deps;
    const reading = readPattern(input.kind, input.pattern, read);
    if (reading.kind === 'refused') return { kind: 'refused', field: 'pattern', problem: reading.problem };
    const known = store.same({ ...input, pattern: reading.pattern });
    if (known !== undefined) return { kind: 'known', entry: known };
    if (problem !== undefined) return { kind: 'refused', field: 'pattern', problem };
    const entry = {
      ...input,
      pattern: reading.pattern,
      id: newId('block'),
      hits: 0,
      lastHitAt: undefined,
      createdAt: clock.now(),
    };
    store.save(entry);
    return { kind: 'added', entry };
  }
}

function factOf({ id, personId }: BlocklistEntry): Facts['blocklist-entry.changed'] {
  return { blocklistEntryId: id, personId: personId ?? null };
}

type Limits = { readonly kind: BlocklistEntry['kind']; readonly patterns: number; readonly room: number };

function limitProblem({ kind, patterns, room }: Limits): string | undefined {
  if (room <= 0) return `There are ${maxEntries} entries already: block prefixes instead of single numbers`;
  if (kind !== 'regex' || patterns < maxPatterns) return undefined;
  return `There are ${maxPatterns} regular expressions already, the most there may be: every call is matched against all of them`;
}

function invalid(message: string): AppError {
  return new AppError('invalid', 'The blocklist entry is not valid', { details: [{ field: 'pattern', message }] });
}

function conflict(): AppError {
  return new AppError('conflict', 'This is already blocked', {
    details: [{ field: 'pattern', message: 'is on the blocklist already' }],
  });
}
