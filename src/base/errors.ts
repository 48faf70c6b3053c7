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

/** Why, for a panel that says it in its reader's language: of the closed list in the contract, with what its words fill in. */
export type Because = { readonly reason: string; readonly values: Readonly<Record<string, string | number>> };

type AppErrorOptions = {
  readonly cause?: unknown;
  readonly details?: readonly FieldProblem[];
  readonly retryAfterSeconds?: number;
  readonly because?: Because;
  /** The same message in every language of the house, by its code, where it may be spoken. */
  readonly words?: SpokenWords;
};

export type SpokenWords = { readonly en: string } & Readonly<Record<string, string>>;

/** An error whose message may be shown to the user. Anything else is an internal fault and its text stays in the log. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: readonly FieldProblem[];
  readonly retryAfterSeconds: number | undefined;
  readonly words: SpokenWords | undefined;
  readonly because: Because | undefined;

  constructor(code: ErrorCode, message: string, facts: AppErrorOptions = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.details = facts.details ?? [];
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.words = facts.words;
    this.because = facts.because;
  }
}

/** An error whose message may be spoken in whichever language the house speaks. */
export function spokenError(code: ErrorCode, words: SpokenWords, facts: Omit<AppErrorOptions, 'words'> = {}): AppError {
  return new AppError(code, words.en, { ...facts, words });
}
