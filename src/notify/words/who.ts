import type { Caller } from '../kinds/content.ts';
import type { Reader } from './moments.ts';
import { phrases } from './phrases/phrases.ts';
import { isolated, oneLine } from './plain-text.ts';
import { maxName } from './sheet.ts';

/** Who called or wrote. */
export type Who = {
  /** Within a sentence, and at its beginning. */
  readonly object: string;
  readonly subject: string;
  /** Without a sentence. */
  readonly alone: string;
  /** Where it is not said by the name already. */
  readonly number: string | undefined;
};

export function whoOf(caller: Caller, { language, showNumber }: Reader): Who {
  const number = showNumber(oneLine(caller.number, maxName));
  const name = showNumber(oneLine(caller.name, maxName)) || number;
  if (name === '') return { ...phrases[language].hidden, number: undefined };
  const shown = isolated(name, maxName);
  return { object: shown, subject: shown, alone: shown, number: number === '' || number === name ? undefined : number };
}
