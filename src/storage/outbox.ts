// Owns everything on its way to a service on the internet: on the disk, in order, never lost, never done twice.
// Called by the rooms that send (enqueue, a handler per kind) and by app, which starts and stops it.
// Must stay true: the mark that a request may have been sent is on the disk before it is; what is in doubt is looked up before it is repeated.
import type { Database } from 'better-sqlite3';
import type { Clock, Timer } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import { decideAfterAttempt, decideAfterLookUp } from './outbox-decision.ts';
import type { OutboxDecision, OutboxDelays } from './outbox-decision.ts';
import type { OutboxEnd, OutboxHandler, OutboxItem, OutboxRequest, OutboxState } from './outbox-item.ts';
import { OutboxServices } from './outbox-services.ts';
import { OutboxStore } from './outbox-store.ts';
import type { OutboxQuery } from './outbox-store.ts';
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
  /** Requests to one service at a time. */
  readonly maxInFlight?: number;
};

const defaultGiveUpSeconds = 4 * 3600;
const keptDays = 14;
const dayMs = 86_400_000;
/** A queue that does not drain must not fill the disk. */
const maxOpen = 10_000;
const afterStorageFailureMs = 30_000;
const stopTimeoutMs = 3_000;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #store: OutboxStore;
  readonly #handlers = new Map<string, OutboxHandler>();
  readonly #services: OutboxServices;
  /** Items being worked on, by id. */
  readonly #busy = new Map<string, { readonly service: string; readonly work: Promise<void> }>();
  #isRunning = false;
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
    this.#wake();
  }

  /**
   * Synchronous SQL: kept when it returns, or with the transaction it is called in. Returns the id. Throws `unavailable` where
   * nothing can be kept, `rate-limited` where thousands wait already.
   */
  enqueue({ kind, orderKey, payload, giveUpAfterSeconds = defaultGiveUpSeconds }: OutboxRequest): string {
    const { clock, newId, isDurable } = this.#options;
    if (!isDurable)
      throw new AppError('unavailable', 'Nothing can be sent, because nothing can be saved', refused('nothing-saved'));
    if (this.#store.openCount() >= maxOpen)
      throw new AppError('rate-limited', 'Too much is waiting to be sent already', refused('outbox-full'));
    const id = newId('out');
    const createdAt = clock.now();
    this.#store.insert({ id, kind, orderKey, payload, createdAt, giveUpAt: createdAt + giveUpAfterSeconds * 1000 });
    this.#wake();
    return id;
  }

  /** Withdraws an item that was never attempted. Returns whether it could. */
  cancel(id: string): boolean {
    return !this.#busy.has(id) && this.#store.cancel(id);
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

  /** Why a service cannot be reached at the moment; undefined where it can. */
  problemOf(service: string): string | undefined {
    return this.#services.problemOf(service);
  }

  /** Attempts at once what waits for a service that is available again, such as with new credentials. */
  retryNow(service: string): void {
    this.#services.clearPause(service);
    this.#wake();
  }

  start(): void {
    const { clock, log, isDurable } = this.#options;
    if (!isDurable) return;
    const orphans = this.#store.markOrphansInDoubt();
    if (orphans > 0) log.warn({ orphans }, 'Requests were in flight when the last process ended; looking them up');
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
    await Promise.race([promise, Promise.all([...this.#busy.values()].map(({ work }) => work))]);
    timeout.cancel();
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
    for (const { id, kind, dueAt: itemDueAt } of this.#store.heads()) {
      const handler = this.#handlers.get(kind);
      if (handler === undefined || this.#busy.has(id)) continue;
      const dueAt = Math.max(itemDueAt, this.#services.pausedUntil(handler.service));
      if (dueAt > now) next = Math.min(next ?? dueAt, dueAt);
      else if (this.#hasRoom(handler.service)) this.#beginNext(id, handler);
    }
    if (next !== undefined) this.#wakeAt(next);
  }

  #hasRoom(service: string): boolean {
    let inFlight = 0;
    for (const busy of this.#busy.values()) if (busy.service === service) inFlight += 1;
    return inFlight < (this.#options.maxInFlight ?? 2);
  }

  #wakeAt(at: number): void {
    const { clock } = this.#options;
    this.#timer?.cancel();
    this.#timer = clock.after(Math.max(0, at - clock.now()), () => this.#wake());
  }

  #beginNext(id: string, handler: OutboxHandler): void {
    const item = this.#store.get(id);
    if (item === undefined) return;
    const work = this.#work(item, handler).catch((error: unknown) => {
      this.#options.log.error({ err: error, item: item.id }, 'The outbox cannot be written');
      this.#services.pause(handler.service, this.#options.clock.now() + afterStorageFailureMs);
    });
    this.#busy.set(item.id, { service: handler.service, work });
    void work.finally(() => {
      this.#busy.delete(item.id);
      this.#wake();
    });
  }

  async #work(item: OutboxItem, handler: OutboxHandler): Promise<void> {
    const { clock } = this.#options;
    const { whenInDoubt } = handler;
    // A mark without its end also stays behind where the end could not be written.
    const isInDoubt = item.state === 'doubtful' || item.state === 'attempting';
    if (isInDoubt && whenInDoubt !== 'repeat') {
      this.#apply(item, handler, await this.#lookUp(item, handler, whenInDoubt));
      return;
    }
    if (!isInDoubt && clock.now() >= item.giveUpAt) {
      const message = `It could not be sent in time${item.message === undefined ? '' : `: ${item.message}`}`;
      this.#apply(item, handler, { kind: 'end', end: { state: 'failed', code: item.code, message } });
      return;
    }
    this.#store.markAttempt(item.id, clock.now());
    const marked = this.#store.get(item.id) ?? item;
    const outcome = await handler
      .attempt(marked)
      .catch((error: unknown) => ({ kind: 'ambiguous', message: textOf(error) }) as const);
    const facts = this.#services.record(handler.service, outcome);
    this.#apply(marked, handler, decideAfterAttempt(marked, outcome, { ...facts, whenInDoubt }));
  }

  async #lookUp(
    item: OutboxItem,
    { service }: OutboxHandler,
    look: Exclude<OutboxHandler['whenInDoubt'], 'repeat'>,
  ): Promise<OutboxDecision> {
    const outcome = await look(item).catch((error: unknown) => ({ kind: 'unclear', message: textOf(error) }) as const);
    return decideAfterLookUp(item, outcome, this.#services.record(service, outcome));
  }

  #apply(item: OutboxItem, handler: OutboxHandler, decision: OutboxDecision): void {
    const { id } = item;
    if (decision.kind === 'postpone') {
      const { pauseUntil, kind: _, ...postponed } = decision;
      if (pauseUntil !== undefined) this.#services.pause(handler.service, pauseUntil);
      this.#store.postpone({ id, ...postponed });
      this.#options.log.debug({ item: id, state: postponed.state, dueAt: postponed.dueAt }, 'Outbox item postponed');
      return;
    }
    const { end } = decision;
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

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const refused = (reason: string) => ({ because: { reason, values: {} } });
