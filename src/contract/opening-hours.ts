import { z } from 'zod';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be like 08:30');

/** Spans of the week, in the house’s time zone. */
export const openingHours = z
  .array(
    z.strictObject({
      /** Monday is 1, Sunday 7. */
      days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
      from: time,
      /** At or before `from`: on the next day. */
      to: time,
    }),
  )
  .max(20);
