import { describe, expect, it } from 'vitest';
import { encodeControlFrame, ControlFrameReader } from './framing.ts';

function reader(maxBytes = 1024) {
  const frames: string[] = [];
  let breaches = 0;
  const frameReader = new ControlFrameReader(maxBytes, {
    onFrame: (payload) => frames.push(payload),
    onProtocolError: () => (breaches += 1),
  });
  return { frames, push: (text: string | Buffer) => frameReader.push(Buffer.from(text as string)), breaches: () => breaches };
}

describe('reading frames', () => {
  it('reads two frames split at every byte', () => {
    const stream = Buffer.concat([
      encodeControlFrame('a|ping'),
      encodeControlFrame('b|sip||', Buffer.from('OPTIONS sip:ü SIP/2.0\r\n\r\n12#x', 'utf8')),
    ]);
    const whole = ['a|ping', Buffer.from('b|sip||\r\nOPTIONS sip:ü SIP/2.0\r\n\r\n12#x', 'utf8').toString('latin1')];
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const { frames, push } = reader();
      push(stream.subarray(0, cut));
      push(stream.subarray(cut));
      expect(frames).toEqual(whole);
    }
  });

  it('reads a frame that comes byte by byte', () => {
    const { frames, push } = reader();
    for (const byte of encodeControlFrame('id|authenticate|cymru|')) push(Buffer.from([byte]));
    expect(frames).toEqual(['id|authenticate|cymru|']);
  });

  it.each([
    ['a letter for the length', 'x5#hello'],
    ['no length', '#hello'],
    ['a sign', '+5#hello'],
    ['a space', ' 5#hello'],
    ['eight digits', '00000005#hello'],
    ['a length of nothing', '0#'],
    ['more than the limit', '1025#'],
    ['HTTP', 'GET / HTTP/1.1\r\n'],
  ])('gives up once and for all at %s', (_what, text) => {
    const { frames, push, breaches } = reader();
    push(text);
    push('5#hello');
    expect(frames).toEqual([]);
    expect(breaches()).toBe(1);
  });

  it('takes exactly the limit, and leading zeros', () => {
    const { frames, push } = reader(5);
    push('05#hello');
    expect(frames).toEqual(['hello']);
  });
});

describe('writing frames', () => {
  it('counts bytes and puts the message after one line end', () => {
    expect(encodeControlFrame('x|response|y|OK', Buffer.from('ä', 'utf8')).toString('utf8')).toBe('19#x|response|y|OK\r\nä');
  });

  it('replaces what is not UTF-8 and counts what it wrote', () => {
    const frame = encodeControlFrame('x|sip', Buffer.from([0x61, 0xff, 0x62]));
    expect(frame.toString('utf8')).toBe('12#x|sip\r\na\uFFFDb');
  });
});
