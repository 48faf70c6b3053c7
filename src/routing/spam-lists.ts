// Owns the lists of numbers that others reported: fetched or uploaded, matched without the net.
// Called by its routes, by its own timer, and by whoever gathers what is known of a caller.
// Must stay true: a list counts only while it is switched on; one that cannot be read leaves the numbers of the last time.
import type { Clock, Timer } from '#base/clock.ts';
import { decodeText } from '#base/decode-text.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { ImportReport } from '#contract/import-report.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { maxNumbersOfList, maxSpamLists } from './spam-list.ts';
import type { SpamList, SpamListMatch } from './spam-list.ts';
import { readListedNumbers } from './spam-list-rows.ts';
import type { ReadListed } from './spam-list-rows.ts';
import type { FetchList } from './spam-list-source.ts';
import type { SpamListStore } from './spam-list-store.ts';

export type SpamListsDeps = {
  readonly store: SpamListStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly secrets: SealedSecrets;
  readonly readFor: (country: string) => ReadListed;
  readonly fetch: FetchList;
};

export type SpamListInput = Pick<SpamList, 'name' | 'url' | 'country' | 'refreshHours' | 'isEnabled'>;
/** `token`: null takes it away. */
export type SpamListChange = Partial<SpamListInput> & { readonly token?: string | null };

const perWrite = 200;
const maxProblems = 100;
const lookEveryMs = 10 * 60_000;
const maxFetchMs = 60_000;
/** After a failure, however often it is to be fetched. */
const retryMs = 60 * 60_000;
const hourMs = 60 * 60_000;

export class SpamLists {
  readonly #deps: SpamListsDeps;
  readonly #busy = new Set<string>();
  readonly #stopped = new AbortController();
  #timer: Timer | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: SpamListsDeps) {
    this.#deps = deps;
  }

  /** Begins to fetch what is due; first clears away what an import left that was cut off. */
  start(): void {
    const { clock, store, log } = this.#deps;
    const run = (what: () => Promise<void>) => {
      this.#work = this.#work.then(what).catch((error: unknown) => log.warn({ err: error }, 'Spam list update failed'));
    };
    run(async () => {
      for (const { id, generation } of store.all()) await this.#clear(id, generation);
    });
    run(() => this.refreshDue());
    this.#timer = clock.every(lookEveryMs, () => run(() => this.refreshDue()));
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#stopped.abort();
    await this.#work;
  }

  /** The list that a number (E.164) stands on. */
  match(number: string): SpamListMatch | undefined {
    return this.#deps.store.match(number);
  }

  all(): readonly SpamList[] {
    return this.#deps.store.all();
  }

  /** Throws `not-found`. */
  get(id: string): SpamList {
    const list = this.#deps.store.byId(id);
    if (list === undefined) throw new AppError('not-found', 'There is no such spam list');
    return list;
  }

  async create(input: SpamListInput, token: string | undefined): Promise<SpamList> {
    const { store, secrets, writes, newId, clock } = this.#deps;
    if (store.all().length >= maxSpamLists)
      throw new AppError(
        'conflict',
        `There are ${maxSpamLists} spam lists already`,
        because('limit-reached', { max: maxSpamLists }),
      );
    const none = { generation: 0, numbers: 0, importedAt: undefined, triedAt: undefined, problem: undefined };
    const list = { ...input, ...none, id: newId('spam'), hasToken: token !== undefined, createdAt: clock.now() };
    await writes.write(() => {
      store.save(list);
      secrets.save(list.id, token);
    });
    this.#deps.events.emit('spam-list.created', { spamListId: list.id });
    return list;
  }

  /** Throws `not-found`. Another address gets no token of the one before. */
  async change(id: string, { token, ...change }: SpamListChange): Promise<SpamList> {
    const { store, secrets, writes } = this.#deps;
    await writes.write(() => {
      const list = this.get(id);
      store.save({ ...list, ...change });
      const isMoved = change.url !== undefined && change.url !== list.url;
      if (token !== undefined || isMoved) secrets.save(id, token ?? undefined);
    });
    return this.#changed(id);
  }

  /** Throws `not-found`. */
  async delete(id: string): Promise<void> {
    const { store, writes, events } = this.#deps;
    const list = this.get(id);
    await writes.write(() => store.save({ ...list, isEnabled: false }));
    // Part by part, before the row: half a million numbers at once would hold the house up.
    await this.#clear(id, -1);
    await writes.write(() => store.delete(id));
    events.emit('spam-list.deleted', { spamListId: list.id });
  }

  /** Replaces the numbers of a list by those of a file. Throws `conflict` while it is being read, `invalid` where it has no number. */
  async upload(id: string, bytes: Uint8Array): Promise<ImportReport> {
    const report = await this.#import(this.get(id), bytes);
    if (report.added === 0)
      throw new AppError('invalid', 'This file contains no phone numbers: the list is unchanged', because('no-numbers-in-file'));
    return report;
  }

  /** Fetches a list now, and says how it is then. Throws `conflict` where it has no address, is switched off, or is being read. */
  async refresh(id: string): Promise<SpamList> {
    const { clock, fetch, store, secrets, writes } = this.#deps;
    const list = this.get(id);
    if (list.url === undefined)
      throw new AppError('conflict', 'This list has no URL to download it from: upload a file', because('no-address'));
    if (!list.isEnabled) throw new AppError('conflict', 'This list is disabled, so it is not downloaded', because('list-off'));
    const timeout = new AbortController();
    const timer = clock.after(maxFetchMs, () => timeout.abort());
    const token = secrets.read(id);
    const fetched = await fetch(list.url, token, AbortSignal.any([timeout.signal, this.#stopped.signal]));
    timer.cancel();
    if (fetched.kind === 'ok') {
      const { added } = await this.#import(this.get(id), fetched.bytes);
      if (added > 0) return this.get(id);
    }
    const problem = fetched.kind === 'ok' ? 'It contains no phone numbers' : fetched.problem;
    await writes.write(() => store.save({ ...this.get(id), triedAt: clock.now(), problem }));
    return this.#changed(id);
  }

  #changed(id: string): SpamList {
    const list = this.get(id);
    this.#deps.events.emit('spam-list.changed', { spamListId: list.id });
    return list;
  }

  /** Fetches every list that is switched on and old enough. */
  async refreshDue(): Promise<void> {
    for (const list of this.all()) {
      if (this.#stopped.signal.aborted) return;
      if (isDue(list, this.#deps.clock.now()) && !this.#busy.has(list.id)) await this.refresh(list.id);
    }
  }

  async #import(list: SpamList, bytes: Uint8Array): Promise<ImportReport> {
    if (this.#busy.has(list.id)) throw new AppError('conflict', 'This list is being updated right now', because('being-updated'));
    this.#busy.add(list.id);
    try {
      return await this.#replace(list, decodeText(bytes));
    } finally {
      this.#busy.delete(list.id);
    }
  }

  async #replace(list: SpamList, text: string): Promise<ImportReport> {
    const { store, writes, clock, readFor } = this.#deps;
    const report = { added: 0, known: 0, changed: 0, refused: 0, problems: [] as { line: number; message: string }[] };
    const generation = list.generation + 1;
    let part: string[] = [];
    const write = async () => {
      const numbers = part;
      part = [];
      const added = await writes.write(() => store.add(list.id, generation, numbers));
      report.added += added;
      report.known += numbers.length - added;
    };
    const refuse = (line: number, message: string) => {
      report.refused += 1;
      if (report.problems.length < maxProblems) report.problems.push({ line, message });
    };
    await this.#clear(list.id, list.generation);
    for (const listed of readListedNumbers(text, readFor(list.country))) {
      if (listed.kind === 'bad') refuse(listed.line, listed.problem);
      else if (report.added + part.length >= maxNumbersOfList)
        refuse(listed.line, `There are ${maxNumbersOfList} numbers already`);
      else part.push(listed.number);
      if (part.length >= perWrite) await write();
    }
    await write();
    if (report.added > 0) {
      const now = clock.now();
      const found = { generation, numbers: report.added, importedAt: now, triedAt: now, problem: undefined };
      await writes.write(() => store.save({ ...this.get(list.id), ...found }));
      this.#changed(list.id);
      await this.#clear(list.id, generation);
    }
    return report;
  }

  async #clear(id: string, generation: number): Promise<void> {
    const { store, writes } = this.#deps;
    while (await writes.write(() => store.deleteOthers(id, generation)));
  }
}

/** Times may lie in the future where the clock was set: then it is due. */
function isDue({ url, isEnabled, triedAt, problem, refreshHours }: SpamList, now: number): boolean {
  if (url === undefined || !isEnabled) return false;
  if (triedAt === undefined || triedAt > now) return true;
  return now - triedAt >= (problem === undefined ? refreshHours * hourMs : Math.min(retryMs, refreshHours * hourMs));
}
