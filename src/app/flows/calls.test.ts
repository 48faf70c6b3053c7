import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import type { Overrides } from '#app/context.ts';
import { parseOptions } from '#options/options.ts';

// The whole house in this process, with phones that speak real SIP over loopback.
const host = '127.0.0.1';
type Login = { readonly id: string; readonly extension: string; readonly username: string; readonly secret: string };
type CallRecord = { readonly id: string; readonly disposition: string | null; readonly reason: string | null };

describe('calls through the whole house', () => {
  let stack: AsyncDisposableStack;
  let folder: string;
  let token: string;
  beforeEach(() => {
    stack = new AsyncDisposableStack();
    folder = mkdtempSync(join(tmpdir(), 'gosip-calls-'));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  });
  afterEach(() => stack.disposeAsync());

  async function start(sipPort = 0, overrides: Overrides = {}): Promise<App> {
    const read = parseOptions({ data_directory: folder, sip_listen: [`udp:${host}:${sipPort}`], http_host: host, http_port: 0 });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    const app = await createApp(read.options, { log: createLog({ level: 'silent' }), isReplyStrict: true, ...overrides });
    token = app.adminToken ?? token;
    return app;
  }

  const sipPortOf = (app: App) => Number(app.sip[0]?.split(':').at(-1));

  async function api<Reply>(app: App, path: string, more: { body?: unknown; as?: string } = {}): Promise<Reply> {
    const response = await fetch(`http://${host}:${app.http.port}/api${path}`, {
      method: more.body === undefined ? 'GET' : 'POST',
      headers: { Authorization: `Bearer ${more.as ?? token}`, 'Content-Type': 'application/json' },
      ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
    });
    return (await response.json()) as Reply;
  }

  const addDevice = (app: App, extension: string, personId?: string) =>
    api<Login>(app, '/devices', { body: { name: `Phone ${extension}`, extension, type: 'softphone', personId } });

  async function startPhone(app: App, { username, secret }: Login): Promise<SimulatedPhone> {
    const registrar = { host, port: sipPortOf(app) };
    return stack.use(
      await SimulatedPhone.start({ address: host, username, password: secret, registrar, incomingCallAction: 'ring' }),
    );
  }

  async function talk(caller: SimulatedPhone, callee: SimulatedPhone, extension: string): Promise<void> {
    const rang = callee.incomingCall();
    const outgoing = caller.call(extension);
    const incoming = await rang;
    callee.answer(incoming);
    await Promise.all([outgoing.reached('answered'), incoming.reached('answered')]);
    await caller.hangup(outgoing);
    await incoming.reached('ended');
  }

  const lastRecord = async (app: App, as?: string) =>
    (await api<{ items: CallRecord[] }>(app, '/cdrs', as === undefined ? {} : { as })).items[0];

  it('two phones register and talk; the record, the live events and who may see them are right', async () => {
    const app = stack.use(await start());
    const anna = await api<{ id: string }>(app, '/users', { body: { username: 'anna', name: 'Anna' } });
    const ben = await api<{ id: string }>(app, '/users', { body: { username: 'ben', name: 'Ben' } });
    const tokenOf = (personId: string) => api<{ token: string }>(app, '/api-tokens', { body: { name: 'Test', personId } });
    const [annas, bens] = [(await tokenOf(anna.id)).token, (await tokenOf(ben.id)).token];
    const [first, second] = [await addDevice(app, '21'), await addDevice(app, '22', anna.id)];
    const listen = async (as: string) => {
      const leave = new AbortController();
      stack.defer(() => leave.abort());
      const response = await fetch(`http://${host}:${app.http.port}/api/events`, {
        headers: { Authorization: `Bearer ${as}` },
        signal: leave.signal,
      });
      const heard: string[] = [];
      void (async () => {
        for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) heard.push(chunk);
      })().catch(() => {});
      return () => [...heard.join('').matchAll(/^event: (.*)$/gm)].map((match) => match[1]);
    };
    const [admin, hers, his] = [await listen(token), await listen(annas), await listen(bens)];

    const [caller, callee] = [await startPhone(app, first), await startPhone(app, second)];
    expect([await caller.register(), await callee.register()]).toEqual([200, 200]);
    await talk(caller, callee, '22');
    await expect.poll(() => lastRecord(app)).toMatchObject({ disposition: 'answered', reason: 'caller-hung-up' });

    await expect.poll(admin).toContain('call.ended');
    expect(admin()).toEqual(expect.arrayContaining(['device.registered', 'call.started', 'call.changed']));
    await expect.poll(hers).toContain('call.ended');
    expect(hers().filter((name) => name === 'device.registered')).toHaveLength(1);
    expect(his()).toEqual([]);
    const record = await lastRecord(app);
    expect(await lastRecord(app, annas)).toEqual(record);
    expect(await lastRecord(app, bens)).toBeUndefined();
    expect(await api(app, `/cdrs/${record?.id}`, { as: bens })).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(await api(app, `/cdrs/${record?.id}`, { as: annas })).toMatchObject({
      legs: [{ role: 'caller' }, { role: 'callee' }],
    });
  });

  it('phones ring after a restart before they register again', async () => {
    const before = await start();
    const sipPort = sipPortOf(before);
    const [first, second] = [await addDevice(before, '21'), await addDevice(before, '22')];
    const [caller, callee] = [await startPhone(before, first), await startPhone(before, second)];
    expect([await caller.register(), await callee.register()]).toEqual([200, 200]);
    await before[Symbol.asyncDispose]();
    stack.use(await start(sipPort));
    await talk(caller, callee, '22');
  });

  it('a stop in the middle of a call ends it on both phones, and the record says so afterwards', async () => {
    const before = await start();
    const [first, second] = [await addDevice(before, '21'), await addDevice(before, '22')];
    const [caller, callee] = [await startPhone(before, first), await startPhone(before, second)];
    expect([await caller.register(), await callee.register()]).toEqual([200, 200]);
    const rang = callee.incomingCall();
    const outgoing = caller.call('22');
    const incoming = await rang;
    callee.answer(incoming);
    await Promise.all([outgoing.reached('answered'), incoming.reached('answered')]);
    await before[Symbol.asyncDispose]();
    await Promise.all([outgoing.reached('ended'), incoming.reached('ended')]);
    const app = stack.use(await start());
    expect(await lastRecord(app)).toMatchObject({ disposition: 'answered', reason: 'hung-up-by-house' });
  });

  it('phones register and ring from memory while the database cannot be used', async () => {
    const before = await start();
    const [first, second] = [await addDevice(before, '21'), await addDevice(before, '22')];
    await before[Symbol.asyncDispose]();
    const file = new SqliteDatabase(join(folder, 'gosip.db'));
    file.pragma('user_version = 9999');
    file.close();
    const app = stack.use(await start());
    expect(app.warnings).toEqual([expect.stringContaining('newer version')]);
    const [caller, callee] = [await startPhone(app, first), await startPhone(app, second)];
    expect([await caller.register(), await callee.register()]).toEqual([200, 200]);
    await talk(caller, callee, '22');
    await expect.poll(() => lastRecord(app)).toMatchObject({ disposition: 'answered' });
  });

  it('the engine fails and comes back: phones ring again without a new start', async () => {
    const thread = `
      import { BroadcastChannel } from 'node:worker_threads';
      const death = new BroadcastChannel('engine-death');
      death.onmessage = () => process.exit(1);
      death.unref();
      await import(${JSON.stringify(new URL('../../sip-engine/engine-thread.ts', import.meta.url).href)});`;
    const engineThread = new URL(`data:text/javascript,${encodeURIComponent(thread)}`);
    const app = stack.use(await start(0, { engineThread }));
    const [first, second] = [await addDevice(app, '21'), await addDevice(app, '22')];
    const [caller, callee] = [await startPhone(app, first), await startPhone(app, second)];
    expect([await caller.register(), await callee.register()]).toEqual([200, 200]);
    type Health = { readonly status: string; readonly parts: readonly { readonly message: string }[] };
    const health = () => api<Health>(app, '/system/health');
    expect((await health()).status).toBe('ok');
    const rang = callee.incomingCall();
    const cutOff = caller.call('22');
    callee.answer(await rang);
    await cutOff.reached('answered');
    const death = new BroadcastChannel('engine-death');
    death.postMessage('now');
    const isBack = ({ status, parts }: Health) =>
      status === 'ok' && parts.some(({ message }) => message.includes('restarted after'));
    await expect.poll(async () => isBack(await health()), { timeout: 20_000 }).toBe(true);
    death.close();
    expect(await lastRecord(app)).toMatchObject({ disposition: 'answered', reason: 'engine-lost' });
    await talk(caller, callee, '22');
    await expect.poll(() => lastRecord(app)).toMatchObject({ disposition: 'answered', reason: 'caller-hung-up' });
  });
});
