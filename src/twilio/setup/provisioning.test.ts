import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { TwilioChangesStore } from './changes-store.ts';
import { TwilioSettingsStore } from './settings-store.ts';
import { TwilioStepsStore } from './steps-store.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { rest } from '#testing/twilio/rest-caller.ts';
import { AccountWatch } from './account-watch.ts';
import { TwilioConnection } from '#twilio/api/connection.ts';
import { Provisioning } from './provisioning.ts';
import { TwilioSetup } from './setup.ts';
import type { ProvisionRequest } from './setup.ts';
import { TwilioHttp } from '#twilio/api/http.ts';
import { LiveTwilioSettings } from '#twilio/api/settings.ts';

const house = '+15555550199';
const second = '+15555550198';
const publicUrl = 'https://gosip.example.org';
const log = createLog({ level: 'silent' });

describe('the setup of the account', () => {
  let twilio: TwilioEmulator;
  let opened: OpenedDatabase;
  let http: TwilioHttp;
  let settings: LiveTwilioSettings;
  let setup: TwilioSetup;
  const sealingKey = randomBytes(32);

  beforeEach(async () => {
    twilio = await TwilioEmulator.start({
      numbers: [
        { phoneNumber: house, voiceUrl: 'https://demo.twilio.com/welcome/voice/', smsUrl: 'https://old.example.org/sms' },
        { phoneNumber: second },
      ],
    });
    opened = openDatabase({ path: ':memory:', log, clock: systemClock });
    http = new TwilioHttp({ clock: systemClock, apiBase: twilio.apiBase });
    ({ settings, setup } = makeSetup());
  });

  afterEach(async () => {
    http.close();
    opened.db.close();
    await twilio[Symbol.asyncDispose]();
  });

  /** As after a start of the process: nothing but the database is there. */
  function makeSetup() {
    const { db } = opened;
    const live = new LiveTwilioSettings({
      store: new TwilioSettingsStore({ db, sealingKey, clock: systemClock }),
      clock: systemClock,
    });
    const connection = new TwilioConnection({ settings: live, http, log });
    const steps = new TwilioStepsStore(db);
    const provisioning = new Provisioning({
      settings: live,
      written: new TwilioChangesStore({ db, clock: systemClock }),
      log: steps,
      clock: systemClock,
      newId,
      originationTarget: { host: undefined, port: 5060, transport: 'tcp' },
    });
    const watch = new AccountWatch({ settings: live, connection, clock: systemClock, log });
    return { settings: live, setup: new TwilioSetup({ settings: live, connection, provisioning, watch, log: steps }) };
  }

  function request(plan: ProvisionRequest['plan'] = {}): ProvisionRequest {
    return {
      credentials: { accountSid: twilio.accountSid, authToken: twilio.authToken },
      plan: { publicUrl, inbound: 'webhook', outbound: 'trunk', numbers: [house], ...plan },
    };
  }

  /** Everything setup can touch, as Twilio holds it now. */
  function accountNow(): unknown {
    const { state } = twilio;
    const plain = (store: ReadonlyMap<string, object>) => [...store.values()].map((one) => ({ ...one, date_updated: '' }));
    return {
      numbers: plain(state.numbers),
      domains: plain(state.domains),
      lists: plain(state.credentialLists),
      credentials: plain(state.credentials),
      links: plain(state.links),
      trunks: plain(state.trunks),
    };
  }

  function writes(): number {
    return twilio.requests.filter(({ method }) => method !== 'GET').length;
  }

  function number(wanted: string) {
    return [...twilio.state.numbers.values()].find((one) => one['phone_number'] === wanted);
  }

  async function stepsOf(running: ReturnType<TwilioSetup['provision']>): Promise<readonly string[]> {
    return (await running).steps.map(({ step, outcome }) => `${step}: ${outcome}`);
  }

  it('makes all the house needs, from nothing but SID and token', async () => {
    expect(await stepsOf(setup.provision(request()))).toEqual([
      'numbers: done',
      'sip-domain: done',
      'sip-account: done',
      'sip-domain-access: done',
      'trunk: done',
      `number ${house}: done`,
    ]);
    expect(number(house)).toMatchObject({
      voice_url: `${publicUrl}/api/webhooks/voice/inbound`,
      voice_method: 'POST',
      voice_fallback_url: `${publicUrl}/api/webhooks/voice/fallback`,
      status_callback: `${publicUrl}/api/webhooks/voice/status`,
      sms_url: `${publicUrl}/api/webhooks/sms/inbound`,
      sms_fallback_url: `${publicUrl}/api/webhooks/sms/fallback`,
    });
    expect(number(second)).toMatchObject({ voice_url: '', sms_url: '' });
    const { domain, trunk, sipAccount, name, inbound } = settings.current;
    expect(domain?.name).toBe(`${name}.sip.twilio.com`);
    expect(trunk?.name).toBe(`${name}.pstn.twilio.com`);
    expect(inbound).toBe('webhook');
    expect([...twilio.state.domains.values()]).toMatchObject([
      { domain_name: domain?.name, sip_registration: true, secure: false },
    ]);
    expect([...twilio.state.passwords.values()]).toEqual([sipAccount?.password]);
    const links = [...twilio.state.links.values()].map(({ kind, listSid }) => `${kind} ${listSid}`);
    expect(links.toSorted()).toEqual(['calls', 'calls', 'registrations'].map((kind) => `${kind} ${sipAccount?.listSid}`));
    expect(setup.watch.health()).toEqual({ status: 'ok', message: 'The account is active' });
  });

  it('changes nothing the second time, also after a restart', async () => {
    await setup.provision(request());
    const before = accountNow();
    const written = writes();
    ({ settings, setup } = makeSetup());
    expect(await stepsOf(setup.provision({ credentials: {}, plan: {} }))).toEqual([
      'numbers: done',
      'sip-domain: unchanged',
      'sip-account: unchanged',
      'sip-domain-access: unchanged',
      'trunk: unchanged',
      `number ${house}: unchanged`,
    ]);
    expect(accountNow()).toEqual(before);
    expect(writes()).toBe(written);
  });

  it('is undone without a trace', async () => {
    const before = accountNow();
    await setup.provision(request({ numbers: [house, second] }));
    await setup.provision(request({ publicUrl: 'https://moved.example.org' }));
    expect(await stepsOf(setup.undo({ forget: false }))).toEqual([
      `number ${house}: done`,
      'sip-domain: done',
      'trunk: done',
      'sip-account: done',
    ]);
    expect(accountNow()).toEqual(before);
    expect(settings.current).toMatchObject({
      inbound: 'off',
      outbound: 'off',
      domain: undefined,
      trunk: undefined,
      sipAccount: undefined,
    });
    expect(settings.current.accountSid).toBe(twilio.accountSid);
  });

  describe('of a number in a Messaging Service', () => {
    const elsewhere = 'https://user:secret@shop.example.org/sms?key=1';

    async function addService(form: Record<string, string>, ...members: readonly string[]): Promise<string> {
      const made = await rest(twilio, 'POST', '/v1/Services', { host: 'messaging', form: { FriendlyName: '10DLC', ...form } });
      for (const member of members) {
        const path = `/v1/Services/${made.json['sid']}/PhoneNumbers`;
        await rest(twilio, 'POST', path, { host: 'messaging', form: { PhoneNumberSid: String(number(member)?.sid) } });
      }
      return String(made.json['sid']);
    }
    const drift = () => setup.watch.state?.drift.map(({ what, is, mend }) => `${what} ${is} (${mend})`);

    it.each<[string, Record<string, string>]>([
      ['defers to the number', { UseInboundWebhookOnNumber: 'true', InboundRequestUrl: elsewhere }],
      ['asks the house itself', { InboundRequestUrl: `${publicUrl}/api/webhooks/sms/inbound` }],
    ])('says nothing of one that %s', async (_what, form) => {
      await addService(form, house);
      expect((await stepsOf(setup.provision(request()))).some((step) => step.startsWith('messaging'))).toBe(false);
      expect(drift()).toEqual([]);
    });

    it('says nothing of one that holds numbers of others alone', async () => {
      await addService({}, second);
      await setup.provision(request());
      expect(drift()).toEqual([]);
    });

    it.each<[string, Record<string, string>, string]>([
      ['drops them', {}, `drops every message to ${house}; Twilio does not even list them`],
      ['has an address of its own', { InboundRequestUrl: elsewhere }, `sends every message to ${house} to shop.example.org`],
    ])('is not said to serve the house where it keeps messages from it: it %s', async (_what, form, words) => {
      const sid = await addService(form, house, second);
      const before = { ...twilio.state.messagingServices.get(sid), date_updated: '' };
      const { isDone, steps } = await setup.provision(request());
      expect(isDone).toBe(true);
      expect(steps.at(-1)).toMatchObject({ step: 'messaging-service 10DLC', outcome: 'skipped' });
      expect(steps.at(-1)?.message).toContain(words);
      expect(drift()).toEqual([`Messaging Service 10DLC ${words} (defer-messages)`]);
      const { status, message } = setup.watch.health();
      expect(status).toBe('degraded');
      expect(message).toMatch(new RegExp(`^Inbound messages do not arrive: Messaging Service 10DLC ${words.slice(0, 20)}`));
      expect(message).not.toContain('setup wrote');

      expect(await stepsOf(setup.deferMessages())).toEqual(['messaging-services: done', 'messaging-service 10DLC: done']);
      expect(setup.lastSteps.at(-1)?.message).toContain(second);
      expect(twilio.state.messagingServices.get(sid)).toMatchObject({ use_inbound_webhook_on_number: true });
      expect([drift(), setup.watch.health().status]).toEqual([[], 'ok']);
      expect(await stepsOf(setup.deferMessages())).toEqual(['messaging-services: unchanged']);

      ({ settings, setup } = makeSetup());
      expect(await stepsOf(setup.undo({ forget: false }))).toContain(`messaging-service ${sid}: done`);
      expect({ ...twilio.state.messagingServices.get(sid), date_updated: '' }).toEqual(before);
    });

    it('does without where the key may not read them', async () => {
      await addService({}, house);
      twilio.faults.add({ name: 'rest.401-after-rotation', endpoint: 'messaging-services.list' });
      expect((await setup.provision(request())).isDone).toBe(true);
      expect(drift()).toEqual([]);
    });
  });

  it('leaves values that were changed by others since', async () => {
    await setup.provision(request());
    const found = number(house);
    if (found !== undefined) found['voice_url'] = 'https://other.example.org/voice';
    const { steps } = await setup.undo({ forget: false });
    expect(steps[0]?.message).toContain('left voiceUrl, changed since by others');
    expect(number(house)).toMatchObject({ voice_url: 'https://other.example.org/voice', sms_url: 'https://old.example.org/sms' });
  });

  it('gives back a number that is to serve the house no longer', async () => {
    await setup.provision(request({ numbers: [house, second] }));
    expect(await stepsOf(setup.provision(request({ numbers: [second] })))).toContain(`number ${house}: done`);
    expect(number(house)).toMatchObject({
      voice_url: 'https://demo.twilio.com/welcome/voice/',
      sms_url: 'https://old.example.org/sms',
    });
    expect(settings.current.numbers.map((one) => one.number)).toEqual([second]);
  });

  it('takes away the trunk where calls leave by the SIP Domain, and asks the house about them', async () => {
    await setup.provision(request());
    expect(await stepsOf(setup.provision(request({ outbound: 'domain' })))).toEqual([
      'numbers: done',
      'sip-domain: done',
      'sip-account: unchanged',
      'sip-domain-access: unchanged',
      `number ${house}: unchanged`,
      'trunk: done',
    ]);
    expect([...twilio.state.domains.values()]).toMatchObject([{ voice_url: `${publicUrl}/api/webhooks/voice/outbound` }]);
    expect(twilio.state.trunks.size).toBe(0);
  });

  it('takes another name for its SIP Domain where the first is taken', async () => {
    settings.change({ name: 'gosip-taken' });
    twilio.state.foreignDomains.add('gosip-taken.sip.twilio.com');
    expect((await setup.provision(request())).isDone).toBe(true);
    expect(settings.current.domain?.name).toMatch(/^gosip-[0-9a-f]{8}\.sip\.twilio\.com$/);
  });

  it('detects drift, and repairs it', async () => {
    await setup.provision(request());
    const found = number(house);
    if (found !== undefined) found['sms_url'] = 'https://elsewhere.example.org';
    const domain = [...twilio.state.domains.values()][0];
    if (domain !== undefined) domain['sip_registration'] = false;
    for (const [key, { kind }] of twilio.state.links) if (kind === 'registrations') twilio.state.links.delete(key);
    const state = await setup.watch.check();
    expect(state?.drift).toMatchObject([
      {
        what: `number ${house}`,
        field: 'smsUrl',
        is: 'https://elsewhere.example.org',
        should: `${publicUrl}/api/webhooks/sms/inbound`,
      },
      { field: 'sipRegistration', is: 'false', should: 'true' },
      { field: 'registrations' },
    ]);
    expect(setup.watch.health()).toMatchObject({ status: 'degraded', message: expect.stringContaining('smsUrl of number') });
    await setup.provision({ credentials: {}, plan: {} });
    expect(setup.watch.state?.drift).toEqual([]);
  });

  it('detects what is gone', async () => {
    await setup.provision(request());
    twilio.state.trunks.clear();
    twilio.state.domains.clear();
    twilio.state.numbers.clear();
    expect((await setup.watch.check())?.drift.map(({ what, is }) => `${what} ${is}`)).toEqual([
      `number ${house} no longer in the account`,
      expect.stringMatching(/sip\.twilio\.com gone/),
      expect.stringMatching(/pstn\.twilio\.com gone/),
    ]);
  });

  it.each([
    'sip-domains.create',
    'credential-lists.create',
    'credentials.create',
    'registrations-mappings.create',
    'trunks.create',
    'numbers.update',
  ])('goes on from where it was when %s failed after it was done', async (endpoint) => {
    const before = accountNow();
    twilio.faults.add({ name: 'rest.5xx', endpoint, count: 1, isProcessed: true });
    const first = await setup.provision(request());
    expect(first.isDone).toBe(false);
    expect(first.steps.at(-1)).toMatchObject({ outcome: 'failed' });
    expect(twilio.faults.taken).toHaveLength(1);
    ({ settings, setup } = makeSetup());
    expect((await setup.provision(request())).isDone).toBe(true);
    const { domains, credentialLists, credentials, trunks } = twilio.state;
    expect([domains.size, credentialLists.size, credentials.size, trunks.size]).toEqual([1, 1, 1, 1]);
    expect([...twilio.state.passwords.values()]).toEqual([settings.current.sipAccount?.password]);
    expect((await setup.undo({ forget: false })).isDone).toBe(true);
    expect(accountNow()).toEqual(before);
  });

  it('says which step failed and why, in words', async () => {
    const { steps, isDone } = await setup.provision(request({ numbers: ['+15555550000'] }));
    expect(isDone).toBe(false);
    expect(steps).toMatchObject([
      { step: 'numbers', outcome: 'failed', message: expect.stringContaining('not a number of this account') },
    ]);
    expect(setup.lastSteps).toEqual(steps);
  });

  it('keeps secrets sealed', async () => {
    await setup.provision(request());
    const row = opened.db
      .prepare<[], { settings: string; secrets: Buffer }>('SELECT settings, secrets FROM twilio_settings')
      .get();
    const secrets = [twilio.authToken, settings.current.sipAccount?.password ?? 'none'];
    for (const secret of secrets) {
      expect(row?.settings).not.toContain(secret);
      expect(row?.secrets.toString('latin1')).not.toContain(secret);
    }
    expect(makeSetup().settings.current).toEqual(settings.current);
  });

  it('asks with an API key where there is one', async () => {
    const apiKey = twilio.account.addApiKey();
    const asked = request();
    expect((await setup.provision({ ...asked, credentials: { ...asked.credentials, apiKey } })).isDone).toBe(true);
    const created = twilio.requests.find(({ endpoint }) => endpoint === 'sip-domains.create');
    expect(created?.authorization).toBe(`Basic ${Buffer.from(`${apiKey.sid}:${apiKey.secret}`).toString('base64')}`);
  });

  it('refuses a second run meanwhile', async () => {
    const first = setup.provision(request());
    await expect(setup.undo({ forget: false })).rejects.toMatchObject({ code: 'conflict' });
    expect((await first).isDone).toBe(true);
  });

  it('does not take another account while the first is still set up', async () => {
    await setup.provision(request());
    const other = { accountSid: `AC${'1'.repeat(32)}`, authToken: '2'.repeat(32) };
    await expect(setup.provision({ credentials: other, plan: {} })).rejects.toMatchObject({ code: 'conflict' });
    expect(settings.current.accountSid).toBe(twilio.accountSid);
  });

  it('forgets the account where asked to, even where Twilio cannot be asked any more', async () => {
    await setup.provision(request());
    twilio.account.status = 'closed';
    expect((await setup.undo({ forget: true })).isDone).toBe(false);
    expect(settings.current).toMatchObject({ accountSid: undefined, authToken: undefined, domain: undefined, numbers: [] });
  });

  it.each<[string, ProvisionRequest['plan'], string]>([
    ['webhooks without a public address', { publicUrl: undefined }, 'publicUrl is required for inbound calls by webhook'],
    [
      'the SIP Domain without one',
      { publicUrl: undefined, inbound: 'off', outbound: 'domain' },
      'publicUrl is required for outbound calls',
    ],
    ['a public address without TLS', { publicUrl: 'http://gosip.example.org' }, 'publicUrl must begin with https://'],
    ['no number', { numbers: [] }, 'numbers must contain at least one number'],
  ])('refuses %s before anything is asked', async (_, plan, message) => {
    await expect(setup.provision(request(plan))).rejects.toThrow(message);
    expect(twilio.requests).toEqual([]);
  });

  it('leaves voice to a trunk of the owner where one is pointed at the house, and says what is left to do', async () => {
    const { steps } = await setup.provision(request({ inbound: 'trunk' }));
    expect(steps.find(({ step }) => step === 'trunk-origination')).toMatchObject({ outcome: 'skipped' });
    expect(number(house)).toMatchObject({
      voice_url: 'https://demo.twilio.com/welcome/voice/',
      sms_url: `${publicUrl}/api/webhooks/sms/inbound`,
    });
  });

  it('points the trunk at the house and puts the number on it, with nothing to do the second time, and undoes it', async () => {
    const before = accountNow();
    const plan = { inbound: 'trunk', originationAddress: '198.51.100.7:5070', publicUrl: undefined } as const;
    const first = await setup.provision(request(plan));
    expect(first.steps.map(({ step, outcome }) => `${step}: ${outcome}`)).toEqual([
      ...['numbers: done', 'sip-account: done', 'trunk: done', 'trunk-origination: done', 'trunk-recovery: skipped'],
      `number ${house}: done`,
    ]);
    expect(first.steps.at(-1)?.message).toContain('VoiceUrl) has no effect');
    const [url] = twilio.state.originationUrls.values();
    const secret = settings.current.originationSecret ?? '';
    expect(secret).toMatch(/^[0-9a-f]{48}$/);
    expect(url).toMatchObject({ enabled: true, sip_url: `sip:198.51.100.7:5070;transport=tcp?X-House-Secret=${secret}` });
    expect(number(house)).toMatchObject({ trunk_sid: settings.current.trunk?.sid });
    const row = opened.db.prepare('SELECT settings FROM twilio_settings').get() as { settings: string };
    expect(row.settings).not.toContain(secret);
    expect(makeSetup().settings.current.originationSecret).toBe(secret);

    const again = await setup.provision(request(plan));
    expect(again.steps.slice(1).filter(({ outcome }) => outcome !== 'unchanged')).toMatchObject([{ step: 'trunk-recovery' }]);
    expect(again.steps.find(({ step }) => step === 'trunk-recovery')?.message).toContain('there is no voicemail');
    expect(setup.watch.state?.drift).toEqual([]);
    Object.assign(url ?? {}, { enabled: false });
    await setup.watch.check();
    expect(setup.watch.state?.drift).toMatchObject([{ field: 'origination', is: 'switched off' }]);
    expect(JSON.stringify(setup.watch.state?.drift)).not.toContain(secret);

    expect((await setup.undo({ forget: false })).isDone).toBe(true);
    expect(accountNow()).toEqual(before);
    expect(settings.current).toMatchObject({ origination: undefined, originationSecret: undefined });
  });

  it('takes the number off the trunk when calls come by webhooks again, and back', async () => {
    await setup.provision(request({ inbound: 'trunk', originationAddress: '198.51.100.7' }));
    await setup.provision(request());
    expect(number(house)).toMatchObject({ trunk_sid: null, voice_url: `${publicUrl}/api/webhooks/voice/inbound` });
    expect(twilio.state.originationUrls.size).toBe(0);
    await setup.provision(request({ inbound: 'trunk', originationAddress: '198.51.100.7' }));
    expect(number(house)).toMatchObject({
      trunk_sid: settings.current.trunk?.sid,
      voice_url: 'https://demo.twilio.com/welcome/voice/',
    });
  });

  it('lets calls leave by the trunk without a public address', async () => {
    const steps = await stepsOf(setup.provision(request({ publicUrl: undefined, inbound: 'off' })));
    expect(steps).toEqual(['numbers: done', 'sip-account: done', 'trunk: done', `number ${house}: skipped`]);
  });

  describe('with credentials', () => {
    const words = async (entered: Parameters<TwilioSetup['validate']>[0]) =>
      (await setup.validate(entered)).problems.map(({ weight, field, message }) => `${weight} ${field ?? ''}: ${message}`);

    it('that are right, reports the account, the balance and the numbers', async () => {
      const report = await setup.validate({ accountSid: twilio.accountSid, authToken: twilio.authToken });
      expect(report).toMatchObject({ account: { status: 'active' }, balance: { amount: 12.34 }, problems: [] });
      expect(report.numbers.map((one) => one.number)).toEqual([house, second]);
      expect(writes()).toBe(0);
    });

    it('that are of the wrong form, says which and where to find it', async () => {
      expect(await words({ accountSid: `SK${'0'.repeat(32)}`, authToken: 'abc' })).toEqual([
        expect.stringMatching(/^stops accountSid: This is an API key SID.*first page of the Twilio Console, under Account Info/),
        expect.stringMatching(/^stops authToken: This is not an auth token.*behind Show/),
      ]);
      expect(twilio.requests).toEqual([]);
    });

    it('that Twilio does not accept, says so at the token', async () => {
      expect(await words({ accountSid: twilio.accountSid, authToken: '0'.repeat(32) })).toEqual([
        expect.stringMatching(/^stops authToken: Twilio does not accept this auth token for this account SID/),
      ]);
    });

    it('whose key is wrong, says so at the key', async () => {
      const { accountSid, authToken } = twilio;
      expect(await words({ accountSid, authToken, apiKey: { sid: `SK${'0'.repeat(32)}`, secret: 'wrong' } })).toEqual([
        expect.stringMatching(/^stops apiKeySecret: Twilio does not accept this API key/),
      ]);
    });

    it('of a suspended account, says what will not work', async () => {
      twilio.account.status = 'suspended';
      expect((await words(twilio))[0]).toMatch(/^stops : Twilio has suspended the account: no calls come in or go out/);
      await expect(setup.provision(request())).rejects.toBeInstanceOf(AppError);
      expect(settings.current.accountSid).toBeUndefined();
    });

    it('of a closed account, says so', async () => {
      twilio.account.status = 'closed';
      expect((await words(twilio))[0]).toMatch(/closed/);
    });

    it('of a trial account, says what will not work, and goes on', async () => {
      twilio.account.type = 'Trial';
      expect(await words(twilio)).toEqual([expect.stringMatching(/^limits : This is a trial account.*verified/)]);
      expect((await setup.provision(request())).isDone).toBe(true);
      expect(setup.watch.health()).toMatchObject({ status: 'degraded' });
    });

    it('of an account with little money or without a number, says so', async () => {
      twilio.faults.add({ name: 'balance.low' });
      twilio.state.numbers.clear();
      expect(await words(twilio)).toEqual([
        expect.stringContaining('The account has no phone number yet'),
        expect.stringContaining('Only 0.07 USD are left'),
      ]);
    });

    it('where Twilio cannot be reached, does not blame them', async () => {
      twilio.faults.add({ name: 'rest.5xx', status: 503, html: true });
      expect(await words(twilio)).toEqual([expect.stringMatching(/^stops : Twilio cannot be queried at the moment/)]);
    });
  });

  it('goes on believing the old token for a day after a new one was set', async () => {
    await setup.provision(request());
    const old = twilio.authToken;
    const fresh = twilio.account.promoteSecondaryToken();
    await setup.provision({ credentials: { authToken: fresh }, plan: {} });
    expect(settings.signingTokens).toEqual([fresh, old]);
    expect(makeSetup().settings.signingTokens).toEqual([fresh, old]);
  });
});
