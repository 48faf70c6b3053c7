import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Baresip } from '#testing/peers/baresip.ts';
import { toneIn, TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { asText } from '#testing/twilio/base/records.ts';

// A house with a static address: the trunk of its account sends calls straight to it, and no webhook is asked.
const callerTone = 500;
const kitchenTone = 440;
let at: TwilioHarness;
let kitchen: Baresip;

type Result = { readonly isDone: boolean; readonly steps: readonly { readonly step: string; readonly outcome: string }[] };

const provision = (plan: Record<string, unknown>) => at.house.api<Result>('POST', '/system/setup/twilio/provision', plan);
const outcomeOf = ({ steps }: Result, name: string) => steps.find(({ step }) => step === name)?.outcome;

beforeAll(async () => {
  at = await TwilioHarness.start({ setupPlan: { inbound: 'off', outbound: 'trunk' } });
  kitchen = await at.phone('21', kitchenTone);
});
afterAll(() => at[Symbol.asyncDispose]());

/** A call from outside that no phone here takes; the trunk has the voicemail for it. */
async function refusedCall(): Promise<void> {
  const rang = kitchen.events.filter(({ type }) => type === 'CALL_INCOMING').length;
  const asked = () => at.twilio.webhooks.filter(({ url }) => url.endsWith('/voice/recovery')).length;
  const before = asked();
  const caller = at.twilio.callFrom(at.theirs, at.ours);
  await waitFor('the voicemail', 20, () => asked() > before || undefined);
  caller.hangUp();
  await caller.over;
  expect(kitchen.events.filter(({ type }) => type === 'CALL_INCOMING').length).toBe(rang);
}

test('without a static address setup says what is missing, and leaves the number where it was', async () => {
  expect(outcomeOf(await provision({ inbound: 'trunk' }), 'trunk-origination')).toBe('skipped');
  expect([...at.twilio.state.numbers.values()]).toMatchObject([{ trunk_sid: null }]);
});

test('a call goes from the trunk to the phones, with audio both ways', async () => {
  const { address, sipPort } = at.house;
  const originationAddress = `${address}:${sipPort}`;
  const plan = { inbound: 'trunk', originationAddress, signallingAddresses: ['127.0.0.0/8'] };
  const result = await provision(plan);
  expect(result.isDone, JSON.stringify(result.steps)).toBe(true);
  expect(outcomeOf(result, 'trunk-origination')).toBe('done');

  const { accountSid, authToken } = at.twilio;
  const account = await at.house.api<object>('POST', '/system/setup/twilio/validate', { accountSid, authToken });
  expect(account).toMatchObject({ numbers: [{ number: at.ours, servedBy: 'house' }] });

  const asked = at.twilio.requests.length;
  const caller = at.twilio.callFrom(at.theirs, at.ours, { speak: { kind: 'tone', frequency: callerTone } });
  await kitchen.waitForEvent('CALL_INCOMING');
  kitchen.accept();
  await kitchen.waitForEvent('CALL_ESTABLISHED');
  await expect.poll(() => kitchen.heard(callerTone), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
  await waitFor('the kitchen on the telephone network', 20, () =>
    toneIn(caller.remoteParty.heard().slice(-8000), kitchenTone) > 0.9 ? true : undefined,
  );
  caller.hangUp();
  await kitchen.waitForEvent('CALL_CLOSED');
  expect(await at.closedCall()).toMatchObject({
    direction: 'inbound',
    disposition: 'answered',
    number: at.ours,
    trunk: 'twilio',
    caller: { number: at.theirs },
  });
  expect(at.twilio.requests.slice(asked)).toEqual([]);
});

test('a call without the secret, or from elsewhere, reaches no phone', async () => {
  const [url] = at.twilio.state.originationUrls.values();
  if (url === undefined) throw new Error('The trunk leads nowhere');
  const right = url['sip_url'];
  url['sip_url'] = asText(right).replace(/=[0-9a-f]{48}$/, `=${'0'.repeat(48)}`);
  await refusedCall();
  const repaired = await provision({});
  expect(outcomeOf(repaired, 'trunk-origination')).toBe('done');
  expect([...at.twilio.state.originationUrls.values()]).toMatchObject([{ sip_url: right }]);

  await provision({ signallingAddresses: null });
  await refusedCall();
});

test(
  'a call that came while the house was off shows as missed, and one that was answered does not',
  { timeout: 120_000 },
  async () => {
    await provision({ signallingAddresses: ['127.0.0.0/8'] });
    const rang = kitchen.events.filter(({ type }) => type === 'CALL_INCOMING').length;
    const answered = at.twilio.callFrom('+14155550166', at.ours);
    await kitchen.waitForEvent('CALL_INCOMING', { nth: rang + 1 });
    kitchen.accept();
    await waitFor('the answer', 20, () => answered.call.isAnswered || undefined);
    answered.hangUp();
    await answered.over;
    await at.whileStopped(async () => {
      const caller = at.twilio.callFrom('+14155550177', at.ours);
      await caller.over;
    });
    expect(at.twilio.calls.at(-1)).toMatchObject({ direction: 'trunking-originating', parentSid: null });
    const missed = await waitFor('the call that was missed', 30, async () =>
      (await at.cdrs()).find(({ caller }) => caller.number === '+14155550177'),
    );
    expect(missed).toMatchObject({ disposition: 'missed', reason: 'unreachable', number: at.ours, trunk: 'twilio' });
    const ofAnswered = (await at.cdrs()).filter(({ caller }) => caller.number === '+14155550166');
    expect(ofAnswered).toMatchObject([{ disposition: 'answered' }]);
  },
);

test('the way in is there after a restart, and gone after an undo', async () => {
  await provision({ signallingAddresses: ['127.0.0.0/8'] });
  await at.restart();
  await kitchen.waitForEvent('REGISTER_OK');
  const rang = kitchen.events.filter(({ type }) => type === 'CALL_INCOMING').length;
  const caller = at.twilio.callFrom(at.theirs, at.ours);
  await kitchen.waitForEvent('CALL_INCOMING', { nth: rang + 1 });
  caller.hangUp();
  await caller.over;

  const undone = await at.house.api<Result>('POST', '/system/setup/twilio/undo', {});
  expect(undone.isDone).toBe(true);
  expect(at.twilio.state.originationUrls.size).toBe(0);
  expect([...at.twilio.state.numbers.values()]).toMatchObject([{ trunk_sid: null }]);
});
