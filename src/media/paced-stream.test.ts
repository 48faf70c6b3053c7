import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { PacedStream } from './paced-stream.ts';
import type { PacketFormat } from './paced-stream.ts';
import { parseRtp } from './rtp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';

const setUp = ({ firstTimestamp = 1000, law = 'PCMU' as const } = {}) => {
  const clock = new FakeClock();
  const sent: (RtpPacket & { readonly at: number })[] = [];
  const startedAt = clock.monotonic();
  let format: PacketFormat | undefined = { law, payloadType: 0 };
  const numbers = [77, 65_535];
  const stream = new PacedStream({
    clock,
    random: () => numbers.shift() ?? 0,
    firstTimestamp,
    next: () => new Uint8Array(160).fill(sent.length & 0xff),
    format: () => format,
    send: (packet) => {
      const read = parseRtp(packet);
      if (read !== undefined) sent.push({ ...read, at: clock.monotonic() - startedAt });
    },
  });
  stream.start();
  return { clock, stream, sent, use: (next: PacketFormat | undefined) => (format = next) };
};

test('an hour of speech is 180,000 packets and ends on time', () => {
  const { clock, sent } = setUp({ firstTimestamp: 4_294_967_000 });
  clock.advance(3_600_000 - 1);
  expect(sent).toHaveLength(180_000);
  const last = sent.at(-1);
  expect(last?.at).toBe(3_600_000 - 20);
  expect(last?.timestamp).toBe((4_294_967_000 + 179_999 * 160) % 2 ** 32);
  expect(sent.every(({ at }, index) => at - index * 20 < 10)).toBe(true);
  expect(sent.every(({ sequence }, index) => sequence === ((sent[0]?.sequence ?? 0) + index) % 65_536)).toBe(true);
});

test('after a standstill of the machine the words go on without a burst', () => {
  const { clock, sent } = setUp();
  clock.advance(39);
  // Two seconds in which no timer runs.
  Object.assign(clock, { monotonic: () => 3_600_000 + 2039 });
  clock.advance(10);
  expect(sent).toHaveLength(3);
  expect(sent[2]).toMatchObject({ marker: true, timestamp: 1000 + 101 * 160 });
  expect(sent[2]?.payload[0]).toBe(2);
});

test('nothing is sent while the far side does not want to hear, and the stream goes on in time', () => {
  const { clock, sent, use } = setUp();
  use(undefined);
  clock.advance(100);
  expect(sent).toHaveLength(1);
  use({ law: 'PCMU', payloadType: 0 });
  clock.advance(20);
  expect(sent).toHaveLength(2);
  expect(sent[1]).toMatchObject({ marker: true, timestamp: 1000 + 6 * 160 });
});

test('a stream that is stopped is silent', () => {
  const { clock, sent, stream } = setUp();
  stream.stop();
  clock.advance(1000);
  expect(sent).toHaveLength(1);
});
