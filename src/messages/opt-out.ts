import { withoutAccents } from '#base/without-accents.ts';

/** An opt-out keyword: no more messages from this number, messages again, or help. */
export type OptOutWord = 'stop' | 'start' | 'help';

// Keywords of Twilio's own opt-out filter, of the FCC (47 CFR 64.1200(a)(10): "opt out" among them), and the French ones of Canada's carriers.
const words: Readonly<Record<string, OptOutWord>> = {
  stop: 'stop',
  stopall: 'stop',
  'stop all': 'stop',
  unsubscribe: 'stop',
  cancel: 'stop',
  end: 'stop',
  quit: 'stop',
  optout: 'stop',
  'opt out': 'stop',
  revoke: 'stop',
  arret: 'stop',
  arreter: 'stop',
  desabonner: 'stop',
  desabonnement: 'stop',
  desinscrire: 'stop',
  start: 'start',
  yes: 'start',
  unstop: 'start',
  debut: 'start',
  commencer: 'start',
  help: 'help',
  info: 'help',
  aide: 'help',
};

/** The longest keyword has thirteen letters; a longer text, even with what phones add around it, is none of them. */
const maxLength = 64;

const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const around = /^[\p{P}\p{S}\p{Z}\s]+|[\p{P}\p{S}\p{Z}\s]+$/gu;
const between = /[\p{Pd}\p{Z}\s]+/gu;

/** `seenByTwilio`: the keyword that Twilio's own opt-out detected, which takes precedence. */
export function readOptOut(body: string, seenByTwilio?: string): OptOutWord | undefined {
  const seen = seenByTwilio?.toLowerCase();
  if (seen === 'stop' || seen === 'start' || seen === 'help') return seen;
  if (body.length > maxLength) return undefined;
  const word = plainWord(body);
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** Without the quotes, dots, accents and invisible characters that phones and people add to a word. */
function plainWord(body: string): string {
  const letters = withoutAccents(body).replaceAll(invisible, '');
  return letters.replaceAll(around, '').replaceAll(between, ' ').toLowerCase();
}

/** Twilio's error code for a recipient who has opted out. Toll-free numbers get 30004, which has other meanings too. */
export const optedOutCode = 21_610;
