import { describe, expect, test } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';

// The house registers at its SIP Domain, and that way breaks.
const callerTone = 500;
const kitchenTone = 440;
const speaks = { speak: { kind: 'tone', frequency: callerTone } } as const;

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
      return parts.find(({ name }) => name === 'trunks')?.message === 'No trunks' || undefined;
    });
    await at.house.api('POST', '/system/setup/twilio/provision', { inbound: 'webhook', outbound: 'trunk', numbers: [at.ours] });
    // The emulator may still know the old one: the house takes it away while its domain is being removed.
    await waitFor('a new binding', 15, () => contacts().some((contact) => !before.includes(contact)) || undefined);
  });
});
