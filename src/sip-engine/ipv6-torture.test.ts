import { describe, expect, it } from 'vitest';
import { parseNameAddr } from './message/fields.ts';
import { defaultLimits } from './runtime/limits.ts';
import { parseMessage } from './message/parse.ts';
import { parseUri } from './message/uri.ts';

// What the messages of RFC 5118 are about, and what becomes of it.

type Parts = { readonly uri?: string; readonly via?: string; readonly contact?: string };

function parse({
  uri = 'sip:[2001:db8::10]',
  via = 'SIP/2.0/UDP [2001:db8::9:1]',
  contact = '<sip:caller@[2001:db8::1]>',
}: Parts) {
  const lines = [
    `REGISTER ${uri} SIP/2.0`,
    'To: sip:user@example.com',
    'From: sip:user@example.com;tag=81x2',
    `Via: ${via};branch=z9hG4bKas3-111`,
    'Call-ID: SSG9559905523997077@hlau_4100',
    'Max-Forwards: 70',
    `Contact: ${contact}`,
    'CSeq: 98176 REGISTER',
    'Content-Length: 0',
  ];
  return parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), defaultLimits);
}

function accepted(parts: Parts) {
  const result = parse(parts);
  if (result.kind !== 'message') throw new Error(JSON.stringify(result));
  return result.message;
}

describe('IPv6 in messages (RFC 5118)', () => {
  it('4.1 a valid reference in brackets', () => {
    const message = accepted({});
    expect(parseUri(message.requestUri)).toMatchObject({ host: '[2001:db8::10]', port: undefined });
    expect(message.topVia).toMatchObject({ host: '[2001:db8::9:1]', port: undefined });
  });

  it('4.2 an address without brackets in the Request-URI is refused', () => {
    expect(parse({ uri: 'sip:2001:db8::10' })).toMatchObject({ kind: 'malformed', status: 400, reason: 'Bad Request-URI' });
  });

  it('4.3 and 4.4 what looks like a port within the brackets is part of the address', () => {
    expect(parseUri(accepted({ uri: 'sip:[2001:db8::10:5070]' }).requestUri)).toMatchObject({
      host: '[2001:db8::10:5070]',
      port: undefined,
    });
    expect(parseUri(accepted({ uri: 'sip:[2001:db8::10]:5070' }).requestUri)).toMatchObject({
      host: '[2001:db8::10]',
      port: 5070,
    });
  });

  it('4.5 received with and without brackets', () => {
    for (const received of ['[2001:db8::9:255]', '2001:db8::9:255']) {
      expect(accepted({ via: `SIP/2.0/UDP [2001:db8::9:1];received=${received}` }).topVia?.params.get('received')).toBe(received);
    }
  });

  it('4.8 several addresses, and a comment as display name', () => {
    const message = accepted({ contact: '"Quoted 2001:db8::1" <sip:caller@[2001:db8::1]:5061>, <sip:caller@192.0.2.1>' });
    expect(parseUri(parseNameAddr((message.get('contact') ?? '').split(', ')[0] ?? '')?.uri ?? '')?.port).toBe(5061);
  });

  it('4.9 and 4.10 addresses with an IPv4 one inside', () => {
    expect(accepted({ via: 'SIP/2.0/UDP [::ffff:192.0.2.10]:19823' }).topVia).toMatchObject({
      host: '[::ffff:192.0.2.10]',
      port: 19_823,
    });
    expect(parse({ uri: 'sip:user@[::ffff:192.0.2.2' })).toMatchObject({ kind: 'malformed', reason: 'Bad Request-URI' });
    expect(parse({ via: 'SIP/2.0/UDP [zz::1]' })).toMatchObject({ kind: 'malformed', reason: 'Bad Via Header' });
  });
});
