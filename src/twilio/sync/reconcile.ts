// Owns reconciliation: reads the recordings, messages and calls at Twilio that no webhook reported, at start and every few minutes.
// Called by the composition, which hands in the account and a sink for each kind.
// Must stay true: a watermark moves only when everything before it was handled, so that nothing is missed; sinks know each item by its
// sid, so that nothing is taken twice.
import { isoTime } from '#base/clock.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { HealthStatus } from '#contract/system.ts';
import type { TwilioConnection } from '#twilio/api/connection.ts';
import type { TwilioCall, TwilioMessage, TwilioRecording } from '#twilio/api/records.ts';
import type { TwilioFailure, TwilioResult } from '#twilio/api/result.ts';

/** Idempotent: each may get the same item any number of times, and throws where it could not keep it; then it gets it again. */
export type ReconcilerSinks = {
  readonly recording: (recording: TwilioRecording) => void | Promise<void>;
  readonly message: (message: TwilioMessage) => void | Promise<void>;
  readonly call: (call: TwilioCall) => void | Promise<void>;
};

export type ReconcilerDeps = {
  readonly connection: Pick<TwilioConnection, 'request' | 'client'>;
  readonly watermarks: {
    get(name: string): number | undefined;
    set(name: string, at: number): void;
    shift(name: string, byMs: number): void;
  };
  readonly sinks: ReconcilerSinks;
  readonly clock: Clock;
  readonly log: Log;
  readonly periodSeconds?: number;
  /** 0 ≤ random < 1, for the jitter. */
  readonly random?: () => number;
};

/** One list of Twilio, newest first. */
type List<Item> = {
  readonly name: string;
  readonly read: (after: number) => Promise<TwilioResult<readonly Item[]>>;
  readonly timestampOf: (item: Item) => number | undefined;
  /** Whether it may still change, and must be read again. */
  readonly isOpen: (item: Item) => boolean;
  readonly handle: (item: Item) => void | Promise<void>;
};

const defaultPeriodSeconds = 180;
const maxPeriodSeconds = 3600;
/** Twilio's lists lag behind its webhooks. */
const overlapMs = 10 * 60_000;
/** How long an open item holds the watermark back: more than the longest call. */
const maxOpenMs = 5 * 3_600_000;
/** Per run: weeks of a house. */
const maxItems = 5000;
const stopTimeoutMs = 3_000;
/** After a call, for the file of its recording to be ready. */
const recordingReadyMs = 20_000;

const openMessages = new Set(['accepted', 'scheduled', 'queued', 'sending', 'sent', 'receiving']);
const openCalls = new Set(['queued', 'initiated', 'ringing', 'in-progress']);
const openRecordings = new Set(['in-progress', 'paused', 'stopped', 'processing']);

export class Reconciler {
  readonly #deps: ReconcilerDeps;
  readonly #steps: readonly (() => Promise<Failed | undefined>)[];
  #timer: Timer | undefined;
  #isRunning = false;
  #isStopped = false;
  #working: Promise<void> | undefined;
  #failuresInARow = 0;
  #problem: string | undefined;
  #lastAt: number | undefined;
  /** Set by our clock in this process: moved when the clock is corrected. */
  readonly #newOrigins = new Set<string>();

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
    const { calls, recordings, messages } = listsOf(deps);
    // Calls first: recordings are joined to them.
    this.#steps = [() => this.#reconcile(calls), () => this.#reconcile(recordings), () => this.#reconcile(messages)];
  }

  health(): { readonly status: HealthStatus; readonly message: string } {
    if (this.#problem !== undefined) return { status: 'degraded', message: `Twilio could not be read: ${this.#problem}` };
    const at = this.#lastAt;
    return {
      status: 'ok',
      message: at === undefined ? 'Twilio has not been read yet' : `Twilio was last read at ${isoTime(at)}`,
    };
  }

  /** Begins the first run. */
  start(): void {
    this.#isRunning = true;
    void this.run();
  }

  /** Gives the current run a moment to end; the next start continues from the same watermark. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#isStopped = true;
    this.#timer?.cancel();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timeout = this.#deps.clock.after(stopTimeoutMs, resolve);
    await Promise.race([promise, this.#working]);
    timeout.cancel();
  }

  /** Runs now, also out of turn; one run at a time. Never rejects: a failed run is repeated later. */
  run(): Promise<void> {
    this.#working ??= this.#runOnce().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  /** A call that was recorded is over; where Twilio reaches us, its callback comes sooner. */
  expectRecording(): void {
    if (this.#isRunning) this.#deps.clock.after(recordingReadyMs, () => void this.run());
  }

  /** There may be an account now: from that moment on, what it gets is ours to know, also where we stop before the next look. */
  accountChanged(): void {
    if (this.#lastAt === undefined) void this.run();
  }

  async #runOnce(): Promise<void> {
    this.#timer?.cancel();
    const { connection, clock, log } = this.#deps;
    let failure: Failed | undefined;
    if (connection.client() !== undefined) {
      for (const step of this.#steps) {
        failure = (await step()) ?? failure;
        // Where Twilio fails, the next list would fail too.
        if ((failure !== undefined && failure !== notKept) || this.#isStopped) break;
      }
      if (failure === undefined) this.#lastAt = clock.now();
    }
    if (failure !== undefined && failure.message !== this.#problem)
      log.warn({ reason: failure.message }, 'Reconciliation with Twilio failed');
    this.#problem = failure?.message;
    this.#failuresInARow = failure === undefined ? 0 : this.#failuresInARow + 1;
    if (this.#isRunning) this.#timer = clock.after(this.#delayMs(failure), () => void this.run());
  }

  #delayMs(failure: Failed | undefined): number {
    const { periodSeconds = defaultPeriodSeconds, random = Math.random } = this.#deps;
    const seconds = Math.min(maxPeriodSeconds, periodSeconds * 2 ** Math.min(10, this.#failuresInARow));
    return Math.round(Math.max(failure?.retryAfterSeconds ?? 0, seconds * (0.9 + random() * 0.2)) * 1000);
  }

  async #reconcile<Item>(list: List<Item>): Promise<Failed | undefined> {
    const { watermarks, log } = this.#deps;
    try {
      const found = await readSince(list, this.#since(list.name));
      if (found.kind !== 'ok') return found;
      const refused = new Set<Item>();
      for (const item of found.value.toReversed()) {
        if (this.#isStopped) return undefined;
        await this.#handle(list, item, refused);
      }
      const at = newWatermark({ ...list, isOpen: (item) => refused.has(item) || list.isOpen(item) }, found.value);
      if (at !== undefined) watermarks.set(this.#key(list.name), at);
      return refused.size === 0 ? undefined : notKept;
    } catch (error) {
      log.error({ err: error, list: list.name }, 'Reconciliation watermark not stored');
      return notKept;
    }
  }

  /** An item that cannot be kept must not block the others; it is delivered again for some hours. */
  async #handle<Item>({ name, handle: take }: List<Item>, item: Item, refused: Set<Item>): Promise<void> {
    try {
      await take(item);
    } catch (error) {
      if (refused.size === 0) this.#deps.log.error({ err: error, list: name }, 'Reconciled item not stored');
      refused.add(item);
    }
  }

  /** Items from before the setup of the account are not imported. */
  #since(name: string): number {
    const { clock, watermarks } = this.#deps;
    const key = this.#key(name);
    const origin = watermarks.get(`${key}.origin`);
    // Twilio's times are whole seconds.
    const now = clock.now() - 1000;
    // A watermark in the future was set by a clock that has been set back since.
    if (origin !== undefined) return Math.min(now, Math.max(origin, (watermarks.get(key) ?? origin) - overlapMs));
    watermarks.set(`${key}.origin`, now);
    this.#newOrigins.add(`${key}.origin`);
    return now;
  }

  /** Our clock was set by so much. Throws where that cannot be stored. */
  clockSet(byMs: number): void {
    for (const name of this.#newOrigins) this.#deps.watermarks.shift(name, byMs);
  }

  /** Another account has other lists. */
  #key(name: string): string {
    return `${name}.${this.#deps.connection.client()?.credentials.accountSid ?? ''}`;
  }
}

type Failed = Pick<TwilioFailure, 'message' | 'retryAfterSeconds'>;

const notKept: Failed = { message: 'An item could not be stored', retryAfterSeconds: undefined };

/** Up to when everything was handled, by Twilio's clock: ours may be wrong. Undefined where the list was empty. */
function newWatermark<Item>({ isOpen, timestampOf: atOf }: List<Item>, items: readonly Item[]): number | undefined {
  const times = items.flatMap((item) => atOf(item) ?? []);
  if (times.length === 0) return undefined;
  const newest = Math.max(...times);
  const open = items.filter(isOpen).flatMap((item) => atOf(item) ?? []);
  return Math.min(newest, ...open.map((at) => Math.max(at, newest - maxOpenMs)));
}

/** Everything since `after`, newest first. Twilio may filter by day instead of time, so it is filtered here again. */
async function readSince<Item>({ read, timestampOf: atOf }: List<Item>, after: number): Promise<TwilioResult<readonly Item[]>> {
  const found = await read(after);
  if (found.kind !== 'ok') return found;
  // Twilio's times are whole seconds.
  const since = Math.floor(after / 1000) * 1000;
  return { kind: 'ok', value: found.value.filter((item) => (atOf(item) ?? after) >= since) };
}

function listsOf({ connection, sinks }: ReconcilerDeps) {
  const recordings: List<TwilioRecording> = {
    name: 'twilio.recordings',
    read: (after) => connection.request((client) => client.listRecordings({ createdAfter: after, limit: maxItems })),
    timestampOf: ({ createdAt }) => createdAt,
    isOpen: ({ status }) => openRecordings.has(status),
    handle: sinks.recording,
  };
  const messages: List<TwilioMessage> = {
    name: 'twilio.messages',
    read: (after) => connection.request((client) => client.listMessages({ sentAfter: after, limit: maxItems })),
    timestampOf: ({ sentAt, createdAt }) => sentAt ?? createdAt,
    isOpen: ({ status }) => openMessages.has(status),
    handle: sinks.message,
  };
  const calls: List<TwilioCall> = {
    name: 'twilio.calls',
    read: (after) => connection.request((client) => client.listCalls({ startedAfter: after, limit: maxItems })),
    timestampOf: ({ startedAt, createdAt }) => startedAt ?? createdAt,
    isOpen: ({ status }) => openCalls.has(status),
    handle: sinks.call,
  };
  return { calls, recordings, messages };
}
