import { expect, test } from 'vitest';
import { readTwiml } from './twiml-document.ts';
import { elementsOf, parseXml, textOf } from './xml-parser.ts';

test('reads elements, attributes, references, comments and CDATA', () => {
  const parsed = parseXml('<?xml version="1.0"?>\n<!-- a --><A b="1 &amp; &#x41;" c=\'"\'><B/>x &lt;<![CDATA[<y>]]></A>\n');
  expect(parsed.kind).toBe('document');
  if (parsed.kind !== 'document') return;
  expect([...parsed.root.attributes]).toEqual([
    ['b', '1 & A'],
    ['c', '"'],
  ]);
  expect(elementsOf(parsed.root).map(({ name }) => name)).toEqual(['B']);
  expect(textOf(parsed.root)).toBe('x <<y>');
});

test.each([
  '',
  ' <A/>',
  '\uFEFF<A/>',
  '<A>',
  '<A></B>',
  '<A/><B/>',
  '<A b=1/>',
  '<A b="1" b="2"/>',
  '<A b="<"/>',
  '<A>&nbsp;</A>',
  '<A>a & b</A>',
  '<A>\u0001</A>',
  '<A>&#1;</A>',
  '<!DOCTYPE a><A/>',
  '<A b="1"c="2"/>',
  'text',
])('refuses %j', (text) => {
  expect(parseXml(text).kind).toBe('malformed');
});

test('takes time in proportion to what it reads, however it is nested', () => {
  expect(parseXml('<A>'.repeat(20_000)).kind).toBe('malformed');
  expect(parseXml('<A>'.repeat(20_000) + '</A>'.repeat(20_000)).kind).toBe('document');
});

test('knows every verb of a call with its attributes by their exact names', () => {
  const read = readTwiml(
    '<Response><Dial answerOnBridge="true" answeronbridge="x"><sip>no</sip><Sip>sip:a@b.example</Sip></Dial></Response>',
  );
  expect(read).toMatchObject({
    kind: 'document',
    verbs: [{ name: 'Dial', children: [{ name: 'Sip', text: 'sip:a@b.example' }] }],
    warnings: [
      { code: 12200, about: 'attribute answeronbridge in <Dial>' },
      { code: 12200, about: '<sip> in <Dial>' },
    ],
  });
});
