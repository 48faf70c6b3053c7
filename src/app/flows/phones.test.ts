import { afterAll, beforeAll, expect, test } from 'vitest';
import { Baresip } from '#testing/peers/baresip.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';

// Two real phones (baresip) talk through the real process; what each heard is measured by frequency.
const kitchenTone = 440;
const studyTone = 1000;
let house: House;

beforeAll(async () => {
  house = await House.start();
});
afterAll(() => house[Symbol.asyncDispose]());

type CallRecord = { disposition: string; reason: string; answeredAt: string | null; durationSeconds: number };

async function phone(
  login: DeviceLogin,
  toneHz: number,
  more: { transport?: 'udp' | 'tcp'; answer?: 'auto' } = {},
): Promise<Baresip> {
  const { username, password } = login;
  const registrar = `${house.address}:${house.sipPort}`;
  const baresip = await Baresip.start({ address: '127.0.0.1', username, password, registrar, toneHz, ...more });
  await baresip.registered();
  return baresip;
}

async function heardWell(phone: Baresip, hz: number): Promise<void> {
  await expect.poll(() => phone.heard(hz), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
}

test.each([
  { transport: 'udp' as const, extensions: ['11', '12'] as const },
  { transport: 'tcp' as const, extensions: ['13', '14'] as const },
])('two phones over $transport call each other and each hears the other', async ({ transport, extensions }) => {
  const [kitchenLogin, studyLogin] = [await house.addDevice(extensions[0]), await house.addDevice(extensions[1])];
  await using kitchen = await phone(kitchenLogin, kitchenTone, { transport });
  await using study = await phone(studyLogin, studyTone, { transport, answer: 'auto' });

  kitchen.dial(`sip:${studyLogin.extension}@${house.address}:${house.sipPort};transport=${transport}`);
  await kitchen.waitForEvent('CALL_ESTABLISHED');
  await study.waitForEvent('CALL_ESTABLISHED');
  await heardWell(kitchen, studyTone);
  await heardWell(study, kitchenTone);
  expect(await kitchen.heard(kitchenTone)).toBeLessThan(0.1);
  expect(await study.heard(studyTone)).toBeLessThan(0.1);

  kitchen.hangup();
  await study.waitForEvent('CALL_CLOSED');
  await expect
    .poll(async () => (await house.api<{ items: CallRecord[] }>('GET', '/cdrs')).items[0], { timeout: 10_000 })
    .toMatchObject({ disposition: 'answered' });
});

test('a phone whose user typed a wrong password, which it tries six times by itself, registers as soon as it has the right one', async () => {
  const login = await house.addDevice('15');
  const registrar = `${house.address}:${house.sipPort}`;
  // An address at which no phone is registered: one that is known is never made to wait.
  const common = { address: '127.0.0.16', username: login.username, registrar, toneHz: kitchenTone };
  {
    await using mistyped = await Baresip.start({ ...common, password: 'mistyped' });
    await expect.poll(() => mistyped.output(), { timeout: 20_000 }).toMatch(/reg: .*(?:401|Unauthorized|Too many)/i);
  }
  await using right = await Baresip.start({ ...common, password: login.password });
  await right.registered();
});
