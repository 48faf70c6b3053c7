import { phrases } from './phrases/phrases.ts';
import type { Reader } from './moments.ts';
import { moment } from './moments.ts';
import { fitted } from './plain-text.ts';
import type { Sheet } from './sheet.ts';

export function testSheet(houseName: string, reader: Reader): Sheet {
  const words = phrases[reader.language];
  return {
    title: (max) => fitted(words.title.test, houseName, max),
    who: '',
    heading: words.heading.test,
    lines: [moment(reader.at, reader)],
    quote: undefined,
    notes: [words.test],
    short: words.test,
    link: { label: words.link.panel, page: undefined },
  };
}
