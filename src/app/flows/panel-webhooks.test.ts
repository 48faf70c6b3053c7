import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer } from '#testing/peers/http-peer.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let peer: HttpPeer;
let admin: PanelVisitor;
let page: Page;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  peer = await startHttpPeer();
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
const field = (name: string) => page.getByLabel(name, { exact: true });

async function open(path = 'webhooks'): Promise<void> {
  await page.goto(`${house.url}${path}`);
  await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor();
}

async function openFirst(): Promise<void> {
  await open();
  await page.getByRole('link', { name: /^Node-RED/ }).click();
  await page.getByText('Last deliveries').waitFor(poll);
}

describe.skipIf(isMissing)('webhooks', () => {
  it('are added by name and address, and show their secret once', async () => {
    await open();
    await page.getByText('No webhook yet').waitFor(poll);
    await expectClean(admin, 'no webhooks');
    await button('Add a webhook').click();
    await field('Name').fill('Node-RED');
    await field('Address').fill(`${peer.url}/hook`);
    await page.getByRole('button', { name: 'Add a webhook' }).last().click();
    await page.getByText('It is in your own network: allow that below.').waitFor(poll);
    await field('The address is in your own network').check();
    await expectClean(admin, 'a new webhook');
    await page.getByRole('button', { name: 'Add a webhook' }).last().click();
    const secret = page.getByRole('status', { name: 'Secret' });
    await secret.waitFor(poll);
    expect(await secret.textContent()).toMatch(/^whsec_/);
    await button('Done').click();
    await page.getByRole('link', { name: /^Node-RED/ }).waitFor(poll);
    await openFirst();
    expect(await page.getByText('whsec_').count()).toBe(0);
    await expectClean(admin, 'a webhook');
  });

  it('are tested: the answer and what it took are said, and both sides are kept', async () => {
    peer.answers.push({ status: 200, body: plantedMarkup });
    await openFirst();
    await button('Send a test').click();
    await page.getByText('It arrived: the answer was 200').waitFor(poll);
    await page.getByText('What was sent · What came back').first().click();
    await page.getByText('What came back', { exact: true }).click();
    await page.getByText('<img class=planted').first().waitFor();
    await expectClean(admin, 'a webhook that was tested');
  });

  it('that fail say why, and send it again when they are asked to', async () => {
    peer.answers.push({ status: 410 });
    // A test may be sent every ten seconds.
    await expect
      .poll(async () => {
        await button('Send a test').click();
        await page.waitForTimeout(1_000);
        return page.getByText('It did not arrive.').count();
      }, poll)
      .toBe(1);
    const before = peer.requests.length;
    await page.getByText('What was sent · What came back').last().click();
    await button(/^Send again/).click();
    await expect.poll(() => peer.requests.length, poll).toBeGreaterThan(before);
  });

  it('get a new secret, and the old one holds for as long as was chosen', async () => {
    await openFirst();
    await field('The old one holds too for').selectOption('1');
    await button('New secret').click();
    await page.getByRole('status', { name: 'Secret' }).waitFor(poll);
    await page.getByText('The secret before this one holds until').waitFor(poll);
    await expectClean(admin, 'a new secret');
  });

  it('choose their events by the keyboard alone', async () => {
    await openFirst();
    await page.locator('summary', { hasText: 'Messages' }).focus();
    await page.keyboard.press('Enter');
    await field('message.changed').focus();
    await page.keyboard.press('Space');
    await button('Save').focus();
    await page.keyboard.press('Enter');
    await page.getByText('Saved', { exact: true }).waitFor(poll);
    await page.getByText('4 events').first().waitFor(poll);
  });

  it('fit on 320 pixels', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await open();
    expect(await admin.pixelsTooWide()).toBe(0);
    await openFirst();
    expect(await admin.pixelsTooWide()).toBe(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('are deleted, and brought back by whoever changes their mind', async () => {
    await openFirst();
    await page.getByRole('button', { name: 'Delete', exact: true }).last().click();
    await page.getByText('No webhook yet').waitFor(poll);
    await button('Undo').click();
    await page.getByRole('link', { name: /^Node-RED/ }).waitFor(poll);
  });
});
