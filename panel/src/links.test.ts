import { expect, it } from 'vitest';
import { splitLinks } from './links.ts';

const linksIn = (text: string) => splitLinks(text).flatMap(({ href }) => href ?? []);

it.each([
  ['See https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
  ['(https://example.org/a_(b)) and http://b.example!', ['https://example.org/a_(b)', 'http://b.example/']],
  ['HTTPS://EXAMPLE.ORG', ['https://example.org/']],
  ['https://bücher.example/ü', ['https://xn--bcher-kva.example/%C3%BC']],
  ['javascript:alert(1) data:text/html,x ftp://a.example www.example.org a@b.example', []],
  ['https://bank.example@evil.example/', []],
  ['https:// http://.', []],
  ['https://a.example/\u202egnp.exe', ['https://a.example/']],
  ['https://a.example/"onclick=alert(1)', ['https://a.example/']],
  ['xhttps://a.example', []],
])('the links in "%s"', (text, links) => {
  expect(linksIn(text)).toEqual(links);
});

it('no letter of a text is lost', () => {
  const text = 'a https://x.example, b\nhttps://u:p@y.example c (http://z.example).';
  expect(splitLinks(text).map((one) => one.text)).toEqual([
    'a ',
    'https://x.example',
    ', b\nhttps://u:p@y.example c (',
    'http://z.example',
    ').',
  ]);
  expect(splitLinks('')).toEqual([{ text: '' }]);
});

it('a hostile text costs time in proportion to its length', () => {
  expect(linksIn(`http://a.example/${'.'.repeat(10_000)}`)).toEqual(['http://a.example/']);
  expect(linksIn('http://'.repeat(1_500))).toBeDefined();
});
