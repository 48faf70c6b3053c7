import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { visibleTexts } from '#testing/panel/english-left.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { titles } from '../../../panel/src/routes.ts';
import { en } from '../../../panel/src/strings/en.ts';

/** 640: what somebody with 1280 sees who has made everything twice as large. */
const widths = [320, 640, 870, 1440];
const pages = Object.entries(titles).map(([page, key]) => [page === 'dashboard' ? '' : page, en[key]] as const);

const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;
let ben: PanelVisitor;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  const login = await furnish(house);
  admin = await signIn(browser, house.url, login);
  ben = await signIn(browser, house.url, { username: 'ben', password: login.password });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

/** Until nothing on it is being read any more. */
async function open({ page }: PanelVisitor, path: string): Promise<void> {
  await page.goto(`${house.url}${path}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await expect.poll(() => page.locator('gosip-loading').count(), { timeout: 30_000 }).toBe(0);
}

/** What has the focus, in whatever shadow tree; how it shows that; whether it is on the screen. */
const focused = `(() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (one === null || one === document.body) return undefined;
  const { boxShadow } = getComputedStyle(one);
  const around = one.closest('label, form') ?? one;
  const host = one.getRootNode().host;
  const box = one.getBoundingClientRect();
  const shows = [[one], [one, '::after'], [around]].some((each) => getComputedStyle(...each).outlineStyle !== 'none') || boxShadow !== 'none' ||
    (host?.shadowRoot?.querySelector('md-focus-ring') ?? null) !== null;
  return { name: one.localName + ' ' + (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 40), shows,
    isSeen: box.width > 0 && box.bottom > 0 && box.top < innerHeight };
})()`;

type Focused = { readonly name: string; readonly shows: boolean; readonly isSeen: boolean };

describe.skipIf(isMissing).each(pages)('/%s', (path, heading) => {
  it('is clean for an administrator in both themes, and as wide as the screen whatever its width', async () => {
    const { page } = admin;
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(admin, path);
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
    await expectClean(admin, path);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 700 });
      expect({ width, tooWide: await admin.pixelsTooWide() }).toEqual({ width, tooWide: 0 });
    }
  });

  it('is used by keyboard alone: the focus goes on, is shown and is on the screen', async () => {
    const { page } = admin;
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(admin, path);
    const seen: Focused[] = [];
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      const now = await page.evaluate<Focused | undefined>(focused);
      if (now === undefined) break;
      seen.push(now);
    }
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.filter(({ shows, isSeen }) => !shows || !isSeen)).toEqual([]);
    // Nothing keeps it.
    expect(new Set(seen.map(({ name }) => name)).size).toBeGreaterThan(8);
  });

  it('says to somebody who may not see it who could, and shows everybody else what is theirs', async () => {
    const { page } = ben;
    await open(ben, path);
    const texts = await page.evaluate<string[]>(visibleTexts);
    expect(texts).toContain('Dashboard');
    expect(texts.filter((text) => /Front door|Grandmother/.test(text))).toEqual([]);
    expect({ path, faults: ben.faults }).toEqual({ path, faults: [] });
    expect(await page.getByText('Something went wrong in GoSIP').count()).toBe(0);
  });
});
