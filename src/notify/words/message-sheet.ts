import type { Told } from '../kinds/content.ts';
import { moment } from './moments.ts';
import type { Reader } from './moments.ts';
import { phrases } from './phrases/phrases.ts';
import { fitted, isolated, manyLines, oneLine } from './plain-text.ts';
import { maxName, maxQuote } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { whoOf } from './who.ts';

type ToldMessage = Extract<Told, { kind: 'message' }>;

export function messageSheet({ at, from, to, text, media, leftOut }: ToldMessage, reader: Reader): Sheet {
  const words = phrases[reader.language];
  const who = whoOf(from, reader);
  const quote = manyLines(text ?? '', maxQuote);
  const files = media.length + leftOut;
  const count = files === 0 ? [] : [words.files(files)];
  return {
    title: (max) => fitted(words.title.message, who.object, max),
    who: who.alone,
    heading: words.heading.message(who.subject),
    lines: [
      ...(who.number === undefined ? [] : [who.number]),
      moment(at, reader),
      ...(to === '' ? [] : [words.to(isolated(reader.showNumber(to), maxName))]),
      ...count,
    ],
    quote: quote === '' ? undefined : quote,
    notes: [...(text === undefined ? [words.code] : []), ...(leftOut > 0 ? [words.leftOut(leftOut)] : [])],
    short: [text === undefined ? words.code : oneLine(quote, maxQuote), ...count].filter((one) => one !== '').join(' · '),
    link: { label: words.link.messages, page: 'messages' },
  };
}
