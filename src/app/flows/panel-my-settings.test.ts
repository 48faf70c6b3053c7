import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, noonZone, signIn } from '#testing/panel/visit.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';

const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;

const signInAs = (username: string, as = password) => signIn(browser, house.url, { username, password: as });

async function openMine({ page }: PanelVisitor): Promise<void> {
  await page.goto(`${house.url}my-settings`);
  await page.getByRole('heading', { level: 2, name: 'My phones' }).waitFor();
}

type Person = { readonly id: string; readonly username: string };

async function personNamed(username: string): Promise<Person> {
  const { items } = await house.ask<{ items: Person[] }>('GET', '/users?per_page=100');
  return items.find((one) => one.username === username)!;
}

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  await furnish(house);
  const mallory = { username: 'mallory', name: plantedMarkup.slice(0, 60), password };
  const { id: personId } = await house.ask<Person>('POST', '/users', mallory);
  const phone = { name: plantedMarkup.slice(0, 60), extension: '19', type: 'softphone', personId };
  await house.ask('POST', '/devices', phone);
  await house.ask('POST', '/dids', { number: '+14165550111', name: plantedMarkup.slice(0, 60), ownerPersonId: personId });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

describe.skipIf(isMissing)('my settings', () => {
  it('show each person their own phones and numbers alone, also at 320 pixels, whatever they are called', async () => {
    await using mallory = await signInAs('mallory');
    await openMine(mallory);
    await mallory.page.getByText('+14165550111').waitFor();
    await mallory.page.getByText('Extension 19').waitFor();
    expect(await mallory.page.getByText('Office computer').count()).toBe(0);
    await expectClean(mallory, 'my settings');
    await mallory.page.setViewportSize({ width: 320, height: 640 });
    expect(await mallory.pixelsTooWide()).toBe(0);
    await using ben = await signInAs('ben');
    await openMine(ben);
    await ben.page.getByText('Extension 15').waitFor();
    expect(await ben.page.getByText('+14165550111').count()).toBe(0);
    expect(await ben.page.getByText('Extension 19').count()).toBe(0);
  });

  it('switch do not disturb of one phone, for an hour, with the keyboard alone', async () => {
    await using ben = await signIn(browser, house.url, { username: 'ben', password, timeZone: noonZone(systemClock.now()) });
    const { page } = ben;
    await openMine(ben);
    const toggle = page.getByRole('switch', { name: 'Do not disturb: Office computer' });
    await toggle.focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: '1 hour' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/On until \d/).waitFor();
    type Dnd = { devices: { name: string; isOn: boolean; until: string | null }[] };
    const { devices } = await house.ask<Dnd>('GET', '/dnd');
    expect(devices.find(({ name }) => name === 'Office computer')).toMatchObject({ isOn: true, until: expect.any(String) });
  });

  it('change the password, say at the field where the old one is wrong, and sign out elsewhere', async () => {
    await using elsewhere = await signInAs('ben');
    await using ben = await signInAs('ben');
    const { page } = ben;
    await openMine(ben);
    await page.getByRole('button', { name: 'Change password' }).first().click();
    const dialog = page.locator('gosip-password-dialog');
    await dialog.getByLabel('Present password').fill('wrong-one-9');
    await dialog.getByLabel('New password').fill('storch54dach');
    await page.keyboard.press('Enter');
    await dialog.getByText('This is not your password.').waitFor();
    await expectClean(ben, 'a wrong password');
    await dialog.getByLabel('Present password').fill(password);
    expect(await dialog.getByLabel('New password').inputValue()).toBe('storch54dach');
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password was changed').waitFor();
    await elsewhere.page.reload();
    await elsewhere.page.getByLabel('User name').waitFor();
  });

  it('sign out a browser that somebody left behind', async () => {
    await using left = await signInAs('clara', await withPassword('clara'));
    await using here = await signInAs('clara', password);
    await openMine(here);
    await here.page.getByText('This device').waitFor();
    await here.page.getByRole('button', { name: /^Sign out there: / }).click();
    await here.page.getByText('Signed out there').first().waitFor();
    await expect.poll(() => here.page.getByRole('button', { name: /^Sign out there: / }).count(), poll).toBe(0);
    await left.page.reload();
    await left.page.getByLabel('User name').waitFor();
    await here.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await here.page.getByLabel('User name').waitFor();
  });
});

async function withPassword(username: string): Promise<string> {
  const { id } = await personNamed(username);
  await house.ask('PATCH', `/users/${id}`, { password });
  return password;
}
