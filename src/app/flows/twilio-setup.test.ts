import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { parseOptions } from '#options/options.ts';

const house = '+15555550199';
const log = createLog({ level: 'silent' });

describe('the setup of Twilio through the API', () => {
  let folder: string;
  let twilio: TwilioEmulator;
  let app: App;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gosip-setup-'));
    twilio = await TwilioEmulator.start({ numbers: [{ phoneNumber: house, smsUrl: 'https://old.example.org/sms' }] });
    app = await start();
  });

  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await twilio[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<App> {
    const read = parseOptions({
      data_directory: folder,
      sip_listen: ['udp:127.0.0.1:0'],
      http_host: '127.0.0.1',
      http_port: 0,
      public_http_host: '127.0.0.1',
      public_http_port: 0,
      twilio_api_base: twilio.apiBase,
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    return createApp(read.options, { log, isReplyStrict: true, wantsNewAdminToken: true });
  }

  async function ask(method: 'GET' | 'POST', path: string, body?: unknown, token = app.adminToken ?? '') {
    const response = await fetch(`http://127.0.0.1:${app.http.port}/api${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  const credentials = () => ({ accountSid: twilio.accountSid, authToken: twilio.authToken });

  it('tries credentials and says what is wrong with them', async () => {
    expect((await ask('POST', '/system/setup/twilio/validate', credentials())).body).toMatchObject({
      isUsable: true,
      account: { status: 'active' },
      balance: { amount: 12.34, currency: 'USD' },
      numbers: [{ number: house, voice: true, sms: true, mms: true, servedBy: 'nobody' }],
      problems: [],
    });
    const wrong = await ask('POST', '/system/setup/twilio/validate', { ...credentials(), authToken: '0'.repeat(32) });
    expect(wrong.body).toMatchObject({
      isUsable: false,
      problems: [{ weight: 'stops', reason: 'wrong-token', field: 'authToken', message: expect.stringContaining('behind Show') }],
    });
    expect((await ask('GET', '/system/setup/twilio')).body).toMatchObject({ isSetUp: false, account: null });
  });

  it('sets up, shows it, keeps it over a restart, and undoes it', async () => {
    const plan = { ...credentials(), inbound: 'off', outbound: 'trunk', numbers: [house] };
    const provisioned = await ask('POST', '/system/setup/twilio/provision', plan);
    expect(provisioned).toMatchObject({
      status: 200,
      body: { isDone: true, setUp: { isSetUp: true, outbound: 'trunk', numbers: [house] } },
    });
    expect(JSON.stringify(provisioned.body)).not.toContain(twilio.authToken);
    expect((await ask('GET', '/dids')).body).toMatchObject({ items: [{ number: house, voiceEnabled: true }], total: 1 });
    await app[Symbol.asyncDispose]();
    app = await start();
    const again = await ask('POST', '/system/setup/twilio/provision', {});
    expect((again.body['steps'] as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual([
      'done',
      'unchanged',
      'unchanged',
      'skipped',
    ]);
    const { body: undone } = await ask('POST', '/system/setup/twilio/undo', { forget: true });
    expect(undone).toMatchObject({ isDone: true, setUp: { isSetUp: false, trunk: null, sipDomain: null, numbers: [] } });
    expect([twilio.state.trunks.size, twilio.state.credentialLists.size]).toEqual([0, 0]);
  });

  it('shows before what it would change, stores nothing of that, and afterwards has nothing left to do', async () => {
    const plan = {
      ...credentials(),
      inbound: 'webhook',
      outbound: 'trunk',
      numbers: [house],
      publicUrl: 'https://gosip.example.org',
    };
    const before = await ask('POST', '/system/setup/twilio/preview', plan);
    const changes = before.body['changes'] as { action: string; what: string; field: string | null; is: string }[];
    expect(changes.slice(0, 3).map(({ action, what }) => `${action} ${what}`)).toEqual([
      'create sip-domain',
      'create sip-account',
      'create trunk',
    ]);
    expect(changes).toContainEqual(
      expect.objectContaining({ what: 'number', name: house, field: 'smsUrl', is: 'https://old.example.org/sms' }),
    );
    expect([twilio.state.trunks.size, twilio.state.credentialLists.size]).toEqual([0, 0]);
    expect((await ask('GET', '/system/setup/twilio')).body).toMatchObject({ isSetUp: false });
    await ask('POST', '/system/setup/twilio/provision', plan);
    expect((await ask('POST', '/system/setup/twilio/preview', {})).body).toEqual({ changes: [] });
    const off = await ask('POST', '/system/setup/twilio/preview', { inbound: 'off', outbound: 'off', numbers: [] });
    expect((off.body['changes'] as typeof changes).map(({ action, what }) => `${action} ${what}`)).toEqual([
      'remove sip-domain',
      'remove trunk',
      'restore number',
    ]);
  });

  it('says so where no number of the account can make calls', async () => {
    for (const number of twilio.state.numbers.values())
      number['capabilities'] = { voice: false, sms: true, mms: true, fax: false };
    expect((await ask('POST', '/system/setup/twilio/validate', credentials())).body).toMatchObject({
      isUsable: true,
      problems: [{ weight: 'limits', reason: 'no-voice-numbers' }],
    });
  });

  it('tests the whole way and shows the account among the parts of the house', async () => {
    twilio.account.type = 'Trial';
    await ask('POST', '/system/setup/twilio/provision', { ...credentials(), inbound: 'off', outbound: 'trunk', numbers: [] });
    expect((await ask('POST', '/system/setup/twilio/self-test')).body).toMatchObject({
      isPassed: false,
      checks: [
        { name: 'account', status: 'degraded', message: expect.stringContaining('trial account') },
        { name: 'public address', status: 'ok' },
        { name: 'registration', status: 'ok' },
        { name: 'media relay' },
      ],
    });
    const { body } = await ask('GET', '/system/health');
    expect(body['parts']).toContainEqual({
      name: 'Twilio',
      status: 'degraded',
      message: expect.stringContaining('trial account'),
    });
  });

  it('shows what failed at Twilio, in plain words', async () => {
    twilio.state.alert(11205, 'Connection refused', { url: 'https://gosip.example.org/api/webhooks/voice/inbound' });
    await ask('POST', '/system/setup/twilio/provision', { ...credentials(), inbound: 'off', outbound: 'trunk', numbers: [] });
    expect((await ask('GET', '/system/setup/twilio')).body['alerts']).toMatchObject([
      {
        code: 11205,
        message: expect.stringMatching(/^Twilio could not connect to the house\..*\(Twilio 11205\)$/),
        url: 'https://gosip.example.org/api/webhooks/voice/inbound',
        at: expect.stringMatching(/Z$/),
      },
    ]);
  });

  it('brings our numbers into step with the account', async () => {
    await ask('POST', '/system/setup/twilio/provision', { ...credentials(), inbound: 'off', outbound: 'trunk', numbers: [] });
    await ask('POST', '/dids', { number: '+15555550155' });
    expect((await ask('POST', '/dids/sync')).body).toEqual({ added: [house], missing: ['+15555550155'] });
    expect((await ask('POST', '/dids/sync')).body).toEqual({ added: [], missing: ['+15555550155'] });
  });

  it('reports problems by the names of the fields', async () => {
    const missing = await ask('POST', '/system/setup/twilio/provision', {
      ...credentials(),
      inbound: 'webhook',
      numbers: [house],
    });
    expect(missing).toMatchObject({ status: 400, body: { error: { details: [{ field: 'publicUrl' }] } } });
    const unset = await ask('POST', '/system/setup/twilio/provision', {});
    expect(unset).toMatchObject({ status: 400, body: { error: { details: [{ field: 'accountSid' }] } } });
    const sync = await ask('POST', '/dids/sync');
    expect(sync).toMatchObject({ status: 409, body: { error: { message: 'No Twilio account is set up' } } });
  });

  it('is for administrators', async () => {
    const { body: made } = await ask('POST', '/api-tokens', { name: 'script', role: 'user' });
    const { token } = made as { readonly token: string };
    expect((await ask('GET', '/auth/me', undefined, token)).body).toMatchObject({ role: 'user' });
    for (const path of ['validate', 'provision', 'undo', 'self-test']) {
      const reply = await ask('POST', `/system/setup/twilio/${path}`, {}, token);
      expect(reply.status).toBe(403);
    }
  });
});
