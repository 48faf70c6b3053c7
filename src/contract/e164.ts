import { z } from 'zod';
import { plainDigits } from './plain-digits.ts';

/** A number of ours as somebody enters it: in full, with separators and invisible characters or without. */
export const e164 = z
  .string()
  .overwrite(plainDigits)
  .regex(/^\+[1-9][0-9]{3,14}$/, 'Write the number in the international form, such as +14165550123');
