import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, noonZone, signIn } from '#testing/panel/visit.ts';

const poll = { timeout: 30_000 };
const markup = plantedMarkup;

const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;

const signInAs = (username: string, more: { readonly timeZone?: string } = {}) =>
  signIn(browser, house.url, { username, password: 'kranich87zaun', ...more });

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  const { username, password } = await furnish(house);
  plantMarkup();
  await house.ask('POST', '/devices', { name: markup.slice(0, 60), extension: '19', type: 'softphone' });
  await house.ask('POST', '/users', { username: 'mallory', name: markup.slice(0, 60) });
  admin = await signIn(browser, house.url, { username, password });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

/** What callers and a transcript may bring. */
function plantMarkup(): void {
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const now = systemClock.now();
  db.prepare(
    `INSERT INTO cdrs (id, direction, started_at, ended_at, disposition, reason, dialled, caller_number, caller_name, callee_number, callee_name)
    VALUES ('call_markup', 'inbound', ?, ?, 'missed', 'no-answer', ?, ?, ?, '11', ?)`,
  ).run(now - 1_000, now, markup, markup, markup, markup);
  db.prepare('UPDATE voicemails SET caller_name = ?').run(markup);
  db.prepare('UPDATE recording_transcripts SET text = ?').run(markup);
  db.close();
}

/** Words at the foot of the page that are on two lines, or wider than their place. */
const brokenWords = `[...document.querySelector('gosip-app').shadowRoot.querySelectorAll('nav .words')].flatMap((one) => {
  const text = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  const broken = [];
  while (text.nextNode()) for (const word of text.currentNode.data.matchAll(/\\S+/g)) {
    const range = document.createRange();
    range.setStart(text.currentNode, word.index);
    range.setEnd(text.currentNode, word.index + word[0].length);
    const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
    if (tops.size > 1 || range.getBoundingClientRect().width > one.closest('li').getBoundingClientRect().width + 0.5) broken.push(word[0]);
  }
  return broken;
})`;

describe.skipIf(isMissing)('the pages of the panel', () => {
  it.each([
    ['', 'Dashboard'],
    ['calls', 'Calls'],
    ['calls/call_markup', 'Calls'],
    ['phones', 'Phones'],
    ['people', 'People'],
    ['home-assistant', 'Home Assistant'],
    ['nowhere/at/all', 'GoSIP'],
  ])('show what callers bring as text, in both themes, to everybody who can only hear them: /%s', async (path, heading) => {
    const { page } = admin;
    await page.goto(`${house.url}${path}`);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    if (!['home-assistant', 'nowhere/at/all'].includes(path)) await page.getByText('<img class=planted').first().waitFor();
    await expectClean(admin, path);
  });

  it('need no more than 150 kB of script, compressed, to sign in and see the dashboard', async () => {
    await using visitor = await browser.open();
    const scripts: Promise<number>[] = [];
    visitor.page.on('requestfinished', (request) => {
      // What is loaded after the dashboard may end with the page.
      const size = request.sizes().then(
        ({ responseBodySize }) => responseBodySize,
        () => 0,
      );
      if (request.url().endsWith('.js')) scripts.push(size);
    });
    await visitor.page.goto(house.url);
    await visitor.page.getByLabel('User name').fill('anna');
    await visitor.page.getByLabel('Password').fill('kranich87zaun');
    await visitor.page.keyboard.press('Enter');
    await visitor.page.getByText('Recent calls').waitFor();
    const bytes = (await Promise.all(scripts)).reduce((sum, one) => sum + one, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(150_000);
  });

  it('show every call to somebody who scrolls, and find one', async () => {
    const { page } = admin;
    await page.goto(`${house.url}calls`);
    const table = page.getByRole('table', { name: 'Calls' });
    await expect.poll(() => table.getAttribute('aria-rowcount'), poll).toBe('130');
    await page.evaluate<void>('scrollTo(0, document.documentElement.scrollHeight)');
    await page.locator('[aria-rowindex="130"] a').waitFor();
    await page.getByRole('searchbox', { name: 'Search by name or number' }).fill('Dentist');
    await expect.poll(() => table.getAttribute('aria-rowcount'), poll).toBe('15');
    await page.getByRole('button', { name: 'Missed' }).click();
    await page.getByText('No such call').waitFor();
  });

  it.each(['en-GB', 'de-DE', 'fr-FR', 'es-ES', 'nl-NL'])(
    'keep each word at the foot of a small phone whole: %s',
    async (locale) => {
      const storageState = await admin.context.storageState();
      await using visitor = await browser.open({ locale, storageState, viewport: { width: 320, height: 640 } });
      await visitor.page.goto(`${house.url}calls`);
      await visitor.page.locator('gosip-app nav .words').last().waitFor();
      await expect.poll(() => visitor.page.evaluate<string>('document.documentElement.lang'), poll).toBe(locale.slice(0, 2));
      expect(await visitor.page.evaluate<string[]>(brokenWords)).toEqual([]);
      expect(await visitor.pixelsTooWide()).toBe(0);
    },
  );

  it('work at 320 pixels without scrolling sideways', async () => {
    await using visitor = await signInAs('anna');
    await visitor.page.setViewportSize({ width: 320, height: 640 });
    for (const [path, shown] of [
      ['', 'Recent calls'],
      ['calls', 'Mum'],
      ['phones', 'Kitchen'],
      ['people', 'Ben'],
      ['home-assistant', 'MQTT broker'],
    ] as const) {
      await visitor.page.goto(`${house.url}${path}`);
      await visitor.page.getByRole('heading', { level: 1 }).waitFor();
      await visitor.page.getByText(shown, { exact: true }).first().waitFor();
      const wide = await visitor.page.evaluate<number>('document.documentElement.scrollWidth');
      expect({ path, wide }).toEqual({ path, wide: 320 });
    }
  });
});

describe.skipIf(isMissing)('a page that is gone to', () => {
  it('begins at its top, however far the one before was scrolled', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    await page.setViewportSize({ width: 375, height: 420 });
    await page.goto(house.url);
    await page.getByText('Recent calls', { exact: true }).waitFor();
    const top = () => page.evaluate<number>('scrollY');
    await page.evaluate('scrollTo(0, 700)');
    expect(await top()).toBeGreaterThan(100);
    await page.getByRole('button', { name: 'More' }).click();
    await page.locator('gosip-more-dialog').getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await expect.poll(top, { timeout: 30_000 }).toBe(0);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await top()).toBe(0);
  });
});

describe.skipIf(isMissing)('phones', () => {
  it('are renamed, and say at the field what is wrong', async () => {
    const { page } = admin;
    await page.goto(`${house.url}phones`);
    await page.getByText('Office computer').click();
    const dialog = page.locator('gosip-phone-dialog');
    await dialog.getByLabel('Extension').fill('11');
    await page.keyboard.press('Enter');
    await dialog.getByText('This one is taken already.').waitFor();
    await expectClean(admin, 'a wrong extension');
    await dialog.getByLabel('Extension').fill('16');
    await dialog.getByLabel('Name').fill('Study');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Extension 16 · Ben').waitFor();
    expect(new URL(page.url()).pathname).toBe('/phones');
  });

  it('are deleted only when nobody takes it back', async () => {
    const { page } = admin;
    const remove = async () => {
      await page.getByText('Study', { exact: true }).click();
      await page.locator('gosip-phone-dialog').getByRole('button', { name: 'Delete' }).click();
      await page.getByText('Study was deleted').waitFor();
      await expect.poll(() => page.getByText('Study', { exact: true }).count(), poll).toBe(0);
    };
    const names = async () => {
      const { items } = await house.ask<{ items: { name: string }[] }>('GET', '/devices?per_page=100');
      return items.map(({ name }) => name);
    };
    await remove();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Study', { exact: true }).waitFor();
    expect(await names()).toContain('Study');
    await remove();
    // Whoever leaves the page has decided.
    await page.goto('about:blank');
    await expect.poll(names, poll).not.toContain('Study');
  });
});

describe.skipIf(isMissing)('a session that ends', () => {
  it('takes nothing of what was typed: it goes on after signing in again', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    await page.getByRole('button', { name: 'Add phone' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Cellar');
    const { items } = await house.ask<{ items: { id: string; username: string }[] }>('GET', '/users');
    await house.ask('DELETE', `/users/${items.find(({ username }) => username === 'anna')?.id}/sessions`);
    await page.locator('gosip-add-phone-dialog').getByRole('button', { name: 'Add phone' }).click();
    await page.getByText('Your session has ended.').waitFor();
    await expectClean(visitor, 'signing in again');
    await page.getByLabel('User name').fill('anna');
    await page.getByLabel('Password').fill('kranich87zaun');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Connect Cellar' }).waitFor();
  });
});

describe.skipIf(isMissing)('somebody who is no administrator', () => {
  it('sees their own phones and none of the pages for administrators', async () => {
    await using visitor = await signInAs('ben');
    const { page } = visitor;
    await page.getByText('No calls yet').waitFor();
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual([
      'Dashboard',
      'Calls',
      'Voicemail',
      'Messages',
      'Contacts',
      'Phones',
      'Ben',
    ]);
    expect(await page.getByText('Kitchen').count()).toBe(0);
    expect(await page.getByRole('switch').count()).toBe(1);
    await page.goto(`${house.url}people`);
    await page.getByText('Only an administrator may do this.').waitFor();
    await expectClean(visitor, 'no administrator');
  });

  it('switches do not disturb on for an hour, by the names that a screen reader has', async () => {
    await using visitor = await signInAs('ben', { timeZone: noonZone(systemClock.now()) });
    const { page } = visitor;
    await page.getByRole('switch', { name: 'Do not disturb: Me' }).click();
    await page.getByRole('button', { name: '1 hour' }).click();
    await page.getByText(/^On until \d\d:\d\d$/).waitFor();
    const { persons } = await house.ask<{ persons: { name: string; isOn: boolean; until: string | null }[] }>('GET', '/dnd');
    const until = Date.parse(persons.find(({ name }) => name === 'Ben')?.until ?? '');
    expect(Math.abs(until - systemClock.now() - 3_600_000)).toBeLessThan(120_000);
  });
});
