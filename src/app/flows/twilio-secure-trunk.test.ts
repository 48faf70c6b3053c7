import { expect, test } from 'vitest';
import { toneIn, TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';

const callerTone = 500;
const kitchenTone = 440;
const farTone = 700;
const speaks = { speak: { kind: 'tone', frequency: callerTone } } as const;

test('with TLS and SRTP calls come in and go out, with audio that both hear', async () => {
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
