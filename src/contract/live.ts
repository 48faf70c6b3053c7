import { z } from 'zod';
import { factNames, facts } from './facts.ts';

/** `restarted`: the house was, or the id was never one of its own. `too-long`: more has happened than is kept. */
const resetReason = z.enum(['restarted', 'too-long']).meta({ id: 'ResetReason' });
export type ResetReason = z.output<typeof resetReason>;

/** Sent instead of what a client missed and cannot be told: it reads the lists again. */
export const streamReset = z.object({ reason: resetReason });

/** What `GET /api/events` may carry, for its description: the payload of every fact by name, and `reset`. */
export const liveEvents: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(factNames.map((name) => [name, facts[name].payload])),
  reset: streamReset,
};
