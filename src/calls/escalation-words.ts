import type { EscalationMessage, Taker } from './escalation.ts';
import type { Phrase } from './phrase.ts';

/** What somebody who is asked hears. */
export function askingWords(message: EscalationMessage): readonly Phrase[] {
  const said: Phrase = message.kind === 'text' ? { ...message, otherwise: 'call-for-help' } : message;
  return [said, { kind: 'prompt', name: 'press-to-take' }];
}

/** For the one who takes it. */
export const takenWords: readonly Phrase[] = [{ kind: 'prompt', name: 'taken' }];

/** For whoever listens when another takes it. `language`: that of names, BCP 47. */
export function standDownWords({ name }: Taker, language: string): readonly Phrase[] {
  const another: Phrase = { kind: 'prompt', name: 'taken-by-another' };
  return name === '' ? [another] : [{ kind: 'text', text: name, language, otherwise: 'nothing' }, another];
}
