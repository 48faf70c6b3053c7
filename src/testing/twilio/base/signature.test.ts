import { expect, test } from 'vitest';
import { bodyHash, sign, signedUrl } from './signature.ts';
import type { FormFields } from './signature.ts';

const published: FormFields = [
  ['CallSid', 'CA1234567890ABCDE'],
  ['Caller', '+14158675310'],
  ['Digits', '1234'],
  ['From', '+14158675310'],
  ['To', '+18005551212'],
];
const message: FormFields = [
  ['To', '+15555550199'],
  ['NumMedia', '0'],
  ['MessageSid', `SM${'0'.repeat(31)}1`],
  ['From', '+15555550100'],
  ['Body', 'caffè & ☎ 100%'],
  ['AccountSid', `AC${'0'.repeat(32)}`],
];
const token = '0123456789abcdef0123456789abcdef';

test.each<[name: string, token: string, url: string, fields: FormFields, signature: string]>([
  ['the published example', '12345', 'https://example.com/myapp.php?foo=1&bar=2', published, 'L/OH5YylLD5NRKLltdqwSvS0BnU='],
  ['another host', '12345', 'https://mycompany.com/myapp.php?foo=1&bar=2', published, 'GvWf1cFY/Q7PnoempGyD5oXAezc='],
  ['letters beyond ASCII', token, 'https://ha.example.org/twilio/sms', message, '2t3LibRJNLfp5psTDuu1vjaiOY4='],
  ['a port', token, 'https://ha.example.org:8443/twilio/sms', message, 'srd/Lpz0Xxq6+KtqB++AWJD+eeQ='],
  ['no fields', token, 'https://ha.example.org/twilio/sms?x=1&y=a%20b', [], 'h7YqeLHV5O+G+kN59KLkbzjUiFs='],
  [
    'a body hash',
    token,
    'https://ha.example.org/hook?bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
    [],
    'lR9jgDtm9xE9gj282yDxmDhw+o0=',
  ],
  [
    'the order of names by bytes',
    token,
    'https://ha.example.org/x',
    [
      ['b', '1'],
      ['B', '2'],
      ['_a', '3'],
      ['a', '4'],
    ],
    't5efrPcIQ0ZrfSWvrVSk4LE32FI=',
  ],
  [
    'a field given twice',
    token,
    'https://ha.example.org/x',
    [
      ['Z', 'b'],
      ['Z', 'a'],
      ['Z', 'b'],
      ['A', '1'],
    ],
    'DtOwR30AbjGVYp9Bk53SyF1BMkM=',
  ],
])('signs %s as Twilio does', (_name, key, url, fields, signature) => {
  expect(sign(key, url, fields)).toBe(signature);
});

test('hashes a body that is no form', () => {
  expect(bodyHash('{"a":1}')).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862');
});

test.each([
  ['https://h.example:8443/a?b=%20c#rc=2', 'drop', 'https://h.example/a?b=%20c'],
  ['https://h.example:8443/a', 'keep', 'https://h.example:8443/a'],
  ['http://h.example:8080/a', 'drop', 'http://h.example:8080/a'],
  ['https://user:secret@h.example/a', 'drop', 'https://h.example/a'],
  ['https://h.example', 'drop', 'https://h.example'],
] as const)('signs the address %s (%s the port) as %s', (url, ports, expected) => {
  expect(signedUrl(url, ports)).toBe(expected);
});
