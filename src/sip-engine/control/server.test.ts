import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectClient } from '#testing/peers/drachtio-client.ts';
import type { ClientMessage } from '#testing/peers/drachtio-client.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { Core, MessageMeta } from './app-link.ts';
import { AppRoutes } from './app-routes.ts';
import type { EngineClock } from '../runtime/clock.ts';
import { encodeControlFrame } from './framing.ts';
import { timedPace } from './queue.ts';
import { ControlServer, secretCheck } from './server.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { defaultLimits } from '../runtime/limits.ts';
import { SipMessage } from '../message/message.ts';
import { engineSystemClock } from '../runtime/system-clock.ts';

const meta: MessageMeta = { source: 'application', bytes: 10, protocol: 'udp', address: '127.0.0.1', port: 5060 };
const open: ControlServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()));
});

/** Echoes each request and answers it in the same breath, so that only pacing keeps the two apart. */
const hastyCore: Core = {
  request(app, _ids, { message }, reply) {
    const callId = message.callId;
    const transactionId = callId;
    const headers: [string, string][] = [
      ['via', 'SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1'],
      ['from', '<sip:a@127.0.0.1>;tag=1'],
      ['to', '<sip:b@127.0.0.1>'],
      ['call-id', callId],
      ['cseq', '1 OPTIONS'],
    ];
    const sent = new SipMessage({ method: 'OPTIONS', requestUri: 'sip:b@127.0.0.1' });
    const answer = new SipMessage({ status: 200, reason: 'OK' });
    for (const [name, value] of headers) {
      sent.append(name, value);
      answer.append(name, value);
    }
    reply.request(meta, transactionId, sent);
    app.deliver({ meta: { ...meta, source: 'network' }, transactionId, dialogId: '', message: answer });
  },
  respond() {},
  proxy() {},
  appDisconnected() {},
  sizes: () => ({}),
  stop() {},
};

async function start(clock: EngineClock = engineSystemClock, limits = defaultLimits): Promise<number> {
  const server = new ControlServer(
    { host: '127.0.0.1', port: 0, keepAliveSeconds: 45 },
    {
      core: () => hastyCore,
      routes: new AppRoutes({ cdrs: false }),
      clock,
      log: silentLog,
      limits,
      pace: timedPace(clock, 4),
      webSocketName: 'tcp',
      preservedHeaders: new Set(['my_Header']),
      isSecret: secretCheck('cymru'),
      greeting: () => 'udp/127.0.0.1:5060|v0.9.10|udp/127.0.0.1:5060',
    },
  );
  open.push(server);
  return (await server.start()).port;
}

function closed(socket: ReturnType<typeof connect>): Promise<string> {
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString()));
  socket.on('error', () => {});
  return new Promise((resolve) => socket.on('close', () => resolve(heard)));
}

describe('the control port', () => {
  it('lets code that awaits a request hear every answer: 2000 of 2000', async () => {
    const client = await connectClient({ port: await start(), secret: 'cymru' });
    let heard = 0;
    async function ask(): Promise<void> {
      for (let count = 0; count < 20; count += 1) {
        const request = await client.request('sip:b@127.0.0.1', {
          method: 'OPTIONS',
          headers: { 'Call-ID': crypto.randomUUID() },
        });
        await new Promise<void>((resolve) => {
          request.on('response', (response: ClientMessage) => {
            if (response.status === 200) heard += 1;
            resolve();
          });
        });
      }
    }
    await Promise.all(Array.from({ length: 100 }, ask));
    client.disconnect();
    expect(heard).toBe(2000);
  });

  it('drops a connection that does not authenticate in time', async () => {
    const clock = new FakeClock();
    const socket = connect(await start(clock), '127.0.0.1');
    const end = closed(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('6#1|ping');
    await new Promise((resolve) => socket.once('data', resolve));
    clock.advance(5000);
    expect(await end).toContain('|response|1|OK|pong');
  });

  it('refuses a wrong secret after a second', async () => {
    const clock = new FakeClock();
    const socket = connect(await start(clock), '127.0.0.1');
    const end = closed(socket);
    socket.write(encodeControlFrame('1|authenticate|wrong|'));
    while (clock.pending < 2) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    expect((await end).replace(/^\d+#[^|]+/, '')).toBe('|response|1|NO|incorrect secret');
  });

  it('takes no more connections than its limit', async () => {
    const port = await start(engineSystemClock, { ...defaultLimits, controlConnections: 1 });
    const client = await connectClient({ port, secret: 'cymru' });
    expect(await closed(connect(port, '127.0.0.1'))).toBe('');
    client.disconnect();
  });

  it('accepts an application while unauthenticated connections fill the table', async () => {
    const port = await start(engineSystemClock, { ...defaultLimits, controlConnections: 6 });
    const unauthenticated = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'));
    await Promise.all(unauthenticated.slice(0, 17).map(closed));
    const client = await connectClient({ port, secret: 'cymru' });
    client.disconnect();
    for (const socket of unauthenticated) socket.destroy();
  });

  it('says who could hold a port that is taken', async () => {
    const port = await start();
    const server = new ControlServer({ host: '127.0.0.1', port, keepAliveSeconds: 0 }, {
      limits: defaultLimits,
    } as ConstructorParameters<typeof ControlServer>[1]);
    await expect(server.start()).rejects.toThrow(
      `Cannot listen for applications on TCP 127.0.0.1:${port}: the port is in use by`,
    );
  });
});
