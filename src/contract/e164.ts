import { z } from 'zod';
import { hasBidiOverride, normalizeDigits } from './normalize-digits.ts';

/** A number as a person enters it: in full, with or without separators and invisible characters. */
export const e164 = z
  .string()
  .overwrite(normalizeDigits)
  .regex(/^\+[1-9][0-9]{3,14}$/, {
    error: ({ input }) =>
      hasBidiOverride(input)
        ? 'A hidden character in it turns the number around: type it instead of pasting it'
        : 'Write the number in the international form, such as +14165550123',
  });
