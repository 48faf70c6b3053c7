import { afterEach, describe, expect, it } from 'vitest';
import { connectClient, eventOf } from '#testing/peers/drachtio-client.ts';
import type { Client, ClientDialog, ClientRequest, ClientResponse } from '#testing/peers/drachtio-client.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { engineOptions } from './engine-options.ts';
import type { GivenOptions } from './engine-options.ts';
import { silentLog } from './runtime/engine-log.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import { engineSystemClock } from './runtime/system-clock.ts';

const engines: Engine[] = [];
const clients: Client[] = [];
const supervisors: EngineSupervisor[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.stop()));
});

const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

async function startEngine(given: Partial<GivenOptions> = {}): Promise<Engine> {
  const options = engineOptions({ listeners: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }], secret: 'cymru', ...given });
  const engine = createEngine(options, { clock: engineSystemClock, log: silentLog });
  await engine.start();
  engines.push(engine);
  return engine;
}

async function clientOf(engine: Engine): Promise<Client> {
  const client = await connectClient({ port: engine.controlPort, secret: 'cymru', reconnect: { maxAttempts: 1 } });
  clients.push(client);
  return client;
}

/** Two engines in this process, an application at each, and the SIP URI of the second. */
async function pair(given: Partial<GivenOptions> = {}) {
  const [first, second] = [await startEngine(), await startEngine(given)];
  const [caller, callee] = [await clientOf(first), await clientOf(second)];
  return { first, second, caller, callee, uri: `sip:b@127.0.0.1:${second.ports[0]}` };
}

describe('the engine with drachtio-srf', () => {
  it('reports its listeners to an application', async () => {
    const engine = await startEngine({
      listeners: [{ protocol: 'udp', host: '127.0.0.1', port: 0, externalHost: '192.0.2.7', externalPort: 5060 }],
    });
    const client = await connectClient({ port: engine.controlPort, secret: 'cymru' });
    clients.push(client);
    expect(engine.hostports).toBe('udp/192.0.2.7:5060');
    expect(engine.hostports).toMatch(/^(.*)\/(.*):(\d+)$/);
  });

  it('carries a request to the other application and its answer back', async () => {
    const { first, second, caller, callee, uri } = await pair();
    const seen: ClientRequest[] = [];
    callee.options((request, response) => {
      seen.push(request);
      response.send(200, { headers: { 'X-Colour': 'grün' } });
    });
    const request = await caller.request(uri, { method: 'OPTIONS', headers: { From: '<sip:a@localhost>' } });
    const [answer] = await eventOf<[ClientResponse]>(request, 'response');
    expect(answer.status).toBe(200);
    expect(answer.get('X-Colour')).toBe('grün');
    expect(seen[0]?.receivedOn).toBe(`127.0.0.1:${second.ports[0]}`);
    expect(seen[0]?.source_port).toBe(first.ports[0]);
    expect(seen[0]?.protocol).toBe('udp');
    expect(seen[0]?.sessionToken).toBeUndefined();
  });

  it('sets a call up, changes it and ends it, and keeps nothing of it', async () => {
    const { first, second, caller, callee, uri } = await pair();
    const answered = new Promise<ClientDialog>((resolve) => {
      callee.invite((request, response) => void callee.createUAS(request, response, { localSdp: sdp }).then(resolve));
    });
    const uac = await caller.createUAC(uri, { localSdp: sdp });
    const uas = await answered;
    expect(uas.sip.remoteTag).toBe(uac.sip.localTag);
    expect(uac.remote.sdp).toBe(sdp);
    const modified = eventOf(uas, 'modify');
    uas.on('modify', (_request: ClientRequest, response: ClientResponse) => response.send(200, { body: sdp }));
    await uac.modify(sdp.replace('4000', '4002'));
    await modified;
    const destroyed = eventOf(uas, 'destroy');
    await new Promise<void>((resolve) => uac.destroy({}, () => resolve()));
    await destroyed;
    expect(first.sizes()['dialogs']).toBe(0);
    expect(second.sizes()['dialogs']).toBe(0);
  });

  it('ends its calls when it stops', async () => {
    const { first, caller, callee, uri } = await pair();
    const answered = new Promise<ClientDialog>((resolve) => {
      callee.invite((request, response) => void callee.createUAS(request, response, { localSdp: sdp }).then(resolve));
    });
    await caller.createUAC(uri, { localSdp: sdp });
    const destroyed = eventOf(await answered, 'destroy');
    clients.splice(clients.indexOf(caller), 1);
    await first.stop();
    await destroyed;
  });

  it('answers 503 when no application asked for the method', async () => {
    const { caller, uri } = await pair();
    const request = await caller.request(uri, { method: 'OPTIONS' });
    const [answer] = await eventOf<[ClientResponse]>(request, 'response');
    expect(answer.status).toBe(503);
  });

  it('lets one engine on a thread answer every awaited request of this one', async () => {
    const target = await startEngine();
    const callee = await clientOf(target);
    callee.options((_request, response) => response.send(200));
    const supervisor = new EngineSupervisor({
      options: { listeners: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }], trusted: ['127.0.0.1'] },
      clock: engineSystemClock,
      log: silentLog,
    });
    supervisors.push(supervisor);
    target.trust('127.0.0.1');
    const { port, secret } = await supervisor.start();
    const caller = await connectClient({ port, secret });
    clients.push(caller);
    let heard = 0;
    async function ask(): Promise<void> {
      for (let count = 0; count < 100; count += 1) {
        const request = await caller.request(`sip:b@127.0.0.1:${target.ports[0]}`, { method: 'OPTIONS' });
        await eventOf(request, 'response');
        heard += 1;
      }
    }
    await Promise.all(Array.from({ length: 20 }, ask));
    expect(heard).toBe(2000);
  });

  it('restarts on its thread, and the application reconnects', async () => {
    const supervisor = new EngineSupervisor({
      options: { listeners: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }] },
      clock: engineSystemClock,
      log: silentLog,
      thread: new URL('../testing/harness/crashing-engine-thread.ts', import.meta.url),
    });
    supervisors.push(supervisor);
    const { port, secret, hostports } = await supervisor.start();
    const callee = await connectClient({ port, secret });
    clients.push(callee);
    callee.options((_request, response) => response.send(200));
    const back = eventOf(callee, 'connect');
    supervisor.trust('192.0.2.66');
    supervisor.untrust('192.0.2.66');
    await back;
    expect(supervisor.restarts).toBe(1);
    const caller = await clientOf(await startEngine());
    const answers = async (): Promise<number> => {
      const request = await caller.request(`sip:b@${hostports.split('/')[1]}`, { method: 'OPTIONS' });
      return (await eventOf<[ClientResponse]>(request, 'response'))[0].status;
    };
    await expect.poll(answers, { timeout: 10_000 }).toBe(200);
  });

  it('speaks TLS on the control port', async () => {
    const certificate = makeCertificate();
    const engine = await startEngine({ tls: certificate, control: { tls: true } });
    const client = await connectClient({ port: engine.controlPort, secret: 'cymru', tls: { rejectUnauthorized: false } });
    clients.push(client);
    expect(engine.sizes()['apps']).toBe(1);
    certificate.remove();
  });

  it('sends CDRs to the application that subscribes', async () => {
    const { second, caller, callee, uri } = await pair({ settings: { cdrs: true } });
    const subscriber = await clientOf(second);
    const received: unknown[][] = [];
    for (const event of ['attempt', 'start', 'stop'])
      subscriber.on(`cdr:${event}`, (...facts: unknown[]) => received.push([event, ...facts]));
    const answered = new Promise<ClientDialog>((resolve) => {
      callee.invite((request, response) => void callee.createUAS(request, response, { localSdp: sdp }).then(resolve));
    });
    await expect.poll(() => second.sizes()['apps']).toBe(2);
    const uac = await caller.createUAC(uri, { localSdp: sdp });
    await answered;
    await new Promise<void>((resolve) => uac.destroy({}, () => resolve()));
    await expect
      .poll(() => received.map(([event, source, , detail]) => [event, source, detail]))
      .toEqual([
        ['attempt', 'network', expect.anything()],
        ['start', 'application', 'uas'],
        ['stop', 'network', 'normal-release'],
      ]);
  });

  it('carries UTF-8, long Call-IDs and large bodies unharmed', async () => {
    const { caller, callee, uri } = await pair();
    const [name, callId, body] = ['"Jürgen 電話" <sip:jürgen@127.0.0.1>', 'c'.repeat(900), 'é'.repeat(20_000)];
    let seen: ClientRequest | undefined;
    callee.use('message', (request, response) => {
      seen = request;
      response.send(200);
    });
    const headers = { From: name, 'Call-ID': callId, 'Content-Type': 'text/plain' };
    const request = await caller.request(uri, { method: 'MESSAGE', headers, body });
    await eventOf(request, 'response');
    expect(seen?.get('From')).toContain('"Jürgen 電話" <sip:jürgen@127.0.0.1>;tag=');
    expect(seen?.get('Call-ID')).toBe(callId);
    expect(seen?.body).toBe(body);
  });

  it('opens nothing when one port is taken, and says which', async () => {
    const { ports, controlPort } = await startEngine();
    const taken = engineOptions({ listeners: [{ protocol: 'udp', host: '127.0.0.1', port: ports[0] ?? 0 }], secret: 'x' });
    await expect(createEngine(taken, { clock: engineSystemClock, log: silentLog }).start()).rejects.toThrow(String(ports[0]));
    const control = engineOptions({
      listeners: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }],
      secret: 'x',
      control: { port: controlPort },
    });
    await expect(createEngine(control, { clock: engineSystemClock, log: silentLog }).start()).rejects.toThrow(
      String(controlPort),
    );
  });
});
