import type { Told } from '../kinds/content.ts';
import { clockLength, moment, shortMoment, spokenLength } from './moments.ts';
import type { Reader } from './moments.ts';
import type { Phrases } from './phrases/en.ts';
import { phrases } from './phrases/phrases.ts';
import { fitted, manyLines, oneLine } from './plain-text.ts';
import { maxQuote } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { whoOf } from './who.ts';

type ToldVoicemail = Extract<Told, { kind: 'voicemail' | 'transcript' }>;

export function voicemailSheet(told: ToldVoicemail, reader: Reader): Sheet {
  const { kind, at, caller, seconds, transcript = '' } = told;
  const words = phrases[reader.language];
  const who = whoOf(caller, reader);
  const quote = manyLines(transcript, maxQuote);
  const number = who.number === undefined ? [] : [who.number];
  const facts = [clockLength(seconds), shortMoment(at, reader), ...number].join(' · ');
  return {
    title: (max) => fitted(words.title[kind], who.object, max),
    who: who.alone,
    heading: words.heading.voicemail(who.subject),
    lines: [...number, moment(at, reader), spokenLength(seconds, reader)],
    quote: quote === '' ? undefined : quote,
    notes: notesOf(told, words),
    short: quote === '' ? facts : `${clockLength(seconds)} · ${oneLine(quote, maxQuote)}`,
    link: { label: words.link.voicemail, page: 'voicemail' },
  };
}

function notesOf({ transcript, audio, audioProblem }: ToldVoicemail, words: Phrases): readonly string[] {
  const isSilent = transcript !== undefined && transcript.trim() === '';
  return [
    ...(isSilent ? [words.noWords] : []),
    ...(audio === undefined ? [] : [words.audioAttached]),
    ...(audioProblem === 'too-large' ? [words.audioTooLarge] : []),
    ...(audioProblem === 'lost' ? [words.audioLost] : []),
  ];
}
