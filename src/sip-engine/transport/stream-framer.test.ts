import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../runtime/limits.ts';
import type { Limits } from '../runtime/limits.ts';
import { StreamFramer } from './stream-framer.ts';

const message = (body = '', more = '') => `INFO sip:a SIP/2.0\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

function framing(limits: Partial<Limits> = {}) {
  const heard: string[] = [];
  const framer: StreamFramer = new StreamFramer(
    { ...defaultLimits, ...limits },
    {
      onMessage: (bytes) => void heard.push(bytes.toString('latin1')),
      onPing: () => void heard.push('ping'),
      onProtocolError: (status) => void heard.push(`breach ${status}`),
    },
  );
  const push = (text: string, size = text.length) => {
    for (let start = 0; start < text.length; start += size) framer.push(Buffer.from(text.slice(start, start + size), 'latin1'));
    return heard.splice(0);
  };
  return { framer, push };
}

describe('StreamFramer', () => {
  it('cuts messages wherever the stream was cut', () => {
    const stream = [message('abc'), message(), message('\r\n\r\n'), `\r\n${message('x', 'l : 9\r\n').replace('l : 9\r\n', '')}`];
    for (const size of [1, 2, 3, 5, 50, 10_000]) {
      const { framer, push } = framing();
      expect(push(stream.join(''), size)).toEqual(stream.map((text) => text.trimStart()));
      expect([framer.hasPartial, framer.heldBytes]).toEqual([false, 0]);
    }
  });

  it('answers each CRLFCRLF between messages, and no lone CRLF', () => {
    for (const size of [1, 4, 1_000]) {
      const { push } = framing();
      expect(push('\r\n', size)).toEqual([]);
      expect(push(`${message()}`, size)).toEqual([message()]);
      expect(push('\r\n\r\n', size)).toEqual(['ping']);
      expect(push('\r\n\r\n\r\n\r\n', size)).toEqual(['ping', 'ping']);
      expect(push(`\r\n${message()}\r\n`, size)).toEqual([message()]);
      expect(push('\r\n', size)).toEqual(['ping']);
      expect(push('\n\n\r\r\r\n\n', size)).toEqual([]);
    }
  });

  it('does not count a keep-alive as half a message', () => {
    const { framer, push } = framing();
    push('\r\n\r');
    expect(framer.hasPartial).toBe(false);
    push('IN');
    expect(framer.hasPartial).toBe(true);
  });

  it('takes a missing Content-Length for 0, and finds it in any spelling', () => {
    const { push } = framing();
    const bare = 'INFO sip:a SIP/2.0\r\nX: 1\r\n\r\n';
    expect(push(bare + bare)).toEqual([bare, bare]);
    for (const name of ['l', 'L', 'Content-length ', 'CONTENT-LENGTH']) {
      const text = `INFO sip:a SIP/2.0\nContact: x\n${name}: 2\n\nab`;
      expect(push(text + bare)).toEqual([text, bare]);
    }
  });

  it('hands over a message whose length is nonsense, and reads no more', () => {
    const { framer, push } = framing();
    const text = 'INFO sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n';
    expect(push(`${text}${message()}`)).toEqual([text]);
    expect(push(message())).toEqual([]);
    expect(framer.heldBytes).toBe(0);
  });

  it('ends with 413 when a message is too large, and with 400 when it is no text', () => {
    expect(framing().push(`INFO sip:a SIP/2.0\r\nContent-Length: 200000\r\n\r\n`)).toEqual(['breach 413']);
    expect(framing({ streamMessageBytes: 100 }).push(`INFO sip:a SIP/2.0\r\nContent-Length: 99\r\n\r\n`)).toEqual(['breach 413']);
    expect(framing().push(`INFO sip:a SIP/2.0\r\nX: ${'x'.repeat(80_000)}`, 1_000)).toEqual(['breach 413']);
    expect(framing().push('x'.repeat(5_000), 1_000)).toEqual(['breach 400']);
    const { framer, push } = framing();
    push('x'.repeat(5_000), 1_000);
    expect(push(message())).toEqual([]);
    expect(framer.heldBytes).toBe(0);
  });

  it('stops in the middle of a chunk', () => {
    const heard: string[] = [];
    const framer: StreamFramer = new StreamFramer(defaultLimits, {
      onMessage(bytes) {
        heard.push(bytes.toString());
        framer.stop();
      },
      onPing() {},
      onProtocolError() {},
    });
    framer.push(Buffer.from(message() + message()));
    framer.push(Buffer.from(message()));
    expect(heard).toEqual([message()]);
  });

  it('takes the largest message in single bytes without growing beyond twice its size', () => {
    const { framer, push } = framing();
    const text = message('x'.repeat(100_000));
    expect(push(text.slice(0, -1), 7)).toEqual([]);
    expect(framer.heldBytes).toBeLessThan(2 * text.length + 4_096);
    expect(push(text.slice(-1))).toEqual([text]);
  });

  it('keeps its messages apart from the chunks and from one another', () => {
    const seen: Buffer[] = [];
    const framer = new StreamFramer(defaultLimits, {
      onMessage: (bytes) => void seen.push(bytes),
      onPing() {},
      onProtocolError() {},
    });
    for (const text of [message('aaaa'), message('bbbb')]) for (const letter of text) framer.push(Buffer.from(letter));
    expect(seen.map(String)).toEqual([message('aaaa'), message('bbbb')]);
  });
});
