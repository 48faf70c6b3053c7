import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

// Whom the house and its people know, as they look them up, write them down, bring them in and make one of them.
const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let anna: PanelVisitor;
let ben: PanelVisitor;
let annaId = '';
let benId = '';

type Contact = {
  id: string;
  name: string;
  personId: string | null;
  groups: string[];
  numbers: { number: string; label: string }[];
};

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  const admin = { username: 'anna', name: 'Anna', role: 'admin', password };
  annaId = (await house.ask<{ id: string }>('POST', '/users', admin)).id;
  benId = (await house.ask<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben', password })).id;
  anna = await signIn(browser, house.url, { username: 'anna', password });
  ben = await signIn(browser, house.url, { username: 'ben', password });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

async function named(text: string): Promise<readonly Contact[]> {
  return (await house.ask<{ items: Contact[] }>('GET', `/contacts?text=${encodeURIComponent(text)}`)).items;
}

async function open({ page }: PanelVisitor, path: string, heading: string): Promise<void> {
  await page.goto(`${house.url}${path}`);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

const rows = ({ page }: PanelVisitor) => page.locator('gosip-contacts a.row');

describe.skipIf(isMissing)('contacts', () => {
  it('are added by the keyboard alone, seen by the others at once, and say at the field what is wrong', async () => {
    await open(anna, 'contacts', 'Contacts');
    await open(ben, 'contacts', 'Contacts');
    await anna.page.getByText('No contacts yet').waitFor();
    await expectClean(anna, 'no contacts');
    const { page } = anna;
    await page.getByRole('button', { name: 'New contact' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'New contact' }).waitFor();
    await page.keyboard.type('Grandmother');
    await page.keyboard.press('Tab');
    await page.keyboard.type('at home');
    await page.keyboard.press('Enter');
    await page.getByText('This is no phone number.').waitFor();
    await expectClean(anna, 'a wrong number');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Grandmother');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('+14165550177');
    await page.getByRole('button', { name: 'VIP' }).focus();
    await page.keyboard.press('Space');
    await page.getByLabel('Another group').focus();
    await page.keyboard.type('Neighbours');
    await page.keyboard.press('Enter');
    await page.getByText('Grandmother was added').waitFor();
    expect(await named('Grandmother')).toMatchObject([
      { personId: null, groups: ['VIP', 'Neighbours'], numbers: [{ number: '+14165550177' }] },
    ]);
    await ben.page.getByText('Grandmother', { exact: true }).waitFor();
  });

  it('are changed and written to, and taken back', async () => {
    const { page } = anna;
    await rows(anna).filter({ hasText: 'Grandmother' }).click();
    const dialog = page.locator('gosip-contact-dialog');
    await dialog.getByText('Everybody in the house sees this contact.').waitFor();
    await expectClean(anna, 'a contact');
    await dialog.getByRole('button', { name: 'Edit' }).click();
    await expect.poll(() => dialog.getByLabel('Name', { exact: true }).evaluate((one) => one.matches(':focus')), poll).toBe(true);
    await dialog.getByLabel('Name', { exact: true }).fill('Oma');
    await dialog.getByRole('button', { name: 'Add number' }).click();
    await dialog.getByLabel('Number', { exact: true }).nth(1).fill('+14165550178');
    await dialog.getByLabel('Kind').nth(1).selectOption({ label: 'Mobile' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Oma was saved').waitFor();
    await rows(anna).filter({ hasText: '1 more' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await rows(anna).filter({ hasText: 'Grandmother' }).waitFor();
    expect(await named('Grandmother')).toMatchObject([{ numbers: [{ number: '+14165550177' }] }]);
    await rows(anna).filter({ hasText: 'Grandmother' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Grandmother was deleted').waitFor();
    await expect.poll(() => rows(anna).count(), poll).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await rows(anna).filter({ hasText: 'Grandmother' }).click();
    await dialog.getByRole('button', { name: 'Write to +14165550177' }).click();
    await expect.poll(() => new URL(page.url()).pathname + new URL(page.url()).search, poll).toBe('/messages?to=%2B14165550177');
  });

  it('of one person are nobody else’s, and those of the house can only be looked at', async () => {
    await house.ask('POST', '/contacts', { name: 'Anna’s secret', numbers: [{ number: '+14165550179' }], personId: null });
    await open(ben, 'contacts', 'Contacts');
    const { page } = ben;
    await page.getByRole('button', { name: 'New contact' }).click();
    const dialog = page.locator('gosip-contact-dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Band');
    await dialog.getByLabel('Number', { exact: true }).fill('+14165550180');
    await dialog.getByText('Only you see this contact.').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Band was added').waitFor();
    expect(await named('Band')).toMatchObject([{ personId: benId }]);
    await page.getByRole('button', { name: 'Only mine' }).click();
    await expect.poll(() => rows(ben).count(), poll).toBe(1);
    expect(new URL(page.url()).search).toBe('?shown=me');
    await page.getByRole('button', { name: 'The house' }).click();
    await rows(ben).filter({ hasText: 'Grandmother' }).click();
    await dialog.getByText('Everybody in the house sees this contact.').waitFor();
    expect(await dialog.getByRole('button', { name: /Edit|Delete/ }).count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('link', { name: 'Address books' }).count()).toBe(0);
    await open(ben, 'contacts/address-books', 'Address books');
    await page.getByText('Only an administrator may do this.').waitFor();
  });

  it('come in from a file with what was not taken line by line, whatever it holds, and go out again', async () => {
    await open(anna, 'contacts', 'Contacts');
    const { page } = anna;
    const markup = plantedMarkup.slice(0, 70).replaceAll(',', ' ');
    const card = (name: string, number: string) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nTEL:${number}\r\nEND:VCARD\r\n`;
    const text = card('Florist', '+14165550181') + card('Nobody', 'none') + card(markup, '+14165550182') + card(markup, 'none');
    await page.getByRole('button', { name: 'Import and export' }).click();
    const dialog = page.locator('gosip-files-dialog');
    await expectClean(anna, 'files');
    await dialog.getByLabel('File').setInputFiles({ name: 'contacts.vcf', mimeType: '', buffer: Buffer.from(text) });
    await dialog.getByLabel('Who sees it').selectOption({ label: 'Everybody in the house' });
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.getByText('2 were added').waitFor();
    await dialog.getByText('2 were not taken').waitFor();
    expect(await dialog.getByRole('listitem').first().innerText()).toMatch(
      /^Line 6: Nobody has no number that can be called, only "none"/,
    );
    await expectClean(anna, 'a report');
    const csv = await page.request.get(`${house.url}api/contacts/export.csv`);
    expect(await csv.text()).toContain('Florist');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await rows(anna).filter({ hasText: 'Florist' }).waitFor();
    await rows(anna).filter({ hasText: '<img class=planted' }).click();
    await page.getByRole('dialog', { name: '<img class=planted' }).waitFor();
    await expectClean(anna, 'a hostile name');
  });

  it('that are twice become one, and the next call shows it and gets through do not disturb', async () => {
    const number = '+14165550183';
    await house.ask('POST', '/contacts', { name: 'Uncle Tom', numbers: [{ number }] });
    await house.ask('POST', '/contacts', {
      name: 'Tom, Uncle',
      numbers: [{ number }, { number: '+14165550184' }],
      groups: ['VIP'],
    });
    await open(anna, 'contacts', 'Contacts');
    const { page } = anna;
    await page.getByRole('link', { name: '1 may be twice' }).click();
    await page.getByRole('heading', { level: 1, name: 'Contacts that are twice' }).waitFor();
    await expectClean(anna, 'doubles');
    await page.getByRole('radio', { name: /^Uncle Tom/ }).check();
    const merge = page.getByRole('button', { name: 'Merge' });
    await merge.click();
    await page.getByText('Uncle Tom is one contact now').waitFor();
    await page.getByText('Nobody is twice').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await merge.waitFor();
    expect(await named('Uncle')).toHaveLength(2);
    await page.getByRole('radio', { name: /^Uncle Tom/ }).check();
    await merge.click();
    // Whoever leaves the page has decided.
    await page.goto('about:blank');
    await expect.poll(() => named('Uncle'), poll).toMatchObject([{ name: 'Uncle Tom', groups: ['VIP'] }]);
    const login = { name: 'Kitchen', extension: '11', type: 'softphone', personId: annaId };
    const phone = await house.phone(await house.ask('POST', '/devices', login));
    await phone.register();
    await house.ask('POST', '/dids', { number: '+14165550100', name: 'House', ownerPersonId: annaId });
    await house.ask('PUT', '/dnd/house', { isOn: true, until: null });
    type Preview = { reasons: { code: string; params: unknown }[] };
    const asked = { caller: { number }, called: '+14165550100' };
    const { reasons } = await house.ask<Preview>('POST', '/routes/preview', asked);
    expect(reasons.find(({ code }) => code === 'vip-broke-through')?.params).toMatchObject({ name: 'Uncle Tom', group: 'VIP' });
    // There is no trunk: the call comes to nothing, but to whom it went is known.
    phone.call('+14165550184');
    await open(anna, 'calls', 'Calls');
    await page.getByText('Uncle Tom', { exact: true }).first().waitFor();
    await house.ask('PUT', '/dnd/house', { isOn: false, until: null });
  });

  it('are ten thousand without lag, at 320 pixels too', async () => {
    const lines = Array.from(
      { length: 10_000 },
      (_, index) => `Person ${String(index).padStart(5, '0')},+1416${5_560_000 + index}`,
    );
    const headers = { authorization: `Bearer ${house.app.adminToken}`, 'content-type': 'text/csv' };
    const body = ['Name,Phone', ...lines].join('\n');
    const sent = await fetch(`${house.url}api/contacts/import`, { method: 'POST', headers, body });
    expect(await sent.json()).toMatchObject({ added: 10_000, refused: 0 });
    await open(anna, 'contacts', 'Contacts');
    const { page } = anna;
    await page.setViewportSize({ width: 320, height: 640 });
    await rows(anna).first().waitFor();
    expect(await rows(anna).count()).toBeLessThan(60);
    await rows(anna).first().focus();
    await page.keyboard.press('End');
    await rows(anna).filter({ hasText: 'Uncle Tom' }).waitFor();
    await expectClean(anna, 'contacts at 320 pixels');
    await page.getByRole('searchbox', { name: 'Search by name or number' }).fill('Person 07777');
    await expect.poll(() => rows(anna).count(), poll).toBe(1);
    expect(new URL(page.url()).search).toBe('?text=Person+07777');
    await page.setViewportSize({ width: 1280, height: 800 });
  }, 300_000);
});

describe.skipIf(isMissing)('the blocklist', () => {
  it('takes a number and the beginning of numbers in words, says what is wrong, and lets through again', async () => {
    await open(anna, 'blocklist', 'Blocklist');
    const { page } = anna;
    await page.getByText('Nobody is blocked').waitFor();
    await page.getByRole('button', { name: 'Block a caller' }).click();
    const dialog = page.locator('gosip-blocklist-entry-dialog');
    await dialog.getByLabel('Number').fill('my neighbour');
    await page.keyboard.press('Enter');
    await dialog.getByText('This is no phone number.').waitFor();
    await expectClean(anna, 'a wrong number to block');
    await dialog.getByLabel('Whom to block').selectOption({ label: 'All numbers that begin so' });
    await dialog.getByLabel('First digits').fill('+1900');
    await dialog.getByLabel('Why').fill(plantedMarkup.slice(0, 80));
    await dialog.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByText('Blocked: Numbers that begin with +1900').waitFor();
    const row = page.locator('gosip-blocklist a.row').filter({ hasText: 'Numbers that begin with +1900' });
    await row.filter({ hasText: '<img class=planted' }).waitFor();
    await expectClean(anna, 'the blocklist');
    await page.getByRole('switch', { name: 'Block: Numbers that begin with +1900' }).click();
    const entries = async () => (await house.ask<{ items: { enabled: boolean }[] }>('GET', '/blocklist')).items;
    await expect.poll(entries, poll).toMatchObject([{ enabled: false }]);
    await row.click();
    await dialog.getByRole('button', { name: 'Let through again' }).click();
    await expect.poll(() => row.count(), poll).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
    expect(await entries()).toHaveLength(1);
  });

  it('is each person’s own, and comes in from a file line by line where an administrator brings it', async () => {
    await open(ben, 'blocklist', 'Blocklist');
    await ben.page.getByText('Nobody is blocked').waitFor();
    expect(await ben.page.getByText('Spam lists').count()).toBe(0);
    await ben.page.getByRole('button', { name: 'Block a caller' }).click();
    const dialog = ben.page.locator('gosip-blocklist-entry-dialog');
    await dialog.getByText('It is blocked for calls to you alone.').waitFor();
    await dialog.getByLabel('Number').fill('+14165550190');
    await dialog.getByRole('button', { name: 'Block', exact: true }).click();
    await ben.page.locator('gosip-blocklist a.row').filter({ hasText: '+14165550190' }).waitFor();
    const { page } = anna;
    await page.getByRole('button', { name: 'Import and export' }).click();
    const files = page.locator('gosip-files-dialog');
    const buffer = Buffer.from('+14165550191\nsomebody\n+1976*\n');
    await files.getByLabel('File').setInputFiles({ name: 'blocked.txt', mimeType: 'text/plain', buffer });
    await files.getByRole('button', { name: 'Import', exact: true }).click();
    await files.getByText('2 were added').waitFor();
    expect(await files.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^Line 2: This is no phone number/),
    ]);
    await files.getByRole('button', { name: 'Done' }).click();
    await page.locator('gosip-blocklist a.row').filter({ hasText: 'Numbers that begin with +1976' }).waitFor();
    await page.setViewportSize({ width: 320, height: 640 });
    await expectClean(anna, 'the blocklist at 320 pixels');
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(await ben.page.locator('gosip-blocklist a.row').count()).toBe(1);
  });

  it('has spam lists that are added, filled from a file and switched, with their failure in plain words', async () => {
    const { page } = anna;
    await page.getByRole('button', { name: 'Add a spam list' }).click();
    const dialog = page.locator('gosip-spam-list-dialog');
    await dialog.getByLabel('Name').fill('Reported');
    await dialog.getByLabel('Where its numbers come from').selectOption({ label: 'From an address in the internet' });
    await dialog.getByLabel('Address').fill('https://127.0.0.1/reported.csv');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Fetch now: Reported' }).click();
    await page.getByText('The address is not in the public internet').first().waitFor();
    await page.getByRole('button', { name: 'Edit: Reported' }).click();
    await dialog.getByLabel('Where its numbers come from').selectOption({ label: 'From a file that I import' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Import: Reported' }).click();
    const files = page.locator('gosip-files-dialog');
    await files.getByLabel('File').setInputFiles({ name: 'r.csv', mimeType: '', buffer: Buffer.from('+14165550192\nnobody\n') });
    await files.getByRole('button', { name: 'Import', exact: true }).click();
    await files.getByText('1 was added').waitFor();
    await files.getByRole('button', { name: 'Done' }).click();
    await page.getByText(/^1 number, from/).waitFor();
    await page.getByRole('switch', { name: 'Block by Reported' }).click();
    type Lists = { items: { enabled: boolean }[] };
    await expect.poll(async () => (await house.ask<Lists>('GET', '/spam-lists')).items, poll).toMatchObject([{ enabled: false }]);
    await expectClean(anna, 'spam lists');
  });
});

describe.skipIf(isMissing)('callers whom a child’s line does not know', () => {
  it('are let through from the dashboard by a parent, and by nobody else', async () => {
    const kid = await house.ask<{ id: string }>('POST', '/users', { username: 'tim', name: 'Tim' });
    await house.ask('PUT', `/users/${kid.id}/child-line`, { parents: [{ kind: 'person', id: benId }] });
    plantUnknownCaller('+14165550195', kid.id);
    const { page } = ben;
    await open(ben, '', 'Dashboard');
    const asked = page.getByRole('region', { name: 'Unknown callers of the children' });
    await asked.getByText('+14165550195').waitFor();
    await asked.getByText('<img class=planted').waitFor();
    await expectClean(ben, 'an unknown caller');
    await asked.getByRole('button', { name: /^Always let through/ }).click();
    await page.getByText(/always gets through$/).waitFor();
    await asked.waitFor({ state: 'detached' });
    type Lines = { items: { allowed: { number?: string }[] }[] };
    const { items } = await house.ask<Lines>('GET', '/child-lines');
    expect(items.flatMap(({ allowed }) => allowed)).toContainEqual({ kind: 'number', number: '+14165550195' });
    await open(ben, 'contacts/approvals', 'Unknown callers of the children');
    await page.getByText('Always let through', { exact: true }).waitFor();
    await expectClean(ben, 'unknown callers');
    await using tim = await browser.open();
    await tim.page.goto(house.url);
    expect((await tim.page.request.get(`${house.url}api/call-approvals`)).status()).toBe(401);
  });
});

/** Somebody who called an hour ago, and nobody answered. */
function plantUnknownCaller(number: string, childId: string): void {
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  db.prepare(
    `INSERT INTO call_approvals (id, call_id, number, caller_name, lines, asked_at) VALUES ('approval_1', 'call_1', ?, ?, ?, ?)`,
  ).run(number, plantedMarkup.slice(0, 60), JSON.stringify([childId]), systemClock.now() - 3_600_000);
  db.close();
}

describe.skipIf(isMissing)('address books', () => {
  it('say what is wrong while it can be mended, and are removed', async () => {
    await open(anna, 'contacts/address-books', 'Address books');
    const { page } = anna;
    await page.getByText('No address book yet').waitFor();
    await expectClean(anna, 'no address book');
    await page.getByRole('button', { name: 'Add address book' }).click();
    const dialog = page.locator('gosip-address-book-dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Cloud');
    await dialog.getByLabel('Address of the server').fill('http://127.0.0.1:9/dav');
    await dialog.getByLabel('User name').fill('anna');
    await dialog.getByLabel('Password').fill('zaun-kranich');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText(/There is no address book at this address|The server cannot be reached/).waitFor();
    await expectClean(anna, 'an address book that cannot be read');
    expect(await dialog.getByLabel('Address of the server').inputValue()).toBe('http://127.0.0.1:9/dav');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Cloud and its contacts were removed').waitFor();
    await page.getByText('No address book yet').waitFor();
  });
});
