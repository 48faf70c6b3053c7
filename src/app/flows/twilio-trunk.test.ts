import { describe, expect, test } from 'vitest';
import { toneIn, TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { rest } from '#testing/twilio/rest-caller.ts';

// The ways between Twilio and the house when they break, and an elastic trunk that is pointed straight at the house.
const callerTone = 500;
const kitchenTone = 440;
const farTone = 700;
const speaks = { speak: { kind: 'tone', frequency: callerTone } } as const;
const secretHeader = 'X-House-Secret';

/** A trunk of the account that leads our number to the house, with this secret. */
async function pointTrunk(at: TwilioHarness, secret: string, user = ''): Promise<void> {
  const trunking = (path: string, form: Record<string, string>) =>
    rest(at.twilio, 'POST', `/v1/Trunks${path}`, { host: 'trunking', form });
  const { json } = await trunking('', { FriendlyName: 'Elastic', DomainName: `elastic${user}.pstn.twilio.com` });
  const { address, sipPort } = at.house;
  const place = `${user === '' ? '' : `${user}@`}${address}:${sipPort}`;
  const SipUrl = `sip:${place};transport=tcp?${secretHeader}=${secret}`;
  const url = { Weight: '10', Priority: '10', Enabled: 'true', FriendlyName: 'House', SipUrl };
  expect((await trunking(`/${json['sid']}/OriginationUrls`, url)).status).toBe(201);
  const [number] = [...at.twilio.state.numbers.values()];
  const attached = await trunking(`/${json['sid']}/PhoneNumbers`, { PhoneNumberSid: number?.sid ?? '' });
  expect(attached.status).toBe(201);
}

const elasticHouse = () =>
  TwilioHarness.start({
    setupPlan: { inbound: 'off', outbound: 'off' },
    environment: {
      GOSIP_TRUNKS: JSON.stringify([
        {
          name: 'elastic',
          host: 'elastic.pstn.twilio.com',
          transport: 'tcp',
          allow: ['127.0.0.1/32'],
          secret_header_name: secretHeader,
          secret_header_value: 'f0rest',
        },
      ]),
    },
  });

describe('an elastic trunk that is pointed at the house', () => {
  test.each(['', 'house'])('rings the owner of the number, with sound in both directions (user "%s")', async (user) => {
    await using at = await elasticHouse();
    await pointTrunk(at, 'f0rest', user);
    const kitchen = await at.phone('21', kitchenTone);
    const caller = at.twilio.callFrom(at.theirs, at.ours, speaks);
    await kitchen.waitForEvent('CALL_INCOMING');
    kitchen.accept();
    await kitchen.waitForEvent('CALL_ESTABLISHED');
    await expect.poll(() => kitchen.heard(callerTone), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
    await waitFor('the kitchen', 20, () => toneIn(caller.remoteParty.heard().slice(-8000), kitchenTone) > 0.9 || undefined);
    kitchen.hangup();
    await caller.over;
    const record = await at.closedCall();
    expect(record).toMatchObject({ disposition: 'answered', trunk: 'elastic', number: at.ours, caller: { number: at.theirs } });
  });

  test('is not believed without the secret', async () => {
    await using at = await elasticHouse();
    await pointTrunk(at, 'guess');
    const kitchen = await at.phone('21', kitchenTone);
    const caller = at.twilio.callFrom(at.theirs, at.ours, speaks);
    await caller.over;
    expect(kitchen.events.some(({ type }) => type === 'CALL_INCOMING')).toBe(false);
    expect(await at.cdrs()).toEqual([]);
  });
});

describe('with TLS and SRTP in both directions', () => {
  test('calls come in and go out, with sound that both hear', async () => {
    await using at = await TwilioHarness.start({ setupPlan: { isSecure: true } });
    at.twilio.setFarPhone('+14155550177', { calls: { outcome: 'answers', say: { kind: 'tone', frequency: farTone } } });
    const kitchen = await at.phone('21', kitchenTone);
    const caller = at.twilio.callFrom(at.theirs, at.ours, speaks);
    await kitchen.waitForEvent('CALL_INCOMING');
    kitchen.accept();
    await expect.poll(() => kitchen.heard(callerTone), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
    await waitFor('the kitchen', 20, () => toneIn(caller.remoteParty.heard().slice(-8000), kitchenTone) > 0.9 || undefined);
    kitchen.hangup();
    await caller.over;
    kitchen.dial(at.dial('4155550177'));
    await kitchen.waitForEvent('CALL_ESTABLISHED', { nth: 2 });
    await expect.poll(() => kitchen.heard(farTone), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
    const call = at.twilio.calls.findLast(({ to }) => to === '+14155550177');
    const person = at.twilio.remotePartyOf(call?.sid ?? '');
    await waitFor(
      'the kitchen',
      20,
      () => toneIn(person?.heard().slice(-8000) ?? new Int16Array(), kitchenTone) > 0.9 || undefined,
    );
    kitchen.hangup();
  });
});

describe('the registration at Twilio', () => {
  test(
    'is there again soon after its connection broke; the call meanwhile goes to the voicemail',
    { timeout: 90_000 },
    async () => {
      await using at = await TwilioHarness.start();
      const kitchen = await at.phone('21', kitchenTone);
      const before = at.side.bindings('gosip', at.domain)[0];
      at.side.dropConnections();
      await at.leaveVoicemail(callerTone, 3.5);
      await waitFor('a binding of a new connection', 60, () => {
        const [now] = at.side.bindings('gosip', at.domain);
        return now !== undefined && now.flow !== before?.flow ? true : undefined;
      });
      expect(at.side.bindings('gosip', at.domain)).toHaveLength(1);
      const caller = at.twilio.callFrom(at.theirs, at.ours, speaks);
      await kitchen.waitForEvent('CALL_INCOMING');
      caller.hangUp();
      await caller.over;
    },
  );

  test.each([
    { name: 'sip.503', what: 'Twilio reaches us, and something says no' },
    { name: 'sip.binding-lost', what: 'Twilio does not reach us' },
  ] as const)('$what: the caller leaves a message', async ({ name }) => {
    await using at = await TwilioHarness.start();
    await at.phone('21', kitchenTone);
    at.twilio.faults.add({ name, count: 1 });
    await at.leaveVoicemail(callerTone, 3.5);
    expect(await at.closedCall()).toMatchObject({ disposition: 'voicemail' });
  });

  test('is gone after the account was undone, and comes back with it', async () => {
    await using at = await TwilioHarness.start();
    const contacts = () => at.side.bindings('gosip', at.domain).map(({ contact }) => contact);
    const before = contacts();
    expect(before).toHaveLength(1);
    await at.house.api('POST', '/system/setup/twilio/undo', {});
    await waitFor('a house without trunks', 10, async () => {
      const { parts } = await at.house.api<{ parts: { name: string; message: string }[] }>('GET', '/system/health');
      return parts.find(({ name }) => name === 'trunks')?.message === 'There are none' || undefined;
    });
    await at.house.api('POST', '/system/setup/twilio/provision', { inbound: 'webhook', outbound: 'trunk', numbers: [at.ours] });
    // The emulator may still know the old one: the house takes it away while its domain is being removed.
    await waitFor('a new binding', 15, () => contacts().some((contact) => !before.includes(contact)) || undefined);
  });
});
