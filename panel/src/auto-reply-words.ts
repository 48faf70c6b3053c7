import type { AutoReply } from './data.ts';
import { listFormat, numberFormat } from './intl.ts';
import { timeText } from './rules/time-words.ts';
import type { Speech } from './rules/speech.ts';

type Told = Pick<AutoReply, 'trigger' | 'keywords' | 'hours' | 'quietMinutes'>;

/** When an automatic reply answers, and how often, in a sentence. */
export function autoReplySentence(reply: Told, speech: Speech): string {
  return `${whenText(reply, speech)}, ${speech.t('autoReply.says.quiet', { time: spanText(reply.quietMinutes, speech) })}.`;
}

function whenText({ trigger, keywords, hours }: Told, speech: Speech): string {
  const { t, tag } = speech;
  if (trigger === 'dnd') return t('autoReply.says.dnd');
  if (trigger === 'keyword') {
    const words = keywords.map((word) => t('quoted.text', { text: word }));
    return t('autoReply.says.words', { words: listFormat(tag, 'disjunction').format(words) });
  }
  if (hours.length === 0) return t('autoReply.says.always');
  const times = hours.map(({ days, from, to }) => timeText({ weekdays: days, from, to, dates: [], holidays: 'any' }, speech));
  return t('autoReply.says.after', { times: times.join('; ') });
}

/** In the largest unit that is whole. */
function spanText(minutes: number, { tag }: Speech): string {
  const [value, unit] =
    minutes % 1_440 === 0 ? [minutes / 1_440, 'day'] : minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return numberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
