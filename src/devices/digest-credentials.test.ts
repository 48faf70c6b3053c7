import { expect, test } from 'vitest';
import { parseCredentials } from './digest-credentials.ts';

const plain = 'Digest username="ann", realm="house", nonce="abc", uri="sip:house", response="0123"';
const read = { username: 'ann', realm: 'house', nonce: 'abc', uri: 'sip:house', response: '0123', algorithm: 'MD5' };

const liberal: [string, string, object[]][] = [
  ['as RFC 2069 wrote it', plain, [{ ...read, qop: undefined, nc: undefined }]],
  [
    'with qop',
    `${plain}, qop=auth, nc=0000000a, cnonce="c"`,
    [{ ...read, qop: 'auth', nc: '0000000a', nonceCount: 10, cnonce: 'c' }],
  ],
  [
    'quotes where none belong',
    `${plain}, qop="auth", nc="00000001", cnonce=c, algorithm="md5"`,
    [{ ...read, qop: 'auth', nonceCount: 1 }],
  ],
  ['no quotes at all', 'digest username=ann,realm=house,nonce=abc,uri=sip:house,response=0123', [read]],
  [
    'names and digits in capitals',
    plain.toUpperCase().replace('"ANN"', '"ann"'),
    [{ username: 'ann', realm: 'HOUSE', response: '0123' }],
  ],
  ['no commas, tabs and line breaks', plain.replaceAll(', ', '\r\n\t'), [read]],
  ['doubled and trailing commas', `${plain.replaceAll(',', ',, ,')},`, [read]],
  ['spaces around =', plain.replaceAll('=', ' = '), [{ username: 'ann' }]],
  ['escaped characters', plain.replace('"ann"', String.raw`"a\"n\\n"`), [{ username: String.raw`a"n\n` }]],
  ['a comma and = within quotes', plain.replace('sip:house', 'sip:a,b=c@house'), [{ uri: 'sip:a,b=c@house' }]],
  ['an empty qop', `${plain}, qop=""`, [{ qop: undefined }]],
  ['unknown parameters', `${plain}, opaque="", foo=bar, auth-param="x,y"`, [read]],
  [
    'two answers in one header',
    `${plain}, ${plain.replace('house', 'other')}, algorithm=SHA-256`,
    [read, { realm: 'other', algorithm: 'SHA-256' }],
  ],
  ['after another scheme', `Basic realm="x", ${plain}`, [read]],
  ['an algorithm we do not know', `${plain}, algorithm=AKAv1-MD5`, [{ algorithm: undefined }]],
];

test.each(liberal)('%s', (_name, header, expected) => {
  expect(parseCredentials(header)).toMatchObject(expected);
  expect(parseCredentials(header)).toHaveLength(expected.length);
});

const hostile: [string, string][] = [
  ['nothing', ''],
  ['another scheme', 'Basic YW5uOnNlY3JldA=='],
  ['a scheme alone', 'Digest'],
  ['a quote that does not close', plain.slice(0, -1)],
  ['a backslash at the end', String.raw`${plain.slice(0, -5)}\\`.slice(0, -1)],
  ['a name twice', `${plain}, username="bob"`],
  ['no user', plain.replace('username', 'user')],
  ['no nonce', plain.replace('nonce', 'once')],
  ['an empty response', plain.replace('0123', '')],
  ['qop without a count', `${plain}, qop=auth, cnonce="c"`],
  ['qop without a cnonce', `${plain}, qop=auth, nc=00000001`],
  ['a count of nothing', `${plain}, qop=auth, nc=00000000, cnonce="c"`],
  ['a count that is none', `${plain}, qop=auth, nc=0000000g, cnonce="c"`],
  ['a count beyond eight digits', `${plain}, qop=auth, nc=100000000, cnonce="c"`],
  ['a qop that is none', `${plain}, qop=token, nc=00000001, cnonce="c"`],
  ['more than a header holds', `${plain}, opaque="${'x'.repeat(5000)}"`],
  ['too many parameters', `${plain}${Array.from({ length: 40 }, (_, index) => `, p${index}=1`).join('')}`],
  ['= first', '="x", Digest'],
  ['a quote first', `"x" ${plain}`],
  ['prototype names', `Digest __proto__="x", constructor="y", toString=1`],
];

test.each(hostile)('nothing usable: %s', (_name, header) => {
  expect(parseCredentials(header)).toEqual([]);
});

test('any noise is read without an error', () => {
  const alphabet = ['Digest', ' ', ',', '=', '"', '\\', 'username', 'nonce', '\r\n', '\0', 'ä', 'x'];
  let state = 12345;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let round = 0; round < 5000; round += 1) {
    const header = Array.from({ length: next(60) }, () => alphabet[next(alphabet.length)]).join('');
    expect(() => parseCredentials(header)).not.toThrow();
  }
});

test('at most four answers are looked at', () => {
  expect(parseCredentials(Array.from({ length: 9 }, () => plain).join(', '))).toHaveLength(4);
});
