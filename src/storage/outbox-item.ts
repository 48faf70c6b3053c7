/**
 * `waiting`: will be attempted when it is due and first of its order key. `attempting`: the request may have left, where it was committed.
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
  /** Since when the attempt that goes on may have been done; undefined before. */
  readonly committedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The service's error code and words of the last failure. */
  readonly code: number | undefined;
  readonly message: string | undefined;
};

/** How one attempt ended. `report` is handed to the handler's `settle` or `postponed`. */
export type AttemptOutcome = { readonly report?: unknown } & AttemptResult;

type AttemptResult =
  /** `result` is handed to the handler's `settle`. */
  | { readonly kind: 'done'; readonly result?: unknown }
  /** 429: certainly not done; waits as long as the service says and is not counted. */
  | { readonly kind: 'limited'; readonly message: string; readonly retryAfterSeconds?: number | undefined }
  /** Nothing was sent; waits until the service is available again. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** Certainly not done, and worth the retries of the handler. */
  | {
      readonly kind: 'retry';
      readonly message: string;
      readonly code?: number | undefined;
      readonly retryAfterSeconds?: number | undefined;
    }
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
  /** Of the attempt that it ended with. */
  readonly report?: unknown;
  /** Where it ended without an attempt: too late for another, in flight when the house stopped, or older than the data that were restored. */
  readonly why?: 'too-late' | 'lost-in-restart' | 'restored';
  readonly code?: number | undefined;
  readonly message?: string | undefined;
};

/** When something is tried, in seconds from the first attempt: as many attempts as there are offsets, ascending from 0. */
export type RetrySchedule = { readonly atSeconds: readonly number[] };

/** What an attempt may do while it goes on. */
export type AttemptControl = {
  /** Aborted after the handler's `timeoutSeconds`, and at the stop. */
  readonly signal: AbortSignal;
  /** Notes on the disk that it may be done from here on; idempotent. Only where the handler `commits`. */
  commit(): void;
};

/** What became of an attempt that did not end its item. */
export type Postponement = {
  readonly state: 'waiting' | 'doubtful';
  readonly dueAt: number;
  readonly message: string;
  readonly report?: unknown;
};

export type OutboxHandler<Payload = unknown> = {
  /** The service whose consecutive failures are counted together, such as `Twilio`. */
  readonly service: string;
  /** Where one kind goes to several services: that of the item, as it is when it is enqueued. */
  readonly serviceOf?: (payload: Payload) => string;
  /** Does it once. What it throws counts as ambiguous. */
  readonly attempt: (item: OutboxItem<Payload>, control: AttemptControl) => Promise<AttemptOutcome>;
  /**
   * Without it, an attempt may be done as soon as it is marked, which a loss of power does not undo. With it, once it calls `commit`,
   * which outlives the process but, unlike that, costs no waiting for the disk.
   */
  readonly commits?: true;
  /** Three retries within half a minute where it is not given. */
  readonly schedule?: RetrySchedule;
  /** After which an attempt is aborted; never where it is not given. Only where the handler `commits`. */
  readonly timeoutSeconds?: number;
  /** Requests to one service at a time; 2 by default. */
  readonly maxInFlight?: number;
  /** Open items of its kind, and of one service; 10,000 by default. */
  readonly maxOpen?: number;
  readonly maxOpenOfService?: number;
  /**
   * What to do about an attempt that may have been done: `repeat` where doing it twice does no harm, `unknown` where nobody can say and it
   * must not be done twice, else look. Absent is believed only `doubtSeconds` (30) after the attempt.
   */
  readonly whenInDoubt: 'repeat' | 'unknown' | ((item: OutboxItem<Payload>) => Promise<LookUpOutcome>);
  /** Synchronous SQL, in the transaction that postpones the item. */
  readonly postponed?: (item: OutboxItem<Payload>, postponement: Postponement) => void;
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
  /** Not attempted before, in milliseconds since the Unix epoch. */
  readonly notBefore?: number | undefined;
  /** When it is too late for another attempt, from `notBefore` on; 4 hours by default. */
  readonly giveUpAfterSeconds?: number;
};
