import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BaresipPhone } from './baresip-phone.ts';
import { RealPhoneHarness } from './real-phone-harness.ts';
import type { PhoneKind, RunningPhone } from './real-phone-harness.ts';
import type { RealPhone } from './real-phone.ts';
import { missingRequirements } from './requirements.ts';

const baresip: PhoneKind = { start: (options) => BaresipPhone.start(options), transport: 'udp' };
const tones = { phone: 700, kitchen: 450, study: 1000 };
type CallRecord = { dialled: string; disposition: string; reason: string };

/** What every phone must do at the real process beside baresip; audio is measured by frequency, packets on the wire. */
export function testRealPhone(name: string, kind: PhoneKind): void {
  describe.skipIf(missingRequirements() !== undefined)(`${name} over ${kind.transport}`, () => {
    let harness: RealPhoneHarness;
    let own: RunningPhone;
    let kitchen: RealPhone;
    let study: RealPhone;

    beforeAll(async () => {
      harness = await RealPhoneHarness.start();
      kitchen = (await harness.startPhone(baresip, '12', { toneHz: tones.kitchen })).phone;
      study = (await harness.startPhone(baresip, '13', { toneHz: tones.study })).phone;
      own = await harness.startPhone(kind, '11', { toneHz: tones.phone });
    }, 120_000);
    afterAll(() => harness[Symbol.asyncDispose]());

    const expectTone = (listener: RealPhone, hz: number) =>
      expect.poll(() => listener.toneShare(hz), { timeout: 20_000, interval: 100, message: `${listener.name} hears ${hz} Hz` });
    const states = async () =>
      (await harness.house.api<{ items: { state: string }[] }>('GET', '/calls')).items.map(({ state }) => state);
    const expectStates = (...wanted: string[]) => expect.poll(states, { timeout: 10_000, interval: 100 }).toEqual(wanted);
    const lastRecord = async () => (await harness.house.api<{ items: CallRecord[] }>('GET', '/cdrs')).items[0];
    const invites = () => harness.capture.requestsTo(own.phone.address, 'INVITE').length;

    async function talkBothWays(other: RealPhone, otherHz: number): Promise<void> {
      await expectTone(own.phone, otherHz).toBeGreaterThan(0.9);
      await expectTone(other, tones.phone).toBeGreaterThan(0.9);
    }

    /** The kitchen calls; resolves while both talk. */
    async function answerCallFromKitchen(): Promise<void> {
      await kitchen.dial('11');
      await own.phone.waitFor('rings');
      await own.phone.answer();
      await Promise.all([kitchen.waitFor('talks'), own.phone.waitFor('talks')]);
    }

    test('says its name at its registration', async () => {
      const [registration, ...more] = await harness.registrations(own.login);
      expect(more).toEqual([]);
      expect(registration?.userAgent?.toLowerCase()).toContain(name.toLowerCase());
    });

    test('is called: it gets one INVITE, each hears the other; the caller holds and takes it up again', async () => {
      const before = invites();
      await answerCallFromKitchen();
      expect(invites()).toBe(before + 1);
      await talkBothWays(kitchen, tones.kitchen);
      await kitchen.hold();
      await expectStates('held');
      await expectTone(kitchen, tones.phone).toBe(0);
      await kitchen.resume();
      await expectStates('in_call');
      await talkBothWays(kitchen, tones.kitchen);
      await own.phone.hangUp();
      await Promise.all([kitchen.waitFor('ended'), own.phone.waitFor('ended')]);
      await expect.poll(lastRecord).toMatchObject({ dialled: '11', disposition: 'answered', reason: 'callee-hung-up' });
    }, 60_000);

    test('calls: each hears the other; it holds, takes it up again, and hands the call to a third phone', async () => {
      await own.phone.dial('12');
      await kitchen.waitFor('rings');
      await kitchen.answer();
      await Promise.all([kitchen.waitFor('talks'), own.phone.waitFor('talks')]);
      await talkBothWays(kitchen, tones.kitchen);
      await own.phone.hold();
      await expectStates('held');
      await expectTone(own.phone, tones.kitchen).toBe(0);
      await own.phone.resume();
      await expectStates('in_call');
      await talkBothWays(kitchen, tones.kitchen);
      await own.phone.transfer('13');
      await study.waitFor('rings');
      await study.answer();
      await Promise.all([study.waitFor('talks'), own.phone.waitFor('ended')]);
      await expectTone(kitchen, tones.study).toBeGreaterThan(0.9);
      await expectTone(study, tones.kitchen).toBeGreaterThan(0.9);
      await study.hangUp();
      await kitchen.waitFor('ended');
      await expect.poll(lastRecord).toMatchObject({ dialled: '13', disposition: 'answered', reason: 'callee-hung-up' });
    }, 90_000);

    test('rings again after the exchange lost its power, once, by one binding', async () => {
      const isBack = harness.registrationWatcher(own.phone.address);
      await harness.restart();
      // A connection is the phone's to make again; a datagram finds it at once.
      if (kind.transport !== 'udp') await expect.poll(isBack, { timeout: 100_000, interval: 200 }).toBe(true);
      const before = invites();
      await answerCallFromKitchen();
      await talkBothWays(kitchen, tones.kitchen);
      expect(invites()).toBe(before + 1);
      expect(await harness.registrations(own.login)).toHaveLength(1);
      await kitchen.hangUp();
      await Promise.all([kitchen.waitFor('ended'), own.phone.waitFor('ended')]);
    }, 150_000);

    test('its power fails: a caller is told that it is not there, not that nobody has this number; back again it rings once', async () => {
      await own.phone.kill();
      // A page cannot be reached but by the connection it had.
      if (kind.transport === 'ws') await expect.poll(() => harness.registrations(own.login)).toEqual([]);
      const answered = harness.capture.finalStatusesTo(kitchen.address).length;
      await kitchen.dial('11');
      await kitchen.waitFor('ended', 60);
      await expect.poll(() => harness.capture.finalStatusesTo(kitchen.address).slice(answered)).toEqual([480]);
      await expect.poll(lastRecord).toMatchObject({ dialled: '11', disposition: 'missed' });

      own = await harness.restartPhone(own);
      const before = invites();
      await answerCallFromKitchen();
      await talkBothWays(kitchen, tones.kitchen);
      expect(invites()).toBe(before + 1);
      expect(await harness.registrations(own.login)).toHaveLength(1);
    }, 150_000);
  });
}
