import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smtpSaved } from '#testing/harness/mail-harness.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';

const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let peer: SmtpPeer;

const signInAs = (username: string) => signIn(browser, house.url, { username, password });
type Preferences = {
  readonly kinds: Readonly<Record<string, { readonly channels: readonly string[] }>>;
  readonly quietHours: unknown[];
};

async function preferencesOf(username: string): Promise<Preferences> {
  const { items } = await house.ask<{ items: { id: string; username: string }[] }>('GET', '/users?per_page=100');
  const person = items.find((one) => one.username === username);
  return await house.ask<Preferences>('GET', `/notifications/preferences/${person?.id}`);
}

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  peer = await SmtpPeer.start({ security: 'none' });
  await house.ask('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
  await house.ask('POST', '/users', { username: 'ben', name: 'Ben', password });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
  await peer?.[Symbol.asyncDispose]();
});

describe.skipIf(isMissing)('what somebody is told', () => {
  it('says that the house has no way to reach anybody, as long as there is none', async () => {
    await using visitor = await signInAs('ben');
    await visitor.page.goto(`${house.url}my-settings`);
    await visitor.page.getByRole('link', { name: /^Notifications/ }).click();
    await visitor.page.getByText('An administrator sets it up.').waitFor();
    await expectClean(visitor, 'notifications without a way');
  });

  it('goes to an address that they add, once they saw that a test arrives there', async () => {
    await house.ask('PUT', '/notifications/channels/mail', { channel: 'mail', ...smtpSaved(peer.port) });
    await using visitor = await signInAs('ben');
    const { page } = visitor;
    await page.goto(`${house.url}notifications`);
    await page.getByRole('button', { name: 'Add mail address' }).click();
    const dialog = page.locator('gosip-add-target-dialog');
    await dialog.getByRole('textbox', { name: 'Mail address' }).fill('ben at home');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect
      .poll(() => dialog.getByRole('textbox', { name: 'Mail address' }).getAttribute('aria-invalid'), poll)
      .toBe('true');
    await dialog.getByRole('textbox', { name: 'Mail address' }).fill('ben@example.org');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('At work');
    await expectClean(visitor, 'adding an address');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('At work').waitFor();
    await page.getByRole('button', { name: 'Send a test to At work' }).click();
    await page.getByText('The mail server took it for At work.').waitFor();
    expect(peer.mails.at(-1)?.to).toEqual(['ben@example.org']);
    await expectClean(visitor, 'notifications');
  });

  it('is chosen by kind and way, and taken back by a press', async () => {
    await using visitor = await signInAs('ben');
    const { page } = visitor;
    await page.goto(`${house.url}notifications`);
    const missed = page.getByRole('group', { name: 'Missed call' }).getByLabel('Mail');
    expect(await missed.isChecked()).toBe(true);
    await missed.uncheck();
    await expect.poll(async () => (await preferencesOf('ben')).kinds['missed-call']?.channels, poll).not.toContain('mail');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await preferencesOf('ben')).kinds['missed-call']?.channels, poll).toContain('mail');
    expect(await page.getByRole('group', { name: 'Incoming call' }).getByText('a mail would come too late').count()).toBe(1);
  });

  it('waits for the end of hours that they paint by the keys alone', async () => {
    await using visitor = await signInAs('ben');
    const { page } = visitor;
    await page.goto(`${house.url}notifications`);
    const cell = page.getByRole('gridcell', { name: /^Monday 08:00/ });
    await cell.focus();
    await cell.press(' ');
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByText('Quiet hours saved').waitFor();
    expect((await preferencesOf('ben')).quietHours).toHaveLength(1);
  });

  it('is their own alone, fits on a small phone, and stops when an address is switched off or removed', async () => {
    await using anna = await signInAs('anna');
    await anna.page.goto(`${house.url}notifications`);
    await anna.page.getByText('Nowhere yet.').waitFor();
    expect(await anna.page.getByText('At work').count()).toBe(0);
    await using ben = await signInAs('ben');
    const { page } = ben;
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(`${house.url}notifications`);
    await page.getByText('At work').waitFor();
    expect(await ben.pixelsTooWide()).toBe(0);
    await page.getByRole('switch', { name: 'Notify At work' }).click();
    await page.getByText('Saved').waitFor();
    await page.getByRole('button', { name: 'Remove At work' }).click();
    await page.getByText('Nowhere yet.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByRole('switch', { name: 'Notify At work' }).waitFor();
    expect(await page.getByRole('switch', { name: 'Notify At work' }).isChecked()).toBe(false);
  });
});
