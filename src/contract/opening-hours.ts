import { z } from 'zod';
import { timeOfDay } from './dates.ts';

/** Spans of the week, in the house’s time zone. */
export const openingHours = z
  .array(
    z.strictObject({
      /** Monday is 1, Sunday 7. */
      days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
      from: timeOfDay,
      /** At or before `from`: on the next day. */
      to: timeOfDay,
    }),
  )
  .max(20);
