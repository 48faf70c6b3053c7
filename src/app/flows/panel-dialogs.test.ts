import type { Locator, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toneWav } from '#testing/base/wav.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

// What somebody writes, records and deletes, and the ways in which a dialog is closed, a line breaks and a hand is too quick.
const poll = { timeout: 30_000 };
const long = { timeout: 180_000 };
const password = 'kranich87zaun';
const secret = 'amsel-leiter-31';
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let anna: PanelVisitor;
let page: Page;
let annaId = '';
let benId = '';
let kitchenId = '';
let bakerId = '';

type Named = { readonly id: string; readonly name: string };

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  annaId = (await house.ask<Named>('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password })).id;
  benId = (await house.ask<Named>('POST', '/users', { username: 'ben', name: 'Ben', password })).id;
  kitchenId = await addPhone('Kitchen', '21');
  const baker = { name: 'Baker', numbers: [{ number: '+14165550178' }], personId: null };
  bakerId = (await house.ask<Named>('POST', '/contacts', baker)).id;
  anna = await signIn(browser, house.url, { username: 'anna', password });
  ({ page } = anna);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

async function addPhone(name: string, extension: string): Promise<string> {
  return (await house.ask<Named>('POST', '/devices', { name, extension, type: 'softphone' })).id;
}

async function names(path: string): Promise<readonly string[]> {
  return (await house.ask<{ items: Named[] }>('GET', path)).items.map(({ name }) => name);
}

const button = (name: string | RegExp) => page.getByRole('button', { name }).first();
const press = (name: string | RegExp) => button(name).click();
/** Opened by a button within what the address names. */
const inPhone = async (what: string) => press(`Change: ${what}`);

type Form = {
  readonly what: string;
  readonly path: () => string;
  readonly dialog: string;
  readonly field: string;
  readonly secret?: string;
  /** What throws it away. */
  readonly discard?: string;
  readonly open?: () => Promise<unknown>;
  /** Until the field is there. */
  readonly reach?: (dialog: Locator) => Promise<unknown>;
};

const forms: readonly Form[] = [
  { what: 'a new phone', path: () => 'phones', dialog: 'add-phone', field: 'name', open: () => press('Add phone') },
  { what: 'a phone', path: () => `phones/${kitchenId}`, dialog: 'phone', field: 'name' },
  {
    what: 'a new person',
    path: () => 'people',
    dialog: 'person',
    field: 'username',
    secret: 'password',
    open: () => press('Add person'),
  },
  { what: 'a person', path: () => `people/${benId}`, dialog: 'person', field: 'name', secret: 'password' },
  { what: 'a new contact', path: () => 'contacts', dialog: 'contact', field: 'name', open: () => press('New contact') },
  {
    what: 'a contact',
    path: () => `contacts/${bakerId}`,
    dialog: 'contact',
    field: 'number-0',
    reach: (dialog) => dialog.getByRole('button', { name: 'Edit' }).click(),
  },
  {
    what: 'a new trunk',
    path: () => 'trunks',
    dialog: 'add-trunk',
    field: 'username',
    secret: 'password',
    discard: 'Choose another provider',
    open: () => press('Add trunk'),
    reach: (dialog) => dialog.getByRole('button', { name: 'Another provider' }).click(),
  },
  {
    what: 'a new address book',
    path: () => 'contacts/address-books',
    dialog: 'address-book',
    field: 'url',
    secret: 'password',
    open: () => press('Add address book'),
  },
  { what: 'a new spam list', path: () => 'blocklist', dialog: 'spam-list', field: 'name', open: () => press('Add a spam list') },
  {
    what: 'whom to block',
    path: () => 'blocklist',
    dialog: 'blocklist-entry',
    field: 'reason',
    open: () => press('Block a caller'),
  },
  {
    what: 'a child’s line',
    path: () => `phones/${kitchenId}`,
    dialog: 'child-line',
    field: 'contactGroups',
    open: () => inPhone('Child’s line'),
    reach: (dialog) => dialog.getByLabel('This is a child’s line').check(),
  },
  {
    what: 'where a phone calls by itself',
    path: () => `phones/${kitchenId}`,
    dialog: 'hotline',
    field: 'number',
    open: () => inPhone('Hotline'),
    reach: (dialog) => dialog.getByLabel('Calls').selectOption('number'),
  },
  { what: 'a new token', path: () => 'security', dialog: 'api-token', field: 'name', open: () => press('Make a token') },
];

async function openForm({ path, dialog, open }: Form): Promise<Locator> {
  await page.goto(house.url + path());
  await open?.();
  const shown = page.locator(`gosip-${dialog}-dialog`);
  await shown.waitFor({ state: 'attached' });
  return shown;
}

describe.skipIf(isMissing)('what is written of', long, () => {
  it.each(forms)('$what is there again after Escape, its password nowhere', async (form) => {
    const before = await openForm(form);
    await form.reach?.(before);
    await before.locator(`#${form.field}`).fill('half written');
    if (form.secret !== undefined) await before.locator(`#${form.secret}`).fill(secret);
    await before.getByText('You have unsaved changes.').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => before.count(), poll).toBe(0);
    const after = await openForm(form);
    await expect.poll(() => after.locator(`#${form.field}`).inputValue(), poll).toBe('half written');
    if (form.secret !== undefined) expect(await after.locator(`#${form.secret}`).inputValue()).toBe('');
    expect(await page.evaluate<string>('JSON.stringify(localStorage) + JSON.stringify(sessionStorage)')).not.toContain(secret);
    await after.getByRole('button', { name: form.discard ?? 'Discard' }).click();
    await openForm(form);
    expect(await page.getByText('You have unsaved changes.').count()).toBe(0);
    expect(anna.faults).toEqual([]);
  });

  it('a contact is not written over what somebody else changed meanwhile', async () => {
    await page.goto(`${house.url}contacts/${bakerId}`);
    const dialog = page.locator('gosip-contact-dialog');
    await dialog.getByRole('button', { name: 'Edit' }).click();
    await dialog.locator('#number-0').fill('+14165550179');
    await page.keyboard.press('Escape');
    await house.ask('PATCH', `/contacts/${bakerId}`, { name: 'Baker and sons' });
    await page.goto(`${house.url}contacts/${bakerId}`);
    await dialog.getByText('Somebody else changed this meanwhile.').waitFor();
    await expectClean(anna, 'a contact that others changed');
    await dialog.getByRole('button', { name: 'Save' }).click();
    expect(await names('/contacts')).toEqual(['Baker and sons']);
    await dialog.getByRole('button', { name: 'Take theirs' }).click();
    await dialog.getByText('+14165550178').waitFor();
  });
});

/** The house does it, and nobody hears of it. */
async function loseReply(route: Route): Promise<void> {
  if (route.request().method() !== 'POST') return route.continue();
  await route.fetch();
  await route.abort();
}

describe.skipIf(isMissing)('what is sent again because the reply was lost', long, () => {
  it.each([
    { what: 'contacts', field: 'number-0', value: '+14165550181', add: 'New contact', save: 'Save', dialog: 'contact' },
    { what: 'devices', field: 'extension', value: '34', add: 'Add phone', save: 'Add phone', dialog: 'add-phone' },
    { what: 'users', field: 'username', value: 'carla', add: 'Add person', save: 'Add person', dialog: 'person' },
  ])('is there once: $what', async ({ what, field, value, add, save, dialog: name }) => {
    await page.goto(house.url + { contacts: 'contacts', devices: 'phones', users: 'people' }[what]);
    await press(add);
    const dialog = page.locator(`gosip-${name}-dialog`);
    await dialog.locator('#name').fill('Carla');
    await dialog.locator(`#${field}`).fill(value);
    await page.route(`**/api/${what}`, loseReply);
    await dialog.getByRole('button', { name: save, exact: true }).click();
    await dialog.getByText('Nothing is lost: try again in a moment.').waitFor();
    await page.unroute(`**/api/${what}`);
    // Somebody goes away from it, and comes back.
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count(), poll).toBe(0);
    await press(add);
    await dialog.getByRole('button', { name: save, exact: true }).click();
    await (
      what === 'devices'
        ? dialog.getByText('Carla is set up').or(dialog.locator('gosip-phone-login'))
        : page.getByText('Carla was added')
    )
      .first()
      .waitFor();
    expect((await names(`/${what}?per_page=100`)).filter((one) => one === 'Carla')).toHaveLength(1);
  });
});

describe.skipIf(isMissing)('of two things deleted quickly', long, () => {
  it('each can be brought back', async () => {
    for (const [name, extension] of [
      ['Attic', '41'],
      ['Cellar', '42'],
    ] as const) {
      const id = await addPhone(name, extension);
      await page.goto(`${house.url}phones`);
      await page.getByRole('link', { name: new RegExp(`^${name}`) }).waitFor();
      expect(id).toMatch(/^dev_/);
    }
    for (const name of ['Attic', 'Cellar']) {
      await page.getByRole('link', { name: new RegExp(`^${name}`) }).click();
      await page.locator('gosip-phone-dialog').getByRole('button', { name: 'Delete', exact: true }).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('gosip-phone-dialog').count(), poll).toBe(0);
    }
    await page.getByText('Attic was deleted').waitFor();
    await page.getByRole('button', { name: 'Undo: Attic was deleted' }).click();
    await page.getByRole('link', { name: /^Attic/ }).waitFor();
    await page.getByText('Cellar was deleted').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: /^Cellar/ }).waitFor();
    expect(await names('/devices?per_page=100')).toEqual(expect.arrayContaining(['Attic', 'Cellar']));
  });
});

describe.skipIf(isMissing)('a list whose only row waits to be deleted', long, () => {
  it('says that nothing is there: contacts', async () => {
    const { items } = await house.ask<{ items: Named[] }>('GET', '/contacts');
    for (const { id } of items.filter((one) => one.id !== bakerId)) await house.ask('DELETE', `/contacts/${id}`);
    await page.goto(`${house.url}contacts/${bakerId}`);
    await page.locator('gosip-contact-dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No contacts yet').filter({ visible: true }).waitFor();
    await press('Undo');
    await page.locator('gosip-contacts a.row').waitFor();
    expect(await page.getByText('No contacts yet').filter({ visible: true }).count()).toBe(0);
  });

  it('says that nothing is there, once, also when it is deleted: whom to block', async () => {
    const { id } = await house.ask<Named>('POST', '/blocklist', { kind: 'exact', pattern: '+14165550190', reason: '' });
    await page.goto(`${house.url}blocklist/${id}`);
    await page.locator('gosip-blocklist-entry-dialog').getByRole('button', { name: 'Let through again' }).click();
    const none = page.getByText('Nobody is blocked').filter({ visible: true });
    await none.waitFor();
    await expect.poll(() => names('/blocklist'), poll).toEqual([]);
    await expect.poll(() => none.count(), poll).toBe(1);
  });
});

describe.skipIf(isMissing)('a greeting that is not saved', long, () => {
  it('is there when somebody comes back to it', async () => {
    await page.goto(`${house.url}my-settings`);
    await page.getByLabel('A recorded voice').check();
    const buffer = toneWav({ frequency: 300, seconds: 2 });
    await page
      .getByRole('button', { name: 'Choose a sound file' })
      .setInputFiles({ name: 'a.wav', mimeType: 'audio/wav', buffer });
    const take = page.getByRole('group', { name: 'The new greeting' });
    await take.waitFor();
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    await page.getByText('Kitchen').waitFor();
    await page.goBack();
    await take.getByRole('button', { name: 'Play' }).click();
    await take.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'Use this greeting' }).click();
    await page.getByText('Callers hear the new greeting').waitFor();
    expect((await house.ask<{ kind: string }>('GET', `/mailboxes/${annaId}/greeting`)).kind).toBe('audio');
  });
});

describe.skipIf(isMissing)('going back', long, () => {
  it('closes a dialog that a button opened, and no more, and keeps what is written', async () => {
    await page.goto(house.url);
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    await press('Add phone');
    const dialog = page.locator('gosip-add-phone-dialog');
    await dialog.locator('#name').fill('Garage');
    await page.goBack();
    await expect.poll(() => dialog.count(), poll).toBe(0);
    expect(page.url()).toBe(`${house.url}phones`);
    await press('Add phone');
    expect(await dialog.locator('#name').inputValue()).toBe('Garage');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    // Closed by its button, it leaves no step that nobody sees.
    await dialog.getByRole('button', { name: 'Close' }).first().click();
    await expect.poll(() => dialog.count(), poll).toBe(0);
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    expect(page.url()).toBe(house.url);
  });

  it('closes the topmost of two alone', async () => {
    await page.goto(`${house.url}phones/${kitchenId}`);
    await inPhone('Calls outside');
    const [above, below] = [page.locator('gosip-call-permission-dialog'), page.locator('gosip-phone-dialog')];
    await above.getByLabel('May call').waitFor();
    await page.goBack();
    await expect.poll(() => above.count(), poll).toBe(0);
    expect(await below.count()).toBe(1);
    expect(page.url()).toBe(`${house.url}phones/${kitchenId}`);
  });

  it('from the filters of a list leaves it as it was narrowed down', async () => {
    await page.goto(`${house.url}calls`);
    await press('Filters');
    const dialog = page.locator('gosip-call-filters-dialog');
    await dialog.locator('#direction').selectOption('internal');
    await expect.poll(() => page.url(), poll).toContain('direction=internal');
    await page.goBack();
    await expect.poll(() => dialog.count(), poll).toBe(0);
    expect(page.url()).toContain('direction=internal');
  });
});

describe.skipIf(isMissing)('a call that cannot be made', long, () => {
  it('takes the focus to why', async () => {
    await page.route('**/api/devices?*', async (route) => {
      const answer = await route.fetch();
      const { items, ...rest } = (await answer.json()) as { items: object[] };
      await route.fulfill({ response: answer, json: { ...rest, items: items.map((one) => ({ ...one, isRegistered: true })) } });
    });
    await page.goto(house.url);
    await press('Dial');
    const dialog = page.locator('gosip-dial-dialog');
    await dialog.locator('#to').fill('+14165550178');
    await dialog.getByRole('button', { name: 'Call', exact: true }).click();
    await expect.poll(() => dialog.locator('.problem').evaluate((one) => one.matches(':focus')), poll).toBe(true);
    await page.unroute('**/api/devices?*');
  });
});
