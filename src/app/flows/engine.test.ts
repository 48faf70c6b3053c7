import { mkdtempSync, rmSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { createEngine } from '#sip-engine/engine.ts';
import { silentLog } from '#sip-engine/runtime/engine-log.ts';
import { engineOptions } from '#sip-engine/engine-options.ts';
import { engineSystemClock } from '#sip-engine/runtime/system-clock.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { freePort } from '#testing/base/free-port.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import type { Overrides } from '#app/context.ts';
import { parseOptions } from '#options/options.ts';

const host = '127.0.0.1';
const log = createLog({ level: 'silent' });

describe('the SIP engine of the house', () => {
  let stack: AsyncDisposableStack;
  let folder: string;
  beforeEach(() => {
    stack = new AsyncDisposableStack();
    folder = mkdtempSync(join(tmpdir(), 'gosip-engine-'));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  });
  afterEach(() => stack.disposeAsync());

  function start(values: Record<string, unknown>, overrides: Overrides = {}): Promise<App> {
    const read = parseOptions({ data_directory: folder, http_host: host, http_port: 0, ...values });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    return createApp(read.options, { log, isReplyStrict: true, ...overrides });
  }

  async function startEngine(controlPort = 0) {
    const listeners = [{ protocol: 'udp', host, port: 0 }] as const;
    const options = engineOptions({ listeners, secret: 'cymru', control: { host, port: controlPort } });
    const engine = createEngine(options, { clock: engineSystemClock, log: silentLog });
    await engine.start();
    stack.defer(() => engine.stop());
    return engine;
  }

  const external = (port: number, secret = 'cymru') => ({
    sip_engine: 'external',
    sip_engine_host: host,
    sip_engine_port: port,
    sip_engine_secret: secret,
  });

  async function post<Reply>(app: App, path: string, body: unknown): Promise<Reply> {
    const headers = { Authorization: `Bearer ${app.adminToken}`, 'Content-Type': 'application/json' };
    const response = await fetch(`http://${host}:${app.http.port}/api${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return (await response.json()) as Reply;
  }

  type Login = { readonly username: string; readonly secret: string; readonly extension: string };

  async function addPhone(app: App, port: number): Promise<{ phone: SimulatedPhone; extension: string }> {
    const { username, secret, extension } = await post<Login>(app, '/devices', { name: 'Kitchen', type: 'softphone' });
    const login = { username, password: secret };
    return { phone: stack.use(await SimulatedPhone.start({ address: host, ...login, registrar: { host, port } })), extension };
  }

  async function register(app: App, port: number): Promise<number> {
    return (await addPhone(app, port)).phone.register();
  }

  it('may be one of its own', async () => {
    const engine = await startEngine();
    const app = stack.use(await start(external(engine.controlPort)));
    expect([app.sip, app.warnings]).toEqual([[], []]);
    expect(await register(app, engine.ports[0] ?? 0)).toBe(200);
  });

  it('of its own with another secret ends the start in one sentence', async () => {
    const engine = await startEngine();
    await expect(start(external(engine.controlPort, 'wrong'))).rejects.toMatchObject({
      name: 'AppError',
      message: 'The SIP engine rejected the secret (option sip_engine_secret)',
    });
  });

  it('of its own that does not run yet is said at the start, and is found when it comes', async () => {
    const port = await freePort(host);
    const clock = new FakeClock();
    let app: App | undefined;
    void start(external(port), { clock }).then((started) => (app = stack.use(started)));
    while (app === undefined) await clock.advanceAsync(1000);
    expect(app.warnings).toEqual([expect.stringContaining(`The SIP engine at ${host}:${port} does not respond yet`)]);
    const engine = await startEngine(port);
    await expect.poll(() => register(app as App, engine.ports[0] ?? 0), { timeout: 20_000 }).toBe(200);
  });

  it('names the option whose certificate cannot be read', async () => {
    const tls = { sip_listen: [`tls:${host}:0`], sip_tls_key: join(folder, 'no.pem'), sip_tls_cert: join(folder, 'no.pem') };
    await expect(start(tls)).rejects.toMatchObject({
      name: 'AppError',
      message: expect.stringContaining('sip_tls_key') as string,
    });
  });

  it('gives phones outside the external address, and a phone at home the inner one', async () => {
    const port = await freePort(host);
    const app = stack.use(await start({ sip_listen: [`udp:${host}:${port}`], sip_external_ip: '203.0.113.5' }));
    expect(app.sip).toEqual([`udp:${host}:${port}`, `udp:203.0.113.5:${port}`]);
    const phones = [await addPhone(app, port), await addPhone(app, port)];
    expect(await Promise.all(phones.map(({ phone }) => phone.register()))).toEqual([200, 200]);
    const [caller, callee] = phones;
    const rang = callee?.phone.incomingCall();
    const call = caller?.phone.call(callee?.extension ?? '');
    await call?.reached('answered');
    expect([call?.remoteTarget, (await rang)?.remoteTarget]).toEqual([`sip:${host}:${port}`, `sip:${host}:${port}`]);
  });

  it('says in one sentence which SIP port is taken', async () => {
    const holder = createSocket('udp4');
    await new Promise<void>((resolve) => holder.bind(0, host, resolve));
    const { port } = holder.address();
    await expect(start({ sip_listen: [`udp:${host}:${port}`] })).rejects.toMatchObject({
      name: 'AppError',
      message: expect.stringMatching(new RegExp(`^Cannot listen on UDP ${host}:${port}: the port is in use`)) as string,
    });
    await new Promise<void>((resolve) => holder.close(resolve));
  });
});
