import { z } from 'zod';
import { refusalReasons } from './refusal-reasons.ts';
import type { RefusalReason } from './refusal-reasons.ts';

/** The codes of error replies, each with the HTTP status it usually comes with. */
export const errorStatuses = {
  VALIDATION_ERROR: 400,
  AUTHENTICATION_ERROR: 401,
  AUTHORIZATION_ERROR: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  UNAVAILABLE: 503,
} as const;

export type ErrorName = keyof typeof errorStatuses;

const names = Object.keys(errorStatuses) as [ErrorName, ...ErrorName[]];
const reasons = Object.keys(refusalReasons) as [RefusalReason, ...RefusalReason[]];

/**
 * The body of every reply that is not a success. `details` names the fields that are wrong, empty where none is. `reason`: what `message`
 * says, for programs and for other languages; there where it is of the closed list, with what its words fill in.
 */
export const errorReply = z
  .object({
    error: z.object({
      code: z.enum(names).meta({ id: 'ErrorCode' }),
      message: z.string(),
      details: z.array(z.object({ field: z.string(), message: z.string() })),
      reason: z.enum(reasons).meta({ id: 'RefusalReason' }).optional(),
      values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    }),
  })
  .meta({ id: 'Error' });

export type ErrorReply = z.output<typeof errorReply>;
