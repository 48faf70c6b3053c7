import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';

const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;

async function open(path: string, heading: string): Promise<void> {
  await admin.page.goto(`${house.url}${path}`);
  await admin.page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

async function failToSignIn(times: number): Promise<void> {
  for (let at = 0; at < times; at += 1)
    await fetch(`${house.url}api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-gosip-request': '1' },
      body: JSON.stringify({ username: 'nobody', password: `guess-${at}` }),
    });
}

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start({ log_level: 'debug' });
  browser = await PanelBrowser.start();
  const login = await furnish(house);
  await house.ask('POST', '/api-tokens', { name: plantedMarkup.slice(0, 60), role: 'admin' });
  admin = await signIn(browser, house.url, login);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

describe.skipIf(isMissing)('settings', () => {
  it('lead to every page below them, each with how it is there, with the keyboard alone', async () => {
    const { page } = admin;
    await open('settings', 'Settings');
    await page.getByText('Nobody is locked out').waitFor();
    const { total } = await house.ask<{ total: number }>('GET', '/dids');
    await page.getByText(`${total} numbers`, { exact: true }).waitFor();
    await expectClean(admin, 'settings');
    await page.getByRole('link', { name: /^Security/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Security' }).waitFor();
    await page.getByRole('link', { name: 'Back to Settings' }).click();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });

  it.each([
    ['security', 'Security'],
    ['backup', 'Backup and restore'],
    ['alerts', 'Alerts'],
    ['logs', 'Log'],
    ['recording', 'Voicemail and recordings'],
    ['metrics', 'Metrics'],
    ['settings', 'Settings'],
    ['my-settings', 'My settings'],
  ])('are no wider than 320 pixels: %s', async (path, heading) => {
    await admin.page.setViewportSize({ width: 320, height: 640 });
    await open(path, heading);
    await admin.page.locator('.card').first().waitFor();
    await expect.poll(() => admin.pixelsTooWide(), poll).toBe(0);
    await admin.page.setViewportSize({ width: 1280, height: 800 });
  });

  it('are refused to somebody who is no administrator, in words', async () => {
    await using ben = await signIn(browser, house.url, { username: 'ben', password });
    for (const path of ['settings', 'security', 'alerts', 'logs', 'backup']) {
      await ben.page.goto(`${house.url}${path}`);
      await ben.page.getByText('Only an administrator may do this.').first().waitFor();
    }
  });
});

describe.skipIf(isMissing)('security', () => {
  it('makes a token for a program, shows it once, and revokes it', async () => {
    const { page } = admin;
    await open('security', 'Security');
    await page.getByText('<img class=planted').first().waitFor();
    await expectClean(admin, 'security');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const dialog = page.locator('gosip-api-token-dialog');
    await dialog.getByRole('button', { name: 'Make', exact: true }).click();
    await dialog.getByText('This is needed.').waitFor();
    await dialog.getByLabel('Name').fill('Weather display');
    await dialog.getByLabel('May do what is allowed to').selectOption({ label: 'Ben' });
    await dialog.getByLabel('Only read, change nothing').check();
    await dialog.getByRole('button', { name: 'Make', exact: true }).click();
    const token = (await dialog.locator('output').textContent()) ?? '';
    await expectClean(admin, 'a new token');
    const me = await fetch(`${house.url}api/auth/me`, { headers: { authorization: `Bearer ${token.trim()}` } });
    expect(await me.json()).toMatchObject({ scope: 'read', person: { name: 'Ben' } });
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Ben · only reads').waitFor();
    await page.getByRole('button', { name: 'Revoke the token Weather display' }).click();
    await page.getByText('The token Weather display was revoked').waitFor();
    await page.goto(`${house.url}security`);
    await page.getByRole('heading', { level: 2, name: 'API tokens' }).waitFor();
    const again = () => fetch(`${house.url}api/auth/me`, { headers: { authorization: `Bearer ${token.trim()}` } });
    await expect.poll(async () => (await again()).status, poll).toBe(401);
  });

  it('lets a locked address in again, which everybody is told of in words', async () => {
    const { page } = admin;
    await failToSignIn(12);
    await open('alerts', 'Alerts');
    await page.getByText('Somebody could not sign in too often').waitFor();
    await page.getByText(/logins with a password from 127\.0\.0\.1 failed/).waitFor();
    await expectClean(admin, 'alerts');
    await page.getByRole('button', { name: /^Open: Security/ }).click();
    await page.getByRole('button', { name: 'Let in at once: 127.0.0.1' }).click();
    await page.getByText('Nobody is locked out').waitFor();
    await open('alerts', 'Alerts');
    await page.getByText('Over since the last start').waitFor();
  });
});

describe.skipIf(isMissing)('the log', () => {
  it('is followed, narrowed down by an address that can be kept, and shows the lines of one call together', async () => {
    const { page } = admin;
    await open('logs', 'Log');
    await page.getByText(/\d+ lines/).waitFor();
    await expectClean(admin, 'logs');
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('switched');
    await expect.poll(() => page.url(), poll).toContain('text=switched');
    // While the lines that are searched for come, there are none.
    const switched = page.getByText('Do not disturb switched');
    await switched.first().waitFor();
    const before = await switched.count();
    await house.ask('PUT', '/dnd/house', { isOn: false });
    await expect.poll(() => switched.count(), poll).toBe(before + 1);
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('');
    await page.getByLabel('How much').selectOption({ label: 'Everything' });
    await page.getByRole('button', { name: 'All lines of this call' }).first().click();
    await expect.poll(() => page.url(), poll).toContain('callId=call_');
    await page.getByRole('button', { name: 'All calls again' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a file' }).click();
    expect((await download).suggestedFilename()).toBe('gosip.log');
  });
});

describe.skipIf(isMissing)('recordings', () => {
  it('say what a shorter time would delete before it is saved, and at the field what is no number', async () => {
    const { page } = admin;
    await open('recording', 'Voicemail and recordings');
    await page.getByLabel('Voicemails, in days').fill('1');
    await page.getByText(/Saving deletes \d+ voicemails? and \d+ recordings? at once/).waitFor();
    await page.getByLabel('Longest message, in seconds').fill('soon');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter a number.').waitFor();
    expect(await page.getByLabel('Voicemails, in days').inputValue()).toBe('1');
    await expectClean(admin, 'a wrong setting');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByLabel('It ends after a silence of, in seconds').fill('7');
    await page.getByText('Saving deletes nothing.').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    const settings = await house.ask<{ silenceSeconds: number; keepVoicemailDays: unknown }>('GET', '/system/config/voicemail');
    expect(settings).toMatchObject({ silenceSeconds: 7, keepVoicemailDays: null });
  });
});

describe.skipIf(isMissing)('metrics', () => {
  it('show the calls of the last days, drawn, in words and as a table', async () => {
    const { page } = admin;
    await open('metrics', 'Metrics');
    await page.getByRole('img', { name: /^Calls per day: Now \d+, at most \d+/ }).waitFor();
    await page.getByRole('img', { name: /^Memory of GoSIP: Now \d+ MB/ }).waitFor();
    await page.getByText('As a table').first().click();
    expect(await page.locator('gosip-metrics table').first().locator('tr').count()).toBe(14);
    await expectClean(admin, 'metrics');
  });
});
