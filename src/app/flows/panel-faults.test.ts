import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { signIn } from '#testing/panel/visit.ts';

const poll = { timeout: 30_000 };
const long = { timeout: 120_000 };
const password = 'kranich87zaun';

/** Where the link leads that has the focus. */
const focusedLink = `(() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one?.getAttribute('href') ?? '';
})()`;

/** As the pages do that lead there. */
const followWelcome = `(() => {
  const link = document.createElement('a');
  link.href = 'welcome';
  document.body.append(link);
  link.click();
  link.remove();
})()`;

const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
const ids = new Map<string, string>();

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  for (const [username, name, role] of [
    ['anna', 'Anna', 'admin'],
    ['ben', 'Ben', 'user'],
  ] as const)
    ids.set(username, (await house.ask<{ id: string }>('POST', '/users', { username, name, role, password })).id);
  await house.ask('POST', '/devices', { name: 'Kitchen', extension: '11', type: 'grandstream' });
  await house.ask('POST', '/contacts', { name: 'Dentist', numbers: [{ number: '+14165550177' }], personId: ids.get('anna') });
  browser = await PanelBrowser.start();
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const signInAs = (username: string) => signIn(browser, house.url, { username, password });
const endSessions = (username: string) => house.ask('DELETE', `/users/${ids.get(username)}/sessions`);

async function signInAgain(page: Page): Promise<void> {
  await page.getByText('Your session has ended.').waitFor();
  await page.getByLabel('User name').fill('anna');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

describe.skipIf(isMissing)('a session that is over', long, () => {
  it('lets a file that is sent go on after signing in again', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    await page.goto(`${house.url}contacts`);
    await page.getByRole('button', { name: 'Import and export' }).click();
    const dialog = page.locator('gosip-files-dialog');
    const buffer = Buffer.from('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Florist\r\nTEL:+14165550181\r\nEND:VCARD\r\n');
    await dialog.getByLabel('File').setInputFiles({ name: 'contacts.vcf', mimeType: '', buffer });
    await endSessions('anna');
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await signInAgain(page);
    await dialog.getByText('1 was added').waitFor();
    expect(visitor.faults).toEqual([]);
  });

  it('is told before somebody does anything, and a broken line while signing in again asks for it once more', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    await page.getByText('Kitchen').click();
    await page.locator('gosip-phone-dialog').getByLabel('Name').fill('Pantry');
    await endSessions('anna');
    await house.ask('POST', '/devices', { name: 'Cellar', extension: '12', type: 'grandstream' });
    await page.getByText('Your session has ended.').waitFor();
    let isBroken = true;
    await page.route('**/api/auth/me', (route) => (isBroken ? route.abort() : route.continue()));
    await signInAgain(page);
    await page.getByText('Nothing is lost: try again in a moment.').waitFor();
    isBroken = false;
    await signInAgain(page);
    await page.getByText('Your session has ended.').waitFor({ state: 'detached' });
    await page.locator('gosip-phone-dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.locator('gosip-phone-dialog').getByLabel('Name').fill('Kitchen');
    await page.locator('gosip-phone-dialog').getByRole('button', { name: 'Save' }).click();
  });

  it('shows whoever signs in in another tab their own things alone', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    await page.goto(`${house.url}contacts`);
    await page.getByText('Dentist').waitFor();
    const other = await visitor.context.newPage();
    await other.goto(`${house.url}my-settings`);
    await other.getByRole('button', { name: 'Sign out', exact: true }).click();
    await other.getByLabel('User name').fill('ben');
    await other.getByLabel('Password').fill(password);
    await other.keyboard.press('Enter');
    await other.getByRole('navigation').getByRole('link', { name: 'Ben' }).waitFor();
    await house.ask('POST', '/contacts', { name: 'Baker', numbers: [{ number: '+14165550178' }], personId: null });
    await page.getByRole('navigation').getByRole('link', { name: 'Ben' }).waitFor();
    await page.getByText('Baker').waitFor();
    expect(await page.getByText('Dentist').count()).toBe(0);
  });
});

describe.skipIf(isMissing)('what was deleted', long, () => {
  it('is deleted also when whoever deleted it signs out at once', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    const { id } = await house.ask<{ id: string }>('POST', '/devices', { name: 'Attic', extension: '19', type: 'softphone' });
    await page.goto(`${house.url}phones/${id}`);
    await page.locator('gosip-phone-dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Attic was deleted').waitFor();
    await page.getByRole('link', { name: 'Anna' }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByLabel('User name').waitFor();
    const { items } = await house.ask<{ items: { name: string }[] }>('GET', '/devices?per_page=100');
    expect(items.map(({ name }) => name)).not.toContain('Attic');
  });
});

describe.skipIf(isMissing)('going back', long, () => {
  it('closes what is open, with the focus where it was, and forward opens it once', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    const row = page.getByRole('link', { name: /^Kitchen/ });
    await row.focus();
    await page.keyboard.press('Enter');
    const dialog = page.locator('gosip-phone-dialog');
    await dialog.getByLabel('Extension').waitFor();
    await page.goBack();
    await expect.poll(() => dialog.count(), poll).toBe(0);
    expect(page.url()).toBe(`${house.url}phones`);
    expect(await page.evaluate<string>(focusedLink)).toMatch(/^phones\/dev_/);
    await page.goForward();
    await dialog.getByLabel('Extension').waitFor();
    expect(await dialog.count()).toBe(1);
    await page.goBack();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    expect(await dialog.count()).toBe(0);
    expect(visitor.faults).toEqual([]);
  });

  it('leaves the set-up of a house, which holds nobody', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    await page.getByText('Kitchen').waitFor();
    await page.evaluate(followWelcome);
    await page.waitForURL(/\/welcome\/network$/);
    await page.goBack();
    await page.getByText('Kitchen').waitFor();
    expect(page.url()).toBe(`${house.url}phones`);
  });
});

describe.skipIf(isMissing)('a page', long, () => {
  it('is shown, also where another one that was asked for before it comes later', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await page.route('**/contacts-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('link', { name: 'Contacts', exact: true }).click();
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    await page.getByText('Kitchen').waitFor();
    const loaded = page.waitForResponse(/contacts-.*\.js$/);
    go();
    await (await loaded).finished();
    await page.evaluate('new Promise((done) => setTimeout(done, 300))');
    expect(await page.getByText('Kitchen').isVisible()).toBe(true);
  });
});

describe.skipIf(isMissing)('what is typed while it is saved', long, () => {
  it('stays, and can be saved after it', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    await page.getByText('Kitchen').click();
    const dialog = page.locator('gosip-phone-dialog');
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await page.route('**/api/devices/*', async (route) => {
      if (route.request().method() === 'PATCH') await held;
      await route.continue();
    });
    await dialog.getByLabel('Extension').fill('21');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByLabel('Extension').fill('22');
    go();
    await page.getByText('Saved').waitFor();
    expect(await dialog.getByLabel('Extension').inputValue()).toBe('22');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('definition').getByText('22', { exact: true }).waitFor();
  });
});

describe.skipIf(isMissing)('what is typed into a search', long, () => {
  it.each(['contacts', 'voicemail', 'blocklist', 'logs'])(
    'stays out of the page that is opened the moment after: /%s',
    async (path) => {
      await using visitor = await signInAs('anna');
      const { page } = visitor;
      await page.goto(`${house.url}phones`);
      await page.getByText('Kitchen').waitFor();
      await page.goto(`${house.url}${path}`);
      // The pause of typing ends while the other page is still on its way.
      await page.route('**/phones-*.js', async (route) => {
        await page.waitForTimeout(600);
        await route.continue();
      });
      await page.getByRole('searchbox').first().fill('Dentist');
      await page.getByRole('link', { name: 'Phones', exact: true }).click();
      await page.getByText('Kitchen').waitFor();
      await page.evaluate('new Promise((done) => setTimeout(done, 600))');
      expect(page.url()).toBe(`${house.url}phones`);
    },
  );
});

describe.skipIf(isMissing)('what is shown as chosen', long, () => {
  it('is what is so, where do not disturb could not be switched', async () => {
    await using visitor = await signInAs('ben');
    const { page } = visitor;
    const own = page.getByRole('switch', { name: 'Do not disturb: Me' });
    await own.waitFor();
    await page.route('**/api/dnd/persons/**', (route) => route.abort());
    await own.click();
    await page.getByText('Nothing is lost: try again in a moment.').waitFor();
    await expect.poll(() => own.isChecked(), poll).toBe(false);
  });

  it('is what is so to whoever only hears it, and is changed by one press, after it ended by itself', async () => {
    await using visitor = await signInAs('ben');
    const { page } = visitor;
    const own = page.getByRole('switch', { name: 'Do not disturb: Me' });
    await own.click();
    await page.getByRole('button', { name: '1 hour' }).waitFor();
    await house.ask('PUT', `/dnd/persons/${ids.get('ben')}`, { isOn: false, until: null });
    await expect.poll(() => own.isChecked(), poll).toBe(false);
    await own.click();
    await page
      .getByText('On until you switch it off')
      .or(page.getByRole('button', { name: '1 hour' }))
      .first()
      .waitFor();
    const { persons } = await house.ask<{ persons: { name: string; isOn: boolean }[] }>('GET', '/dnd');
    expect(persons.find(({ name }) => name === 'Ben')?.isOn).toBe(true);
    await own.click();
    await expect.poll(() => own.isChecked(), poll).toBe(false);
  });

  it('stays where it was put while the house is told on a slow line', async () => {
    await using visitor = await signInAs('ben');
    const { page } = visitor;
    const own = page.getByRole('switch', { name: 'Do not disturb: Me' });
    await own.waitFor();
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await page.route('**/api/dnd/persons/**', async (route) => {
      await held;
      await route.continue();
    });
    await own.click();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await own.isChecked()).toBe(true);
    go();
    await page.getByRole('button', { name: '1 hour' }).waitFor();
    expect(await own.isChecked()).toBe(true);
  });

  it('is what is saved, after a choice was discarded however often', async () => {
    await using visitor = await signInAs('anna');
    const { page } = visitor;
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    await page.getByText('Kitchen').click();
    const dialog = page.locator('gosip-phone-dialog');
    const owner = dialog.getByLabel('Belongs to');
    const saved = await owner.inputValue();
    for (const name of ['Ben', 'Anna', 'Ben']) {
      await owner.selectOption({ label: name });
      await dialog.getByRole('button', { name: 'Discard' }).click();
      await expect.poll(() => owner.inputValue(), poll).toBe(saved);
    }
  });
});
