import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
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
let admin: PanelVisitor;
let page: Page;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  peer = await SmtpPeer.start({ security: 'none' });
  await house.ask('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
  await house.ask('POST', '/users', { username: 'ben', name: 'Ben', password });
  admin = await signIn(browser, house.url, { username: 'anna', password });
  ({ page } = admin);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await peer?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const button = (name: string | RegExp) => page.getByRole('button', { name }).first();
const press = (name: string | RegExp) => button(name).click();
const field = (name: string) => page.getByLabel(name, { exact: true });
const wrong = (name: string) => field(name).getAttribute('aria-invalid');

async function open(path: string): Promise<void> {
  await page.goto(`${house.url}${path}`);
  await page.getByRole('heading', { level: 1, name: 'Mail and push' }).waitFor();
}

describe.skipIf(isMissing)('mail and push', () => {
  it('are ways to reach people that are not set up, each with what it is for', async () => {
    await open('channels');
    await page.getByRole('link', { name: /^Mail .*Not set up/s }).waitFor();
    await page.getByRole('link', { name: /^ntfy .*Not set up/s }).waitFor();
    await expectClean(admin, 'channels');
  });

  it('of a known provider ask for address and password alone, and say how to get that', async () => {
    await open('channels');
    await page.getByRole('link', { name: /^Mail / }).click();
    await field('Mails are sent by').selectOption('gmail');
    await page.getByText('make an app password').waitFor();
    expect(await field('Server').isVisible()).toBe(false);
    await field('Address that mails are from').fill('anna@gmail.com');
    await page.getByText('Server, attachments, signature').click();
    expect(await field('Server').inputValue()).toBe('smtp.gmail.com');
    expect(await field('User name').inputValue()).toBe('anna@gmail.com');
    await expectClean(admin, 'channels/mail of Gmail');
    await field('Mails are sent by').selectOption('outlook');
    await page.getByText('cannot be sent from there').waitFor();
    expect(await button('Save').isDisabled()).toBe(true);
    await press('Discard');
  });

  it('by a server of one’s own are checked: the step that fails is said at its field, and nothing is sent', async () => {
    await open('channels/mail');
    await field('Mails are sent by').selectOption('other');
    await field('Address that mails are from').fill('house@example.org');
    await field('Server').fill('127.0.0.1');
    await field('Port').fill(String(peer.port));
    await field('Encryption').selectOption('none');
    await field('Port').fill(String(peer.port));
    await field('User name').fill('house');
    await field('Password').fill('wrong');
    await press('Check');
    await expect.poll(() => wrong('Server'), poll).toBe('true');
    await page.getByText('It stops at: Address').waitFor();
    await field('The server is in your own network').check();
    await expect.poll(() => wrong('Server'), poll).toBe('false');
    await expectChecked('It stops at: Log-in');
    await expect.poll(() => wrong('Password'), poll).toBe('true');
    await page.getByText('User name, password or token was refused.').first().waitFor();
    await expectClean(admin, 'channels/mail that fails');
    await field('Password').fill('right');
    await expectChecked('Everything works. Nothing was sent.');
    expect(await wrong('Password')).toBe('false');
    expect(peer.mails).toEqual([]);
  });

  it('are saved with a secret that is never shown again, and kept where none is written', async () => {
    await press('Save');
    await page.getByText('Saved', { exact: true }).waitFor();
    await open('channels/mail');
    await page.getByText('Leave it empty to keep the one that is saved.').waitFor();
    expect(await field('Password').inputValue()).toBe('');
    expect(await field('Server').inputValue()).toBe('127.0.0.1');
    await field('Name that mails are from').fill('Our house');
    await press('Save');
    await page.getByText('Everything works. Nothing was sent.').waitFor(poll);
  });

  it('send a test that says where it arrived', async () => {
    await field('To').fill('anna@example.net');
    await press('Send a test');
    await page.getByText('The mail server took it for anna@example.net.').waitFor(poll);
    await expect.poll(() => peer.mails.map(({ to }) => to), poll).toEqual([['anna@example.net']]);
    expect(peer.mails[0]?.mail.from?.text).toContain('Our house');
    await expectClean(admin, 'channels/mail that was tested');
  });

  it('say of a test that did not arrive why, with the words of the server', async () => {
    peer.fault = { at: 'rcpt', does: [550, '5.1.1 No such user here'], times: 1 };
    await expect
      .poll(async () => {
        await press('Send a test');
        await page.waitForTimeout(1_000);
        return page.getByText('It did not arrive. The recipient was refused').count();
      }, poll)
      .toBe(1);
    await page.getByText('No such user here').first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('fit on 320 pixels', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    for (const path of ['channels', 'channels/mail', 'channels/ntfy', 'channels/web-push']) {
      await open(path);
      await page.waitForTimeout(500);
      expect({ path, tooWide: await admin.pixelsTooWide() }).toEqual({ path, tooWide: 0 });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('are set up by the keyboard alone', async () => {
    await open('channels');
    await page.getByRole('link', { name: /^Gotify / }).focus();
    await page.keyboard.press('Enter');
    await field('Address of the server').focus();
    await page.keyboard.type(' ');
    await page.keyboard.press('Enter');
    await page.getByText('This is needed.').waitFor(poll);
    await expect.poll(() => wrong('Address of the server'), poll).toBe('true');
    await page.keyboard.press('Escape');
  });

  it('are refused to somebody who is no administrator, in words', async () => {
    await using ben = await signIn(browser, house.url, { username: 'ben', password });
    await ben.page.goto(`${house.url}channels`);
    await ben.page.getByText('administrator').first().waitFor(poll);
    expect(await ben.page.getByRole('link', { name: /^Mail / }).count()).toBe(0);
  });
});

/** One check a second is made, whoever presses more often. */
async function expectChecked(text: string): Promise<void> {
  await expect
    .poll(async () => {
      await press('Check');
      await page.waitForTimeout(1_000);
      return page.getByText(text).count();
    }, poll)
    .toBe(1);
}
