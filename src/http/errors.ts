import { errorStatuses } from '#contract/errors.ts';
import type { ErrorName, ErrorReply } from '#contract/errors.ts';
import { refusalReasons } from '#contract/refusal-reasons.ts';
import type { RefusalReason } from '#contract/refusal-reasons.ts';
import { AppError } from '#base/errors.ts';
import type { Because, ErrorCode } from '#base/errors.ts';

const names = {
  invalid: 'VALIDATION_ERROR',
  unauthorized: 'AUTHENTICATION_ERROR',
  forbidden: 'AUTHORIZATION_ERROR',
  'not-found': 'NOT_FOUND',
  conflict: 'CONFLICT',
  'rate-limited': 'RATE_LIMITED',
  unavailable: 'UNAVAILABLE',
  internal: 'INTERNAL_ERROR',
} as const satisfies Record<ErrorCode, ErrorName>;

type HttpErrorFacts = { readonly headers?: Readonly<Record<string, string>>; readonly because?: Because };

/** A refusal by HTTP, whose status says more than the code: 405, 413, 415 and the like. */
export class HttpError extends AppError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, facts: HttpErrorFacts = {}) {
    super('invalid', message, facts);
    this.status = status;
    this.headers = facts.headers ?? {};
  }
}

export type ErrorResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorReply;
  /** Whether this is a fault of ours, for the log. */
  readonly isFault: boolean;
};

/** The response to an error. The text of anything but an AppError is not disclosed. */
export function errorResponse(error: unknown): ErrorResponse {
  const known =
    error instanceof AppError ? error : new AppError('internal', 'Internal error; the log of GoSIP says what happened');
  const code = names[known.code];
  const refusal = known instanceof HttpError ? known : undefined;
  return {
    status: refusal?.status ?? errorStatuses[code],
    headers: {
      ...refusal?.headers,
      ...(known.code === 'unauthorized' ? { 'WWW-Authenticate': 'Bearer realm="GoSIP"' } : {}),
      ...(known.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(known.retryAfterSeconds) }),
    },
    body: {
      error: { code, message: known.message, details: known.details.map((one) => ({ ...one })), ...becauseOf(known.because) },
    },
    isFault: known.code === 'internal',
  };
}

function becauseOf(because: Because | undefined): {
  readonly reason?: RefusalReason;
  readonly values?: Record<string, string | number>;
} {
  if (because === undefined || !isReason(because.reason)) return {};
  return { reason: because.reason, values: { ...because.values } };
}

function isReason(reason: string): reason is RefusalReason {
  return Object.hasOwn(refusalReasons, reason);
}
