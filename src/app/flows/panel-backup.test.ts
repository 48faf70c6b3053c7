import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '#testing/harness/house.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import { buildPanel } from '#testing/panel/built-panel.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

const isMissing = isBrowserMissing();
const login = { username: 'anna', password: 'kranich87zaun' };
const passphrase = 'several words of the house';

describe.skipIf(isMissing)('a backup in the panel', () => {
  let dataDirectory: string;
  let house: House;
  let browser: PanelBrowser;
  beforeAll(async () => {
    buildPanel();
    dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-panel-backup-'));
    house = await House.start({ dataDirectory });
    browser = await PanelBrowser.start();
    await house.api('POST', '/users', { ...login, name: 'Anna', role: 'admin' });
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await house?.[Symbol.asyncDispose]();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  it('is taken with a passphrase, opened by it, put in place while the page waits, and undone', async () => {
    const url = `http://${house.address}:${house.httpPort}/`;
    await using anna = await signIn(browser, url, login);
    const { page } = anna;
    await house.addDevice('21', { name: 'Hall' });
    await page.goto(`${url}backup`);
    await expectClean(anna, 'backup');
    await page.getByLabel('Passphrase').fill('short');
    await page.getByRole('button', { name: 'Make and save' }).click();
    await page.getByText('Use at least 12 characters.').waitFor();
    await page.getByLabel('Passphrase').fill(passphrase);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Make and save' }).click();
    const path = await (await saved).path();
    await house.addDevice('22', { name: 'Attic, added later' });

    await page
      .getByLabel('Backup file')
      .setInputFiles({ name: 'no.tar', mimeType: 'application/x-tar', buffer: Buffer.from('no backup') });
    await page.getByText(/This file cannot be restored/).waitFor();
    await page.getByLabel('Backup file').setInputFiles({ name: 'backup.gosip', mimeType: '', buffer: readFileSync(path) });
    const unlock = page.locator('gosip-restore').getByLabel('Passphrase');
    await unlock.fill('something else than that');
    await page.keyboard.press('Enter');
    await page.getByText('This does not open the backup. Try again.').waitFor();
    await expectClean(anna, 'a wrong passphrase');
    await unlock.fill(passphrase);
    await page.keyboard.press('Enter');
    await page.getByText(/The backup is whole/).waitFor();
    await expectClean(anna, 'a checked backup');
    await page.getByRole('button', { name: 'Replace everything by this backup' }).click();
    await page.getByText(/GoSIP starts anew/).waitFor();
    await page.getByRole('button', { name: 'Undo the restore' }).waitFor({ timeout: 120_000 });
    await page.goto(`${url}phones`);
    await page.getByText('Hall').waitFor();
    expect(await page.getByText('Attic, added later').count()).toBe(0);

    await page.goto(`${url}backup`);
    await page.getByRole('button', { name: 'Undo the restore' }).click();
    await page.getByText(/GoSIP starts anew/).waitFor();
    await page.getByLabel('Backup file').waitFor({ timeout: 120_000 });
    await page.goto(`${url}phones`);
    await page.getByText('Attic, added later').waitFor();
  });
});
