import { describe, expect, test } from 'vitest';
import { toneIn, TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { rest } from '#testing/twilio/rest-caller.ts';

// An elastic trunk that is pointed straight at the house.
const callerTone = 500;
const kitchenTone = 440;
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
    trunks: [
      {
        name: 'elastic',
        host: 'elastic.pstn.twilio.com',
        transport: 'tcp',
        allow: ['127.0.0.1/32'],
        secretHeaderName: secretHeader,
        secretHeaderValue: 'f0rest',
      },
    ],
  });

describe('an elastic trunk that is pointed at the house', () => {
  test.each(['', 'house'])('rings the owner of the number, with audio in both directions (user "%s")', async (user) => {
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
