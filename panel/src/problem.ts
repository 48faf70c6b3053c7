import type { ErrorName, ErrorReply } from '#contract/errors.ts';
import type { RefusalReason } from '#contract/refusal-reasons.ts';

/** `TOLD`: its message is in the reader’s language already. `AWAY`: nothing answers. `REFUSED`: something on the way took what was sent for an attack. `CANCELLED`: whoever sent it wanted it no longer. */
export type ProblemCode = ErrorName | 'TOLD' | 'AWAY' | 'REFUSED' | 'CANCELLED';

/** What the words of a refusal fill in. */
export type RefusalValues = Readonly<Record<string, string | number>>;

export type FieldProblem = { readonly field: string; readonly message: string };

type ProblemFacts = Partial<Pick<ErrorReply['error'], 'details' | 'reason' | 'values'>>;

/** Why a request had no success: in the words of the server, with the fields that are wrong. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fields: readonly FieldProblem[];
  /** Of what the panel has words for. */
  readonly reason: RefusalReason | undefined;
  readonly values: RefusalValues;

  constructor(code: ProblemCode, message: string, facts: ProblemFacts = {}) {
    super(message);
    this.code = code;
    this.fields = facts.details ?? [];
    this.reason = facts.reason;
    this.values = facts.values ?? {};
  }
}

/** Of an answer that is no success. A proxy in front of the house answers in its own way: then the status tells. */
export function problemOf(status: number, body: unknown): Problem {
  const error = (body as { error?: Partial<ErrorReply['error']> } | undefined)?.error;
  if (error?.code !== undefined) return new Problem(error.code, error.message ?? '', error);
  if (status === 401) return new Problem('AUTHENTICATION_ERROR', '');
  if (status === 403) return new Problem('AUTHORIZATION_ERROR', '');
  if (status === 400) return new Problem('REFUSED', '');
  return new Problem([502, 503, 504].includes(status) ? 'AWAY' : 'INTERNAL_ERROR', '');
}

export function toProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('INTERNAL_ERROR', error instanceof Error ? error.message : String(error));
}
