import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { queryStun, formatBindingRequest, readBindingResponse } from './stun.ts';

// RFC 5769 section 2.2, without its authentication: 192.0.2.1 port 32853.
const transaction = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');
const vector = Buffer.from(
  '0101003c2112a442b7e7a701bc34d686fa87dfae' +
    '8022000b7465737420766563746f7220' +
    '002000080001a147e112a643' +
    '000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7' +
    '80280004c07d4c96',
  'hex',
);

test('the sample response of RFC 5769 says 192.0.2.1', () => {
  expect(readBindingResponse(vector, transaction)).toBe('192.0.2.1');
});

test('a plain MAPPED-ADDRESS counts where there is no other', () => {
  const bytes = Buffer.from(`0101000c2112a442${transaction.toString('hex')}0001000800010400cb007109`, 'hex');
  expect(readBindingResponse(bytes, transaction)).toBe('203.0.113.9');
});

test.each([
  ['another transaction', vector, Buffer.alloc(12)],
  ['a request', formatBindingRequest(transaction), transaction],
  ['half of it', vector.subarray(0, 19), transaction],
  ['no attribute', vector.subarray(0, 20), transaction],
  ['an attribute longer than the message', Buffer.concat([vector.subarray(0, 20), Buffer.from('0020ffff', 'hex')]), transaction],
])('%s says nothing', (_what, bytes, of) => {
  expect(readBindingResponse(bytes, of)).toBeUndefined();
});

test('a server that lost the first request answers the second', async () => {
  const server = createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const clock = new FakeClock();
  let requests = 0;
  const first = Promise.withResolvers<void>();
  server.on('message', (request, from) => {
    requests += 1;
    if (requests === 1) {
      first.resolve();
      return;
    }
    const answer = Buffer.concat([Buffer.from('0101000c2112a442', 'hex'), request.subarray(8, 20), vector.subarray(36, 48)]);
    server.send(answer, from.port, from.address);
  });
  const asked = queryStun(clock, { server: { host: '127.0.0.1', port: server.address().port }, localAddress: '127.0.0.1' });
  clock.advance(0);
  await first.promise;
  clock.advance(500);
  expect(await asked).toEqual({ kind: 'address', address: '192.0.2.1' });
  expect(clock.pending).toBe(0);
  server.close();
});

test('a server that never answers is given up', async () => {
  const clock = new FakeClock();
  const asked = queryStun(clock, { server: { host: '127.0.0.1', port: 9 }, localAddress: '127.0.0.1' });
  await clock.advanceAsync(8000);
  expect((await asked).kind).toBe('none');
});
