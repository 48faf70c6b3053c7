import { z } from 'zod';
import { timeOfDay } from './dates.ts';

/** A span of the week, in the house’s time zone. */
export const weekSpan = z.strictObject({
  /** Monday is 1, Sunday 7. */
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  from: timeOfDay,
  /** At or before `from`: on the next day. */
  to: timeOfDay,
});

export const openingHours = z.array(weekSpan).max(20);
