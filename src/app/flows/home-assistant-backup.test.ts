import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// As Supervisor makes a backup of an app that runs, and brings it back: /data as it is, with a command before and one after.
let folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'gosip-ha-backup-'));
  folders.push(made);
  return made;
};
beforeEach(() => (folders = []));
afterEach(() => folders.forEach((one) => rmSync(one, { recursive: true, force: true })));

const command = (name: 'backup-pre' | 'backup-post', dataDirectory: string) =>
  spawnSync(process.execPath, [join(import.meta.dirname, `../${name}.ts`)], {
    env: { ...process.env, GOSIP_DATA_DIRECTORY: dataDirectory },
    encoding: 'utf8',
  });

type Device = { readonly id: string; readonly name: string };
const devicesOf = async (house: House) => (await house.api<{ items: Device[] }>('GET', '/devices')).items.map(({ name }) => name);

test('a backup of the app made while it is written comes back whole, and the house that was backed up goes on', async () => {
  const dataDirectory = folder();
  const house = await House.start({ dataDirectory });
  const { token, sipPort } = house;
  const hall = await house.addDevice('21');
  await house.api('POST', '/users', { username: 'anna', name: 'Anna' });

  const made = command('backup-pre', dataDirectory);
  expect([made.status, made.stdout, made.stderr]).toEqual([
    0,
    expect.stringMatching(/^The database is copied for the backup: /),
    '',
  ]);
  const backup = folder();
  cpSync(dataDirectory, backup, { recursive: true });
  // The archive had read the half of it when the house wrote the other; the log is not of the same moment either.
  const live = readFileSync(join(backup, 'gosip.db'));
  writeFileSync(join(backup, 'gosip.db'), live.fill(0x5a, live.length >> 1));
  for (const end of ['-wal', '-shm']) rmSync(join(backup, `gosip.db${end}`), { force: true });
  await house.addDevice('22');
  expect(command('backup-post', dataDirectory).status).toBe(0);
  expect(readdirSync(dataDirectory).filter((name) => name.includes('for-backup'))).toEqual([]);
  await house.program.stop();

  {
    await using back = await House.start({ dataDirectory: backup, sipPort, token });
    expect(back.program.output()).toMatch(/ATTENTION +This folder was brought back from a backup/);
    expect(await devicesOf(back)).toEqual(['Phone 21']);
    const { address, registrar } = back;
    await using phone = await SimulatedPhone.start({ address, username: hall.username, password: hall.password, registrar });
    expect(await phone.register()).toBe(200);
  }
  {
    await using again = await House.start({ dataDirectory: backup, sipPort, token });
    expect(again.program.output()).not.toContain('brought back');
    expect(await devicesOf(again)).toEqual(['Phone 21']);
  }
  await using before = await House.start({ dataDirectory, sipPort, token });
  expect(before.program.output()).not.toContain('brought back');
  expect((await devicesOf(before)).toSorted()).toEqual(['Phone 21', 'Phone 22']);
});

test('a backup that cannot be whole is refused with one line that says why', () => {
  const dataDirectory = folder();
  const made = command('backup-pre', dataDirectory);
  expect([made.status, made.stdout, made.stderr]).toEqual([
    1,
    '',
    `GoSIP cannot be backed up now: There is no database at ${join(dataDirectory, 'gosip.db')}\n`,
  ]);
  expect(existsSync(join(dataDirectory, 'gosip.db'))).toBe(false);
});
