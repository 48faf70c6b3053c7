import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { signIn } from '#testing/panel/visit.ts';

// A tab that stays open for weeks on a tablet in the hall.
const places = ['', 'calls', 'voicemail', 'messages', 'contacts', 'phones', 'routing', 'people', 'settings', 'my-settings'];
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let anna: PanelVisitor;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  anna = await signIn(browser, house.url, await furnish(house));
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

/** Returns the headings that were seen. */
async function switchThrough(times: number): Promise<ReadonlySet<string>> {
  const { page } = anna;
  const headings = new Set<string>();
  for (let switched = 0; switched < times; switched += 1) {
    const path = `/${places[switched % places.length]}`;
    await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.waitForTimeout(60);
    headings.add(await page.getByRole('heading', { level: 1 }).first().innerText());
  }
  return headings;
}

/** What is left after everything that nobody holds is gone. */
async function held() {
  const session = await anna.context.newCDPSession(anna.page);
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  await session.detach();
  return { megabytes: usedSize / 1_000_000, nodes, listeners: jsEventListeners };
}

describe.skipIf(isMissing)('a tab in which pages are opened all day', () => {
  it('holds no more after two hundred pages than after forty', { timeout: 240_000 }, async () => {
    await switchThrough(40);
    const before = await held();
    expect((await switchThrough(200)).size).toBe(places.length);
    const after = await held();
    expect({ before, after, isBounded: after.megabytes < before.megabytes + 5 }).toMatchObject({ isBounded: true });
    expect({ before, after, isBounded: after.nodes < before.nodes * 1.5 }).toMatchObject({ isBounded: true });
    expect({ before, after, isBounded: after.listeners < before.listeners * 1.5 }).toMatchObject({ isBounded: true });
    expect(anna.faults).toEqual([]);
  });
});
