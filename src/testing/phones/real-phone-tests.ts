import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BaresipPhone } from './baresip-phone.ts';
import { PhoneHouse } from './phone-house.ts';
import type { PhoneKind, PluggedPhone } from './phone-house.ts';
import type { RealPhone } from './real-phone.ts';
import { whatIsMissing } from './requirements.ts';

const baresip: PhoneKind = { start: (options) => BaresipPhone.start(options), transport: 'udp' };
const tones = { phone: 700, kitchen: 450, study: 1000 };
type CallRecord = { dialled: string; disposition: string; reason: string };

/** What every phone must do at the real process beside baresip; sound is measured by frequency, packets on the wire. */
export function testRealPhone(name: string, kind: PhoneKind): void {
  describe.skipIf(whatIsMissing() !== undefined)(`${name} over ${kind.transport}`, () => {
    let stage: PhoneHouse;
    let own: PluggedPhone;
    let kitchen: RealPhone;
    let study: RealPhone;

    beforeAll(async () => {
      stage = await PhoneHouse.start();
      kitchen = (await stage.plug(baresip, '12', { toneHz: tones.kitchen })).phone;
      study = (await stage.plug(baresip, '13', { toneHz: tones.study })).phone;
      own = await stage.plug(kind, '11', { toneHz: tones.phone });
    }, 120_000);
    afterAll(() => stage[Symbol.asyncDispose]());

    const hears = (listener: RealPhone, hz: number) =>
      expect.poll(() => listener.hears(hz), { timeout: 20_000, interval: 100, message: `${listener.name} hears ${hz} Hz` });
    const states = async () =>
      (await stage.house.api<{ items: { state: string }[] }>('GET', '/calls')).items.map(({ state }) => state);
    const toBe = (...wanted: string[]) => expect.poll(states, { timeout: 10_000, interval: 100 }).toEqual(wanted);
    const lastRecord = async () => (await stage.house.api<{ items: CallRecord[] }>('GET', '/cdrs')).items[0];
    const invites = () => stage.wire.arrived(own.phone.address, 'INVITE').length;

    async function talkBothWays(other: RealPhone, otherHz: number): Promise<void> {
      await hears(own.phone, otherHz).toBeGreaterThan(0.9);
      await hears(other, tones.phone).toBeGreaterThan(0.9);
    }

    /** The kitchen calls; resolves while both talk. */
    async function called(): Promise<void> {
      await kitchen.dial('11');
      await own.phone.told('rings');
      await own.phone.answer();
      await Promise.all([kitchen.told('talks'), own.phone.told('talks')]);
    }

    test('says its name at its registration', async () => {
      const [registration, ...more] = await stage.registrations(own.login);
      expect(more).toEqual([]);
      expect(registration?.userAgent?.toLowerCase()).toContain(name.toLowerCase());
    });

    test('is called: it gets one INVITE, each hears the other; the caller holds and takes it up again', async () => {
      const before = invites();
      await called();
      expect(invites()).toBe(before + 1);
      await talkBothWays(kitchen, tones.kitchen);
      await kitchen.hold();
      await toBe('held');
      await hears(kitchen, tones.phone).toBe(0);
      await kitchen.resume();
      await toBe('in_call');
      await talkBothWays(kitchen, tones.kitchen);
      await own.phone.hangUp();
      await Promise.all([kitchen.told('ended'), own.phone.told('ended')]);
      await expect.poll(lastRecord).toMatchObject({ dialled: '11', disposition: 'answered', reason: 'callee-hung-up' });
    }, 60_000);

    test('calls: each hears the other; it holds, takes it up again, and hands the call to a third phone', async () => {
      await own.phone.dial('12');
      await kitchen.told('rings');
      await kitchen.answer();
      await Promise.all([kitchen.told('talks'), own.phone.told('talks')]);
      await talkBothWays(kitchen, tones.kitchen);
      await own.phone.hold();
      await toBe('held');
      await hears(own.phone, tones.kitchen).toBe(0);
      await own.phone.resume();
      await toBe('in_call');
      await talkBothWays(kitchen, tones.kitchen);
      await own.phone.transfer('13');
      await study.told('rings');
      await study.answer();
      await Promise.all([study.told('talks'), own.phone.told('ended')]);
      await hears(kitchen, tones.study).toBeGreaterThan(0.9);
      await hears(study, tones.kitchen).toBeGreaterThan(0.9);
      await study.hangUp();
      await kitchen.told('ended');
      await expect.poll(lastRecord).toMatchObject({ dialled: '13', disposition: 'answered', reason: 'callee-hung-up' });
    }, 90_000);

    test('rings again after the exchange lost its power, once, by one binding', async () => {
      const isBack = stage.registersFromNow(own.phone.address);
      await stage.restart();
      // A connection is the phone's to make again; a datagram finds it at once.
      if (kind.transport !== 'udp') await expect.poll(isBack, { timeout: 100_000, interval: 200 }).toBe(true);
      const before = invites();
      await called();
      await talkBothWays(kitchen, tones.kitchen);
      expect(invites()).toBe(before + 1);
      expect(await stage.registrations(own.login)).toHaveLength(1);
      await kitchen.hangUp();
      await Promise.all([kitchen.told('ended'), own.phone.told('ended')]);
    }, 150_000);

    test('its power fails: a caller is told that it is not there, not that nobody has this number; back again it rings once', async () => {
      await own.phone.kill();
      // A page cannot be reached but by the connection it had.
      if (kind.transport === 'ws') await expect.poll(() => stage.registrations(own.login)).toEqual([]);
      const answered = stage.wire.answers(kitchen.address).length;
      await kitchen.dial('11');
      await kitchen.told('ended', 60);
      await expect.poll(() => stage.wire.answers(kitchen.address).slice(answered)).toEqual([480]);
      await expect.poll(lastRecord).toMatchObject({ dialled: '11', disposition: 'missed' });

      own = await stage.plugAgain(own);
      const before = invites();
      await called();
      await talkBothWays(kitchen, tones.kitchen);
      expect(invites()).toBe(before + 1);
      expect(await stage.registrations(own.login)).toHaveLength(1);
    }, 150_000);
  });
}
