import { describe, expect, it } from 'vitest';
import { toneWav } from '#testing/base/wav.ts';
import { readWavHead } from './wav.ts';

const whole = toneWav({ frequency: 440, seconds: 2 });

function withBytes(change: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(whole);
  change(copy);
  return copy;
}

describe('readWavHead', () => {
  it('reads the length of a whole file', () => {
    expect(readWavHead(whole, whole.length)).toEqual({
      seconds: 2,
      channels: 1,
      sampleRate: 8000,
      format: 1,
      bitsPerSample: 16,
      dataOffset: 44,
      dataBytes: 32_000,
      isTruncated: false,
    });
  });

  it('sees that a file was cut off, and how much is there', () => {
    const half = whole.subarray(0, 44 + 16_000);
    expect(readWavHead(half, half.length)).toMatchObject({ seconds: 1, isTruncated: true });
  });

  it.each([0, 0xff_ff_ff_ff])('takes a length that was never filled in (%i) for the rest of the file', (length) => {
    const streamed = withBytes((bytes) => bytes.writeUInt32LE(length, 40));
    expect(readWavHead(streamed, streamed.length)).toMatchObject({ seconds: 2, isTruncated: false });
  });

  it('passes over chunks it does not know, also those of odd length', () => {
    const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    const longer = Buffer.concat([whole.subarray(0, 36), list, whole.subarray(36)]);
    expect(readWavHead(longer, longer.length)).toMatchObject({ seconds: 2 });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['JSON', Buffer.from('{"sid":"RE1","status":"completed"}')],
    ['a header alone', whole.subarray(0, 20)],
    ['no audio', whole.subarray(0, 36)],
    ['MP3 in a WAV', withBytes((bytes) => bytes.writeUInt16LE(0x55, 20))],
    ['no bytes a second', withBytes((bytes) => bytes.writeUInt32LE(0, 28))],
    ['a chunk that reaches behind the end', withBytes((bytes) => bytes.writeUInt32LE(0xff_ff_ff_f0, 16))],
    ['audio before its format', Buffer.concat([whole.subarray(0, 12), whole.subarray(36)])],
  ])('refuses %s', (_what, bytes) => {
    expect(readWavHead(bytes, bytes.length)).toBeUndefined();
  });
});
