import { describe, expect, it } from 'vitest';
import twilio from 'twilio';
import { adviceFor, readScheme } from './signature-scheme.ts';
import type { SharedKey } from '#twilio/api/settings.ts';
import { isSignatureValid, pathPrefixOf, publicUrls } from './signature.ts';
import { WebhookForm } from './webhook-form.ts';

const token = '0123456789abcdef0123456789abcdef';
type Pairs = readonly (readonly [string, string])[];

/** Signs as Twilio would for this address. */
function sign(url: string, pairs: Pairs = [], key = token): string {
  return twilio.getExpectedTwilioSignature(key, url, new WebhookForm(pairs).forSignature());
}

type Given = { signature?: string; pairs?: Pairs; tokens?: string[]; settings?: string; sharedKeys?: SharedKey[] };

function check(publicUrl: string, target: string, given: Given): boolean {
  const { signature, pairs = [], tokens = [token], settings, sharedKeys = [] } = given;
  const signed = { signature, scheme: readScheme(settings), target, form: new WebhookForm(pairs) };
  return isSignatureValid(signed, { publicUrl, tokens, sharedKeys });
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

describe('a request signed with a shared key', () => {
  const publicUrl = 'https://ha.example.org';
  const url = `${publicUrl}/v`;
  const key = { id: 'webhooks_sharedkey_01k4', secret: 'a secret of its own' };
  const settings = `key=${key.id},algorithm=HMAC_SHA256`;
  const by = (secret: string, algorithm: 'HMAC_SHA1' | 'HMAC_SHA256') =>
    twilio.getExpectedTwilioSignature(secret, url, new WebhookForm(sms).forSignature(), algorithm);
  const ask = (given: Given) => check(publicUrl, '/v', { pairs: sms, sharedKeys: [key], ...given });

  it('is believed by the key and the algorithm that it names together', () => {
    expect(ask({ settings, signature: by(key.secret, 'HMAC_SHA256') })).toBe(true);
    expect(ask({ settings: ` algorithm = HMAC_SHA256 , key = ${key.id} `, signature: by(key.secret, 'HMAC_SHA256') })).toBe(true);
    expect(ask({ settings: `key=${key.id},algorithm=HMAC_SHA1`, signature: by(key.secret, 'HMAC_SHA1') })).toBe(true);
    const renewed = [{ ...key, secret: 'the next one' }, key];
    expect(ask({ settings, signature: by(key.secret, 'HMAC_SHA256'), sharedKeys: renewed })).toBe(true);
  });

  it.each<[string, Given]>([
    ['the key is not known here', { settings, signature: by(key.secret, 'HMAC_SHA256'), sharedKeys: [] }],
    ['it is signed with the token', { settings, signature: by(token, 'HMAC_SHA256') }],
    ['it is signed with the token by the usual algorithm', { settings, signature: sign(url, sms) }],
    ['the algorithm is another than it says', { settings, signature: by(key.secret, 'HMAC_SHA1') }],
    ['it names an algorithm and no key', { settings: 'algorithm=HMAC_SHA256', signature: by(token, 'HMAC_SHA256') }],
    ['it names an algorithm and no key, even the usual one', { settings: 'algorithm=HMAC_SHA1', signature: sign(url, sms) }],
    ['it names no algorithm', { settings: `key=${key.id}`, signature: by(key.secret, 'HMAC_SHA256') }],
    ['it names an unknown algorithm', { settings: `key=${key.id},algorithm=NONE`, signature: by(key.secret, 'HMAC_SHA1') }],
    ['it does not say so', { signature: by(key.secret, 'HMAC_SHA256') }],
    ['it does not say so, with the usual algorithm', { signature: by(key.secret, 'HMAC_SHA1') }],
    ['it is not signed', { settings }],
  ])('is refused where %s', (_what, given) => {
    expect(ask(given)).toBe(false);
  });

  it('of the token goes on being believed while there are shared keys', () => {
    expect(ask({ signature: sign(url, sms) })).toBe(true);
  });

  it('says what helps where it is refused, by what it was signed with', () => {
    expect(adviceFor(readScheme(undefined), false)).toContain('the auth token set here is not the one');
    expect(adviceFor(readScheme(settings), false)).toMatch(
      /shared key webhooks_sharedkey_01k4 \(HMAC_SHA256\), which the house does not/,
    );
    expect(adviceFor(readScheme(settings), true)).toContain('its secret set here');
    expect(adviceFor(readScheme('key=<script>,algorithm=HMAC_SHA256'), false)).toMatch(/does not support.*remove the rule/);
  });
});
