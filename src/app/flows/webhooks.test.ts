import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { freePort } from '#testing/base/free-port.ts';
import { plantTwilioAccount } from '#testing/harness/twilio-account.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { parseOptions } from '#options/options.ts';

let app: App;
let folder: string;
let publicUrl: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-webhooks-'));
  const port = await freePort('127.0.0.1');
  publicUrl = `http://127.0.0.1:${port}`;
  const parsed = parseOptions({
    data_directory: folder,
    sip_listen: ['udp:127.0.0.1:0'],
    http_host: '127.0.0.1',
    http_port: 0,
    public_url: publicUrl,
    public_http_host: '127.0.0.1',
    public_http_port: port,
  });
  if (parsed.kind === 'problems') throw new Error(parsed.problems.join());
  app = await createApp(parsed.options, { log: createLog({ level: 'silent' }) });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe('the listener that the internet reaches', () => {
  it('has not one endpoint of the API, with or without a token', async () => {
    expect(app.publicHttp?.port).toBe(Number(new URL(publicUrl).port));
    const headers = { authorization: `Bearer ${app.adminToken}` };
    expect((await fetch(`http://127.0.0.1:${app.http.port}/api/system/health`, { headers })).status).toBe(200);
    const paths = app.routes.map(({ endpoint }) => `/api${endpoint.path}`);
    expect(paths.length).toBeGreaterThan(30);
    for (const path of [...paths, '/', '/api/events', '/api/docs', '/api/openapi.json']) {
      const { status } = await fetch(publicUrl + path, { headers });
      expect([path, status]).toEqual([path, 404]);
    }
  });

  it('refuses a webhook that Twilio did not sign, and health says how many', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'guessed' };
    const asked = { method: 'POST', headers, body: 'CallSid=CA1&From=%2B1&To=%2B2' };
    expect((await fetch(`${publicUrl}/api/webhooks/voice/inbound`, asked)).status).toBe(403);
    // The API's own listener has no webhooks.
    expect((await fetch(`http://127.0.0.1:${app.http.port}/api/webhooks/voice/inbound`, asked)).status).toBe(404);
    const admin = { headers: { authorization: `Bearer ${app.adminToken}` } };
    const report = (await (await fetch(`http://127.0.0.1:${app.http.port}/api/system/health`, admin)).json()) as {
      parts: { name: string; message: string }[];
    };
    expect(report.parts.find(({ name }) => name === 'webhooks')?.message).toContain('1 with an invalid signature refused');
  });
});

describe('Twilio as it is on a bad day', () => {
  const origin = 'https://house.example';
  const [ours, theirs] = ['+15555550199', '+15555550123'];
  let stack: AsyncDisposableStack;
  let twilio: TwilioEmulator;
  let house: App;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    twilio = stack.use(await TwilioEmulator.start({ numbers: [{ phoneNumber: ours }] }));
    const data = mkdtempSync(join(tmpdir(), 'gosip-bad-day-'));
    stack.defer(() => rmSync(data, { recursive: true, force: true }));
    const log = createLog({ level: 'silent' });
    const oldAuthToken = { token: twilio.authToken, until: systemClock.now() + 3_600_000 };
    const authToken = twilio.account.promoteSecondaryToken();
    const settings = { accountSid: twilio.accountSid, inbound: 'webhook' };
    plantTwilioAccount(data, { settings, secrets: { authToken, oldAuthToken }, clock: systemClock });
    const read = parseOptions({
      data_directory: data,
      sip_listen: ['udp:127.0.0.1:0'],
      http_host: '127.0.0.1',
      http_port: 0,
      media: 'direct',
      public_url: origin,
      public_http_host: '127.0.0.1',
      public_http_port: 0,
      twilio_api_base: twilio.apiBase,
    });
    if (read.kind === 'problems') throw new Error(read.problems.join());
    house = stack.use(await createApp(read.options, { log }));
    twilio.mapOrigin(origin, `http://127.0.0.1:${house.publicHttp?.port}`);
    const at = (path: string) => `${origin}/api/webhooks/${path}`;
    twilio.driftNumber(ours, {
      voice_url: at('voice/inbound'),
      voice_fallback_url: at('voice/fallback'),
      status_callback: at('voice/status'),
      sms_url: at('sms/inbound'),
      sms_fallback_url: at('sms/fallback'),
    });
    await api('POST', '/dids', { number: ours });
  });
  afterAll(() => stack.disposeAsync());

  async function api<Reply>(method: string, path: string, body?: unknown): Promise<Reply> {
    const headers = { authorization: `Bearer ${house.adminToken}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`http://127.0.0.1:${house.http.port}/api${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Reply;
  }
  const bodies = async () => (await api<{ items: { body: string }[] }>('GET', '/messages')).items.map(({ body }) => body);
  const webhookHealth = async () => {
    const { parts } = await api<{ parts: { name: string; status: string; message: string }[] }>('GET', '/system/health');
    return parts.find(({ name }) => name === 'webhooks');
  };

  it('that signs wrongly is refused, and the message comes by the fallback', async () => {
    twilio.faults.add({ name: 'callback.badsig', endpoint: 'sms', count: 1 });
    await twilio.sendSmsFrom(theirs, ours, { body: 'wrongly signed' });
    expect(await bodies()).toEqual(['wrongly signed']);
    expect(await webhookHealth()).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('1 with an invalid signature'),
    });
  });

  it('that still signs with the old token is believed while tokens are changed', async () => {
    twilio.faults.add({ name: 'callback.oldtoken', endpoint: 'sms', count: 1 });
    await twilio.sendSmsFrom(theirs, ours, { body: 'old token' });
    expect(await bodies()).toContain('old token');
    expect((await webhookHealth())?.message).toContain('1 with an invalid signature');
  });

  it('whose requests are redirected on the way: the fallback is tried, and health says what it is', async () => {
    twilio.faults.add({ name: 'callback.http-redirect', endpoint: 'sms', count: 2 });
    await twilio.sendSmsFrom(theirs, ours, { body: 'redirected twice' });
    expect(await bodies()).not.toContain('redirected twice');
    expect(await webhookHealth()).toMatchObject({ status: 'degraded', message: expect.stringContaining('redirects') });
    twilio.faults.add({ name: 'callback.http-redirect', endpoint: 'sms', count: 1 });
    await twilio.sendSmsFrom(theirs, ours, { body: 'redirected once' });
    expect(await bodies()).toContain('redirected once');
    expect((await webhookHealth())?.status).toBe('ok');
  });

  it('that cannot have a call’s first document gets the second, and there is one record', async () => {
    twilio.faults.add({ name: 'callback.badsig', endpoint: 'voice', count: 1 });
    const caller = twilio.callFrom(theirs, ours);
    await caller.over;
    const records = await api<{ items: { reason: string; number: string }[] }>('GET', '/cdrs');
    expect(records.items.map(({ reason, number }) => [reason, number])).toEqual([['no-owner', ours]]);
  });
});
