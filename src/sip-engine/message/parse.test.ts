import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../runtime/limits.ts';
import type { SipMessage } from './message.ts';
import { parseAppMessage } from './parse-app-message.ts';
import { parseMessage } from './parse.ts';
import { serialize, serializeForApp } from './serialize.ts';

const start = 'OPTIONS sip:bob@example.com SIP/2.0';
const required = [
  'Via: SIP/2.0/UDP h;branch=z9hG4bK1',
  'From: <sip:a@b>;tag=1',
  'To: <sip:b@c>',
  'Call-ID: x',
  'CSeq: 1 OPTIONS',
];

function bytes(lines: readonly string[], body = ''): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

function read(lines: readonly string[], body = ''): SipMessage {
  const result = parseMessage(bytes(lines, body), defaultLimits);
  if (result.kind !== 'message') throw new Error(JSON.stringify(result));
  return result.message;
}

function without(name: string): string[] {
  return [start, ...required.filter((line) => !line.startsWith(`${name}:`))];
}

function replaced(line: string): string[] {
  const name = line.slice(0, line.indexOf(':') + 1);
  return [start, ...required.map((one) => (one.startsWith(name) ? line : one))];
}

describe('parseMessage', () => {
  it('expands compact names, splits lists of hops, keeps the rest as it came', () => {
    const message = read([
      start,
      'v: SIP/2.0/UDP h;branch=z9hG4bK1, SIP/2.0/TCP i;branch=z9hG4bK2',
      ...required.slice(1),
      'Route: <sip:a;lr>,<sip:b,c@d;lr>',
      'm: <sip:1@x>, <sip:2@x>',
      'my-Header:  a  b ',
    ]);
    expect(message.headers.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Via: SIP/2.0/UDP h;branch=z9hG4bK1',
      'Via: SIP/2.0/TCP i;branch=z9hG4bK2',
      ...required.slice(1),
      'Route: <sip:a;lr>',
      'Route: <sip:b,c@d;lr>',
      'Contact: <sip:1@x>, <sip:2@x>',
      'my-Header: a  b',
    ]);
  });

  it('takes bare line feeds, empty lines before the start, lines that are no header, no empty line at the end', () => {
    const text = ['', '', start, ...required, 'no colon here', ': no name', 'bad name: x', '(x): y', 'X-Last: 1'].join('\n');
    const result = parseMessage(Buffer.from(text), defaultLimits);
    expect(result.kind === 'message' && result.message.headers.map(({ key }) => key)).toEqual([
      ...['via', 'from', 'to', 'call-id', 'cseq', 'x-last'],
    ]);
  });

  it('keeps every byte of a header', () => {
    const subject = Buffer.from('Subject: Grüße \xff').toString('latin1');
    const message = read([start, ...required, subject]);
    expect(serialize(message).includes(Buffer.from('Grüße \xff'))).toBe(true);
  });

  it('ends the body by Content-Length, or with the datagram', () => {
    expect(read([start, ...required, 'Content-Length: 2'], 'abcd').body.toString()).toBe('ab');
    expect(read([start, ...required], 'abcd').body.toString()).toBe('abcd');
    expect(read([start, ...required, 'l: 0'], 'abcd').body).toHaveLength(0);
  });

  const malformed: readonly { lines: readonly string[]; reason: string; status?: number }[] = [
    { lines: without('From'), reason: 'Missing From Header' },
    { lines: without('To'), reason: 'Missing To Header' },
    { lines: without('Call-ID'), reason: 'Missing Call-ID Header' },
    { lines: without('CSeq'), reason: 'Missing CSeq Header' },
    { lines: without('Via'), reason: 'Missing Via Header' },
    { lines: replaced('From: nobody'), reason: 'Bad From Header' },
    { lines: replaced('To: <sip:a>, <sip:b>'), reason: 'Bad To Header' },
    { lines: replaced('Call-ID: a b'), reason: 'Bad Call-ID Header' },
    { lines: replaced('Call-ID:'), reason: 'Bad Call-ID Header' },
    { lines: replaced('CSeq: one OPTIONS'), reason: 'Bad CSeq Header' },
    { lines: replaced('CSeq: 2147483648 OPTIONS'), reason: 'Bad CSeq Header' },
    { lines: replaced('CSeq: 1 INVITE'), reason: 'CSeq Method Mismatch' },
    { lines: replaced('Via: SIP/2.0/UDP'), reason: 'Bad Via Header' },
    { lines: [start, ...required, 'Via: nonsense'], reason: 'Bad Via Header' },
    { lines: [start, ...required, 'From: <sip:x@y>'], reason: 'Duplicate From Header' },
    { lines: [start, ...required, 't: <sip:x@y>'], reason: 'Duplicate To Header' },
    { lines: [start, ...required, 'l: 0', 'Content-Length: 0'], reason: 'Duplicate Content-Length Header' },
    { lines: [start, ...required, 'Content-Length: 5'], reason: 'Bad Content-Length Header' },
    { lines: [start, ...required, 'Content-Length: 1e3'], reason: 'Bad Content-Length Header' },
    { lines: [start, ...required, 'Subject: a\0b'], reason: 'Bad Subject Header' },
    { lines: [start, ...required, 'Subject: a\rX: b'], reason: 'Bad Subject Header' },
    { lines: [start, ...required, `X-Long: ${'x'.repeat(17_000)}`], reason: 'X-Long Header Too Long' },
    { lines: [start, ...required, ...Array<string>(300).fill('X-Many: 1')], reason: 'Too Many Header Fields' },
    { lines: [start, ...required, ...Array<string>(80).fill('Via: SIP/2.0/UDP h')], reason: 'Too Many Via Headers' },
    {
      lines: [start, ...required, ...Array<string>(5).fill(`X-Much: ${'x'.repeat(15_000)}`)],
      reason: 'Header Fields Too Large',
      status: 413,
    },
    { lines: [start, ...required, 'Content-Length: 200000'], reason: 'Request Entity Too Large', status: 413 },
    { lines: [`OPTIONS sip:${'x'.repeat(5_000)} SIP/2.0`, ...required], reason: 'Request Line Too Long' },
    { lines: ['OPTIONS sip: SIP/2.0', ...required], reason: 'Bad Request-URI' },
    { lines: ['OPTIONS sip:bob@ SIP/2.0', ...required], reason: 'Bad Request-URI' },
    { lines: ['OPTIONS bob SIP/2.0', ...required], reason: 'Bad Request-URI' },
    { lines: ['OPTIONS sip:bob@x SIP/3.0', ...required], reason: 'Version Not Supported', status: 505 },
  ];
  for (const { lines, reason, status = 400 } of malformed) {
    it(`answers ${status} ${reason}`, () => {
      const body = status === 413 && reason.includes('Entity') ? 'x'.repeat(200_000) : '';
      const result = parseMessage(bytes(lines, body), defaultLimits);
      expect(result).toMatchObject({ kind: 'malformed', status, reason });
    });
  }

  it('hands over what an answer needs, when there is a Via', () => {
    const result = parseMessage(bytes(without('From')), defaultLimits);
    expect(result.kind === 'malformed' && result.partial?.topVia?.host).toBe('h');
    expect(parseMessage(bytes(without('Via')), defaultLimits)).toMatchObject({ kind: 'malformed', partial: undefined });
  });

  it('requires a From tag', () => {
    const invite = ['INVITE sip:b@c SIP/2.0', ...required.map((line) => line.replace('OPTIONS', 'INVITE').replace(';tag=1', ''))];
    expect(parseMessage(bytes(invite), defaultLimits)).toMatchObject({ kind: 'malformed', reason: 'Missing From Tag' });
  });

  const silent: readonly [string, readonly string[]][] = [
    ['a broken ACK', ['ACK sip:b@c SIP/2.0', 'Via: SIP/2.0/UDP h']],
    ['a broken response', ['SIP/2.0 200 OK', 'Via: SIP/2.0/UDP h']],
    ['a response with an impossible status', ['SIP/2.0 99 Low', ...required]],
    ['a response of another version', ['SIP/3.0 200 OK', ...required]],
    ['HTTP', ['GET / HTTP/1.1', 'Host: x']],
    ['a scanner', ['nice to meet you']],
    ['a control character in the start line', ['OPTIONS sip:b\x01@c SIP/2.0', ...required]],
  ];
  for (const [what, lines] of silent) {
    it(`is silent to ${what}`, () => expect(parseMessage(bytes(lines), defaultLimits)).toEqual({ kind: 'ignored' }));
  }

  it('is silent to keep-alives', () => {
    for (const text of ['', '\r\n', '\r\n\r\n', '\0', 'jaK']) {
      expect(parseMessage(Buffer.from(text), defaultLimits)).toEqual({ kind: 'ignored' });
    }
  });

  it('is linear in folds, line feeds and blanks', () => {
    const nasty = [
      '\r\n '.repeat(200_000),
      '\n'.repeat(500_000),
      ' '.repeat(500_000),
      'a:\r\n'.repeat(150_000),
      ': '.repeat(200_000),
    ];
    for (const text of nasty) parseMessage(Buffer.from(`${start}\r\n${text}`), defaultLimits);
  });
});

describe('SipMessage', () => {
  it('reads From, To, CSeq and Via once, and again after a change by any way', () => {
    const message = read([start, ...required]);
    expect(message.from).toBe(message.from);
    expect([message.fromTag, message.cseq?.number, message.topVia?.host]).toEqual(['1', 1, 'h']);
    message.set('from', '<sip:x@y>;tag=2');
    const cseq = message.headers.find(({ key }) => key === 'cseq');
    if (cseq) cseq.value = '7 OPTIONS';
    message.prepend('via', 'SIP/2.0/TCP top');
    expect([message.fromTag, message.cseq?.number, message.topVia?.host]).toEqual(['2', 7, 'top']);
    message.remove('to');
    expect([message.to, message.shift('via'), message.topVia?.host]).toEqual([undefined, 'SIP/2.0/TCP top', 'h']);
  });

  it('clones without sharing lines', () => {
    const message = read([start, ...required]);
    const copy = message.clone();
    copy.set('call-id', 'y');
    copy.append('x-more', '1');
    expect([message.callId, message.has('x-more'), copy.callId]).toEqual(['x', false, 'y']);
  });

  it('keeps the place of a header that is set again, and drops its other lines', () => {
    const message = read([start, ...required, 'X-A: 1', 'X-B: 2', 'X-A: 3']);
    message.set('x-a', '4');
    expect(message.headers.slice(5).map(({ key, value }) => `${key} ${value}`)).toEqual(['x-a 4', 'x-b 2']);
  });
});

describe('serialize', () => {
  it('writes one form: CRLF, unfolded, one Content-Length that is right', () => {
    const message = read([start, ...required, 'X-Fold: a', '\t b', 'l: 3'], 'abc');
    expect(serialize(message).toString()).toBe([start, ...required, 'X-Fold: a b', 'Content-Length: 3', '', 'abc'].join('\r\n'));
  });

  it('gives the application UTF-8: what is none is replaced, what is stays, the body is left alone', () => {
    const message = read([start, ...required, 'Subject: \xff \xc3\xa9', 'Content-Length: 2'], '\xff\xfe');
    const text = serializeForApp(message);
    expect(text.toString('utf8')).toContain('Subject: \ufffd é\r\n');
    expect(text.subarray(-2)).toEqual(Buffer.from([0xff, 0xfe]));
    expect(serialize(message).includes(Buffer.from([0xff, 0x20, 0xc3, 0xa9]))).toBe(true);
  });
});

describe('parseAppMessage', () => {
  const app = (text: string) => parseAppMessage(text, defaultLimits);

  it('takes the body after the first empty line, whatever Content-Length says', () => {
    const result = app('INVITE sip:a@b SIP/2.0\r\nContent-Length: 2\r\ncall-id: x\r\n\r\nv=0\r\n\r\nmore');
    expect(result.kind === 'message' && result.message.body.toString()).toBe('v=0\r\n\r\nmore');
    expect(result.kind === 'message' && result.message.headers).toEqual([{ key: 'call-id', name: 'Call-ID', value: 'x' }]);
    expect(result.kind === 'message' && result.startLine).toBe('INVITE sip:a@b SIP/2.0');
  });

  it('splits the start line and no more, so that others can say what is wrong with it', () => {
    const cases: readonly [string, object][] = [
      ['INVITE sip:a b@c SIP/2.0', { method: 'INVITE', requestUri: 'sip:a b@c' }],
      ['INVITE nonsense', { method: 'INVITE', requestUri: 'nonsense' }],
      ['SIP/2.0 486 Busy Here', { status: 486, reason: 'Busy Here' }],
      ['SIP/2.0 200', { status: 200, reason: '' }],
    ];
    for (const [line, parts] of cases) expect(app(`${line}\r\n\r\n`)).toMatchObject({ kind: 'message', message: parts });
  });

  it('drops lines that are no header, and spells the others as they should be', () => {
    const result = app('BYE sip:a SIP/2.0\r\nX Bad: x\r\nmy-custom: 1\r\nx-Mine: 2\r\nwww-authenticate: 3\r\nnothing\r\n\r\n');
    expect(result.kind === 'message' && result.message.headers.map(({ name }) => name)).toEqual([
      ...['My-Custom', 'x-Mine', 'WWW-Authenticate'],
    ]);
  });

  it('takes a legal fold as one line', () => {
    const result = app('BYE sip:a SIP/2.0\r\nX-A: 1\r\n  2\r\n\r\n');
    expect(result.kind === 'message' && result.message.get('x-a')).toBe('1 2');
  });

  const refused: readonly [string, string, string][] = [
    ['a lone line feed', 'BYE sip:a SIP/2.0\r\nX-A: 1\nX-Evil: 2\r\n\r\n', 'invalid header'],
    ['a lone carriage return', 'BYE sip:a SIP/2.0\r\nX-A: 1\rX-Evil: 2\r\n\r\n', 'invalid header'],
    ['a NUL', 'BYE sip:a SIP/2.0\r\nX-A: 1\0\r\n\r\n', 'invalid header'],
    ['a control character in the start line', 'SIP/2.0 200 O\x08K\r\n\r\n', 'invalid header'],
    ['a status that is none', 'SIP/2.0 abc OK\r\n\r\n', 'Invalid message format'],
    ['an empty text', '', 'Invalid message format'],
    ['one word', 'BYE\r\n\r\n', 'Invalid message format'],
    ['a long start line', `BYE sip:${'a'.repeat(5_000)} SIP/2.0\r\n\r\n`, 'message too large'],
    ['a long header', `BYE sip:a SIP/2.0\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 'message too large'],
    ['a large body', `BYE sip:a SIP/2.0\r\n\r\n${'a'.repeat(140_000)}`, 'message too large'],
  ];
  for (const [what, text, reason] of refused) {
    it(`refuses ${what}: ${reason}`, () => expect(app(text)).toEqual({ kind: 'refused', reason }));
  }
});
