import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

const poll = { timeout: 30_000 };
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  const login = await furnish(house);
  await house.ask('POST', '/contacts', {
    name: 'Dr. Müller-Lüdenscheidt',
    numbers: [{ number: '+4930901821', label: 'practice' }],
  });
  await house.ask('POST', '/contacts', { name: plantedMarkup, numbers: [{ number: '+4930901822' }] });
  admin = await signIn(browser, house.url, login);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const results = ({ page }: PanelVisitor) => page.locator('gosip-search-dialog a.row');

describe.skipIf(isMissing)('the search over the whole house', () => {
  it('finds people, phones, contacts, calls, voicemails and settings, by keyboard alone', async () => {
    const { page } = admin;
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('mum');
    await page.locator('gosip-search-dialog').getByRole('heading', { name: 'Calls' }).waitFor();
    await page.locator('gosip-search-dialog').getByRole('heading', { name: 'Voicemail' }).waitFor();
    await page.getByRole('searchbox').fill('disturb');
    await expect.poll(() => results(admin).allInnerTexts(), poll).toEqual([expect.stringContaining('Do not disturb')]);
    await page.getByRole('searchbox').fill('kitchen');
    await page.locator('gosip-search-dialog').getByRole('heading', { name: 'Phones' }).waitFor();
    await expectClean(admin, 'search');
    await page.getByRole('searchbox').fill('muller');
    await expect.poll(() => results(admin).first().innerText(), poll).toContain('Dr. Müller-Lüdenscheidt');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).pathname, poll).toMatch(/^\/contacts\//);
    expect(await page.locator('gosip-search-dialog').count()).toBe(0);
  });

  it('reads people and phones once, however long somebody types', async () => {
    const { page } = admin;
    await page.goto(house.url);
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    await page.keyboard.press('/');
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    for (const text of ['ki', 'kit', 'kitchen']) {
      await page.getByRole('searchbox').fill(text);
      await expect
        .poll(() => asked.filter((path) => path === '/api/contacts').length, poll)
        .toBe(text === 'ki' ? 1 : text === 'kit' ? 2 : 3);
    }
    await page.locator('gosip-search-dialog').getByRole('heading', { name: 'Phones' }).waitFor();
    expect(asked.filter((path) => path === '/api/users' || path === '/api/devices').toSorted()).toEqual([
      '/api/devices',
      '/api/users',
    ]);
  });

  it('shows what others call themselves as it is, and says where nothing is found', async () => {
    const { page } = admin;
    await page.goto(house.url);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('searchbox').fill('planted');
    await page.locator('gosip-search-dialog').getByText(plantedMarkup.slice(0, 20)).waitFor();
    await expectClean(admin, 'search for markup');
    await page.getByRole('searchbox').fill('xyzzy');
    await page.getByText('Nothing found for “xyzzy”').waitFor();
    await page.keyboard.press('Escape');
  });

  it('finds for somebody only what is theirs', async () => {
    await using visitor = await signIn(browser, house.url, { username: 'ben', password: 'kranich87zaun' });
    const { page } = visitor;
    await page.keyboard.press('/');
    const dialog = page.locator('gosip-search-dialog');
    await page.getByRole('searchbox').fill('mum');
    await dialog.getByRole('status').filter({ hasText: 'found' }).waitFor({ state: 'attached' });
    // Her calls and voicemails are Anna’s; that she is in the address book of the house is everybody’s.
    expect(await dialog.locator('h3').allInnerTexts()).toEqual(['Contacts']);
    await page.getByRole('searchbox').fill('backup');
    await page.getByText('Nothing found for “backup”').waitFor();
    expect(visitor.faults).toEqual([]);
  });
});

describe.skipIf(isMissing)('calling from the panel', () => {
  it('rings the phone, and dials the number of the name that was typed', async () => {
    const { page } = admin;
    await page.goto(house.url);
    await page.getByRole('button', { name: 'Dial' }).click();
    const dialog = page.locator('gosip-dial-dialog');
    await dialog.getByLabel('Number, extension or name').fill('annas');
    await dialog.getByRole('button', { name: 'Anna’s mobile 12' }).waitFor();
    await expectClean(admin, 'dial');
    await page.keyboard.press('Enter');
    await expect.poll(() => dialog.getByLabel('Number, extension or name').inputValue(), poll).toBe('12');
    await dialog.getByLabel('With which phone').selectOption({ label: 'Kitchen (11)' });
    await dialog.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByText('Kitchen rings: pick it up to call Anna’s mobile').waitFor();
    const { items } = await house.ask<{ items: { callee: { name: string } }[] }>('GET', '/calls');
    expect(items.map(({ callee }) => callee.name)).toContain('Kitchen');
  });

  it('says at the number why it cannot be called', async () => {
    const { page } = admin;
    await page.goto(house.url);
    await page.getByRole('button', { name: 'Dial' }).click();
    const dialog = page.locator('gosip-dial-dialog');
    for (const key of '0049') await dialog.getByRole('button', { name: key, exact: true }).first().click();
    expect(await dialog.getByLabel('Number, extension or name').inputValue()).toBe('0049');
    await dialog.getByLabel('Number, extension or name').fill('!!');
    await dialog.getByRole('button', { name: 'Call', exact: true }).click();
    await dialog.locator('.wrong, .problem').first().waitFor();
    await expectClean(admin, 'a number that is none');
  });
});
