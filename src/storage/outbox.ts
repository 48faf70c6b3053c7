// Owns everything on its way to a service on the internet: on the disk, in order, never lost, never done twice.
// Called by the rooms that send (enqueue, a handler per kind) and by app, which starts and stops it.
// Must stay true: the mark that a request may have been sent is on the disk before it is; what is in doubt is looked up before it is repeated.
import type { Database } from 'better-sqlite3';
import type { Clock, Timer } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import { RunningAttempt } from './outbox-attempt.ts';
import { decideAfterAttempt, decideAfterLookUp } from './outbox-decision.ts';
import type { OutboxDecision, OutboxDelays } from './outbox-decision.ts';
import type { AttemptOutcome, OutboxEnd, OutboxHandler, OutboxItem, OutboxRequest, OutboxState } from './outbox-item.ts';
import { OutboxServices } from './outbox-services.ts';
import { OutboxStore } from './outbox-store.ts';
import type { OpenCounts, OutboxQuery } from './outbox-store.ts';
import { storageFailure } from './storage-failure.ts';

export type OutboxOptions = {
  readonly db: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** False where nothing survives a restart: then nothing is sent, because it would be sent again from the file. */
  readonly isDurable: boolean;
  /** Called at the third failure of a service in a row, once until it succeeds again. */
  readonly onFailing?: (service: string, failures: number, reason: string) => void;
  readonly onRecovered?: (service: string) => void;
  readonly delays?: OutboxDelays;
  readonly random?: () => number;
  /** Requests to one service at a time, where its handler does not say; 2 by default. */
  readonly maxInFlight?: number;
};

const defaultGiveUpSeconds = 4 * 3600;
const keptDays = 14;
const dayMs = 86_400_000;
/** A queue that does not drain must not fill the disk, nor one kind keep another one out. */
const defaultMaxOpen = 10_000;
/** Of one service: so many are read at once. */
const maxDue = 100;
const afterStorageFailureMs = 30_000;
const stopTimeoutMs = 3_000;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #store: OutboxStore;
  readonly #handlers = new Map<string, OutboxHandler>();
  readonly #services: OutboxServices;
  /** Items being worked on, by id. */
  readonly #busy = new Map<string, { readonly service: string; readonly work: Promise<void> }>();
  readonly #attempts = new Map<string, RunningAttempt>();
  /** Those that items wait for, or waited once. */
  readonly #waitedFor = new Set<string>();
  /** Open items by kind and by service: no fewer than there are, so that they are counted once the limit is reached alone. */
  readonly #open = new Map<string, number>();
  #isRunning = false;
  #isStopped = false;
  #isWakeScheduled = false;
  #timer: Timer | undefined;
  #pruning: Timer | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#store = new OutboxStore(options.db);
    this.#services = new OutboxServices(options);
  }

  /** Registers the handler of a kind; before `start`. */
  register<Payload>(kind: string, handler: OutboxHandler<Payload>): void {
    this.#handlers.set(kind, handler as OutboxHandler);
    this.#store.adopt(kind, (payload) => serviceOf(handler as OutboxHandler, payload));
    for (const service of this.#store.services()) this.#waitedFor.add(service);
    this.#wake();
  }

  /**
   * Synchronous SQL: kept when it returns, or with the transaction it is called in. Returns the id. Throws `unavailable` where
   * nothing can be kept, `rate-limited` where thousands wait already.
   */
  enqueue({ kind, orderKey, payload, notBefore, giveUpAfterSeconds = defaultGiveUpSeconds }: OutboxRequest): string {
    const { clock, newId, isDurable } = this.#options;
    if (!isDurable)
      throw new AppError('unavailable', 'Nothing can be sent, because nothing can be saved', refused('nothing-saved'));
    const handler = this.#handlers.get(kind);
    const service = handler === undefined ? '' : serviceOf(handler, payload);
    this.#reserve(kind, service);
    const id = newId('out');
    const createdAt = clock.now();
    const dueAt = Math.max(createdAt, notBefore ?? createdAt);
    const giveUpAt = dueAt + giveUpAfterSeconds * 1000;
    this.#store.insert({ id, kind, service, orderKey, payload, createdAt, dueAt, giveUpAt });
    this.#waitedFor.add(service);
    this.#wake();
    return id;
  }

  /** Withdraws an item that was never attempted. Returns whether it could. */
  cancel(id: string): boolean {
    return !this.#busy.has(id) && this.#store.cancel(id);
  }

  /** Withdraws an item also between two attempts, of which the last one was certainly not done. Returns whether it could. */
  withdraw(id: string): boolean {
    return !this.#busy.has(id) && this.#store.withdraw(id);
  }

  /** Has items wait no longer than until `dueAt`. Synchronous SQL. */
  advance(ids: readonly string[], dueAt: number): void {
    for (const id of ids) this.#store.advance(id, dueAt);
    this.#wake();
  }

  get(id: string): OutboxItem | undefined {
    return this.#store.get(id);
  }

  list(query: OutboxQuery): readonly OutboxItem[] {
    return this.#store.list(query);
  }

  counts(): Readonly<Record<OutboxState, number>> {
    return this.#store.counts();
  }

  /** Open items by kind and by what they wait for; kinds without any are missing. */
  openByKind(): ReadonlyMap<string, OpenCounts> {
    return this.#store.openByKind();
  }

  /** What is open for these services. */
  openOf(services: readonly string[]): OpenCounts {
    return this.#store.openOfServices(services);
  }

  /** Why a service cannot be reached at the moment; undefined where it can. */
  problemOf(service: string): string | undefined {
    return this.#services.problemOf(service);
  }

  /** Attempts at once what waits for a service that is available again, such as with new credentials. */
  retryNow(service: string): void {
    this.#services.clearPause(service);
    this.#wake();
  }

  /** As `retryNow`, and what waits for its next try by a schedule is tried now too. Synchronous SQL. */
  hasten(service: string): void {
    this.#store.hasten(service, this.#options.clock.now());
    this.retryNow(service);
  }

  /**
   * Ends what is open as `unknown`, but for `exceptKinds`: with data that were restored, it may have been done since they were saved. After
   * the handlers are registered, before `start`.
   */
  endRestored(exceptKinds: readonly string[] = []): void {
    if (!this.#options.isDurable) return;
    const message = 'The data of the house were restored: it may have been sent since they were saved';
    for (const [kind, handler] of this.#handlers) {
      if (exceptKinds.includes(kind)) continue;
      for (const item of this.#store.open(kind)) this.#end(item, handler, { state: 'unknown', why: 'restored', message });
    }
  }

  start(): void {
    const { clock, log, isDurable } = this.#options;
    if (!isDurable) return;
    const orphans = this.#store.settleOrphans();
    if (orphans.doubtful > 0) log.warn(orphans, 'Requests were in flight when the last process ended; looking them up');
    this.#isRunning = true;
    this.#prune();
    this.#pruning = clock.every(dayMs, () => this.#prune());
    this.#wake();
  }

  /** Starts nothing more and gives requests in flight a moment to finish. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer?.cancel();
    this.#pruning?.cancel();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timeout = this.#options.clock.after(stopTimeoutMs, resolve);
    for (const attempt of this.#attempts.values()) if (!attempt.isCommitted) attempt.abort();
    await Promise.race([promise, Promise.all([...this.#busy.values()].map(({ work }) => work))]);
    timeout.cancel();
    // What does not end in time stays marked: the next start knows what to do about it.
    for (const attempt of this.#attempts.values()) attempt.abort();
    this.#isStopped = true;
  }

  /** Throws `rate-limited` where too much of a kind, or for one service, waits already. */
  #reserve(kind: string, service: string): void {
    const { maxOpen = defaultMaxOpen, maxOpenOfService = maxOpen } = this.#handlers.get(kind) ?? {};
    const isFull =
      this.#isFull(`kind ${kind}`, maxOpen, () => this.#store.openCount(kind)) ||
      this.#isFull(`service ${service}`, maxOpenOfService, () => this.#store.openOfService(service));
    if (isFull) throw new AppError('rate-limited', 'Too much is waiting to be sent already', refused('outbox-full'));
  }

  #isFull(name: string, max: number, count: () => number): boolean {
    const known = this.#open.get(name);
    const open = known === undefined || known >= max ? count() : known;
    this.#open.set(name, open + 1);
    return open >= max;
  }

  /** After the transaction that is open now: transactions are synchronous. */
  #wake(): void {
    if (!this.#isRunning || this.#isWakeScheduled) return;
    this.#isWakeScheduled = true;
    queueMicrotask(() => {
      this.#isWakeScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (!this.#isRunning) return;
    try {
      this.#startDue();
    } catch (error) {
      this.#options.log.error({ err: error }, 'The outbox cannot be read');
      this.#wakeAt(this.#options.clock.now() + afterStorageFailureMs);
    }
  }

  #startDue(): void {
    const now = this.#options.clock.now();
    let next: number | undefined;
    for (const service of this.#waitedFor) {
      const pausedUntil = this.#services.pausedUntil(service);
      const isPaused = pausedUntil > now;
      if (!isPaused) this.#startDueOf(service, now);
      const dueAt = this.#store.nextDueAt(service, isPaused ? 0 : now);
      if (dueAt !== undefined) next = Math.min(next ?? Infinity, Math.max(dueAt, pausedUntil));
    }
    if (next !== undefined) this.#wakeAt(next);
  }

  #startDueOf(service: string, now: number): void {
    let inFlight = 0;
    for (const busy of this.#busy.values()) if (busy.service === service) inFlight += 1;
    // Those that are attempted are due too.
    for (const { id, kind } of this.#store.due(service, now, inFlight + maxDue)) {
      const handler = this.#handlers.get(kind);
      if (handler === undefined || this.#busy.has(id)) continue;
      if (inFlight >= (handler.maxInFlight ?? this.#options.maxInFlight ?? 2)) continue;
      if (this.#beginNext(id, service, handler)) inFlight += 1;
    }
  }

  #wakeAt(at: number): void {
    const { clock } = this.#options;
    this.#timer?.cancel();
    this.#timer = clock.after(Math.max(0, at - clock.now()), () => this.#wake());
  }

  #beginNext(id: string, service: string, handler: OutboxHandler): boolean {
    const item = this.#store.get(id);
    if (item === undefined) return false;
    const work = this.#work({ item, service, handler }).catch((error: unknown) => {
      this.#options.log.error({ err: error, item: item.id }, 'The outbox cannot be written');
      this.#services.pause(service, this.#options.clock.now() + afterStorageFailureMs);
    });
    this.#busy.set(item.id, { service, work });
    void work.finally(() => {
      this.#busy.delete(item.id);
      this.#wake();
    });
    return true;
  }

  async #work({ item, service, handler }: Work): Promise<void> {
    const { clock } = this.#options;
    const { whenInDoubt, schedule } = handler;
    // A mark without its end also stays behind where the end could not be written.
    const isInDoubt = item.state === 'doubtful' || (item.state === 'attempting' && item.committedAt !== undefined);
    if (whenInDoubt === 'unknown' && isInDoubt) {
      const message = item.message ?? 'The house stopped while it was being sent';
      this.#apply(
        { item, service, handler },
        { kind: 'end', end: { state: 'unknown', why: 'lost-in-restart', code: item.code, message } },
      );
      return;
    }
    if (isInDoubt && typeof whenInDoubt === 'function') {
      const decision = await this.#lookUp({ item, service, handler }, whenInDoubt);
      if (!this.#isStopped) this.#apply({ item, service, handler }, decision);
      return;
    }
    if (!isInDoubt && clock.now() >= item.giveUpAt) {
      const message = `It could not be sent in time${item.message === undefined ? '' : `: ${item.message}`}`;
      this.#apply(
        { item, service, handler },
        { kind: 'end', end: { state: 'failed', why: 'too-late', code: item.code, message } },
      );
      return;
    }
    const { marked, outcome, isCommitted } = await this.#attempt(item, handler);
    // One that the stop interrupted is none.
    if (this.#isStopped || (!this.#isRunning && !isCommitted && outcome.kind !== 'done')) return;
    const facts = this.#services.record(service, outcome);
    const decision = decideAfterAttempt(marked, outcome, { ...facts, whenInDoubt, schedule });
    this.#apply({ item: marked, service, handler }, decision, outcome.report);
  }

  async #attempt(
    item: OutboxItem,
    handler: OutboxHandler,
  ): Promise<{ readonly marked: OutboxItem; readonly outcome: AttemptOutcome; readonly isCommitted: boolean }> {
    const { clock } = this.#options;
    if (handler.commits === undefined) this.#store.markCommitted(item.id, clock.now());
    else this.#store.markAttempt(item.id, clock.now());
    const marked = this.#store.get(item.id) ?? item;
    const commit = (id: string, now: number) => this.#store.commit(id, now);
    const attempt = new RunningAttempt(marked, handler, { clock, commit });
    this.#attempts.set(item.id, attempt);
    try {
      const outcome = await attempt.run();
      return { marked, outcome, isCommitted: attempt.isCommitted };
    } finally {
      this.#attempts.delete(item.id);
    }
  }

  async #lookUp(
    { item, service, handler: { schedule } }: Work,
    look: Exclude<OutboxHandler['whenInDoubt'], 'repeat' | 'unknown'>,
  ): Promise<OutboxDecision> {
    const outcome = await look(item).catch((error: unknown) => ({ kind: 'unclear', message: textOf(error) }) as const);
    return decideAfterLookUp(item, outcome, { ...this.#services.record(service, outcome), schedule });
  }

  #apply({ item, service, handler }: Work, decision: OutboxDecision, report?: unknown): void {
    const { id } = item;
    if (decision.kind === 'postpone') {
      const { pauseUntil, kind: _, ...postponed } = decision;
      if (pauseUntil !== undefined) this.#services.pause(service, pauseUntil);
      this.#store.postpone({ id, ...postponed }, () => handler.postponed?.(item, { ...postponed, report }));
      this.#options.log.debug({ item: id, state: postponed.state, dueAt: postponed.dueAt }, 'Outbox item postponed');
      return;
    }
    const end = { ...decision.end, report };
    this.#end(item, handler, end);
    const log = { item: id, kind: item.kind, state: end.state, code: end.code, message: end.message };
    if (end.state === 'done') this.#options.log.info(log, 'Sent');
    else this.#options.log.warn(log, 'Not sent');
    handler.ended?.(item, end);
  }

  #end(item: OutboxItem, handler: OutboxHandler, end: OutboxEnd): void {
    const ended = { id: item.id, state: end.state, endedAt: this.#options.clock.now(), code: end.code, message: end.message };
    try {
      this.#store.end(ended, () => handler.settle?.(item, end));
    } catch (error) {
      if (storageFailure(error).kind !== 'other') throw error;
      // A fault of ours must not block later items, nor cause a second send.
      this.#options.log.error({ err: error, item: item.id }, 'Handler of a finished outbox item failed');
      this.#store.end(ended, () => {});
    }
  }

  #prune(): void {
    try {
      this.#store.prune(this.#options.clock.now() - keptDays * dayMs);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'Old items of the outbox could not be removed');
    }
  }
}

type Work = { readonly item: OutboxItem; readonly service: string; readonly handler: OutboxHandler };

function serviceOf(handler: OutboxHandler, payload: unknown): string {
  return handler.serviceOf?.(payload) ?? handler.service;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const refused = (reason: string) => ({ because: { reason, values: {} } });
