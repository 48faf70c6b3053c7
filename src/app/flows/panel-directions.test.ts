import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { misdrawn } from '#testing/panel/drawn-order.ts';
import { furnishDirections } from '#testing/panel/furnish-directions.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { signIn } from '#testing/panel/visit.ts';
import { titles } from '../../../panel/src/routes.ts';

// Names in Arabic and without a space, and messages that would turn round what stands beside them, on every page.
const widths = [320, 1280];
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let anna: PanelVisitor;
let ids: Readonly<Record<string, readonly string[]>> = {};

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  const login = await furnish(house);
  const { items } = await house.ask<{ items: { id: string; username: string }[] }>('GET', '/users?per_page=100');
  ids = await furnishDirections(house, items.find(({ username }) => username === 'anna')?.id ?? '');
  anna = await signIn(browser, house.url, login);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

/** A program of the page: over once a third of a second has changed nothing of its height and of how many elements it has. */
const untilSettled = `new Promise((done) => {
  const count = (root) => [...root.querySelectorAll('*')].reduce((sum, one) => sum + 1 + (one.shadowRoot ? count(one.shadowRoot) : 0), 0);
  const seen = () => count(document.body) + ' ' + document.documentElement.scrollHeight;
  let before = '';
  const look = () => (before === (before = seen()) ? done() : setTimeout(look, 333));
  look();
})`;

/** What is drawn wrongly at `path`, once nothing of it is being read any more. */
async function faultsAt(path: string): Promise<readonly string[]> {
  const { page } = anna;
  const found: string[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${house.url}${path}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await expect.poll(() => page.locator('gosip-loading').count(), { timeout: 30_000 }).toBe(0);
    await page.evaluate(untilSettled);
    found.push(...(await page.evaluate<string[]>(misdrawn)).map((one) => `${width}: ${one}`));
    const tooWide = await anna.pixelsTooWide();
    if (tooWide > 0) found.push(`${width}: ${tooWide} pixels too wide`);
  }
  return found;
}

describe.skipIf(isMissing)('a name or text from right to left, or without a space', () => {
  it.each(Object.keys(titles))(
    'turns nothing around and is not cut off on /%s',
    async (name) => {
      const path = name === 'dashboard' ? '' : name;
      expect(await faultsAt(path)).toEqual([]);
      for (const id of ids[name] ?? []) expect({ id, faults: await faultsAt(`${path}/${id}`) }).toEqual({ id, faults: [] });
    },
    120_000,
  );

  it('turns nothing around in what a search finds', async () => {
    const { page } = anna;
    for (const text of ['مريم', 'Rindfleisch', 'PAY']) {
      await page.goto(`${house.url}calls`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.keyboard.press('/');
      await page.locator('gosip-search-dialog input').fill(text);
      await page.locator('gosip-search-dialog .row').first().waitFor();
      await page.evaluate(untilSettled);
      expect(await page.evaluate<string[]>(misdrawn)).toEqual([]);
    }
  });
});
