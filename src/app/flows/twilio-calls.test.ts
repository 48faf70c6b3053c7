import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Baresip } from '#testing/peers/baresip.ts';
import { toneIn, TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { energyAt, readWav } from '#testing/base/wav.ts';

// Whole calls between the telephone network and real phones, through the emulated Twilio and rtpengine.
const callerTone = 500;
const farTone = 700;
const kitchenTone = 440;
const studyTone = 1000;

type Person = { heard(): Int16Array };

const phoneHears = (phone: Baresip, hz: number) =>
  expect.poll(() => phone.heard(hz), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
const personHears = (person: Person, hz: number) =>
  waitFor(`${hz} Hz on the telephone network`, 20, () => toneIn(person.heard().slice(-8000), hz) > 0.9 || undefined);
const hearsMore = (person: Person, seconds: number) => {
  const samples = person.heard().length + seconds * 8000;
  return waitFor(`${seconds} s more of audio`, 20, () => person.heard().length >= samples || undefined);
};
const isSilentFor = (person: Person, hz: number) =>
  waitFor(`an end of ${hz} Hz`, 20, () => toneIn(person.heard().slice(-4000), hz) < 0.1 || undefined);

/** Counts the events of a phone from here on: the nth of a type since it was started. */
const next = (phone: Baresip, type: string) =>
  phone.waitForEvent(type, { nth: phone.events.filter((event) => event.type === type).length + 1 });

describe('a house with two phones and a number', () => {
  let at: TwilioHarness;
  let kitchen: Baresip;
  let study: Baresip;

  beforeAll(async () => {
    at = await TwilioHarness.start();
    kitchen = await at.phone('21', kitchenTone);
    study = await at.phone('22', studyTone);
  });
  afterAll(() => at[Symbol.asyncDispose]());

  const called = () => {
    const rung = Promise.all([next(kitchen, 'CALL_INCOMING'), next(study, 'CALL_INCOMING')]);
    const caller = at.twilio.callFrom(at.theirs, at.ours, { speak: { kind: 'tone', frequency: callerTone } });
    return { caller, rung };
  };

  test('an inbound call: one phone answers, the other stops ringing, and both hear each other', async () => {
    const { caller, rung } = called();
    await rung;
    const [talks, stops] = [next(kitchen, 'CALL_ESTABLISHED'), next(study, 'CALL_CLOSED')];
    kitchen.accept();
    await Promise.all([talks, stops]);
    await phoneHears(kitchen, callerTone);
    await personHears(caller.remoteParty, kitchenTone);
    expect(await study.heard(callerTone)).toBeLessThan(0.1);
    const over = next(kitchen, 'CALL_CLOSED');
    caller.hangUp();
    await over;
    const record = await at.closedCall();
    expect(record).toMatchObject({ direction: 'inbound', disposition: 'answered', number: at.ours, trunk: 'twilio' });
    expect(record.caller.number).toBe(at.theirs);
    await caller.over;
    expect(at.twilio.recordings).toHaveLength(0);
  });

  test('hold, and the call after it', async () => {
    const { caller, rung } = called();
    await rung;
    const talks = next(kitchen, 'CALL_ESTABLISHED');
    kitchen.accept();
    await talks;
    await personHears(caller.remoteParty, kitchenTone);
    kitchen.command('hold');
    await waitFor('a held call', 10, async () => (await states(at))[0] === 'held' || undefined);
    await isSilentFor(caller.remoteParty, kitchenTone);
    kitchen.command('resume');
    await waitFor('a call that goes on', 10, async () => (await states(at))[0] === 'in_call' || undefined);
    await personHears(caller.remoteParty, kitchenTone);
    const over = caller.over;
    kitchen.hangup();
    await over;
    expect(await at.closedCall()).toMatchObject({ disposition: 'answered' });
  });

  test('the caller hangs up while it rings: a missed call, and no voicemail', async () => {
    const { caller, rung } = called();
    await rung;
    const stops = Promise.all([next(kitchen, 'CALL_CLOSED'), next(study, 'CALL_CLOSED')]);
    caller.hangUp();
    await stops;
    expect(await at.closedCall()).toMatchObject({ disposition: 'missed', reason: 'caller-cancelled' });
    await at.twilio.settled();
    expect(at.twilio.recordings).toHaveLength(0);
  });

  test('everybody declines: the caller is asked for a message', async () => {
    const { caller, rung } = called();
    await rung;
    kitchen.hangup();
    study.hangup();
    await waitFor('the recording of a message', 15, () => at.twilio.recordings.length > 0 || undefined);
    caller.hangUp();
    await caller.over;
    // Too short to be a message.
    expect(await at.closedCall()).toMatchObject({ disposition: 'busy', reason: 'busy' });
  });

  test('a recording on demand has the tones of both', async () => {
    const { caller, rung } = called();
    await rung;
    const talks = next(study, 'CALL_ESTABLISHED');
    study.accept();
    await talks;
    await personHears(caller.remoteParty, studyTone);
    const [call] = (await at.house.api<{ items: { id: string }[] }>('GET', '/calls')).items;
    const control = (action: string) => at.house.api<{ state: string }>('POST', `/calls/${call?.id}/recording`, { action });
    expect(await control('start')).toEqual({ state: 'recording' });
    const recorded = at.twilio.recordings.length;
    await hearsMore(caller.remoteParty, 2.5);
    expect(await control('stop')).toEqual({ state: 'off' });
    expect(recorded).toBeGreaterThan(0);
    caller.hangUp();
    const { id } = await at.closedCall();
    const stored = await waitFor('the stored recording', 20, async () => {
      const { items } = await at.house.api<{ items: { state: string; channels: number }[] }>('GET', `/cdrs/${id}/recordings`);
      return items.find(({ state }) => state === 'stored');
    });
    expect(stored.channels).toBeGreaterThan(0);
    const sound = await at.audio(`/cdrs/${id}/recording`);
    const tones = channelsOf(sound).flatMap((one) => [callerTone, studyTone].map((hz) => energyAt(one, hz)));
    expect(Math.max(...tones)).toBeGreaterThan(0.4);
  });

  test('a phone calls out over the trunk with our number, with audio both ways', async () => {
    at.twilio.setFarPhone('+14155550177', { calls: { outcome: 'answers', say: { kind: 'tone', frequency: farTone } } });
    const talks = next(kitchen, 'CALL_ESTABLISHED');
    kitchen.dial(at.dial('4155550177'));
    await talks;
    const call = at.twilio.calls.findLast(({ to }) => to === '+14155550177');
    expect(call).toMatchObject({ from: at.ours, direction: 'trunking-terminating' });
    await phoneHears(kitchen, farTone);
    const person = at.twilio.remotePartyOf(call?.sid ?? '');
    if (person === undefined) throw new Error('Nobody was reached');
    await personHears(person, kitchenTone);
    const over = next(kitchen, 'CALL_CLOSED');
    person.hangup();
    await over;
    expect(await at.closedCall()).toMatchObject({ direction: 'outbound', disposition: 'answered', trunk: 'twilio' });
  });

  test.each([
    ['busy', '486', 'busy'],
    ['no-answer', '', 'cancelled'],
  ] as const)('a number outside that is %s', async (outcome, status, disposition) => {
    at.twilio.setFarPhone('+14155550178', { calls: { outcome } });
    const [over, rings] = [next(kitchen, 'CALL_CLOSED'), next(kitchen, 'CALL_RINGING')];
    kitchen.dial(at.dial('4155550178'));
    if (outcome === 'no-answer') {
      await rings;
      kitchen.hangup();
    } else rings.catch(() => {});
    expect((await over).param).toContain(status);
    expect(await at.closedCall()).toMatchObject({ disposition });
  });

  test('an emergency call goes out as it was dialled', async () => {
    at.twilio.setFarPhone('911', { calls: { outcome: 'answers' } });
    const talks = next(study, 'CALL_ESTABLISHED');
    study.dial(at.dial('911'));
    await talks;
    const over = next(study, 'CALL_CLOSED');
    study.hangup();
    await over;
    expect(at.twilio.calls.findLast(({ to }) => to === '911')).toMatchObject({ from: at.ours });
  });

  test('a caller who hides the number rings all the same', async () => {
    const rung = Promise.all([next(kitchen, 'CALL_INCOMING'), next(study, 'CALL_INCOMING')]);
    const caller = at.twilio.callFrom('+266696687', at.ours);
    await rung;
    caller.hangUp();
    expect((await at.closedCall()).caller.number).toBe('');
  });

  test('a house that stops takes its registration away', async () => {
    const domain = at.domain;
    expect(at.side.bindings('gosip', domain)).toHaveLength(1);
    await at.house.program.stop();
    expect(at.side.bindings('gosip', domain)).toHaveLength(0);
  });
});

describe('a house whose calls leave by the SIP Domain', () => {
  test('a phone calls out with our number, with audio both ways', async () => {
    await using at = await TwilioHarness.start({ setupPlan: { outbound: 'domain', edge: 'frankfurt' } });
    at.twilio.setFarPhone('+14155550177', { calls: { outcome: 'answers', say: { kind: 'tone', frequency: farTone } } });
    const kitchen = await at.phone('21', kitchenTone);
    kitchen.dial(at.dial('4155550177'));
    await kitchen.waitForEvent('CALL_ESTABLISHED');
    await phoneHears(kitchen, farTone);
    const child = at.twilio.calls.findLast(({ direction }) => direction === 'outbound-dial');
    expect(child).toMatchObject({ from: at.ours, to: '+14155550177' });
    const person = at.twilio.remotePartyOf(child?.sid ?? '');
    if (person !== undefined) await personHears(person, kitchenTone);
    kitchen.hangup();
    expect(await at.closedCall()).toMatchObject({ direction: 'outbound', disposition: 'answered' });
  });

  test('an emergency call goes out', async () => {
    await using at = await TwilioHarness.start({ setupPlan: { outbound: 'domain', edge: 'frankfurt' } });
    at.twilio.setFarPhone('911', { calls: { outcome: 'answers' } });
    const kitchen = await at.phone('21', kitchenTone);
    kitchen.dial(at.dial('911'));
    await kitchen.waitForEvent('CALL_ESTABLISHED');
    expect(at.twilio.calls.findLast(({ direction }) => direction === 'outbound-dial')).toMatchObject({
      from: at.ours,
      to: '911',
    });
    kitchen.hangup();
  });
});

async function states(at: TwilioHarness): Promise<readonly string[]> {
  return (await at.house.api<{ items: { state: string }[] }>('GET', '/calls')).items.map(({ state }) => state);
}

/** Each channel of a WAV file as audio of its own. */
function channelsOf(file: Buffer) {
  const first = readWav(file);
  if (file.readUInt16LE(22) === 1) return [first];
  return [first, readWav(Buffer.concat([file.subarray(0, 44), file.subarray(46)]))];
}
