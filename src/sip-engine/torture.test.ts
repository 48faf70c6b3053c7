import { describe, expect, it } from 'vitest';
import { bytesOf, tortures } from '#testing/harness/torture-messages.ts';
import { splitList, parseNameAddr } from './message/fields.ts';
import { defaultLimits } from './runtime/limits.ts';
import { parseMessage } from './message/parse.ts';
import type { ParseResult } from './message/parse.ts';
import { serialize } from './message/serialize.ts';
import { StreamFramer } from './transport/stream-framer.ts';
import { parseUri } from './message/uri.ts';

function outcome(result: ParseResult): string {
  if (result.kind === 'message') return 'accepted';
  return result.kind === 'ignored' ? 'ignored' : `${result.status} ${result.reason}`;
}

function messageOf(name: string) {
  const torture = tortures.find((one) => one.name === name);
  const result = parseMessage(bytesOf(torture?.text ?? ''), defaultLimits);
  if (result.kind !== 'message') throw new Error(`${name} was not accepted`);
  return result.message;
}

describe('torture messages of RFC 4475', () => {
  for (const { name, section, text, expected } of tortures) {
    it(`${section} (${name}): ${expected}`, () => {
      expect(outcome(parseMessage(bytesOf(text), defaultLimits))).toBe(expected);
    });
  }

  it('has all 49 of them', () => {
    expect(new Set(tortures.map(({ section }) => section)).size).toBe(49);
  });

  it('gives every accepted one the same meaning after it was sent on', () => {
    for (const { text, expected } of tortures) {
      if (expected !== 'accepted') continue;
      const first = parseMessage(bytesOf(text), defaultLimits);
      if (first.kind !== 'message') throw new Error('not accepted');
      const second = parseMessage(serialize(first.message), defaultLimits);
      if (second.kind !== 'message') throw new Error('not accepted again');
      const withoutLength = (fields: typeof first.message.headers) => fields.filter(({ key }) => key !== 'content-length');
      expect(withoutLength(second.message.headers)).toEqual(withoutLength(first.message.headers));
      expect(second.message.body).toEqual(first.message.body);
      expect(serialize(second.message)).toEqual(serialize(first.message));
    }
  });

  it('answers a malformed request only where there is a Via to answer by', () => {
    const insufficient = parseMessage(bytesOf(tortures.find(({ name }) => name === 'insuf')?.text ?? ''), defaultLimits);
    expect(insufficient.kind === 'malformed' && insufficient.partial?.topVia?.host).toBe('192.0.2.95');
    const separators = parseMessage(bytesOf(tortures.find(({ name }) => name === 'badinv01')?.text ?? ''), defaultLimits);
    expect(separators.kind === 'malformed' && separators.partial?.topVia?.host).toBe('192.0.2.15');
    const version = parseMessage(bytesOf(tortures.find(({ name }) => name === 'badvers')?.text ?? ''), defaultLimits);
    expect(version.kind === 'malformed' && version.partial?.topVia?.host).toBe('c.example.com');
  });

  it('reads the same from a stream, cut anywhere', () => {
    const whole = tortures.filter(
      ({ name }) => !['dblreq', 'clerr', 'ncl', 'mcl01', 'multi01', 'inv2543', 'scalarlg', 'bigcode'].includes(name),
    );
    const stream = Buffer.concat(whole.map(({ text }) => bytesOf(text)));
    for (const size of [1, 7, 1000, stream.length]) {
      const outcomes: string[] = [];
      const framer = new StreamFramer(defaultLimits, {
        onMessage: (bytes) => outcomes.push(outcome(parseMessage(bytes, defaultLimits))),
        onPing: () => outcomes.push('ping'),
        onProtocolError: (status) => outcomes.push(`breach ${status}`),
      });
      for (let start = 0; start < stream.length; start += size) framer.push(stream.subarray(start, start + size));
      expect(outcomes).toEqual(whole.map(({ expected }) => expected));
      expect(framer.hasPartial).toBe(false);
    }
  });
});

describe('what is read of them', () => {
  it('wsinv', () => {
    const message = messageOf('wsinv');
    expect(message.to).toMatchObject({ uri: 'sip:vivekg@chair-dnrc.example.com', displayName: '' });
    expect([message.toTag, message.fromTag]).toEqual(['1918181833n', '98asjd8']);
    expect(message.from?.displayName).toBe('J Rosenberg \\"');
    expect(message.cseq).toEqual({ number: 9, method: 'INVITE' });
    expect(message.getAll('via')).toHaveLength(3);
    expect(message.topVia).toMatchObject({ transport: 'UDP', host: '192.0.2.2' });
    expect(message.get('subject')).toBe('');
    expect(message.get('newfangledheader')).toBe('newfangled value continued newfangled value');
    expect(message.get('unknownheaderwithunusualvalue')).toBe(';;,,;;,;');
    const contact = parseNameAddr(message.get('contact') ?? '');
    expect(contact?.displayName).toBe('Quoted string ""');
    expect([...(contact?.params ?? [])]).toEqual([
      ['newparam', 'newvalue'],
      ['secondparam', null],
      ['q', '0.33'],
    ]);
    expect(message.body).toHaveLength(150);
  });

  it('intmeth', () => {
    const message = messageOf('intmeth without the NUL');
    expect(message.method).toBe("!interesting-Method0123456789_*+`.%indeed'~");
    expect(parseUri(message.requestUri)).toMatchObject({
      user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      password: "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
      host: 'example.com',
    });
    expect(message.fromTag).toBe("_token~1'+`*%!-.");
    expect(message.callId).toBe('intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
  });

  it('longreq, transports and lists', () => {
    expect(messageOf('longreq').getAll('via')).toHaveLength(34);
    expect(messageOf('transports').getAll('via')).toHaveLength(5);
    expect(splitList(messageOf('semiuri').get('accept') ?? '')).toHaveLength(6);
    expect(messageOf('esc02').getAll('contact')).toHaveLength(2);
    expect(messageOf('escnull').getAll('contact')).toHaveLength(2);
  });

  it('dblreq: what follows Content-Length in a datagram is dropped', () => {
    const message = messageOf('dblreq');
    expect([message.method, message.body.length]).toEqual(['REGISTER', 0]);
  });

  it('mpart01: a binary body stays as it is', () => {
    expect(messageOf('mpart01').body.includes(Buffer.from([0, 1, 2, 3]))).toBe(true);
  });

  it('unreason and noreason', () => {
    expect(Buffer.from(messageOf('unreason').reason, 'latin1').toString()).toContain('девяносто');
    expect(messageOf('noreason')).toMatchObject({ status: 100, reason: '' });
  });

  it('badaspec and baddn: the addresses are clear all the same', () => {
    expect(messageOf('badaspec').to?.uri).toBe('sip:t.watson@example.org');
    expect(messageOf('baddn').from).toMatchObject({ displayName: 'Bell, Alexander', uri: 'sip:a.g.bell@example.com' });
  });

  it('regbadct: the Contact is not readable', () => {
    expect(parseNameAddr(messageOf('regbadct').get('contact') ?? '')).toBeUndefined();
    expect(parseNameAddr(messageOf('regescrt').get('contact') ?? '')?.uri).toBe(
      'sip:user@example.com?Route=%3Csip:sip.example.com%3E',
    );
  });

  it('cparam01 and cparam02: a parameter of the header, a parameter of the URI', () => {
    expect(parseNameAddr(messageOf('cparam01').get('contact') ?? '')?.params.has('unknownparam')).toBe(true);
    const inUri = parseNameAddr(messageOf('cparam02').get('contact') ?? '');
    expect(inUri?.params.size).toBe(0);
    expect(parseUri(inUri?.uri ?? '')?.params.has('unknownparam')).toBe(true);
  });
});
