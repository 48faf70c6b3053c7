import { z } from 'zod';
import { isTurned, plainDigits } from './plain-digits.ts';

/** A number of ours as somebody enters it: in full, with separators and invisible characters or without. */
export const e164 = z
  .string()
  .overwrite(plainDigits)
  .regex(/^\+[1-9][0-9]{3,14}$/, {
    error: ({ input }) =>
      isTurned(input)
        ? 'A hidden character in it turns the number around: type it instead of pasting it'
        : 'Write the number in the international form, such as +14165550123',
  });
