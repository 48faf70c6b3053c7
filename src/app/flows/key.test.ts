import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { plantTwilioAccount } from '#testing/harness/twilio-account.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

const credentials = { authToken: 'secret-of-the-account', sipAccount: { username: 'gosip', password: 'Secret-1234567' } };
let dataDirectory = '';
let key = '';

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-app-key-'));
  key = join(dataDirectory, 'gosip.key');
});

afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }));

type Health = { status: string; parts: { name: string; status: string; message: string }[] };

/** What health says of a part. */
async function partOf(house: House, name: string) {
  const { parts } = await house.api<Health>('GET', '/system/health');
  return parts.find((part) => part.name === name);
}

/** A stopped house with a phone and sealed credentials of Twilio. */
async function houseWithSecrets(): Promise<{ readonly token: string; readonly sipPort: number; readonly hall: DeviceLogin }> {
  const house = await House.start({ dataDirectory });
  const { token, sipPort } = house;
  const hall = await house.addDevice('21', { name: 'Hall' });
  const url = 'https://lists.example/numbers.csv';
  await house.api('POST', '/spam-lists', { name: 'Reported', url, token: 'of-the-list', country: 'CA', enabled: false });
  await house.api('POST', '/external', { name: 'Lights', url: 'https://hook.example/', events: ['call.started'] });
  await house.program.stop();
  const settings = { accountSid: `AC${'0'.repeat(32)}`, outbound: 'none' };
  plantTwilioAccount(dataDirectory, { settings, secrets: credentials, clock: new FakeClock() });
  return { token, sipPort, hall };
}

test('a lost key is said at the start and in health, the trunk is down, phones register, and the old key brings all back', async () => {
  const { token, sipPort, hall } = await houseWithSecrets();
  renameSync(key, join(dataDirectory, 'old.key'));
  {
    await using house = await House.start({ dataDirectory, sipPort, token });
    const words =
      /ATTENTION +The key file .*gosip\.key was missing, and a new one was made: key lost\. It does not open the credentials of Twilio .* the passwords of Hall .*the tokens of the spam lists Reported .*the secrets of the webhooks Lights\. Put the gosip\.key/;
    expect(house.program.output()).toMatch(words);
    expect(await partOf(house, 'key')).toMatchObject({ status: 'down', message: expect.stringContaining('key lost') });
    expect(await partOf(house, 'trunks')).toMatchObject({ status: 'down', message: expect.stringContaining('key lost') });
    expect(await partOf(house, 'Twilio')).toMatchObject({ status: 'down' });
    const { username, password } = hall;
    await using phone = await SimulatedPhone.start({ address: house.address, username, password, registrar: house.registrar });
    expect(await phone.register()).toBe(200);
  }
  {
    // The new key is as foreign to the database as that of another house.
    await using house = await House.start({ dataDirectory, sipPort, token });
    expect(house.program.output()).toMatch(
      /ATTENTION +The key file .*gosip\.key is not the one that belongs to the database: key lost/,
    );
  }
  renameSync(join(dataDirectory, 'old.key'), key);
  await using house = await House.start({ dataDirectory, sipPort, token });
  expect(house.program.output()).not.toContain('key lost');
  expect(await partOf(house, 'key')).toMatchObject({ status: 'ok' });
  expect((await partOf(house, 'trunks'))?.status).not.toBe('down');
});
