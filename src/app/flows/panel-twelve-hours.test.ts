import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { visibleTexts } from '#testing/panel/english-left.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { noonZone, signIn } from '#testing/panel/visit.ts';
import { titles } from '../../../panel/src/routes.ts';

// A family whose clock has twelve hours and whose week begins with Sunday. Durations in the house are all below 13 minutes.
const ofTwentyFour = /(?<![:\d])(?:1[3-9]|2[0-3]):[0-5]\d\b/;
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let anna: PanelVisitor;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  // An hour from now, when do not disturb ends, is today at noon: only then its time stands there without a day.
  const timeZone = noonZone(systemClock.now());
  anna = await signIn(browser, house.url, { ...(await furnish(house)), locale: 'en-US', timeZone });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

async function open(path: string) {
  const { page } = anna;
  await page.goto(`${house.url}${path}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await expect.poll(() => page.locator('gosip-loading').count(), { timeout: 30_000 }).toBe(0);
  return page;
}

describe.skipIf(isMissing)('somebody whose clock has twelve hours', () => {
  it.each(Object.keys(titles))('reads no time of twenty-four on /%s', async (name) => {
    const page = await open(name === 'dashboard' ? '' : name);
    const texts = await page.evaluate<string[]>(visibleTexts);
    expect(texts).toContain('Dashboard');
    // What a log holds is of the house, and what somebody wrote is theirs.
    if (name !== 'logs') expect(texts.filter((text) => ofTwentyFour.test(text))).toEqual([]);
  });

  it.each([
    ['calls', 'gosip-calls time'],
    ['voicemail', 'gosip-voicemail time'],
    ['messages', 'gosip-conversations time'],
    ['calls/call_furnished', 'gosip-call-dialog time'],
  ])('reads AM and PM on /%s', async (path, where) => {
    const page = await open(path);
    await page.locator(where).first().waitFor();
    const times = await page.locator(where).allInnerTexts();
    expect(times.filter((text) => /\d:\d\d/.test(text)).length).toBeGreaterThan(0);
    expect(times.filter((text) => /\d:\d\d/.test(text) && !/\d:\d\d(?::\d\d)?\s[AP]M/.test(text))).toEqual([]);
  });

  it('reads until when nobody is disturbed, when they sleep and when a rule holds, all with AM and PM', async () => {
    const page = await open('');
    await page
      .getByText(/[Uu]ntil \d{1,2}:\d\d\s[AP]M/)
      .first()
      .waitFor();
    await open('my-settings');
    await page
      .getByText(/10:00\sPM to 7:00\sAM/)
      .first()
      .waitFor();
    await open('routing');
    await page
      .getByText(/10:00\sPM to 7:00\sAM/)
      .first()
      .waitFor();
  });

  it('paints a week that begins with Sunday, by keyboard, and chooses days from Sunday on', async () => {
    const page = await open('my-settings');
    await page
      .getByRole('button', { name: /^Schedule: / })
      .first()
      .click();
    const dialog = page.locator('gosip-dnd-schedule-dialog');
    await dialog.locator('.weekdays').first().waitFor();
    const chosen = await dialog.locator('.weekdays').first().locator('button [aria-hidden]').allInnerTexts();
    expect(chosen).toEqual(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']);
    await dialog.getByRole('button', { name: 'Paint the week' }).click();
    const grid = dialog.getByRole('grid');
    expect((await grid.locator('thead th').allInnerTexts()).map((text) => text.trim())).toEqual(chosen);
    expect(await grid.locator('tbody th').nth(13).innerText()).toMatch(/^1:00\sPM$/);
    await grid.getByRole('gridcell', { name: /^Wednesday 1:00\sPM/ }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    await expect.poll(() => grid.getByRole('gridcell', { name: /^Sunday 1:00\sPM/ }).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.evaluate(focusedName)).toMatch(/^Monday 1:00\sPM/);
    await page.keyboard.press('End');
    await expect.poll(() => page.evaluate(focusedName)).toMatch(/^Saturday 1:00\sPM/);
    expect(anna.faults).toEqual([]);
  });
});

const focusedName = `(() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one?.getAttribute('aria-label') ?? '';
})()`;
