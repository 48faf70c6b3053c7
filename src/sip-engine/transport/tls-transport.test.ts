import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import type { TestCertificate } from '#testing/base/tls-certificate.ts';
import { rawClientFrame, webSocketRequest } from '#testing/peers/hostile-web-socket.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { defaultLimits } from '../runtime/limits.ts';
import type { SipMessage } from '../message/message.ts';
import { buildResponse } from '../message/response-builder.ts';
import { serialize } from '../message/serialize.ts';
import { SourceLimits } from './source-limits.ts';
import type { TlsOptions } from './tls-settings.ts';
import { TransportLayer } from './transport-layer.ts';
import type { Flow, Protocol, SendFailure } from './transport.ts';

let certificate: TestCertificate;
const cleanups: (() => unknown)[] = [];

beforeAll(() => {
  certificate = makeCertificate(['DNS:pbx.example', 'IP:127.0.0.1']);
});

afterAll(() => certificate.remove());

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

type Received = { message: SipMessage; flow: Flow };

async function start(protocol: Protocol, changes: Partial<TlsOptions> = {}, address = '127.0.0.1') {
  const clock = new FakeClock();
  const sources = new SourceLimits({ clock, limits: defaultLimits });
  const tls = { keyFile: certificate.keyFile, certFile: certificate.certFile, ...changes };
  const listen = [{ protocol, host: address, port: 0 }];
  const layer = new TransportLayer({ clock, log: silentLog, limits: defaultLimits, listen, sources, tls, keepAliveSeconds: 30 });
  const received: Received[] = [];
  const closed: Flow[] = [];
  let wake = Promise.withResolvers<void>();
  const record = <T>(list: T[], item: T): void => {
    list.push(item);
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  layer.setHandlers({
    onMessage: (message, flow) => record(received, { message, flow }),
    onFlowClosed: (flow) => record(closed, flow),
  });
  await layer.start();
  cleanups.push(() => layer.stop());
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await wake.promise;
  };
  return { clock, layer, received, closed, until, listener: layer.listeners[0]! };
}

type Peer = Awaited<ReturnType<typeof start>>;

async function client(peer: Peer, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port: peer.listener.port, host: peer.listener.address, rejectUnauthorized: false, ...options });
  socket.on('error', () => {});
  cleanups.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

async function rawClient(peer: Peer): Promise<Socket> {
  const socket = connectTcp(peer.listener.port, peer.listener.address);
  socket.on('error', () => {});
  cleanups.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Unlike `once`, does not mind a reset. */
function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.resume().once('close', () => resolve()));
}

function options(transport: string): string {
  return (
    `OPTIONS sip:house@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/${transport} abc.invalid;branch=z9hG4bK1\r\nFrom: <sip:201@127.0.0.1>;tag=a\r\n` +
    'To: <sip:house@127.0.0.1>\r\nCall-ID: one\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n'
  );
}

async function textUntil(socket: Socket, wanted: string): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += (chunk as Buffer).toString('latin1');
    if (text.includes(wanted)) break;
  }
  return text;
}

function failureOf(peer: Peer, flow: Flow): Promise<SendFailure> {
  return new Promise((resolve) => peer.layer.send(flow, Buffer.from(options('TLS')), resolve));
}

async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('a message comes over TLS and is answered there; our keep-alive goes out', async () => {
  const peer = await start('tls');
  const socket = await client(peer);
  socket.write(options('TLS'));
  await peer.until(() => peer.received.length === 1);
  const { message, flow } = peer.received[0]!;
  expect(flow).toMatchObject({ protocol: 'tls', isInbound: true, remotePort: socket.localPort });
  peer.layer.send(flow, serialize(buildResponse(message, 200, 'OK')));
  expect(await textUntil(socket, '\r\n\r\n')).toMatch(/^SIP\/2.0 200 OK/);
  const ping = textUntil(socket, '\r\n\r\n');
  peer.clock.advance(30_000);
  expect(await ping).toBe('\r\n\r\n');
});

test('TLS below 1.2 is refused', async () => {
  const peer = await start('tls');
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await expect(client(peer, old)).rejects.toThrow();
});

test('garbage and half a handshake end, and leave nothing', async () => {
  const peer = await start('tls');
  const garbage = await rawClient(peer);
  garbage.write('OPTIONS sip:x SIP/2.0\r\n\r\n');
  await gone(garbage);
  const half = await rawClient(peer);
  half.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]));
  while (peer.layer.sizes()['handshakes'] !== 1) await turn();
  const ended = gone(half);
  peer.clock.advance(11_000);
  await ended;
  while (peer.layer.sizes()['connections'] !== 0) await turn();
  expect(peer.layer.sizes()).toMatchObject({ handshakes: 0, connections: 0 });
});

test('connections that stand and end are counted down', async () => {
  const peer = await start('tls');
  const socket = await client(peer);
  socket.write(options('TLS'));
  await peer.until(() => peer.received.length === 1);
  expect(peer.layer.sizes()).toMatchObject({ handshakes: 0, connections: 1 });
  socket.end();
  await peer.until(() => peer.closed.length === 1);
  while (peer.layer.sizes()['connections'] !== 0) await turn();
  expect(await failureOf(peer, peer.received[0]!.flow)).toMatchObject({ kind: 'closed' });
});

test('we connect over TLS without verifying the certificate, unless configured to', async () => {
  const server = await start('tls');
  const target = { protocol: 'tls', address: '127.0.0.1', port: server.listener.port, serverName: 'pbx.example' } as const;
  const lax = await start('tls');
  lax.layer.send(lax.layer.flowTo(lax.listener, target), Buffer.from(options('TLS')));
  await server.until(() => server.received.length === 1);

  const strict = await start('tls', { verifyServers: true });
  expect(await failureOf(strict, strict.layer.flowTo(strict.listener, target))).toMatchObject({ kind: 'refused' });

  const trusting = await start('tls', { verifyServers: true, caFile: certificate.certFile });
  const named = trusting.layer.flowTo(trusting.listener, target);
  trusting.layer.send(named, Buffer.from(options('TLS')));
  await server.until(() => server.received.length === 2);
  const other = trusting.layer.flowTo(trusting.listener, { ...target, serverName: 'other.example' });
  expect(other).not.toBe(named);
  expect(await failureOf(trusting, other)).toMatchObject({ kind: 'refused' });
  expect(trusting.layer.flowTo(trusting.listener, target)).toBe(named);
});

test('a client certificate can be asked for', async () => {
  const peer = await start('tls', { requireClientCertificate: true, caFile: certificate.certFile });
  const { readFileSync } = await import('node:fs');
  const refused = await client(peer, { maxVersion: 'TLSv1.2' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Error);
  const known = await client(peer, { key: readFileSync(certificate.keyFile), cert: readFileSync(certificate.certFile) });
  known.write(options('TLS'));
  await peer.until(() => peer.received.length === 1);
});

test('missing or wrong TLS files are named', async () => {
  await expect(start('tls', { keyFile: '/nonexistent' })).rejects.toThrow(/TLS cannot be set up \(keyFile\)/);
  await expect(start('tls', { certFile: certificate.keyFile })).rejects.toThrow(/TLS cannot be set up/);
});

for (const protocol of ['ws', 'wss'] as const) {
  test(`a SIP client over ${protocol}`, async () => {
    const peer = await start(protocol);
    const socket = protocol === 'wss' ? await client(peer) : await rawClient(peer);
    const handshake = `${webSocketRequest.join('\r\n')}\r\n\r\n`;
    for (const byte of Buffer.from(handshake)) await new Promise((resolve) => void socket.write(Buffer.of(byte), resolve));
    expect(await textUntil(socket, '\r\n\r\n')).toMatch(/^HTTP\/1.1 101 /);
    for (const byte of rawClientFrame({ opcode: 1, payload: options(protocol.toUpperCase()) })) {
      await new Promise((resolve) => void socket.write(Buffer.of(byte), resolve));
    }
    await peer.until(() => peer.received.length === 1);
    const { message, flow } = peer.received[0]!;
    expect(flow.protocol).toBe(protocol);
    expect(message.topVia?.params.get('received')).toBe('127.0.0.1');
    peer.layer.send(flow, serialize(buildResponse(message, 200, 'OK')));
    expect(await textUntil(socket, '\r\n\r\n')).toMatch(/^\x81[^]*SIP\/2.0 200 OK/);
    expect(peer.layer.inboundFlow(protocol, flow.remoteAddress, flow.remotePort)).toBe(flow);
    const end = textUntil(socket, '\x88');
    socket.write(rawClientFrame({ opcode: 1, payload: 'no mask', isMasked: false }));
    expect(await end).toBe('\x88\x02\x03\xea');
    await peer.until(() => peer.closed.length === 1);
  });
}

test('a WebSocket handshake that does not come is given up', async () => {
  const peer = await start('ws');
  const socket = await rawClient(peer);
  socket.write('GET / HTTP/1.1\r\n');
  while (peer.layer.sizes()['connections'] !== 1) await turn();
  const ended = gone(socket);
  peer.clock.advance(11_000);
  await ended;
});

test('malformed SIP in a frame is answered and the WebSocket closed', async () => {
  const peer = await start('ws');
  const socket = await rawClient(peer);
  socket.write(`${webSocketRequest.join('\r\n')}\r\n\r\n`);
  await textUntil(socket, '\r\n\r\n');
  socket.write(rawClientFrame({ opcode: 2, payload: options('WS').replace('CSeq: 1', 'CSeq: x') }));
  expect(await textUntil(socket, '\r\n\r\n')).toMatch(/SIP\/2.0 400 Bad CSeq Header/);
  await peer.until(() => peer.closed.length === 1);
});

test('a peer that does not read is closed before it costs memory', async () => {
  const peer = await start('ws');
  const socket = await rawClient(peer);
  socket.write(`${webSocketRequest.join('\r\n')}\r\n\r\n${''}`);
  await textUntil(socket, '\r\n\r\n');
  socket.write(rawClientFrame({ opcode: 1, payload: options('WS') }));
  await peer.until(() => peer.received.length === 1);
  socket.pause();
  const { flow } = peer.received[0]!;
  let failure: SendFailure | undefined;
  const bytes = Buffer.alloc(60_000, 'x');
  for (let index = 0; flow.isOpen && index < 1000; index += 1) {
    peer.layer.send(flow, bytes, (problem) => {
      failure ??= problem;
    });
    await turn();
  }
  expect(flow.isOpen).toBe(false);
  await turn();
  expect(failure).toMatchObject({ kind: 'timeout' });
});

test('stopping ends every connection', async () => {
  const peer = await start('tls');
  const socket = await client(peer);
  const half = await rawClient(peer);
  const ended = Promise.all([gone(socket), gone(half)]);
  await peer.layer.stop();
  await ended;
  expect(peer.clock.pending).toBe(0);
});

test('a server name that no certificate could have fails like any other', async () => {
  const peer = await start('tls');
  for (const serverName of ['', '*', 'a..b', '-', 'x\0y', 'x'.repeat(5000), '[::1', 'ü.example']) {
    const target = { protocol: 'tls', address: '127.0.0.1', port: 9, serverName } as const;
    expect(await failureOf(peer, peer.layer.flowTo(peer.listener, target))).toMatchObject({ kind: 'refused' });
  }
});
