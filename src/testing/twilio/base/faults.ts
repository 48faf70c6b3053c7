import type { Random } from './sids.ts';

export type FaultName =
  | 'rest.5xx'
  | 'rest.429'
  | 'rest.timeout'
  | 'rest.reset'
  | 'rest.slow'
  | 'rest.401-after-rotation'
  | 'rest.page-changes-while-paging'
  | 'callback.duplicate'
  | 'callback.reorder'
  | 'callback.delay'
  | 'callback.drop'
  | 'callback.before-rest-response'
  | 'callback.badsig'
  | 'callback.oldtoken'
  | 'callback.http-redirect'
  | 'recording.404-for'
  | 'recording.truncated'
  | 'recording.absent'
  | 'transcription.never'
  | 'media.cdn-rejects-auth-header'
  | 'sms.30034'
  | 'sms.30007'
  | 'sms.30003'
  | 'sms.21610'
  | 'account.suspended'
  | 'balance.low'
  | 'number.url-drift'
  | 'clock.skew'
  | `sip.${string}`
  | `rtp.${string}`;

export type Fault = {
  readonly name: FaultName;
  /** The endpoint or callback it hits, such as `messages.create` or `recording`; every one when left out; `messages.*` works. */
  readonly endpoint?: string;
  /** How often it happens before it is over; for ever when left out. */
  readonly count?: number;
  /** 0 to 1, drawn from the emulator's seed; 1 when left out. */
  readonly probability?: number;
  /** Of `rest.5xx`; 500 when left out. */
  readonly status?: number;
  /** Of `rest.5xx`: an HTML page as edges send it, instead of JSON. */
  readonly html?: boolean;
  /** Of `rest.429` and `rest.5xx`: the Retry-After header, in seconds. */
  readonly retryAfterSeconds?: number;
  /** Of `rest.timeout`, `rest.reset` and `rest.5xx`: the work is done all the same, only its answer is lost. */
  readonly isProcessed?: boolean;
  /** Of `rest.slow`, `callback.delay`, `recording.404-for` and `clock.skew` (may be negative there). */
  readonly delayMs?: number;
};

type Armed = { readonly fault: Fault; left: number };

/** What goes wrong, when, and how often. The same seed and the same requests give the same faults. */
export class Faults {
  readonly #random: Random;
  #armed: Armed[] = [];
  readonly #taken: { readonly name: FaultName; readonly endpoint: string }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Arms a fault; returns how to disarm it. */
  add(fault: Fault): () => void {
    const armed: Armed = { fault, left: fault.count ?? Infinity };
    this.#armed.push(armed);
    return () => {
      this.#armed = this.#armed.filter((each) => each !== armed);
    };
  }

  clear(): void {
    this.#armed = [];
  }

  /** The fault that happens here and now, counted as having happened; undefined when all goes well. */
  take(name: FaultName, endpoint: string): Fault | undefined {
    return this.takeIf(name, endpoint, () => true);
  }

  /** Like `take`, of those faults only that also fit. */
  takeIf(name: FaultName, endpoint: string, isMeant: (fault: Fault) => boolean): Fault | undefined {
    const armed = this.#armed.find(
      ({ fault, left }) =>
        fault.name === name && left > 0 && fits(fault.endpoint, endpoint) && isMeant(fault) && this.#draws(fault),
    );
    if (armed === undefined) return undefined;
    armed.left -= 1;
    this.#taken.push({ name, endpoint });
    return armed.fault;
  }

  /** Looks without counting, for faults that are states (suspended, skewed) rather than events. */
  isArmed(name: FaultName): Fault | undefined {
    return this.#armed.find((each) => each.fault.name === name && each.left > 0)?.fault;
  }

  /** All that happened so far, oldest first. */
  get taken(): readonly { readonly name: FaultName; readonly endpoint: string }[] {
    return this.#taken;
  }

  #draws({ probability = 1 }: Fault): boolean {
    return probability >= 1 || this.#random(1_000_000) < probability * 1_000_000;
  }
}

function fits(pattern: string | undefined, endpoint: string): boolean {
  if (pattern === undefined || pattern === endpoint) return true;
  return pattern.endsWith('*') && endpoint.startsWith(pattern.slice(0, -1));
}
