import { afterEach, beforeEach, expect, test } from 'vitest';
import { addPhone, openDeviceHarness } from '#testing/harness/device-harness.ts';
import type { DeviceHarness, RegistrarPhone } from '#testing/harness/device-harness.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { PhonePresence } from './phone-presence.ts';
import type { PingResult } from './phone-presence.ts';

let clock: FakeClock;
let room: DeviceHarness;
let phone: RegistrarPhone;
let presence: PhonePresence;
let answer: PingResult;
let asked: number;
let told: boolean[];

beforeEach(async () => {
  clock = new FakeClock();
  room = await openDeviceHarness({ clock });
  answer = { milliseconds: 12 };
  asked = 0;
  told = [];
  presence = new PhonePresence({ ...room, clock, ping: () => Promise.resolve((asked += 1) > 0 ? answer : undefined) });
  presence.start();
  room.events.on('device.responding', ({ isResponding }) => told.push(isResponding));
  phone = await addPhone(room, { name: 'Kitchen', type: 'grandstream' });
  await phone.register({ expires: 3600 });
});
afterEach(() => {
  presence.stop();
  room.close();
});

const isSilent = () => presence.isSilent(phone.device.id);

test('a phone whose plug was pulled is known not to answer within minutes, long before its registration ends', async () => {
  answer = 'silent';
  await clock.advanceAsync(55_000);
  expect([isSilent(), asked]).toEqual([false, 0]);
  await clock.advanceAsync(20_000);
  expect([isSilent(), told]).toEqual([true, [false]]);
});

test('a phone that answers again is there again, whether it registered anew or not', async () => {
  answer = 'silent';
  await presence.check(phone.device.id);
  expect(isSilent()).toBe(true);
  answer = { milliseconds: 12 };
  await clock.advanceAsync(30_000);
  expect([isSilent(), told]).toEqual([false, [false, true]]);
  answer = 'silent';
  await presence.check(phone.device.id);
  await phone.register({ expires: 3600, cseq: 99 });
  expect(isSilent()).toBe(false);
  await clock.advanceAsync(5_000);
  expect(told).toEqual([false, true, false, true]);
});

test('nothing is said of a phone that could not be asked, and one without a registration is offline, not silent', async () => {
  answer = undefined;
  await presence.check(phone.device.id);
  expect([isSilent(), told]).toEqual([false, []]);
  answer = 'silent';
  await presence.check(phone.device.id);
  await phone.register({ expires: 0 });
  expect(isSilent()).toBe(false);
});

test('a phone is asked once a minute, one that does not answer more often', async () => {
  await clock.advanceAsync(10 * 60_000);
  expect(asked).toBeLessThanOrEqual(10);
  answer = 'silent';
  await clock.advanceAsync(60_000);
  asked = 0;
  await clock.advanceAsync(60_000);
  expect(asked).toBe(3);
});
