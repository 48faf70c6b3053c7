import { expect, test } from 'vitest';
import { rawClientFrame, webSocketRequest } from '#testing/peers/hostile-web-socket.ts';
import { defaultLimits } from '../runtime/limits.ts';
import { WebSocketFrameReader, encodeWebSocketFrame } from './ws-frames.ts';
import { readHandshake } from './ws-handshake.ts';
import { WebSocketChannel } from './ws-transport.ts';

const good: string[] = [...webSocketRequest];

function handshakeWith(change: (lines: string[]) => string[] = (lines) => lines, origins?: string[]) {
  return readHandshake(Buffer.from(`${change(good).join('\r\n')}\r\n\r\n`), origins);
}

test('the handshake of RFC 6455 1.3 is accepted for the subprotocol sip', () => {
  const handshake = handshakeWith();
  expect(handshake.kind).toBe('accepted');
  expect(handshake.kind === 'accepted' && handshake.answer).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n');
  expect(handshake.kind === 'accepted' && handshake.answer).toContain('Sec-WebSocket-Protocol: sip\r\n');
});

const without = (name: string) => (lines: string[]) => lines.filter((line) => !line.startsWith(name));
const replaced = (from: string, to: string) => (lines: string[]) => lines.map((line) => line.replace(from, to));

test.each([
  ['no subprotocol', without('Sec-WebSocket-Protocol'), '400'],
  ['another subprotocol', replaced('chat, sip', 'chat'), '400'],
  ['no key', without('Sec-WebSocket-Key'), '400'],
  ['a short key', replaced('dGhlIHNhbXBsZSBub25jZQ==', 'abc='), '400'],
  ['no host', without('Host'), '400'],
  ['an old version', replaced('Version: 13', 'Version: 8'), '426'],
  ['no upgrade', without('Upgrade'), '426'],
  ['another method', replaced('GET', 'POST'), '405'],
  ['HTTP/1.0', replaced('HTTP/1.1', 'HTTP/1.0'), '505'],
  ['no HTTP', replaced('GET / HTTP/1.1', 'OPTIONS sip:x SIP/2.0'), '400'],
] as const)('a handshake with %s is refused with %s', (_what, change, status) => {
  const handshake = handshakeWith(change);
  expect(handshake.kind === 'refused' && handshake.answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\n`));
});

test('origins can be restricted; clients that are no browser send none', () => {
  expect(handshakeWith((lines) => lines, ['https://panel.example']).kind).toBe('accepted');
  expect(handshakeWith((lines) => lines, ['https://other.example']).kind).toBe('refused');
  expect(handshakeWith(without('Origin'), ['https://other.example']).kind).toBe('accepted');
});

test.each([
  ['https://evil.example', '192.168.1.2:8088', '403'],
  ['https://evil.example', 'evil.example:8088', '403'],
  ['null', '192.168.1.2:8088', '403'],
  ['http://192.168.1.3', '192.168.1.2:8088', '403'],
  ['http://192.168.1.2:8080', '192.168.1.2:8088', '101'],
  ['http://[fd00::2]:8080', '[fd00::2]:8088', '101'],
  ['http://gosip.local', 'gosip.local:8088', '101'],
  ['http://localhost:3000', 'localhost:8088', '101'],
  ['https://Phone.example.org', 'pbx.example.org', '101'],
])('a page of %s that connects to %s gets %s', (origin, host, status) => {
  const change = (lines: string[]) =>
    lines.map((line) => (line.startsWith('Origin:') ? `Origin: ${origin}` : line.startsWith('Host:') ? `Host: ${host}` : line));
  const handshake = handshakeWith(change, ['https://phone.example.org']);
  expect(handshake.kind === 'incomplete' ? '' : handshake.answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

test('two hundred thousand empty fragments are not taken', () => {
  const { seen, reader } = record();
  const first = Buffer.from([0x01, 0x80, 0, 0, 0, 0]);
  const empty = Buffer.from([0x00, 0x80, 0, 0, 0, 0]);
  reader.push(first);
  for (let index = 0; index < 200_000 && seen.length === 0; index += 1) reader.push(empty);
  expect(seen).toEqual(['breach 1009']);
});

test('an endless request is refused', () => {
  expect(readHandshake(Buffer.from('GET / HTTP/1.1\r\nX: '), undefined).kind).toBe('incomplete');
  expect(readHandshake(Buffer.alloc(20_000, 'x'), undefined).kind).toBe('refused');
});

function record(limit = 100_000) {
  const seen: string[] = [];
  const reader = new WebSocketFrameReader(limit, {
    onMessage: (bytes, isText) => seen.push(`${isText ? 'text' : 'binary'} ${bytes.toString()}`),
    onPing: (payload) => seen.push(`ping ${payload.toString()}`),
    onPong: () => seen.push('pong'),
    onClose: (code) => seen.push(`close ${code}`),
    onProtocolError: (code) => seen.push(`breach ${code}`),
  });
  return { seen, reader };
}

const conversation = Buffer.concat([
  rawClientFrame({ opcode: 1, payload: 'one' }),
  rawClientFrame({ opcode: 2, payload: 'x'.repeat(300) }),
  rawClientFrame({ opcode: 1, payload: 'ab', isFinal: false }),
  rawClientFrame({ opcode: 9, payload: 'are you there' }),
  rawClientFrame({ opcode: 0, payload: 'cd', isFinal: false }),
  rawClientFrame({ opcode: 0, payload: 'ef' }),
  rawClientFrame({ opcode: 2, payload: 'y'.repeat(70_000) }),
  rawClientFrame({ opcode: 10 }),
  rawClientFrame({ opcode: 8, payload: Buffer.of(0x03, 0xe8) }),
  rawClientFrame({ opcode: 1, payload: 'after the end' }),
]);
const heard = [
  'text one',
  `binary ${'x'.repeat(300)}`,
  'ping are you there',
  'text abcdef',
  `binary ${'y'.repeat(70_000)}`,
  'pong',
];

test('frames, fragments and control frames in between come out the same however they are cut', () => {
  for (const size of [1, 2, 3, 7, 1000, conversation.length]) {
    const { seen, reader } = record();
    for (let start = 0; start < conversation.length; start += size) reader.push(conversation.subarray(start, start + size));
    expect(seen.slice(0, -1)).toEqual(heard);
    expect(seen.at(-1)).toMatch(/^close \d+$/);
    expect(reader.hasPartial).toBe(false);
  }
});

test.each([
  ['no mask', rawClientFrame({ opcode: 1, payload: 'x', isMasked: false }), 1002],
  ['a reserved bit', rawClientFrame({ opcode: 1, payload: 'x', reserved: 0x40 }), 1002],
  ['an unknown opcode', rawClientFrame({ opcode: 3, payload: 'x' }), 1002],
  ['an unknown control opcode', rawClientFrame({ opcode: 11 }), 1002],
  ['a continuation of nothing', rawClientFrame({ opcode: 0, payload: 'x' }), 1002],
  ['a fragmented ping', rawClientFrame({ opcode: 9, isFinal: false }), 1002],
  ['a ping over 125 bytes', rawClientFrame({ opcode: 9, payload: 'x'.repeat(126) }), 1002],
  ['two messages at once', Buffer.concat([rawClientFrame({ opcode: 1, isFinal: false }), rawClientFrame({ opcode: 1 })]), 1002],
  ['a message over the limit', rawClientFrame({ opcode: 2, length: 100_001 }), 1009],
  [
    'fragments over the limit',
    Buffer.concat([
      rawClientFrame({ opcode: 2, payload: 'x'.repeat(90_000), isFinal: false }),
      rawClientFrame({ opcode: 0, length: 20_000 }),
    ]),
    1009,
  ],
  [
    'endless empty fragments',
    Buffer.concat([
      rawClientFrame({ opcode: 2, isFinal: false }),
      ...Array.from({ length: 2000 }, () => rawClientFrame({ opcode: 0, isFinal: false })),
    ]),
    1009,
  ],
] as const)('%s ends the connection with %s', (_what, bytes, code) => {
  const { seen, reader } = record();
  reader.push(Buffer.from(bytes));
  reader.push(rawClientFrame({ opcode: 1, payload: 'later' }));
  expect(seen).toEqual([`breach ${code}`]);
});

const close = (payload: readonly number[]) => rawClientFrame({ opcode: 8, payload: Buffer.from(payload) });

test.each([
  ['no code', [], 'close 1005'],
  ['1000', [0x03, 0xe8], 'close 1000'],
  ['1011 and a reason', [0x03, 0xf3, 0xc3, 0xa9], 'close 1011'],
  ['3000', [0x0b, 0xb8], 'close 3000'],
  ['4999', [0x13, 0x87], 'close 4999'],
  ['half a code', [0x03], 'breach 1002'],
  ['0', [0, 0], 'breach 1002'],
  ['999', [0x03, 0xe7], 'breach 1002'],
  ['1004', [0x03, 0xec], 'breach 1002'],
  ['1005', [0x03, 0xed], 'breach 1002'],
  ['1006', [0x03, 0xee], 'breach 1002'],
  ['1012', [0x03, 0xf4], 'breach 1002'],
  ['2999', [0x0b, 0xb7], 'breach 1002'],
  ['5000', [0x13, 0x88], 'breach 1002'],
  ['a reason that is not UTF-8', [0x03, 0xe8, 0xce, 0xba, 0xe1, 0xbd], 'breach 1007'],
] as const)('a close frame with %s: %s (RFC 6455 7.4)', (_what, payload, expected) => {
  const { seen, reader } = record();
  reader.push(close(payload));
  reader.push(rawClientFrame({ opcode: 1, payload: 'later' }));
  expect(seen).toEqual([expected]);
});

test('control frames of every size up to 125 bytes are answered in order between fragments', () => {
  const { seen, reader } = record();
  const pings = Array.from({ length: 126 }, (_, size) => rawClientFrame({ opcode: 9, payload: 'p'.repeat(size) }));
  reader.push(rawClientFrame({ opcode: 1, payload: 'a', isFinal: false }));
  for (const ping of pings) reader.push(ping);
  reader.push(rawClientFrame({ opcode: 0, payload: 'b' }));
  expect(seen).toEqual([...pings.map((_, size) => `ping ${'p'.repeat(size)}`), 'text ab']);
});

test.each([0, 1, 125, 126, 127, 128, 65_535, 65_536])('a message of %i bytes comes through, however it is cut', (size) => {
  for (const chunk of [1, 997, 100_000]) {
    const { seen, reader } = record();
    const frame = rawClientFrame({ opcode: 2, payload: 'z'.repeat(size) });
    for (let start = 0; start < frame.length; start += chunk) reader.push(frame.subarray(start, start + chunk));
    expect(seen).toEqual([`binary ${'z'.repeat(size)}`]);
  }
});

test('a length of 2^63 asks for no memory', () => {
  const { seen, reader } = record();
  reader.push(Buffer.from([0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255]));
  expect(seen).toEqual(['breach 1009']);
});

function channel() {
  const seen: string[] = [];
  const written: Buffer[] = [];
  const made = new WebSocketChannel(
    { limits: defaultLimits },
    {
      onMessage: (bytes) => seen.push(bytes.toString()),
      onAlive: () => seen.push('alive'),
      onProtocolError: (status) => seen.push(`breach ${status}`),
      write: (bytes) => written.push(bytes),
      end: () => seen.push('end'),
    },
  );
  return { seen, written, channel: made };
}

test('after the handshake messages flow, CRLFCRLF and pings are answered, and a close is answered by a close', () => {
  const { seen, written, channel: socket } = channel();
  const handshake = Buffer.from(`${good.join('\r\n')}\r\n\r\n`);
  socket.push(handshake.subarray(0, 50));
  expect(socket.isReady).toBe(false);
  socket.push(Buffer.concat([handshake.subarray(50), rawClientFrame({ opcode: 1, payload: 'first' })]));
  expect(socket.isReady).toBe(true);
  socket.push(rawClientFrame({ opcode: 1, payload: '\r\n\r\n' }));
  socket.push(rawClientFrame({ opcode: 1, payload: '\r\n' }));
  socket.push(rawClientFrame({ opcode: 9, payload: 'p' }));
  socket.push(rawClientFrame({ opcode: 8, payload: '' }));
  expect(seen).toEqual(['first', 'alive', 'alive', 'alive', 'end']);
  const frames = [
    encodeWebSocketFrame(1, Buffer.from('\r\n')),
    encodeWebSocketFrame(10, Buffer.from('p')),
    Buffer.from([0x88, 2, 0x03, 0xe8]),
  ];
  expect(written.slice(1)).toEqual(frames);
});

test('UTF-8 goes out as text, anything else as binary', () => {
  const { channel: socket } = channel();
  expect(socket.encode(Buffer.from('Grüße'))[0]).toBe(0x81);
  expect(socket.encode(Buffer.from([0xff, 0xfe]))[0]).toBe(0x82);
});
