import { expect, test } from 'vitest';
import { ChaosHouse } from '#testing/chaos/chaos-house.ts';
import { freePort } from '#testing/base/free-port.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

const address = '127.0.0.1';
type Health = { parts: { name: string; status: string; message: string }[] };

test('started on a full disk the house rings its phones, says what to do, and keeps everything again once there is room', async () => {
  await using disturbed = await ChaosHouse.start({ address, sipPort: await freePort(address), trunks: [] });
  const { id, username, password } = await disturbed.house.addDevice('21');
  const registrar = { host: address, port: disturbed.sipPort };
  await using phone = await SimulatedPhone.start({ address, username, password, registrar });
  expect(await phone.register()).toBe(200);
  const storage = async () =>
    (await disturbed.house.api<Health>('GET', '/system/health')).parts.find(({ name }) => name === 'storage');
  const isRegistered = async () => (await disturbed.house.api<{ isRegistered: boolean }>('GET', `/devices/${id}`)).isRegistered;

  await disturbed.fillDisk();
  await disturbed.powerCut(async () => expect(await isRegistered()).toBe(true));
  await expect(disturbed.house.addDevice('22')).rejects.toThrow(/disk is full/);
  await disturbed.house.program.printed(/Alert: Nothing can be saved/);
  expect(await phone.register()).toBe(200);
  expect(await storage()).toMatchObject({ status: 'degraded', message: expect.stringContaining('disk is full') });
  expect((await storage())?.message).not.toMatch(/Repair|backup/);

  disturbed.emptyDisk();
  await expect.poll(() => disturbed.house.addDevice('23').then(() => 'kept', String), { timeout: 15_000 }).toBe('kept');
  expect(await storage()).toMatchObject({ status: 'ok' });
  await disturbed.house.program.printed(/Alert over: Nothing can be saved/);
  await disturbed.powerCut(async () => expect(await isRegistered()).toBe(true));
  const { items } = await disturbed.house.api<{ items: { extension: string }[] }>('GET', '/devices?order=asc');
  expect(items.map(({ extension }) => extension)).toEqual(['21', '23']);
});
