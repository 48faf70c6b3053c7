import type { Page } from 'playwright-core';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { furnishDeliveries } from '#testing/panel/furnish-deliveries.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
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

type Id = { readonly id: string };

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  peer = await SmtpPeer.start({ security: 'none' });
  const anna = await house.ask<Id>('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
  const ben = await house.ask<Id>('POST', '/users', { username: 'ben', name: 'Ben', password });
  const settings = {
    ...{ service: 'smtp', from: { address: 'house@example.org', name: 'House' }, host: '127.0.0.1', port: peer.port },
    ...{ security: 'none', username: 'house', allowsOwnNetwork: true },
  };
  await furnishDeliveries(house, { anna: anna.id, ben: ben.id }, { channel: 'mail', settings, secrets: { password: 'right' } });
  plantMarkup();
  admin = await signIn(browser, house.url, { username: 'anna', password });
  ({ page } = admin);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await peer?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

/** What a server may say. */
function plantMarkup(): void {
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const set = db.prepare("UPDATE deliveries SET detail = ?, request = ?, reply = ? WHERE state IN ('failed', 'dropped')");
  set.run(plantedMarkup, plantedMarkup, plantedMarkup);
  db.close();
}

async function open(path: string, visitor = admin): Promise<void> {
  await visitor.page.goto(`${house.url}${path}`);
  await visitor.page.getByRole('heading', { level: 1, name: 'Sent notifications' }).waitFor();
}

describe.skipIf(isMissing)('sent notifications', () => {
  it('are there for all people with what became of each, and narrowed down to what did not arrive', async () => {
    await open('deliveries');
    await page.getByText('Missed call for Anna').waitFor(poll);
    await page.getByText('Voicemail for Ben').waitFor();
    await expectClean(admin, 'deliveries');
    await page.getByRole('button', { name: 'Not delivered', exact: true }).click();
    await expect.poll(() => page.getByText('Voicemail for Ben').count(), poll).toBe(0);
    await page.getByText('The server did not answer in time.').first().waitFor();
    expect(new URL(page.url()).search).toBe('?state=failed');
  });

  it('are narrowed down to a person, and the filter is taken away again', async () => {
    await open('deliveries');
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByLabel('Person').selectOption({ label: 'Ben' });
    await expectClean(admin, 'filters of deliveries');
    await page.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => page.getByText('Missed call for Anna').count(), poll).toBe(0);
    await page.getByRole('button', { name: /Ben/ }).first().click();
    await page.getByText('Missed call for Anna').waitFor(poll);
  });

  it('that did not arrive say why, with what both sides said as text, and are sent again by the keyboard alone', async () => {
    await open('deliveries?state=failed&kind=alert');
    await page.getByText('Alert for Anna').waitFor(poll);
    await page.locator('a.delivery').first().focus();
    await page.keyboard.press('Enter');
    await page.getByText('The server did not answer in time.').last().waitFor(poll);
    await page.getByText('What came back').click();
    await page.getByText('<img class=planted').first().waitFor();
    await expectClean(admin, 'a delivery');
    await page.getByRole('button', { name: 'Send again', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => peer.mails.map(({ to }) => to), poll).toEqual([['anna@example.org']]);
    await open('deliveries?state=delivered&kind=alert');
    await page.getByText('Alert for Anna').waitFor(poll);
  });

  it('are sent again all at once after an outage', async () => {
    const before = peer.mails.length;
    await open('deliveries');
    await page.getByRole('button', { name: 'Send again what did not arrive' }).click();
    await page.getByLabel('How far back').selectOption('72');
    await expectClean(admin, 'sending again');
    await page.getByRole('button', { name: 'Send again', exact: true }).click();
    await page
      .getByText(/sent again|Nothing is left/)
      .last()
      .waitFor(poll);
    await expect.poll(() => peer.mails.length, poll).toBeGreaterThan(before);
  });

  it('of a person are theirs alone, below their own notifications', async () => {
    await using ben = await signIn(browser, house.url, { username: 'ben', password });
    await open('deliveries', ben);
    await ben.page.locator('a.delivery', { hasText: 'Voicemail' }).waitFor(poll);
    expect(await ben.page.getByText('anna@example.org').count()).toBe(0);
    expect(await ben.page.getByRole('button', { name: 'Send again what did not arrive' }).count()).toBe(0);
    await ben.page.getByRole('link', { name: 'Back to Notifications' }).waitFor();
  });

  it('fit on 320 pixels', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    for (const path of ['deliveries', 'deliveries/dlv_furnished4']) {
      await open(path);
      await page.waitForTimeout(500);
      expect({ path, tooWide: await admin.pixelsTooWide() }).toEqual({ path, tooWide: 0 });
    }
  });
});
