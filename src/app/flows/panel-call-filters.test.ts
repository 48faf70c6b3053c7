import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { plantCall, plantCalls } from '#testing/panel/furnish-calls.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;
let benId: string;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  await house.ask('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
  benId = (await house.ask<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben', password })).id;
  const phone = await house.ask<{ id: string }>('POST', '/devices', {
    name: 'Study',
    extension: '15',
    type: 'grandstream',
    personId: benId,
  });
  plantCalls(house, { count: 140 });
  const legs = [{ deviceId: phone.id, personId: benId, name: 'Study', outcome: 'no-answer', seconds: 20 }];
  plantCall(house, { id: 'call_ben', verdict: ['missed', 'no-answer'], caller: ['+442079460123', 'Mum'], legs });
  admin = await signIn(browser, house.url, { username: 'anna', password });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const count = async ({ page }: PanelVisitor) =>
  Number(
    await page
      .getByRole('table', { name: 'Calls' })
      .getAttribute('aria-rowcount', { timeout: 5_000 })
      .catch(() => '1'),
  ) - 1;
const search = ({ page }: PanelVisitor) => new URL(page.url()).search;

describe.skipIf(isMissing)('calls that are narrowed down', () => {
  it('say what to in their address, and are found again by it', async () => {
    const { page } = admin;
    await page.goto(`${house.url}calls`);
    await expect.poll(() => count(admin), poll).toBe(141);
    await page.getByRole('button', { name: 'Missed', exact: true }).click();
    await expect.poll(() => count(admin), poll).toBe(21);
    expect(search(admin)).toBe('?disposition=missed');
    await page.getByRole('searchbox', { name: 'Search by name or number' }).fill('Mum');
    await expect.poll(() => count(admin), poll).toBe(1);
    expect(search(admin)).toBe('?disposition=missed&text=Mum');
    await page.reload();
    await expect.poll(() => count(admin), poll).toBe(1);
    expect(await page.getByRole('searchbox', { name: 'Search by name or number' }).inputValue()).toBe('Mum');
    expect(await page.getByRole('button', { name: 'Missed', exact: true }).getAttribute('aria-pressed')).toBe('true');
    // What is open keeps what the list was narrowed down to.
    await page.getByRole('link', { name: 'Mum' }).click();
    await page.getByRole('dialog', { name: 'Mum' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => search(admin), poll).toBe('?disposition=missed&text=Mum');
  });

  it('by whom, when and where, each of which a press takes away', async () => {
    const { page } = admin;
    await page.goto(`${house.url}calls`);
    await page.getByRole('button', { name: 'Filters' }).click();
    const dialog = page.locator('gosip-call-filters-dialog');
    await dialog.getByLabel('Person').selectOption({ label: 'Ben' });
    await expectClean(admin, 'filters');
    await dialog.getByLabel('Phone').selectOption({ label: 'Study' });
    await dialog.getByLabel('From this day on').fill('2026-01-01');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => count(admin), poll).toBe(1);
    await page.getByRole('button', { name: 'Remove the filter Since 1 Jan 2026' }).waitFor();
    await expectClean(admin, 'active filters');
    await page.getByRole('button', { name: 'Remove the filter Study' }).click();
    await page.getByRole('button', { name: 'Remove the filter Ben' }).click();
    await expect.poll(() => count(admin), poll).toBe(141);
    await page.goto(`${house.url}calls?to=2001-01-01`);
    await page.getByText('No such call').waitFor();
    await page.getByRole('button', { name: 'Remove the filter Until 1 Jan 2001' }).click();
    await expect.poll(() => count(admin), poll).toBe(141);
  });

  it('by the keys alone', async () => {
    const { page } = admin;
    await page.goto(`${house.url}calls`);
    await page.getByRole('searchbox', { name: 'Search by name or number' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Filters' }).waitFor();
    await page.getByLabel('How it ended').focus();
    await page.keyboard.type('Blocked');
    await page.keyboard.press('Escape');
    await expect.poll(() => search(admin), poll).toBe('?disposition=blocked');
    await expect.poll(() => count(admin), poll).toBe(20);
  });

  it('are exported as they are shown', async () => {
    const { page } = admin;
    await page.goto(`${house.url}calls?person=${benId}`);
    const link = page.getByRole('link', { name: 'Export' });
    await expect.poll(() => link.getAttribute('href'), poll).toContain(benId);
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const text = await new Response((await download.createReadStream()) as never).text();
    expect(text.trim().split('\n')).toHaveLength(2);
    expect(text).toContain('+442079460123');
  });

  it('ignore what an old or mistyped address asks for', async () => {
    await admin.page.goto(`${house.url}calls?direction=sideways&from=yesterday&person=%3Cimg%3E`);
    await expect.poll(() => count(admin), poll).toBe(141);
    await expectClean(admin, 'a mistyped address');
  });

  it('say what to search for where Home Assistant lets a text not through', async () => {
    await using visitor = await signIn(browser, house.url, { username: 'anna', password });
    await visitor.page.route(/\/api\/cdrs\?.*text=/, (route) =>
      route.fulfill({ status: 400, body: '<html>400: Bad Request</html>' }),
    );
    await visitor.page.goto(`${house.url}calls`);
    await visitor.page.getByRole('searchbox', { name: 'Search by name or number' }).fill('<script>');
    await visitor.page.getByText('Search for a part of it.').waitFor();
    await expectClean(visitor, 'a refused text');
    await visitor.page.getByRole('searchbox', { name: 'Search by name or number' }).fill('');
    await expect.poll(() => count(visitor), poll).toBe(141);
  });

  it('are their own alone for who is no administrator', async () => {
    await using visitor = await signIn(browser, house.url, { username: 'ben', password });
    await visitor.page.goto(`${house.url}calls`);
    await expect.poll(() => count(visitor), poll).toBe(1);
    await visitor.page.getByRole('button', { name: 'Filters' }).click();
    await visitor.page.getByLabel('Phone').waitFor();
    expect(await visitor.page.getByLabel('Person').count()).toBe(0);
    await visitor.page.goto(`${house.url}calls/call_planted_1`);
    await visitor.page.getByText('It is not there any more.').waitFor();
  });
});
