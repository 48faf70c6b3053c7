import type { z } from 'zod';
import { factNames, facts } from './facts.ts';

/** What `GET /api/events` may carry, for its description: the payload of every fact by name. */
export const liveEvents: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  factNames.map((name) => [name, facts[name].payload]),
);
