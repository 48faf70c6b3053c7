// Owns what a notification says: a mail as plain text and as HTML, and the two lines of a push, in the reader's language.
// Called by the channels.
// Must stay true: pure; whatever is from outside is text, has an end and turns nothing around; nothing is said that `told` does not hold.
import type { HouseLanguage } from '#contract/languages.ts';
import type { PanelLink, Told } from '../kinds/content.ts';
import { alertSheet } from './alert-sheet.ts';
import { callSheet } from './call-sheet.ts';
import { letterHtml } from './letter-html.ts';
import { letterText } from './letter-text.ts';
import type { Letter, Link, Section } from './letter.ts';
import { messageSheet } from './message-sheet.ts';
import type { Reader } from './moments.ts';
import type { Phrases } from './phrases/en.ts';
import { phrases } from './phrases/phrases.ts';
import { cutGraphemes, manyLines, oneLine } from './plain-text.ts';
import { severalShort, severalTitle } from './several.ts';
import { maxName } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { testSheet } from './test-sheet.ts';
import { voicemailSheet } from './voicemail-sheet.ts';

export type RenderFacts = Omit<Reader, 'language'> & { readonly houseName: string };

export type Rendered = {
  /** One line of at most 120 graphemes. */
  readonly subject: string;
  readonly text: string;
  /** At most 100 KB: what is longer, mail programs cut. */
  readonly html: string;
  /** `title` has at most 60 graphemes, `body` 240. */
  readonly short: { readonly title: string; readonly body: string };
};

const maxSubject = 120;
const maxTitle = 60;
const maxBody = 240;
const maxHtmlBytes = 100 * 1024;
/** Of one mail; how many more there are is said. */
const maxSections = 30;
/** Graphemes of what somebody said or wrote: the first with which the mail is not too long. */
const quoteLimits = [10_000, 3_000, 1_000, 300, 100];

/** `told`: one, or what one mail or push tells together. */
export function render(told: Told | readonly [Told, ...Told[]], language: HouseLanguage, facts: RenderFacts): Rendered {
  const reader = { ...facts, language };
  const all = isMany(told) ? told : ([told] as const);
  const [first, ...others] = all;
  const shown = all.slice(0, maxSections);
  const sheet = sheetOf(first, reader, facts.houseName);
  const sheets = [sheet, ...shown.slice(1).map((one) => sheetOf(one, reader, facts.houseName))];
  const title = (max: number) => cutGraphemes(others.length === 0 ? sheet.title(max) : severalTitle(all, reader), max);
  const more = all.length - shown.length;
  const subject = title(maxSubject);
  const sections = shown.map((one, at) => sectionOf(sheets[at] ?? sheet, one.link, phrases[language]));
  const letter: Letter = {
    language,
    subject,
    heading: others.length === 0 ? undefined : subject,
    sections,
    more: more > 0 ? `… ${phrases[language].more(more)}` : undefined,
    footer: phrases[language].footer(oneLine(facts.houseName, maxName)),
  };
  const body = others.length === 0 ? sheet.short : severalShort(sheets, more, language);
  return { subject, ...bodies(letter), short: { title: title(maxTitle), body: cutGraphemes(body, maxBody) } };
}

function isMany(told: Told | readonly [Told, ...Told[]]): told is readonly [Told, ...Told[]] {
  return Array.isArray(told);
}

function sheetOf(told: Told, reader: Reader, houseName: string): Sheet {
  switch (told.kind) {
    case 'incoming-call':
    case 'missed-call':
    case 'call-over':
      return callSheet(told, reader);
    case 'voicemail':
    case 'transcript':
      return voicemailSheet(told, reader);
    case 'message':
      return messageSheet(told, reader);
    case 'alert':
      return alertSheet(told, reader);
    case 'test':
      return testSheet(oneLine(houseName, maxName), reader);
  }
}

function sectionOf({ heading, lines, quote, notes, link }: Sheet, { url }: PanelLink, words: Phrases): Section {
  return { heading, lines, quote, notes, link: linkOf(link, url, words) };
}

function linkOf({ label, page }: Sheet['link'], url: string | undefined, { under, page: names }: Phrases): Link | undefined {
  const address = url === undefined || !URL.canParse(url) ? undefined : new URL(url);
  if (address?.protocol === 'https:' || address?.protocol === 'http:') return { label, url: address.href };
  return page === undefined ? undefined : { where: under(names[page]) };
}

function bodies(letter: Letter): { readonly text: string; readonly html: string } {
  for (const limit of quoteLimits) {
    const cut = { ...letter, sections: letter.sections.map((one) => withQuote(one, limit)) };
    const html = letterHtml(cut);
    if (Buffer.byteLength(html) <= maxHtmlBytes) return { text: letterText(cut), html };
  }
  const bare = { ...letter, sections: letter.sections.map((one) => ({ ...one, quote: undefined })) };
  return { text: letterText(bare), html: letterHtml(bare) };
}

function withQuote(section: Section, max: number): Section {
  return section.quote === undefined ? section : { ...section, quote: manyLines(section.quote, max) };
}
