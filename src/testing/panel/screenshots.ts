// Pictures of every page of the panel at three widths in both themes, to be looked at: tmp/screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { PanelBrowser } from './browser.ts';
import type { PanelVisitor } from './browser.ts';
import { furnishTwilio } from './furnish-setup.ts';
import { furnish } from './furnished-house.ts';
import { PanelHouse } from './panel-house.ts';
import { shots } from './shots.ts';

const folder = join(import.meta.dirname, '../../../tmp/screenshots');
/** A phone, a window in which Home Assistant hides its side bar, a screen. */
const widths = [375, 870, 1280];
const only = process.argv.slice(2);

async function settle({ page }: PanelVisitor): Promise<void> {
  await page.waitForTimeout(900);
}

await using twilio = await TwilioEmulator.start({ numbers: [{ phoneNumber: '+14165550101' }] });
await using house = await PanelHouse.start({ twilio_api_base: twilio.apiBase });
await using browser = await PanelBrowser.start();
mkdirSync(folder, { recursive: true });
for (const colorScheme of ['light', 'dark'] as const) {
  await using visitor = await browser.open({ colorScheme });
  await visitor.page.goto(house.url);
  await visitor.page
    .getByLabel('Setup token')
    .waitFor({ timeout: 5_000 })
    .catch(() => {});
  for (const width of widths) {
    await visitor.page.setViewportSize({ width, height: 900 });
    await visitor.page.screenshot({ path: join(folder, `set-up-${width}-${colorScheme}.png`) });
  }
}
const { username, password } = await furnish(house);
await furnishTwilio(house, twilio);
for (const colorScheme of ['light', 'dark'] as const) {
  await using visitor = await browser.open({ colorScheme });
  const { page } = visitor;
  await page.goto(house.url);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(folder, `sign-in-${width}-${colorScheme}.png`) });
  }
  await page.keyboard.press('Enter');
  // The page before has a heading too.
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  for (const { name, path, act } of shots.filter(
    ({ name: one }) => only.length === 0 || only.some((begin) => one.startsWith(begin)),
  )) {
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${house.url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await settle(visitor);
      await act?.(visitor);
      await settle(visitor);
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  if (visitor.faults.length > 0) process.stderr.write(`${visitor.faults.join('\n')}\n`);
}
