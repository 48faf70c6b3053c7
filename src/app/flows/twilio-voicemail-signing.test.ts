import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TwilioHarness } from '#testing/harness/twilio-harness.ts';
import { TwilioVoicemails } from '#testing/harness/twilio-voicemails.ts';

// Messages while the secrets change with which Twilio signs its webhooks.
let voicemails: TwilioVoicemails;
let at: TwilioHarness;

beforeAll(async () => {
  voicemails = await TwilioVoicemails.start();
  at = voicemails.at;
});
afterEach(() => at.twilio.faults.clear());
afterAll(() => voicemails[Symbol.asyncDispose]());

test('a message comes in whole although the token of the account is changed', async () => {
  const { account } = at.twilio;
  const authToken = account.createSecondaryToken();
  await at.house.api('POST', '/system/setup/twilio/provision', { authToken });
  await voicemails.leave();
  account.promoteSecondaryToken();
  await voicemails.leave();
  at.twilio.faults.add({ name: 'callback.oldtoken' });
  await voicemails.leave();
});

test('a token that was changed behind our back is reported in plain words, and calls are lost until it is entered', async () => {
  const { account } = at.twilio;
  account.createSecondaryToken();
  const authToken = account.promoteSecondaryToken();
  const before = (await voicemails.page()).total;
  const caller = at.twilio.callFrom(at.theirs, at.ours);
  await caller.over;
  expect((await voicemails.page()).total).toBe(before);
  const { parts } = await at.house.api<{ parts: { name: string; status: string; message: string }[] }>('GET', '/system/health');
  expect(parts.find(({ name }) => name === 'webhooks')?.status).toBe('degraded');
  await at.house.api('POST', '/system/setup/twilio/provision', { authToken });
  await voicemails.leave();
});

test('webhooks that a rule of the account has signed with a shared key are reported by its name, and accepted once it is entered', async () => {
  const { sharedKey } = at.twilio.account;
  at.twilio.setSwitches({ signing: 'shared-key' });
  await at.twilio.callFrom(at.theirs, at.ours).over;
  const { parts } = await at.house.api<{ parts: { name: string; status: string; message: string }[] }>('GET', '/system/health');
  const said = parts.find(({ name }) => name === 'webhooks');
  expect(said).toMatchObject({ status: 'degraded' });
  expect(said?.message).toContain(`signs them with the shared key ${sharedKey.id} (HMAC_SHA256), which the house does not have`);
  expect(said?.message).toContain('webhookSharedKeys');

  const entered = await at.house.api('POST', '/system/setup/twilio/provision', { webhookSharedKeys: [sharedKey] });
  expect(entered).toMatchObject({ isDone: true, setUp: { webhookSharedKeys: [sharedKey.id] } });
  expect(JSON.stringify(entered)).not.toContain(sharedKey.secret);
  await voicemails.leave();
  await at.restart();
  await voicemails.leave();
  // The rule is gone: the token signs again.
  at.twilio.setSwitches({ signing: 'token' });
  await voicemails.leave();
});
