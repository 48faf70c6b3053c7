/** What the far side asks for with one word: nothing more from this number, writing again, or what this is. */
export type OptOutWord = 'stop' | 'start' | 'help';

// What Twilio's own filter obeys, what the FCC names (47 CFR 64.1200(a)(10): "opt out" among them), and the French of Canada's carriers.
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

/** The longest word has thirteen letters; with what a phone puts around it, a longer text is none of them. */
const maxLength = 64;

const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const around = /^[\p{P}\p{S}\p{Z}\s]+|[\p{P}\p{S}\p{Z}\s]+$/gu;
const between = /[\p{Pd}\p{Z}\s]+/gu;

/** `seenByTwilio`: what Twilio's own opt-out made of it, which wins. */
export function readOptOut(body: string, seenByTwilio?: string): OptOutWord | undefined {
  const seen = seenByTwilio?.toLowerCase();
  if (seen === 'stop' || seen === 'start' || seen === 'help') return seen;
  if (body.length > maxLength) return undefined;
  const word = plainWord(body);
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** Without the quotes, dots, accents and invisible characters that phones and people put on and around a word. */
function plainWord(body: string): string {
  const letters = body.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(invisible, '');
  return letters.replaceAll(around, '').replaceAll(between, ' ').toLowerCase();
}

/** Twilio's code for a receiver who wants nothing from this number. Toll-free numbers get 30004, which means other things too. */
export const optedOutCode = 21_610;
