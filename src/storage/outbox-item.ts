/**
 * `waiting`: will be attempted when it is due and first of its order key. `attempting`: the request may have left.
 * `doubtful`: it may have been done, which is looked up before it is repeated. The rest is final.
 */
export type OutboxState = 'waiting' | 'attempting' | 'doubtful' | 'done' | 'failed' | 'unknown';
export type FinalState = Extract<OutboxState, 'done' | 'failed' | 'unknown'>;

/** One thing to be done at an external service. Times are milliseconds since the Unix epoch. */
export type OutboxItem<Payload = unknown> = {
  readonly id: string;
  /** Which handler does it, such as `sms`. */
  readonly kind: string;
  /** Items of one key are done one after another, in order. */
  readonly orderKey: string;
  readonly payload: Payload;
  readonly state: OutboxState;
  /** Failed attempts; 429 and an unreachable service are not counted. */
  readonly failures: number;
  readonly createdAt: number;
  readonly dueAt: number;
  readonly giveUpAt: number;
  /** When the first request may have been sent, and the last. */
  readonly firstAttemptAt: number | undefined;
  readonly lastAttemptAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The service's error code and words of the last failure. */
  readonly code: number | undefined;
  readonly message: string | undefined;
};

/** How one attempt ended. */
export type AttemptOutcome =
  /** `result` is handed to the handler's `settle`. */
  | { readonly kind: 'done'; readonly result?: unknown }
  /** 429: certainly not done; waits as long as the service says and is not counted. */
  | { readonly kind: 'limited'; readonly message: string; readonly retryAfterSeconds?: number | undefined }
  /** Nothing was sent; waits until the service is available again. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** Certainly not done, and worth three retries. */
  | { readonly kind: 'retry'; readonly message: string; readonly code?: number | undefined }
  /** Never to be repeated. */
  | { readonly kind: 'failed'; readonly message: string; readonly code?: number | undefined }
  /** The request was sent, and whether it was done is unknown. */
  | {
      readonly kind: 'ambiguous';
      readonly message: string;
      readonly code?: number | undefined;
      readonly retryAfterSeconds?: number | undefined;
    };

/** What a lookup at the service found about an attempt in doubt. */
export type LookUpOutcome =
  | { readonly kind: 'found'; readonly result?: unknown }
  | { readonly kind: 'absent' }
  /** The lookup failed or was inconclusive; it is repeated. */
  | { readonly kind: 'unclear'; readonly message: string; readonly retryAfterSeconds?: number | undefined }
  /** The lookup can never be conclusive; the item ends as `unknown`. */
  | { readonly kind: 'never-known'; readonly message: string };

/** How an item ended. */
export type OutboxEnd = {
  readonly state: FinalState;
  /** What `attempt` or `lookUp` brought; only with `done`. */
  readonly result?: unknown;
  readonly code?: number | undefined;
  readonly message?: string | undefined;
};

export type OutboxHandler<Payload = unknown> = {
  /** The service whose consecutive failures are counted together, such as `Twilio`. */
  readonly service: string;
  /** Does it once. What it throws counts as ambiguous. */
  readonly attempt: (item: OutboxItem<Payload>) => Promise<AttemptOutcome>;
  /**
   * What to do about an attempt that may have been done: `repeat` where doing it twice does no harm, else look. Absent is believed
   * only `doubtSeconds` (30) after the attempt.
   */
  readonly whenInDoubt: 'repeat' | ((item: OutboxItem<Payload>) => Promise<LookUpOutcome>);
  /** Synchronous SQL, in the transaction that ends the item: both are kept or neither. */
  readonly settle?: (item: OutboxItem<Payload>, end: OutboxEnd) => void;
  /** Called after that transaction, to notify others. */
  readonly ended?: (item: OutboxItem<Payload>, end: OutboxEnd) => void;
};

export type OutboxRequest = {
  readonly kind: string;
  readonly orderKey: string;
  /** Anything JSON keeps as it is. */
  readonly payload: unknown;
  /** When it is too late for another attempt; 4 hours by default. */
  readonly giveUpAfterSeconds?: number;
};
