import type { Told } from '../kinds/content.ts';
import { moment, shortMoment } from './moments.ts';
import type { Reader } from './moments.ts';
import { phrases } from './phrases/phrases.ts';
import { fitted, isolated } from './plain-text.ts';
import { maxName } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { sharedWords } from './words-of.ts';
import { whoOf } from './who.ts';

type ToldCall = Extract<Told, { kind: 'incoming-call' | 'missed-call' | 'call-over' }>;

/** Says itself where it is why a call was missed. */
const usual = ['no-answer', 'caller-cancelled'];

export function callSheet({ kind, at, caller, called, reason }: ToldCall, reader: Reader): Sheet {
  const words = phrases[reader.language];
  const who = whoOf(caller, reader);
  const name = kind === 'missed-call' ? who.object : who.subject;
  const to = called === '' ? [] : [words.to(isolated(reader.showNumber(called), maxName))];
  const number = who.number === undefined ? [] : [who.number];
  const why =
    kind !== 'missed-call' || reason === undefined || usual.includes(reason)
      ? []
      : [sharedWords(`reason.${reason}`, reader.language)];
  const when = kind === 'incoming-call' ? [] : [shortMoment(at, reader)];
  const short = kind === 'call-over' ? words.callIsOver : [...when, ...number, ...to, ...why].join(' · ');
  return {
    title: (max) => fitted(words.title[kind], name, max),
    who: who.alone,
    heading: words.heading.call(who.subject),
    lines: [...number, moment(at, reader), ...to],
    quote: undefined,
    notes: [...why.map((one) => `${one}.`)],
    short,
    link: { label: words.link.calls, page: 'calls' },
  };
}
