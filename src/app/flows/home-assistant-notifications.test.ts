import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCall } from '#testing/harness/api-call.ts';
import { HomeAssistantHarness } from '#testing/harness/home-assistant-harness.ts';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { CompanionPhone } from '#testing/home-assistant/companion-phone.ts';
import type { CompanionPush } from '#testing/home-assistant/companion-phone.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';

// What people are told on the phones of a real Home Assistant, and what comes back from there.
type Listed = {
  readonly items: readonly { readonly target: string; readonly name: string; readonly kind: string; readonly isOwn: boolean }[];
  readonly problem: string | null;
};
type Tried = { readonly isDelivered: boolean; readonly reason: string | null };
type Created = { readonly id: string };
type Voicemails = { readonly items: readonly { readonly heardAt: string | null }[] };
type Blocklist = { readonly items: readonly { readonly pattern: string }[] };

const name = 'Anna’s Phone 📱';
const target = 'mobile_app_annas_phone';

describe.skipIf((await missingHomeAssistant()) !== undefined)('a house beside a real Home Assistant', () => {
  let stack: AsyncDisposableStack;
  let harness: HomeAssistantHarness;
  let at: TwilioHarness;
  let phone: CompanionPhone;
  let targetId = '';
  /** How much was pushed before the try that runs. */
  let since = 0;
  let missed: CompanionPush;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    harness = stack.use(await HomeAssistantHarness.start());
    const { url, token } = harness.core;
    // All that Home Assistant could say of the house is given: it has no reason to begin anew.
    const environment = {
      ...{ GOSIP_HOME_ASSISTANT_URL: url, GOSIP_HOME_ASSISTANT_TOKEN: token },
      ...{ GOSIP_TIME_ZONE: 'Europe/Berlin', GOSIP_LANGUAGE: 'en' },
    };
    at = stack.use(await TwilioHarness.start({ environment }));
    phone = await register();
    const { id: homeAssistantUserId } = await client().command<Created>({ type: 'auth/current_user' });
    await at.house.api('PATCH', `/users/${at.personId}`, { homeAssistantUserId });
    // Whatever somebody is called, Home Assistant takes it for text, and so does the phone.
    const contact = { name: 'Oma {{ 7 * 7 }} <b>', numbers: [{ number: at.theirs }], personId: null };
    await at.house.api('POST', '/contacts', contact);
    await at.house.api('PATCH', '/system/config/voicemail', { discardBelowSeconds: 1, silenceSeconds: 2 });
    await connected();
  }, 240_000);
  afterAll(() => stack.disposeAsync());

  const client = () => harness.entities.client;

  async function register(): Promise<CompanionPhone> {
    const made = stack.use(await CompanionPhone.register(client(), name));
    stack.defer(() => made.removeFrom(client()));
    return made;
  }

  const listed = (api = at.house.api.bind(at.house)) => api<Listed>('GET', '/notifications/home-assistant/targets');
  const inList = (known: string) =>
    waitFor(`${known} in the list`, 30, async () => (await listed()).items.find((one) => one.target === known));
  const add = async (known: string) => {
    const body = { channel: 'home-assistant', target: known, personId: at.personId };
    return (await at.house.api<Created>('POST', '/notifications/targets', body)).id;
  };
  /** Adds it and sends a test; each time as another administrator, who may send one in ten seconds. */
  async function tried(known: string): Promise<string> {
    const { token } = await at.house.api<{ token: string }>('POST', '/api-tokens', { name: 'tests', role: 'admin' });
    const api = apiCall(`http://${at.house.address}:${at.house.httpPort}`, token);
    const id = await add(known);
    const { isDelivered, reason } = await api<Tried>('POST', `/notifications/targets/${id}/test`);
    await at.house.api('DELETE', `/notifications/targets/${id}`);
    return isDelivered ? 'delivered' : (reason ?? '');
  }
  const triedUntil = (outcome: string) =>
    waitFor(outcome, 30, async () => ((await tried(target)) === outcome ? true : undefined));
  /** What did not come says what became of it at the house. */
  async function pushed(what: string, fits: (push: CompanionPush) => boolean): Promise<CompanionPush> {
    try {
      return await waitFor(what, 150, () => phone.pushes.slice(since).findLast(fits));
    } catch (cause) {
      const { items } = await at.house.api<{ items: object[] }>('GET', '/notifications/deliveries');
      throw new Error(`${what}: ${JSON.stringify(items.slice(0, 5))}`, { cause });
    }
  }
  /** Of a try before this one. */
  async function startAfresh(): Promise<void> {
    for (const kind of ['notifications/targets', 'voicemails', 'blocklist'])
      for (const { id } of (await at.house.api<{ items: Created[] }>('GET', `/${kind}`)).items)
        await at.house.api('DELETE', `/${kind}/${id}`);
    since = phone.pushes.length;
  }
  const button = (push: CompanionPush, title: string) => push.data?.actions?.find((one) => one.title === title)?.action ?? '';

  /** Home Assistant keeps no event for whoever is not there. */
  function connected(): Promise<true> {
    return waitFor('the line to Home Assistant', 60, async () => ((await listed()).problem === null ? true : undefined));
  }

  it('finds the phone, whose it is, and what it is called there', async () => {
    expect(await inList(target)).toEqual({ target, name, kind: 'phone', isOwn: false });
    const { token } = await at.house.api<{ token: string }>('POST', '/api-tokens', { name: 'Anna', personId: at.personId });
    const asAnna = apiCall(`http://${at.house.address}:${at.house.httpPort}`, token);
    expect((await listed(asAnna)).items).toEqual([{ target, name, kind: 'phone', isOwn: true }]);
    expect(await tried(target)).toBe('delivered');
    expect(phone.pushes).toMatchObject([{ push_token: `token of ${name}`, data: { tag: expect.any(String) } }]);
  });

  it('shows that it rings, then in its place that it was missed, and calls back once', { timeout: 300_000 }, async () => {
    await startAfresh();
    targetId = await add(target);
    await using kitchen = await at.phone('21', 300);
    const caller = at.twilio.callFrom(at.theirs, at.ours);
    const rings = await pushed('that it rings', ({ title }) => title?.endsWith('is calling') ?? false);
    caller.hangUp();
    missed = await pushed('that it was missed', ({ title }) => title?.startsWith('Missed call') ?? false);
    expect(missed).toMatchObject({
      title: 'Missed call from Oma {{ 7 * 7 }} &#60;b&#62;',
      message: expect.stringContaining('+1 415 555 0123'),
      data: { tag: rings.data?.tag, group: 'gosip', actions: [{ title: 'Call back' }, { title: 'Block' }] },
    });
    await phone.press(button(missed, 'Call back'));
    await kitchen.waitForEvent('CALL_INCOMING', { nth: 2 });
    await pushed('that it is called back', ({ message }) => message.includes('Phone 21'));
    await phone.press(button(missed, 'Call back'));
    await pushed('that it is done already', ({ message }) => message.includes('done already'));
    expect(kitchen.events.filter(({ type }) => type === 'CALL_INCOMING')).toHaveLength(2);
  });

  it('shows a voicemail that was left while Home Assistant restarted, and it is marked as heard from there', async () => {
    const restarted = harness.restartCore();
    await at.leaveVoicemail(440);
    await restarted;
    // Core answers before it has its phones: none is given up for that.
    const left = await pushed('the voicemail', ({ title }) => title?.startsWith('Voicemail from') ?? false);
    expect(left.data?.actions?.map(({ title }) => title)).toEqual(['Call back', 'Mark as heard', 'Block']);
    await connected();
    await phone.press(button(left, 'Mark as heard'));
    await pushed('that it is marked', ({ title }) => title === 'Mark as heard');
    const { items } = await at.house.api<Voicemails>('GET', '/voicemails');
    expect(items).toMatchObject([{ heardAt: expect.any(String) }]);
    // A button of before the restart too.
    await phone.press(button(missed, 'Block'));
    await pushed('that it is blocked', ({ title }) => title === 'Block');
    expect((await at.house.api<Blocklist>('GET', '/blocklist')).items).toMatchObject([{ pattern: at.theirs }]);
  }, 300_000);

  it('is not told where the service of the makers refuses: delivered means accepted by Home Assistant', async () => {
    const body = '{"errorMessage":"down","message":"The phone is not registered"}';
    phone.service.answers.push({ status: 500, headers: { 'content-type': 'application/json' }, body });
    await at.house.api('DELETE', `/notifications/targets/${targetId}`);
    expect(await tried(target)).toBe('delivered');
  });

  it('sends to neither of two phones of one name, to the one again when it is the only one, and knows when it is gone', async () => {
    const other = await register();
    const before = phone.pushes.length;
    await triedUntil('refused-content');
    expect(other.pushes.length + phone.pushes.length - before).toBeLessThanOrEqual(1);
    await other.removeFrom(client());
    await triedUntil('delivered');
    await phone.removeFrom(client());
    await triedUntil('target-gone');
  });

  it('says it to an entity that shows text alone, and waits for one that is not available', async () => {
    const { observer } = harness;
    const config = { name: 'Doorbell', unique_id: 'doorbell', command_topic: 'doorbell/say', availability_topic: 'doorbell/is' };
    await observer.publish('homeassistant/notify/doorbell/config', config, { retain: true });
    await observer.publish('doorbell/is', 'offline', { retain: true });
    expect(await inList('notify.doorbell')).toMatchObject({ kind: 'entity', name: 'Doorbell' });
    expect(await tried('notify.doorbell')).toBe('unreachable');
    await observer.publish('doorbell/is', 'online', { retain: true });
    await harness.showing('notify.doorbell', 'unknown');
    expect(await tried('notify.doorbell')).toBe('delivered');
    await waitFor('what it says', 20, () => observer.on('doorbell/say').find((text) => text.includes('GoSIP')));
  });

  it('leaves nothing for Home Assistant to complain about but the service that refused', () => {
    expect(harness.complaints().map(({ logger }) => logger)).toEqual(['homeassistant.components.mobile_app.notify']);
  });
});
