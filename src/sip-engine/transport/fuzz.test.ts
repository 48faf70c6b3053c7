import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { rawClientFrame, webSocketRequest } from '#testing/peers/hostile-web-socket.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { defaultLimits } from '../runtime/limits.ts';
import { SourceLimits } from './source-limits.ts';
import { TransportLayer } from './transport-layer.ts';
import type { Protocol } from './transport.ts';

/** The same numbers on every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const good = (transport: string): string =>
  `OPTIONS sip:house@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/${transport} 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:201@127.0.0.1>;tag=a\r\n` +
  'To: <sip:house@127.0.0.1>\r\nCall-ID: one\r\nCSeq: 1 OPTIONS\r\nContent-Length: 4\r\n\r\nbody';

/** Some bytes changed, cut, doubled or swapped for ones that mean something. */
function broken(bytes: Buffer, roll: (sides: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const nasty = [0, 10, 13, 32, 34, 44, 58, 59, 60, 62, 0x80, 0xff];
  for (let count = roll(6); count >= 0; count -= 1)
    copy[roll(copy.length)] = roll(2) === 0 ? roll(256) : nasty[roll(nasty.length)]!;
  const start = roll(4) === 0 ? roll(copy.length) : 0;
  const end = roll(4) === 0 ? roll(copy.length) : copy.length;
  return roll(8) === 0
    ? Buffer.concat([copy.subarray(start, end), copy])
    : copy.subarray(Math.min(start, end), Math.max(start, end));
}

async function start(protocol: Protocol) {
  const clock = new FakeClock();
  const sources = new SourceLimits({ clock, limits: defaultLimits });
  sources.known.trust('127.0.0.0/8');
  const listen = [{ protocol, host: '127.0.0.1', port: 0 }];
  const layer = new TransportLayer({ clock, log: silentLog, limits: defaultLimits, listen, sources });
  const seen: string[] = [];
  layer.setHandlers({ onMessage: (message) => void seen.push(message.callId), onFlowClosed: () => {} });
  await layer.start();
  return { clock, layer, seen, port: layer.listeners[0]!.port };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('20,000 broken datagrams do no harm', async () => {
  const { clock, layer, seen, port } = await start('udp');
  const roll = dice(7);
  const client = createSocket('udp4');
  await new Promise<void>((resolve) => void client.bind(0, '127.0.0.1', resolve));
  const bytes = Buffer.from(good('UDP'));
  for (let index = 0; index < 20_000; index += 1) {
    client.send(broken(bytes, roll), port, '127.0.0.1');
    // The receive buffer of the system holds some 150 datagrams.
    if (index % 50 === 0) {
      await turn();
      clock.advance(100);
    }
  }
  await turn();
  client.send(good('UDP').replace('one', 'last'), port, '127.0.0.1');
  while (!seen.includes('last')) await turn();
  expect(layer.counts['received']).toBeGreaterThan(15_000);
  expect(layer.counts['malformed']).toBeGreaterThan(100);
  client.close();
  await layer.stop();
});

for (const protocol of ['tcp', 'ws'] as const) {
  test(`500 hostile ${protocol} connections leave nothing behind`, async () => {
    const { clock, layer, seen, port } = await start(protocol);
    const roll = dice(protocol === 'tcp' ? 11 : 13);
    const opening = Buffer.from(protocol === 'ws' ? `${webSocketRequest.join('\r\n')}\r\n\r\n` : '\r\n\r\n');
    const wrap = (text: string): Buffer => (protocol === 'ws' ? rawClientFrame({ opcode: 1, payload: text }) : Buffer.from(text));
    const message = wrap(good(protocol.toUpperCase()));
    for (let index = 0; index < 500; index += 1) {
      const socket: Socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(roll(4) === 0 ? broken(opening, roll) : opening);
      for (let count = roll(4); count >= 0; count -= 1) socket.write(roll(2) === 0 ? message : broken(message, roll));
      const isAbrupt = roll(2) === 0;
      if (isAbrupt) socket.destroy();
      else socket.end();
      socket.resume();
    }
    const last = connect(port, '127.0.0.1').resume();
    last.write(Buffer.concat([opening, wrap(good(protocol.toUpperCase()).replace('one', 'last'))]));
    while (!seen.includes('last')) await turn();
    last.destroy();
    while (layer.sizes()['connections'] !== 0) {
      clock.advance(1_000);
      await turn();
    }
    expect(layer.sizes()).toMatchObject({ connections: 0, connectionSources: 0, heldBytes: 0, handshakes: 0 });
    await layer.stop();
    expect(clock.pending).toBe(0);
  });
}
