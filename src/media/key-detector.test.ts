import { expect, test } from 'vitest';
import { KeyDetector } from './key-detector.ts';
import { formatEvent } from './rtp-packet.ts';

type Sent = { digit: string; timestamp: number; isEnd?: boolean; duration?: number; ssrc?: number };

const detected = (sent: readonly Sent[]): string => {
  const detector = new KeyDetector();
  const keys = sent.map(({ digit, timestamp, isEnd = false, duration = 160, ssrc = 1 }, sequence) =>
    detector.detect({
      payloadType: 101,
      marker: false,
      sequence,
      timestamp,
      ssrc,
      payload: formatEvent({ digit, isEnd, duration }),
    }),
  );
  return keys.filter((key) => key !== undefined).join('');
};

const press = (digit: string, timestamp: number): readonly Sent[] => [
  { digit, timestamp, duration: 160 },
  { digit, timestamp, duration: 320 },
  ...Array.from({ length: 3 }, () => ({ digit, timestamp, isEnd: true, duration: 480 })),
];

test('each press counts once, however often its packets come', () => {
  expect(detected([...press('4', 1000), ...press('4', 9000), ...press('#', 20_000)])).toBe('44#');
});

test('a press counts of which only the last packet arrives', () => {
  expect(detected([{ digit: '1', timestamp: 500, isEnd: true }])).toBe('1');
});

test('a late packet of the press before is no new press', () => {
  expect(detected([...press('1', 1000), ...press('2', 5000), { digit: '1', timestamp: 1000, isEnd: true }])).toBe('12');
});

test('a key that is held for ten seconds counts once', () => {
  const first = { digit: '5', timestamp: 4_294_960_000, duration: 65_535 };
  const rest = (first.timestamp + 65_535) >>> 0;
  expect(detected([first, { digit: '5', timestamp: rest, duration: 160 }, { digit: '5', timestamp: rest, isEnd: true }])).toBe(
    '5',
  );
});

test('a new stream may begin at the timestamp of the old one', () => {
  expect(detected([...press('1', 1000), { digit: '1', timestamp: 1000, ssrc: 2 }])).toBe('11');
});

test('what is no event is nothing', () => {
  const head = { payloadType: 101, marker: false, sequence: 1, timestamp: 1, ssrc: 1 };
  expect(new KeyDetector().detect({ ...head, payload: Buffer.of(1) })).toBeUndefined();
  expect(new KeyDetector().detect({ ...head, payload: Buffer.of(200, 0, 0, 0) })).toBeUndefined();
});
