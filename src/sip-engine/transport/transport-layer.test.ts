import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { defaultLimits } from '../runtime/limits.ts';
import type { ListenerOptions } from './listener-options.ts';
import type { SipMessage } from '../message/message.ts';
import { buildResponse } from '../message/response-builder.ts';
import { serialize } from '../message/serialize.ts';
import { SourceLimits } from './source-limits.ts';
import { TransportLayer } from './transport-layer.ts';
import type { TransportOptions } from './transport-layer.ts';
import type { Flow, Listener, Protocol, SendFailure } from './transport.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

type Received = { message: SipMessage; flow: Flow };

class Peer {
  readonly clock = new FakeClock();
  readonly sources: SourceLimits;
  readonly layer: TransportLayer;
  readonly received: Received[] = [];
  readonly closed: Flow[] = [];
  #waiters: (() => void)[] = [];

  constructor(listen: ListenerOptions[], changes: Partial<TransportOptions> = {}) {
    const limits = changes.limits ?? defaultLimits;
    this.sources = new SourceLimits({ clock: this.clock, limits });
    this.layer = new TransportLayer({ clock: this.clock, log: silentLog, limits, listen, sources: this.sources, ...changes });
    this.layer.setHandlers({
      onMessage: (message, flow) => {
        this.received.push({ message, flow });
        this.#wake();
      },
      onFlowClosed: (flow) => {
        this.closed.push(flow);
        this.#wake();
      },
    });
  }

  async start(): Promise<this> {
    await this.layer.start();
    cleanups.push(() => this.layer.stop());
    return this;
  }

  listener(protocol: Protocol): Listener {
    return this.layer.listeners.find((listener) => listener.protocol === protocol)!;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async next(count = 1): Promise<Received> {
    await this.until(() => this.received.length >= count);
    return this.received[count - 1]!;
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

const udp4: ListenerOptions = { protocol: 'udp', host: '127.0.0.1', port: 0 };
const tcp4: ListenerOptions = { protocol: 'tcp', host: '127.0.0.1', port: 0 };

type MessageOptions = { transport?: string; host?: string; method?: string; headers?: string[]; body?: string };

function request({
  transport = 'UDP',
  host = '127.0.0.1:5070;rport',
  method = 'OPTIONS',
  headers = [],
  body = '',
}: MessageOptions = {}): Buffer {
  const lines = [
    `${method} sip:house@127.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/${transport} ${host};branch=z9hG4bK1`,
    'From: <sip:201@127.0.0.1>;tag=a',
    'To: <sip:house@127.0.0.1>',
    'Call-ID: one',
    `CSeq: 1 ${method}`,
    ...headers,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

async function udpClient(address = '127.0.0.1'): Promise<UdpSocket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  cleanups.push(() => new Promise<void>((resolve) => void socket.close(() => resolve())));
  await new Promise<void>((resolve) => void socket.bind(0, address, resolve));
  return socket;
}

async function tcpClient(listener: Listener): Promise<Socket> {
  const socket = connect(listener.port, listener.address);
  socket.on('error', () => {});
  cleanups.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Unlike `once`, does not mind a reset. */
function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

/** Collects what a stream sends; `until` waits for a text. */
function reader(socket: Socket): { text: () => string; until: (wanted: string) => Promise<void>; ended: Promise<unknown> } {
  let text = '';
  let wake: (() => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake?.();
  });
  const ended = gone(socket);
  return {
    text: () => text,
    ended,
    async until(wanted) {
      while (!text.includes(wanted)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

async function udpAnswer(socket: UdpSocket): Promise<string> {
  const [bytes] = (await once(socket, 'message')) as [Buffer];
  return bytes.toString('latin1');
}

function failureOf(peer: Peer, flow: Flow, bytes: Buffer): Promise<SendFailure> {
  return new Promise((resolve) => peer.layer.send(flow, bytes, resolve));
}

for (const address of ['127.0.0.1', '::1']) {
  test(`a datagram to ${address} comes up with its source in the Via, and the answer goes back there`, async () => {
    const peer = await new Peer([{ ...udp4, host: address }]).start();
    const client = await udpClient(address);
    client.send(request({ host: 'phone.example;rport;received=192.0.2.66' }), peer.listener('udp').port, address);
    const { message, flow } = await peer.next();
    const clientPort = client.address().port;
    expect(message.topVia?.params.get('received')).toBe(address);
    expect(message.topVia?.params.get('rport')).toBe(String(clientPort));
    expect(flow).toMatchObject({
      protocol: 'udp',
      remoteAddress: address,
      remotePort: clientPort,
      localAddress: address,
      isOpen: true,
    });
    peer.layer.send(flow, serialize(buildResponse(message, 200, 'OK')));
    expect(await udpAnswer(client)).toMatch(/^SIP\/2.0 200 OK\r\n/);
  });

  test(`TCP to ${address}: a message cut at every byte is one message, and the answer uses the connection`, async () => {
    const peer = await new Peer([{ ...tcp4, host: address }]).start();
    const client = await tcpClient(peer.listener('tcp'));
    const seen = reader(client);
    client.setNoDelay(true);
    for (const byte of request({ transport: 'TCP', body: 'v=0' }))
      await new Promise((resolve) => void client.write(Buffer.of(byte), resolve));
    const { message, flow } = await peer.next();
    expect(message.body.toString()).toBe('v=0');
    peer.layer.send(flow, serialize(buildResponse(message, 200, 'OK')));
    await seen.until('SIP/2.0 200 OK');
    expect(peer.layer.inboundFlow('tcp', address, client.localPort!)).toBe(flow);
  });
}

test('the Via is left alone where host and source agree, but for rport', async () => {
  const peer = await new Peer([udp4]).start();
  const client = await udpClient();
  client.send(request({ host: `127.0.0.1:${client.address().port}` }), peer.listener('udp').port, '127.0.0.1');
  const { message } = await peer.next();
  expect(message.topVia?.params.has('received')).toBe(false);
  expect(message.topVia?.params.get('rport')).toBe(String(client.address().port));
});

test('a malformed request is answered at once; a keep-alive, garbage, a broken ACK and a wrong Via transport are not', async () => {
  const peer = await new Peer([udp4]).start();
  const client = await udpClient();
  const { port } = peer.listener('udp');
  const good = request().toString('latin1');
  const silent = [
    '\r\n\r\n',
    '\0\0',
    'x'.repeat(3000),
    good.replaceAll('OPTIONS', 'ACK').replace('CSeq: 1', 'CSeq: x'),
    good.replace('/UDP', '/TCP'),
  ];
  for (const text of silent) client.send(text, port, '127.0.0.1');
  client.send(good.replace('CSeq: 1 OPTIONS', 'CSeq: x OPTIONS'), port, '127.0.0.1');
  expect(await udpAnswer(client)).toMatch(
    /^SIP\/2.0 400 Bad CSeq Header\r\nVia: SIP\/2.0\/UDP 127.0.0.1:5070;rport=\d+;branch=z9hG4bK1;received|^SIP\/2.0 400 Bad CSeq Header/,
  );
  client.send(good.replace('127.0.0.1 SIP/2.0', '127.0.0.1 SIP/3.0'), port, '127.0.0.1');
  expect(await udpAnswer(client)).toMatch(/^SIP\/2.0 505 /);
  expect(peer.received).toEqual([]);
});

test('on a stream a malformed request is answered and the connection closed', async () => {
  const peer = await new Peer([tcp4]).start();
  const client = await tcpClient(peer.listener('tcp'));
  const seen = reader(client);
  client.write(request({ transport: 'TCP' }).toString('latin1').replace('CSeq: 1', 'CSeq: x'));
  await seen.ended;
  expect(seen.text()).toMatch(/^SIP\/2.0 400 Bad CSeq Header\r\n/);
  await peer.until(() => peer.closed.length === 1);
});

test('a body over the limit is answered 413 before it comes, and the connection closed', async () => {
  const peer = await new Peer([tcp4]).start();
  const client = await tcpClient(peer.listener('tcp'));
  const seen = reader(client);
  client.write(request({ transport: 'TCP' }).toString('latin1').replace('Content-Length: 0', 'Content-Length: 99999999'));
  await seen.ended;
  expect(seen.text()).toMatch(/^SIP\/2.0 413 /);
  expect(peer.received).toEqual([]);
});

test('CRLFCRLF on a stream is answered with CRLF; a lone CRLF with nothing', async () => {
  const peer = await new Peer([tcp4]).start();
  const client = await tcpClient(peer.listener('tcp'));
  const seen = reader(client);
  client.write('\r\n');
  client.write(request({ transport: 'TCP' }));
  client.write('\r\n\r\n');
  await seen.until('\r\n');
  await peer.next();
  expect(seen.text()).toBe('\r\n');
});

test('half a message is given up after 64 seconds; a connection by which something was accepted is kept idle for half an hour and more', async () => {
  const peer = await new Peer([tcp4]).start();
  const idle = await tcpClient(peer.listener('tcp'));
  idle.write(request({ transport: 'TCP' }));
  (await peer.next()).flow.markAuthenticated?.();
  const slow = await tcpClient(peer.listener('tcp'));
  const mute = await tcpClient(peer.listener('tcp'));
  slow.write(request({ transport: 'TCP' }));
  (await peer.next(2)).flow.markAuthenticated?.();
  slow.write('OPTIONS sip:x SIP/2.0\r\nVia');
  const slowEnd = gone(slow);
  const muteEnd = gone(mute);
  let areClosed = false;
  void Promise.all([slowEnd, muteEnd]).then(() => {
    areClosed = true;
  });
  // Each turn may bring the bytes that are still on their way.
  for (let minutes = 0; !areClosed && minutes < 60; minutes += 1) {
    peer.clock.advance(66_000);
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => void setImmediate(resolve));
  }
  expect(areClosed).toBe(true);
  peer.clock.advance(35 * 60_000);
  idle.write(request({ transport: 'TCP' }));
  await peer.next(3);
});

test('a connection by which nothing was accepted is closed after 64 seconds, whatever it says', async () => {
  const peer = await new Peer([tcp4]).start();
  const client = await tcpClient(peer.listener('tcp'));
  let isClosed = false;
  client.resume();
  void gone(client).then(() => (isClosed = true));
  for (let seconds = 0; seconds < 80 && !isClosed; seconds += 1) {
    client.write(seconds % 10 === 0 ? request({ transport: 'TCP' }) : '\r\n\r\n');
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => void setImmediate(resolve));
    peer.clock.advance(1_000);
  }
  await expect.poll(() => isClosed).toBe(true);
});

test('half-received messages of many connections together stay within a budget', async () => {
  const peer = await new Peer([tcp4], { limits: { ...defaultLimits, connectionsPerAddress: 1000 } }).start();
  peer.sources.known.trust('127.0.0.1');
  const whole = request({ transport: 'TCP', body: 'x'.repeat(120_000) });
  const sockets: Socket[] = [];
  for (let index = 0; index < 400; index += 1) {
    const socket = await tcpClient(peer.listener('tcp'));
    sockets.push(socket);
    socket.write(whole.subarray(0, -1));
  }
  await peer.until(() => peer.closed.length > 0);
  const budget = 32 * 1024 * 1024;
  expect(peer.layer.sizes()['heldBytes']).toBeLessThanOrEqual(budget);
  expect(peer.layer.sizes()['heldBytes']).toBeGreaterThan(budget / 2);
  for (const socket of sockets) socket.destroy();
  while (peer.layer.sizes()['connections'] !== 0) await new Promise((resolve) => void setImmediate(resolve));
  expect(peer.layer.sizes()['heldBytes']).toBe(0);
});

test('an outgoing TCP connection queues what is sent until it stands, and is used again', async () => {
  const one = await new Peer([tcp4]).start();
  const other = await new Peer([tcp4]).start();
  const target = { protocol: 'tcp', address: '127.0.0.1', port: other.listener('tcp').port } as const;
  const flow = one.layer.flowTo(one.listener('tcp'), target);
  one.layer.send(flow, request({ transport: 'TCP' }));
  one.layer.send(flow, request({ transport: 'TCP' }));
  const { flow: inbound, message } = await other.next(2);
  expect(inbound.isInbound).toBe(true);
  expect(one.layer.flowTo(one.listener('tcp'), target)).toBe(flow);
  other.layer.send(inbound, serialize(buildResponse(message, 200, 'OK')));
  expect((await one.next()).message.status).toBe(200);
  expect((await one.next()).flow).toBe(flow);
});

test('a connection of ours on which nothing is answered any more is not used again', async () => {
  const one = await new Peer([tcp4]).start();
  const other = await new Peer([tcp4]).start();
  const target = { protocol: 'tcp', address: '127.0.0.1', port: other.listener('tcp').port } as const;
  const flow = one.layer.flowTo(one.listener('tcp'), target);
  one.layer.send(flow, request({ transport: 'TCP' }), () => {});
  const { message, flow: inbound } = await other.next();
  other.layer.send(inbound, serialize(buildResponse(message, 200, 'OK')));
  await one.next();
  one.clock.advance(60_000);
  expect(one.layer.flowTo(one.listener('tcp'), target)).toBe(flow);
  one.layer.send(flow, request({ transport: 'TCP' }), () => {});
  one.clock.advance(31_000);
  expect(one.layer.flowTo(one.listener('tcp'), target)).toBe(flow);
  one.clock.advance(1_000);
  const next = one.layer.flowTo(one.listener('tcp'), target);
  expect(next).not.toBe(flow);
  expect(flow.isOpen).toBe(false);
  one.layer.send(next, request({ transport: 'TCP' }));
  await other.next(3);
});

test('failures: connection refused, flow closed, datagram too large, nothing to dial for WebSocket', async () => {
  const peer = await new Peer([udp4, tcp4, { ...tcp4, protocol: 'ws' }]).start();
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => void probe.close(resolve));
  const refused = peer.layer.flowTo(peer.listener('tcp'), { protocol: 'tcp', address: '127.0.0.1', port });
  expect(await failureOf(peer, refused, request())).toMatchObject({ kind: 'refused' });
  await peer.until(() => peer.closed.includes(refused));
  expect(refused.isOpen).toBe(false);
  expect(await failureOf(peer, refused, request())).toMatchObject({ kind: 'refused' });
  const datagram = peer.layer.flowTo(peer.listener('udp'), { protocol: 'udp', address: '127.0.0.1', port: 9 });
  expect(await failureOf(peer, datagram, Buffer.alloc(65_600))).toMatchObject({ kind: 'too-large' });
  const socket = peer.layer.flowTo(peer.listener('ws'), { protocol: 'ws', address: '127.0.0.1', port });
  expect(await failureOf(peer, socket, request())).toMatchObject({ kind: 'refused' });
});

test('a closed UDP port is detected when the request is retransmitted', async () => {
  const peer = await new Peer([udp4]).start();
  const client = createSocket('udp4');
  await new Promise<void>((resolve) => void client.bind(0, '127.0.0.1', resolve));
  const { port } = client.address();
  await new Promise<void>((resolve) => void client.close(resolve));
  const flow = peer.layer.flowTo(peer.listener('udp'), { protocol: 'udp', address: '127.0.0.1', port });
  const failure = failureOf(peer, flow, request());
  peer.clock.advance(500);
  peer.layer.send(flow, request());
  expect(await failure).toMatchObject({ kind: 'refused' });
  expect(peer.layer.sizes()['udpProbes']).toBe(0);
});

test('a peer that cannot be reached at all leaves no probe behind', async () => {
  const peer = await new Peer([udp4]).start();
  // Nothing leads from a loopback address to the outside.
  const flow = peer.layer.flowTo(peer.listener('udp'), { protocol: 'udp', address: '192.0.2.1', port: 5060 });
  const first = failureOf(peer, flow, request());
  peer.clock.advance(500);
  const second = failureOf(peer, flow, request());
  expect(await Promise.all([first, second])).toMatchObject([{ kind: 'refused' }, { kind: 'refused' }]);
  expect(peer.layer.sizes()['udpProbes']).toBe(0);
});

test('a silent peer that answers late is heard, whichever of our sockets its datagrams reach', async () => {
  const peer = await new Peer([udp4]).start();
  const client = await udpClient();
  const flow = peer.layer.flowTo(peer.listener('udp'), { protocol: 'udp', address: '127.0.0.1', port: client.address().port });
  let failures = 0;
  const onFailure = (): void => {
    failures += 1;
  };
  const first = udpAnswer(client);
  peer.layer.send(flow, request(), onFailure);
  await first;
  peer.clock.advance(500);
  const again = once(client, 'message');
  peer.layer.send(flow, request(), onFailure);
  const [bytes, from] = (await again) as [Buffer, { port: number }];
  expect(from.port).toBe(peer.listener('udp').port);
  for (const status of [100, 180, 200]) {
    client.send(bytes.toString('latin1').replace(/^.*\r\n/, `SIP/2.0 ${status} X\r\n`), from.port, '127.0.0.1');
  }
  const other = await udpClient();
  for (let index = 0; index < 20; index += 1) other.send(request(), from.port, '127.0.0.1');
  await peer.next(23);
  peer.clock.advance(10_000);
  client.send(request(), from.port, '127.0.0.1');
  await peer.next(24);
  expect(failures).toBe(0);
  expect(peer.layer.sizes()['udpProbes']).toBe(0);
});

test('a taken port gives one error that says which and who, and leaves nothing open', async () => {
  const holder = await new Peer([udp4, tcp4]).start();
  for (const protocol of ['udp', 'tcp'] as const) {
    const taken = holder.listener(protocol).port;
    const peer = new Peer([udp4, tcp4, { protocol, host: '127.0.0.1', port: taken }]);
    await expect(peer.layer.start()).rejects.toThrow(
      new RegExp(`${protocol.toUpperCase()} 127.0.0.1:${taken}: the port is in use by .+process ${process.pid}`),
    );
    expect(peer.layer.listeners).toEqual([]);
    expect(peer.clock.pending).toBe(0);
  }
  await expect(new Peer([{ ...udp4, host: '192.0.2.1' }]).layer.start()).rejects.toThrow('this machine has no such address');
  await expect(new Peer([{ ...tcp4, protocol: 'tls' }]).layer.start()).rejects.toThrow('needs a TLS key and certificate');
});

test('a source over its rate is dropped on UDP and held back on TCP; a trusted one is neither', async () => {
  const limits = { ...defaultLimits, requestsPerSecond: 1, requestBurst: 5 };
  const peer = await new Peer([udp4, tcp4], { limits }).start();
  const client = await udpClient('127.0.0.2');
  for (let index = 0; index < 20; index += 1) client.send(request(), peer.listener('udp').port, '127.0.0.1');
  peer.sources.known.trust('127.0.0.3');
  const trusted = await udpClient('127.0.0.3');
  for (let index = 0; index < 20; index += 1) trusted.send(request(), peer.listener('udp').port, '127.0.0.1');
  await peer.next(25);
  expect(peer.received.filter(({ flow }) => flow.remoteAddress === '127.0.0.2')).toHaveLength(5);
  expect(peer.layer.counts['limited']).toBe(15);
  const stream = await tcpClient(peer.listener('tcp'));
  for (let index = 0; index < 10; index += 1) stream.write(request({ transport: 'TCP' }));
  await peer.until(() => (peer.layer.counts['limited'] ?? 0) > 15);
  peer.clock.advance(20_000);
  while (peer.received.length < 35) {
    peer.clock.advance(2_000);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  expect(peer.received).toHaveLength(35);
});

test('connections beyond the cap of an address are closed at once, and count no more when they end', async () => {
  const peer = await new Peer([tcp4], { limits: { ...defaultLimits, connectionsPerAddress: 2 } }).start();
  const kept = [await tcpClient(peer.listener('tcp')), await tcpClient(peer.listener('tcp'))];
  const extra = await tcpClient(peer.listener('tcp'));
  if (!extra.destroyed) await gone(extra);
  for (const socket of kept) {
    socket.write(request({ transport: 'TCP' }));
    socket.end();
  }
  await peer.until(() => peer.closed.length === 2);
  while (peer.layer.sizes()['connections'] !== 0) await new Promise((resolve) => void setImmediate(resolve));
});

test('a blocked address gets no answer and no connection', async () => {
  const peer = await new Peer([udp4, tcp4], { isBlocked: (address) => address === '127.0.0.9' }).start();
  const client = await udpClient('127.0.0.9');
  client.send(request(), peer.listener('udp').port, '127.0.0.1');
  const socket = connect({ port: peer.listener('tcp').port, host: '127.0.0.1', localAddress: '127.0.0.9' });
  socket.on('error', () => {});
  await gone(socket);
  expect(peer.received).toEqual([]);
});

test('one socket may stand for the house and for the outside', async () => {
  const peer = await new Peer([udp4]).start();
  const { port } = peer.listener('udp');
  await peer.layer.stop();
  const both = await new Peer([
    { ...udp4, port, localNetworks: ['127.0.0.0/16'] },
    { ...udp4, port, externalHost: '203.0.113.5', names: ['pbx.example'] },
  ]).start();
  expect(both.layer.listenerFor('udp', '127.0.0.7')).toMatchObject({ advertisedHost: '127.0.0.1', port });
  expect(both.layer.listenerFor('udp', '198.51.100.1')).toMatchObject({ advertisedHost: '203.0.113.5', port });
  expect(both.layer.listenerFor('udp', '::1')).toEqual({ problem: 'requested protocol/transport not available' });
  expect(both.layer.listenerFor('tcp', '127.0.0.1')).toEqual({ problem: 'requested protocol/transport not available' });
  for (const host of ['127.0.0.1', '203.0.113.5', 'PBX.example', 'localhost']) expect(both.layer.isOurs(host, port)).toBe(true);
  expect(both.layer.isOurs('127.0.0.1', 5060)).toBe(false);
  expect(both.layer.isOurs('127.0.0.2', port)).toBe(false);
  expect(both.layer.isOurs('127.0.0.1', undefined)).toBe(port === 5060);
  const client = await udpClient('127.0.0.7');
  client.send(request(), port, '127.0.0.1');
  expect((await both.next()).flow.listener.advertisedHost).toBe('127.0.0.1');
});

test('a fault while one message is handled does not end the engine', async () => {
  const peer = await new Peer([udp4]).start();
  let calls = 0;
  const second = new Promise<void>((resolve) => {
    peer.layer.setHandlers({
      onMessage: () => {
        calls += 1;
        if (calls === 1) throw new Error('a bug');
        resolve();
      },
      onFlowClosed: () => {},
    });
  });
  const client = await udpClient();
  for (let index = 0; index < 2; index += 1) client.send(request(), peer.listener('udp').port, '127.0.0.1');
  await second;
  expect(peer.layer.counts['faults']).toBe(1);
});
