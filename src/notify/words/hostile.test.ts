import { describe, expect, it } from 'vitest';
import { houseLanguages } from '#contract/languages.ts';
import type { Told } from '#notify/kinds/content.ts';
import { audio, examples, facts } from '#testing/notify/told-examples.ts';
import { lengthOf } from './plain-text.ts';
import { render } from './render.ts';

const planted = [
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)' x='",
  '<img src=https://evil.example/p.gif onerror=alert(1)>',
  '</blockquote></td></table><a href="https://evil.example">Open</a>',
  '<style>body{display:none}</style><!--',
  '&lt;b&gt;&#60;i&#62;',
  'https://evil.example/login',
  'Bank\r\nBcc: evil@example.org\r\n\r\nHello',
  'Mum\u202Egnp.exe\u2066\u2067',
  '\u0000\u001B[31mred\u0007\u0085\u2028\u2029',
  '{about} ${house} $& %s {source}',
  '\uD800half',
  `${'\u0301'.repeat(5_000)}a`,
  'x'.repeat(50_000),
  '👩‍👩‍👧‍👦'.repeat(2_000),
  '   ',
];

/** The example with the text in every place into which somebody outside can write. */
function withPlanted(told: Told, text: string): Told {
  const caller = { name: text, number: text };
  switch (told.kind) {
    case 'incoming-call':
    case 'missed-call':
    case 'call-over':
      return { ...told, caller, called: text };
    case 'voicemail':
    case 'transcript':
      return { ...told, caller, ...(told.transcript === undefined ? {} : { transcript: text }) };
    case 'message':
      return { ...told, from: caller, to: text, ...(told.text === undefined ? {} : { text }) };
    case 'alert': {
      const values = Object.fromEntries(Object.keys(told.values).map((name) => [name, text]));
      const digest = told.digest === undefined ? {} : { digest: { count: 37, abouts: [text, text] } };
      return { ...told, about: text, values, ...digest };
    }
    case 'test':
      return told;
  }
}

/** Every tag with its attributes, in their order. */
const tags = (html: string) => html.match(/<[^>]*>/g)?.filter((tag) => !/^<(?:br|p|\/p|blockquote|\/blockquote)\b/.test(tag));
const known = /^<(?:br|\/p|\/blockquote|p style="[^"<>]*"|blockquote dir="auto" style="[^"<>]*")>$/;
const controls = /(?!\n)\p{Cc}|[\u2028\u2029\u202A-\u202E\u2066\u2067\uFEFF]|\p{Surrogate}/u;

describe.each(planted)('%j', (text) => {
  it.each(Object.keys(examples) as (keyof typeof examples)[])('in every place of %s is text and no more', (name) => {
    const plain = render(examples[name], 'en', facts);
    const { subject, html, text: body, short } = render(withPlanted(examples[name], text), 'en', facts);
    expect(tags(html)).toEqual(tags(plain.html));
    expect(html.match(/<(?:br|\/?p|\/?blockquote)\b[^>]*>/g)?.filter((tag) => !known.test(tag))).toEqual([]);
    expect(html.match(/<a /g)).toHaveLength(1);
    for (const one of [subject, short.title, short.body]) expect(one).not.toMatch(/[\r\n]/);
    for (const one of [subject, short.title, short.body, body, html]) expect(one).not.toMatch(controls);
    expect(lengthOf(subject)).toBeLessThanOrEqual(120);
    expect(lengthOf(short.title)).toBeLessThanOrEqual(60);
    expect(lengthOf(short.body)).toBeLessThanOrEqual(240);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(100 * 1024);
    expect(short.title.trim()).not.toBe('');
  });
});

it('a mail loads nothing from anywhere, and leads to the panel alone', () => {
  for (const language of houseLanguages) {
    for (const told of Object.values(examples)) {
      const { html } = render(withPlanted(told, 'https://evil.example/a.png'), language, facts);
      expect(html).not.toMatch(/<(?:img|script|style|link|iframe|form|input|object|svg)\b|url\(|@import|\bsrc=|\bon\w+=/i);
      expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([told.link.url]);
    }
  }
});

it('a code that is withheld is said nowhere, and neither is what a silent voicemail did not say', () => {
  for (const language of houseLanguages) {
    const said = render({ ...examples.code, media: [{ ...audio, name: '998877.png' }] }, language, facts);
    expect(JSON.stringify(said)).not.toMatch(/998877|undefined|\[object/);
  }
});

it('a name that is written from right to left turns around nothing beside it', () => {
  const name = 'אבא של יוסי';
  const { subject, html } = render({ ...examples.missed, caller: { name, number: '+97221234567' } }, 'en', facts);
  expect(subject).toBe(`Missed call from \u2068${name}\u2069`);
  expect(html).toContain(`\u2068${name}\u2069 called`);
});

it('of a long name as much is said as fits, and the rest of the title stays', () => {
  const name = `Freifrau ${'Donaudampfschifffahrts'.repeat(10)}`;
  const { subject, short } = render({ ...examples.incoming, caller: { name, number: '' } }, 'de', facts);
  expect(subject).toMatch(/^Freifrau Donau.*… ruft an$/);
  expect(short.title).toMatch(/^Freifrau Donau.*… ruft an$/);
  expect(lengthOf(short.title)).toBe(60);
});
