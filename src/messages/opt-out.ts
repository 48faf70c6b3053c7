/** What the far side asks for with one word: nothing more from this number, writing again, or what this is. */
export type OptOutWord = 'stop' | 'start' | 'help';

// The words that carriers and Twilio itself obey, in any case, alone in the message.
const words: Readonly<Record<string, OptOutWord>> = {
  stop: 'stop',
  stopall: 'stop',
  unsubscribe: 'stop',
  cancel: 'stop',
  end: 'stop',
  quit: 'stop',
  optout: 'stop',
  revoke: 'stop',
  start: 'start',
  yes: 'start',
  unstop: 'start',
  help: 'help',
  info: 'help',
};

/** `seenByTwilio`: what Twilio's own opt-out made of it, which wins. */
export function readOptOut(body: string, seenByTwilio?: string): OptOutWord | undefined {
  const seen = seenByTwilio?.toLowerCase();
  if (seen === 'stop' || seen === 'start' || seen === 'help') return seen;
  // The longest word has eleven letters; a long text is none of them.
  if (body.length > 32) return undefined;
  const word = body
    .trim()
    .toLowerCase()
    .replace(/[.!"']+$/, '')
    .replace(/^["']+/, '');
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** Twilio's code for a receiver who wants nothing from this number. Toll-free numbers get 30004, which means other things too. */
export const optedOutCode = 21_610;
