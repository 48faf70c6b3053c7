import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addPhone, openDeviceHarness, RegistrarPhone } from '#testing/harness/device-harness.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';

const pageBytes = 4096;
let folder = '';
let whole = '';
let damaged = '';
const clock = new FakeClock();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-damage-'));
  whole = join(folder, 'whole.db');
  damaged = join(folder, 'damaged.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A house with some phones, registered, and its file closed. */
async function furnish(): Promise<{ device: RegistrarPhone['device']; secret: string }[]> {
  const harness = await openDeviceHarness({ clock, path: whole });
  const made = [];
  for (let index = 0; index < 60; index += 1) {
    const { device, secret } = await harness.devices.create({ name: `Phone ${index} ${'x'.repeat(60)}`, type: 'softphone' });
    await new RegistrarPhone(harness, device, secret).register();
    made.push({ device, secret });
  }
  harness.close();
  return made;
}

test('whichever page is damaged, the house opens, and phones it can still read register and ring', async () => {
  const made = await furnish();
  const pages = readFileSync(whole).length / pageBytes;
  expect(pages).toBeGreaterThan(20);
  let readable = 0;
  let live = 0;
  for (let page = 1; page <= pages; page += 1) {
    copyFileSync(whole, damaged);
    const bytes = readFileSync(damaged);
    bytes.fill(0x5a, (page - 1) * pageBytes + 8, page * pageBytes);
    writeFileSync(damaged, bytes);
    const harness = await openDeviceHarness({ clock, path: damaged });
    for (const { device, secret } of made) {
      if (harness.devices.byId(device.id) === undefined) continue;
      readable += 1;
      live += harness.registrations.of(device.id).length;
      expect(await new RegistrarPhone(harness, device, secret).register({ callId: 'another', cseq: 1 })).toMatchObject({
        kind: 'registered',
      });
    }
    if (harness.opened.mode === 'memory') expect(harness.opened.problem).toContain('is damaged');
    harness.close();
    expect(readFileSync(damaged).equals(bytes) || harness.opened.mode === 'normal').toBe(true);
  }
  // Only the pages of these two tables, and the first, cost us phones.
  expect(readable).toBeGreaterThan(made.length * pages * 0.7);
  expect(live).toBeGreaterThan(made.length * pages * 0.6);
}, 60_000);

test('what registered into memory is not in the file afterwards, and the whole file is used again when it is back', async () => {
  const harness = await openDeviceHarness({ clock, path: whole });
  const phone = await addPhone(harness, { name: 'Kitchen', type: 'softphone' });
  harness.close();
  const good = readFileSync(whole);
  writeFileSync(whole, 'nothing but a letter');
  const broken = await openDeviceHarness({ clock, path: whole });
  expect(broken.opened.mode).toBe('memory');
  broken.close();
  writeFileSync(whole, good);
  const again = await openDeviceHarness({ clock, path: whole });
  expect(again.opened.mode).toBe('normal');
  expect(again.devices.get(phone.device.id)).toEqual(phone.device);
  again.close();
});
