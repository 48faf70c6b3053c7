import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smtpSaved } from '#testing/harness/mail-harness.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer } from '#testing/peers/http-peer.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let smtp: SmtpPeer;
let push: HttpPeer;
let anna: PanelVisitor;
let page: Page;
let benId = '';

type Id = { readonly id: string };
type Target = { readonly channel: string; readonly name: string; readonly isEnabled: boolean };
type Preferences = {
  readonly language: string | null;
  readonly isAdministrator: boolean;
  readonly kinds: Readonly<Record<string, { readonly channels: readonly string[] }>>;
};

const preferences = () => house.ask<Preferences>('GET', `/notifications/preferences/${benId}`);
const targets = async () =>
  (await house.ask<{ items: Target[] }>('GET', `/notifications/targets?person=${benId}&sort=createdAt&order=asc`)).items;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  smtp = await SmtpPeer.start({ security: 'none' });
  push = await startHttpPeer();
  push.otherwise = { status: 200, body: '{"id":1}' };
  await house.ask('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
  benId = (await house.ask<Id>('POST', '/users', { username: 'ben', name: 'Ben', password })).id;
  await house.ask('POST', '/devices', { name: 'Office', extension: '15', type: 'softphone', personId: benId });
  await house.ask('POST', '/devices', { name: 'Hall', extension: '16', type: 'grandstream' });
  await house.ask('PUT', '/notifications/channels/mail', { channel: 'mail', ...smtpSaved(smtp.port) });
  const settings = { url: push.url, allowsOwnNetwork: true };
  await house.ask('PUT', '/notifications/channels/ntfy', { channel: 'ntfy', settings });
  anna = await signIn(browser, house.url, { username: 'anna', password });
  ({ page } = anna);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
  await smtp?.[Symbol.asyncDispose]();
  await push?.[Symbol.asyncDispose]();
});

async function openBen(): Promise<Locator> {
  await page.goto(`${house.url}people/${benId}`);
  const dialog = page.locator('gosip-person-dialog');
  await dialog.getByText('Notifications', { exact: true }).click();
  await dialog.getByRole('heading', { name: 'Where they are reached' }).waitFor();
  return dialog;
}

describe.skipIf(isMissing)('an administrator, for somebody else', () => {
  it('adds where they are reached, sees that a test arrives, and gives it a name', async () => {
    const dialog = await openBen();
    await dialog.getByText('They are told nowhere yet.').waitFor();
    await dialog.getByRole('button', { name: 'Add mail address' }).click();
    const adding = page.locator('gosip-add-target-dialog');
    await adding.getByRole('textbox', { name: 'Mail address' }).fill('ben@example.org');
    await adding.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByRole('button', { name: 'Send a test to ben@example.org' }).click();
    await dialog.getByText('The mail server took it for ben@example.org.').waitFor();
    expect(smtp.mails.at(-1)?.to).toEqual(['ben@example.org']);
    await dialog.getByRole('button', { name: 'Change: ben@example.org' }).click();
    const renaming = page.locator('gosip-target-dialog');
    await renaming.getByRole('textbox', { name: 'Name' }).fill('Ben at work');
    await expectClean(anna, 'the name of an address');
    await renaming.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Ben at work').waitFor();
    await expectClean(anna, 'notifications of a person');
    expect(await targets()).toMatchObject([{ channel: 'mail', name: 'Ben at work' }]);
  });

  it('adds a topic, whose name the browser forgets, and switches it off', async () => {
    const dialog = await openBen();
    await dialog.getByRole('button', { name: 'Add ntfy topic' }).click();
    const adding = page.locator('gosip-add-target-dialog');
    await adding.getByRole('textbox', { name: 'Topic' }).fill('orchard-7Fh2kQ');
    await adding.getByRole('textbox', { name: 'Name' }).fill('Ben’s phone');
    expect(await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain('7Fh2kQ');
    await adding.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByRole('switch', { name: 'Notify Ben’s phone' }).click();
    await expect.poll(async () => (await targets()).map(({ isEnabled }) => isEnabled), poll).toEqual([true, false]);
  });

  it('chooses of what they are told and in which language', async () => {
    const dialog = await openBen();
    await dialog.getByRole('group', { name: 'Missed call' }).getByLabel('Mail').uncheck();
    await expect.poll(async () => (await preferences()).kinds['missed-call']?.channels, poll).not.toContain('mail');
    await dialog.getByLabel('Language of notifications').selectOption({ label: 'French' });
    await expect.poll(async () => (await preferences()).language, poll).toBe('fr');
    expect(await (await openBen()).getByLabel('Language of notifications').inputValue()).toBe('fr');
  });

  it('chooses of alerts once they are an administrator, and sees beside the ways of the house who is told of them', async () => {
    const alert = (dialog: Locator) => dialog.getByRole('group', { name: 'Alert' });
    const before = await openBen();
    await before.getByRole('group', { name: 'Message' }).waitFor();
    expect(await alert(before).count()).toBe(0);
    await page.goto(`${house.url}channels`);
    await page.getByText('Nobody is told when something is wrong in the house.', { exact: false }).waitFor();
    await house.ask('PATCH', `/users/${benId}`, { role: 'admin' });
    expect((await preferences()).isAdministrator).toBe(true);
    const row = page.getByRole('link', { name: /^B Ben|Ben/ }).filter({ hasText: 'Mail' });
    await row.waitFor();
    await expectClean(anna, 'who is told of alerts');
    await row.click();
    const dialog = page.locator('gosip-person-dialog');
    await dialog.getByText('Notifications', { exact: true }).click();
    await alert(dialog).getByLabel('Mail').uncheck();
    await expect.poll(async () => (await preferences()).kinds['alert']?.channels, poll).not.toContain('mail');
    await dialog.getByLabel('What belongs to the whole house too').waitFor();
  });

  it('sees their phones, and opens one above the person', async () => {
    await page.goto(`${house.url}people/${benId}`);
    const dialog = page.locator('gosip-person-dialog');
    const phone = dialog.getByRole('link', { name: /Office/ });
    await phone.waitFor();
    expect(await dialog.getByText('Hall').count()).toBe(0);
    await phone.click();
    const above = page.locator('gosip-phone-dialog');
    await above.getByRole('heading', { name: 'Office' }).waitFor();
    await above.getByRole('button', { name: 'Close' }).first().click();
    await phone.waitFor();
  });

  it('removes it with a way back, whose button covers nothing at the foot of the dialog', async () => {
    for (const size of [
      { width: 375, height: 640 },
      { width: 1280, height: 640 },
    ]) {
      await page.setViewportSize(size);
      const dialog = await openBen();
      await dialog.getByRole('button', { name: 'Remove Ben at work' }).click();
      const undo = dialog.getByRole('button', { name: 'Undo' }).last();
      await undo.waitFor();
      const foot = await dialog.locator('md-filled-button[slot=actions]').boundingBox();
      const bar = await undo.boundingBox();
      expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBeLessThanOrEqual(foot?.y ?? 0);
      await undo.click();
      await dialog.getByRole('switch', { name: 'Notify Ben at work' }).waitFor();
    }
  });
});
