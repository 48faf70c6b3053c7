import { describe, expect, it } from 'vitest';
import twilio from 'twilio';
import { isSigned, pathPrefixOf, publicUrls } from './signature.ts';
import { WebhookForm } from './webhook-form.ts';

const token = '0123456789abcdef0123456789abcdef';
type Pairs = readonly (readonly [string, string])[];

/** Signs as Twilio would for this address. */
function sign(url: string, pairs: Pairs = [], key = token): string {
  return twilio.getExpectedTwilioSignature(key, url, new WebhookForm(pairs).forSignature());
}

function check(publicUrl: string, target: string, given: { signature?: string; pairs?: Pairs; tokens?: string[] }): boolean {
  const { signature, pairs = [], tokens = [token] } = given;
  return isSigned({ signature, target, form: new WebhookForm(pairs) }, { publicUrl, tokens });
}

const sms: Pairs = [
  ['AccountSid', `AC${'0'.repeat(32)}`],
  ['Body', 'caffè & ☎ 100%'],
  ['From', '+15555550100'],
  ['MessageSid', `SM${'0'.repeat(31)}1`],
  ['NumMedia', '0'],
  ['To', '+15555550199'],
];
const voice: Pairs = [
  ['CallSid', 'CA1234567890ABCDE'],
  ['Caller', '+14158675310'],
  ['Digits', '1234'],
  ['From', '+14158675310'],
  ['To', '+18005551212'],
];

describe('published signatures', () => {
  const mixed: Pairs = [
    ['b', '1'],
    ['B', '2'],
    ['_a', '3'],
    ['a', '4'],
  ];
  const repeated: Pairs = [
    ['Z', 'b'],
    ['Z', 'a'],
    ['Z', 'b'],
    ['A', '1'],
  ];
  const house = 'https://ha.example.org';
  it.each<[string, string, Pairs, string, string]>([
    ['https://example.com', '/myapp.php?foo=1&bar=2', voice, 'L/OH5YylLD5NRKLltdqwSvS0BnU=', '12345'],
    ['https://mycompany.com', '/myapp.php?foo=1&bar=2', voice, 'GvWf1cFY/Q7PnoempGyD5oXAezc=', '12345'],
    [house, '/twilio/sms', sms, '2t3LibRJNLfp5psTDuu1vjaiOY4=', token],
    ['https://ha.example.org:8443', '/twilio/sms', sms, 'srd/Lpz0Xxq6+KtqB++AWJD+eeQ=', token],
    [house, '/twilio/sms?x=1&y=a%20b', [], 'h7YqeLHV5O+G+kN59KLkbzjUiFs=', token],
    [house, '/x', mixed, 't5efrPcIQ0ZrfSWvrVSk4LE32FI=', token],
    [house, '/x', repeated, 'DtOwR30AbjGVYp9Bk53SyF1BMkM=', token],
  ])('%s%s', (publicUrl, target, pairs, signature, key) => {
    expect(check(publicUrl, target, { signature, pairs, tokens: [key] })).toBe(true);
    expect(check(publicUrl, target, { signature, pairs, tokens: ['another'] })).toBe(false);
    expect(check(publicUrl, `${target}0`, { signature, pairs, tokens: [key] })).toBe(false);
  });
});

describe('the address that was signed', () => {
  it.each<[string, string, string, boolean]>([
    // Ours, the path, what Twilio signed.
    ['https://ha.example.org:8443', '/v', 'https://ha.example.org/v', true],
    ['https://ha.example.org', '/v', 'https://ha.example.org:8443/v', false],
    ['https://ha.example.org', '/v', 'https://ha.example.org:443/v', true],
    ['https://ha.example.org:443', '/v', 'https://ha.example.org/v', true],
    ['https://ha.example.org', '/v', 'http://ha.example.org/v', false],
    ['https://ha.example.org', '/v', 'https://ha.example.org/v/', false],
    ['https://HA.example.org', '/v', 'https://ha.example.org/v', true],
    ['https://ha.example.org', '/v', 'https://HA.example.org/v', false],
    ['https://user:pass@ha.example.org', '/v', 'https://ha.example.org/v', false],
    // A proxy that leaves the path of the public URL, and one that takes it away.
    ['https://ha.example.org/gosip', '/gosip/v', 'https://ha.example.org/gosip/v', true],
    ['https://ha.example.org/gosip', '/v', 'https://ha.example.org/gosip/v', true],
    ['https://ha.example.org/gosip', '/gosiper/v', 'https://ha.example.org/gosiper/v', false],
  ])('%s with %s against %s: %s', (publicUrl, target, signed, expected) => {
    expect(check(publicUrl, target, { signature: sign(signed, sms), pairs: sms })).toBe(expected);
  });

  it('is never that of the bare word', () => {
    expect(check('not an address', '/v', { signature: 'AAAA', pairs: sms })).toBe(false);
    expect(publicUrls('https://h/p', '/p/x?y')).toEqual(['https://h/p/x?y']);
    expect(['https://h/p/', 'https://h', 'https://h:1/a/b', undefined].map(pathPrefixOf)).toEqual(['/p', '', '/a/b', '']);
  });
});

describe('anything else', () => {
  const url = 'https://ha.example.org/v';
  const ask = (pairs: Pairs, signature: string | undefined, tokens?: string[]) =>
    check('https://ha.example.org', '/v', {
      pairs,
      ...(signature === undefined ? {} : { signature }),
      ...(tokens === undefined ? {} : { tokens }),
    });

  it('is refused: a field more, less, altered or trimmed, a missing or empty signature, no token', () => {
    const signature = sign(url, sms);
    expect(ask(sms, signature)).toBe(true);
    expect(ask([...sms, ['New', '1']], signature)).toBe(false);
    expect(ask(sms.slice(1), signature)).toBe(false);
    expect(ask([...sms.slice(0, 5), ['To', '+15555550198']], signature)).toBe(false);
    expect(ask([['Body', 'a ']], sign(url, [['Body', 'a']]))).toBe(false);
    expect(ask(sms, undefined)).toBe(false);
    expect(ask(sms, '')).toBe(false);
    expect(ask(sms, `${signature}, ${signature}`)).toBe(false);
    expect(ask(sms, signature, [])).toBe(false);
    expect(ask(sms, signature, [''])).toBe(false);
  });

  it('takes the token before the newest as well while tokens are changed', () => {
    expect(ask(sms, sign(url, sms, 'old'), [token, 'old'])).toBe(true);
    expect(ask(sms, sign(url, sms, 'older'), [token, 'old'])).toBe(false);
  });

  it('keeps names that mean something to JavaScript', () => {
    const pairs: Pairs = [
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['a[b]', '1'],
      ['', 'z'],
    ];
    expect(ask(pairs, sign(url, pairs))).toBe(true);
    expect(ask(pairs.slice(1), sign(url, pairs))).toBe(false);
  });
});
