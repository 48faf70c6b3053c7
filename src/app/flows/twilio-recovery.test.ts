import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Baresip } from '#testing/peers/baresip.ts';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { asText } from '#testing/twilio/base/records.ts';

// A house whose calls come straight from a trunk: what a caller hears whose call no phone takes, or whom the trunk cannot bring. Twilio publishes
// that an error while sending SIP leads to the trunk's disaster recovery address, not whether a refusal is one, nor about which call it
// asks: so both.
let at: TwilioHarness;
let kitchen: Baresip;
let caller = 100;

type Message = { readonly id: string; readonly audio: string; readonly caller: { readonly number: string } };
const messages = async () => (await at.house.api<{ items: Message[] }>('GET', '/voicemails')).items;
const recordsOf = async (number: string) => (await at.cdrs()).filter((record) => record.caller.number === number);
const provision = (plan: object) =>
  at.house.api<{ isDone: boolean; steps: { step: string; outcome: string }[] }>('POST', '/system/setup/twilio/provision', plan);

beforeAll(async () => {
  at = await TwilioHarness.start({ setupPlan: { inbound: 'off', outbound: 'trunk' }, environment: { GOSIP_RING_SECONDS: '5' } });
  await at.house.api('PATCH', '/system/config/voicemail', { discardBelowSeconds: 1 });
  const { address, sipPort } = at.house;
  const way = { originationAddress: `${address}:${sipPort}`, signallingAddresses: ['127.0.0.0/8'] };
  const { steps } = await provision({ inbound: 'trunk', ...way });
  expect(steps).toContainEqual(expect.objectContaining({ step: 'trunk-recovery', outcome: 'done' }));
  kitchen = await at.phone('21', 440);
});
afterEach(() => at.twilio.setSwitches({ recoveryAfter: 'every-failure', recoveryRecord: 'same' }));
afterAll(() => at[Symbol.asyncDispose]());

/** A new caller calls, and leaves a message where they can; settles with their number. */
async function calls(meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<string> {
  caller += 1;
  const number = `+14155551${caller}`;
  const before = at.twilio.recordings.length;
  const call = at.twilio.callFrom(number, at.ours);
  await meanwhile();
  const beep = waitFor('the beep', 30, () => (at.twilio.recordings.length > before ? true : undefined)).catch(() => undefined);
  if ((await Promise.race([beep, call.over])) === true) {
    await call.remoteParty.say({ kind: 'tone', frequency: 500, seconds: 2.5 }).done;
    call.hangUp();
  }
  await call.over;
  return number;
}

async function becomes(number: string, disposition: string, reason: string): Promise<void> {
  await waitFor(`${disposition}/${reason}`, 30, async () => {
    const [record] = await recordsOf(number);
    return record?.disposition === disposition && record.reason === reason ? true : undefined;
  });
  expect(await recordsOf(number)).toHaveLength(1);
}

const left = (number: string) =>
  waitFor('the message', 30, async () =>
    (await messages()).find((message) => message.caller.number === number && message.audio === 'stored'),
  );

const rings = (): Promise<unknown> => {
  const nth = kitchen.events.filter(({ type }) => type === 'CALL_INCOMING').length + 1;
  return kitchen.waitForEvent('CALL_INCOMING', { nth });
};

describe.each(['same', 'own'] as const)('asked about the call of the trunk or one of its own (%s)', (recoveryRecord) => {
  test('no phone answers: the caller leaves a message, in the record of the call', async () => {
    at.twilio.setSwitches({ recoveryRecord });
    const rung = rings();
    const number = await calls();
    await rung;
    await left(number);
    await becomes(number, 'voicemail', 'no-answer');
  });

  test('a phone declines: the caller leaves a message', async () => {
    at.twilio.setSwitches({ recoveryRecord });
    const rung = rings();
    const number = await calls(async () => {
      await rung;
      kitchen.hangup();
    });
    await left(number);
    const [record] = await recordsOf(number);
    expect(['busy', 'declined']).toContain(record?.reason);
    await becomes(number, 'voicemail', record?.reason ?? '');
  });

  test('the trunk cannot bring the call: the caller leaves a message, and it is one call', async () => {
    at.twilio.setSwitches({ recoveryRecord });
    const [url] = at.twilio.state.originationUrls.values();
    if (url === undefined) throw new Error('The trunk leads nowhere');
    const right = asText(url['sip_url']);
    url['sip_url'] = right.replace(/:\d+;/, ':9;');
    const number = await calls();
    url['sip_url'] = right;
    await left(number);
    await becomes(number, 'voicemail', 'unreachable');
    await at.restart();
    await waitFor('a look at the list of Twilio', 30, async () => {
      const { parts } = await at.house.api<{ parts: { name: string; message: string }[] }>('GET', '/system/health');
      return parts.find(({ name }) => name === 'reconciliation')?.message.startsWith('Twilio was last read at') || undefined;
    });
    await becomes(number, 'voicemail', 'unreachable');
  });
});

test(
  'where Twilio asks only about callers it cannot bring, a call that no phone takes is missed',
  { timeout: 60_000 },
  async () => {
    at.twilio.setSwitches({ recoveryAfter: 'silence' });
    const number = await calls();
    await becomes(number, 'missed', 'no-answer');
    expect((await messages()).some((message) => message.caller.number === number)).toBe(false);
  },
);

test('a foreign address is seen and set right, and gone when calls do not come by the trunk any more', async () => {
  const trunk = () => [...at.twilio.state.trunks.values()][0] ?? { sid: '' };
  const ours = trunk()['disaster_recovery_url'];
  trunk()['disaster_recovery_url'] = 'https://elsewhere.example.org/';
  await at.house.api('POST', '/system/setup/twilio/self-test', {});
  const seen = await at.house.api<{ drift: { field: string }[] }>('GET', '/system/setup/twilio');
  expect(seen.drift).toMatchObject([{ field: 'disasterRecoveryUrl', is: 'https://elsewhere.example.org/', should: ours }]);
  await provision({});
  expect(trunk()['disaster_recovery_url']).toBe(ours);
  await provision({ inbound: 'off' });
  expect(trunk()['disaster_recovery_url']).toBe('https://elsewhere.example.org/');
});
