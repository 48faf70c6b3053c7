export type ErrorCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'rate-limited'
  | 'unavailable'
  | 'internal';

/** What is wrong with one field of an input, in the user's words. */
export type FieldProblem = { readonly field: string; readonly message: string };

type AppErrorOptions = {
  readonly cause?: unknown;
  readonly details?: readonly FieldProblem[];
  readonly retryAfterSeconds?: number;
};

/** An error whose message may be shown to the user. Anything else is an internal fault and its text stays in the log. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: readonly FieldProblem[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, facts: AppErrorOptions = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.details = facts.details ?? [];
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}
