import { expect, test } from 'vitest';
import { reportsReception } from './rtcp-report.ts';

function report(type: 200 | 201 | 202, highest: readonly number[]): Buffer {
  const info = type === 200 ? 20 : 0;
  const bytes = Buffer.alloc(8 + info + highest.length * 24);
  bytes[0] = 0x80 | highest.length;
  bytes[1] = type;
  bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
  for (const [at, sequence] of highest.entries()) bytes.writeUInt32BE(sequence, 8 + info + at * 24 + 8);
  return bytes;
}

test.each([
  ['a receiver report of a packet', report(201, [7]), true],
  ['a sender report of a packet', report(200, [7]), true],
  ['one that has received nothing', report(201, [0]), false],
  ['one about nobody', report(201, []), false],
  ['a description before the report', Buffer.concat([report(202, []), report(201, [7])]), true],
  ['another packet with the same bytes', report(202, [7]), false],
  ['one that is cut off', report(201, [7]).subarray(0, 20), false],
  ['bytes that are no RTCP', Buffer.from('SIP/2.0 200 OK\r\n\r\n'), false],
  ['nothing', Buffer.alloc(0), false],
  ['a length of nothing', Buffer.from([0x80, 201, 0, 0]), false],
])('%s', (_what, bytes, isReceived) => {
  expect(reportsReception(bytes)).toBe(isReceived);
});
