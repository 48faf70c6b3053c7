import { expect, test } from 'vitest';
import { decode, encode } from './bencode.ts';
import type { Bencoded } from './bencode.ts';

test.each<[Bencoded, string]>([
  ['', '0:'],
  ['spam', '4:spam'],
  ['é\r\n', '4:é\r\n'],
  [Buffer.from('spam'), '4:spam'],
  [0, 'i0e'],
  [-42, 'i-42e'],
  [1795199585, 'i1795199585e'],
  [[], 'le'],
  [['a', 1, ['b']], 'l1:ai1el1:bee'],
  [{}, 'de'],
  [{ command: 'ping' }, 'd7:command4:pinge'],
  [{ replace: ['origin'], 'delete-delay': 0 }, 'd7:replacel6:origine12:delete-delayi0ee'],
])('%j is written as %s', (value, text) => {
  expect(encode(value).toString()).toBe(text);
});

test('what is written is read back', () => {
  const value = { result: 'ok', calls: ['a', 'ü'], tags: { one: { packets: 12 } } };
  expect(decode(encode(value))).toEqual(
    new Map<string, unknown>([
      ['result', 'ok'],
      ['calls', ['a', 'ü']],
      ['tags', new Map([['one', new Map([['packets', 12]])]])],
    ]),
  );
});

test.each([
  '',
  'i',
  'ie',
  'i-e',
  'i12',
  'i1.5e',
  'i999999999999999999999999e',
  '4:abc',
  '-1:a',
  ':',
  'l',
  'l1:a',
  'd1:a',
  'd1:ae',
  'di1e1:ae',
  'i1ei2e',
  '3:abcd',
  'x',
  'l'.repeat(100_000),
  '99999999999999999999:a',
])('%.20s is no value', (text) => {
  expect(decode(Buffer.from(text))).toBeUndefined();
});
