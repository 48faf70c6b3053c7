import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { TrunkRegistrar } from '#testing/peers/trunk-registrar.ts';

const login = { username: 'anna', password: 'kranich87zaun' };
const account = { username: 'house-42', password: 'trunk-secret' };
const poll = { timeout: 30_000 };

describe.skipIf(isBrowserMissing())('trunks in the panel', () => {
  let house: PanelHouse;
  let browser: PanelBrowser;
  let visitor: PanelVisitor;
  let provider: TrunkRegistrar;
  beforeAll(async () => {
    provider = await TrunkRegistrar.start({ address: '127.0.0.71', ...account });
    house = await PanelHouse.start({ country: 'DE' });
    await house.ask('POST', '/users', { ...login, name: 'Anna', role: 'admin' });
    await house.ask('POST', '/users', { ...login, username: 'ben', name: 'Ben' });
    browser = await PanelBrowser.start();
    visitor = await signIn(browser, house.url, login);
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await house?.[Symbol.asyncDispose]();
    await provider?.[Symbol.asyncDispose]();
  });

  it('are added with a wrong password, checked, mended, and are connected, by keyboard alone', async () => {
    const { page } = visitor;
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.goto(`${house.url}trunks`);
    await page.getByText('No trunk yet').waitFor();
    await expectClean(visitor, 'no trunk');
    await page.getByRole('button', { name: 'Add your first trunk' }).focus();
    await press('Enter');
    await page.getByText('Who is your provider?').waitFor();
    await expectClean(visitor, 'the choice of a provider');
    await page.keyboard.type('another');
    await page.getByRole('button', { name: /Another provider/ }).focus();
    await press('Enter');
    const dialog = page.locator('gosip-add-trunk-dialog');
    const type = async (label: string, text: string) => {
      await dialog.getByLabel(label, { exact: true }).focus();
      await page.keyboard.type(text);
    };
    await type('Name', 'Provider');
    await type('Server', provider.address);
    await type('User name', account.username);
    await type('Password', 'guess');
    await type('Numbers', '030 123456');
    await dialog.getByText('More settings').focus();
    await press('Enter');
    await type('Port', String(provider.port));
    await expectClean(visitor, 'the form');
    await dialog.getByRole('button', { name: 'Save' }).focus();
    await press('Enter');
    // What is wrong is said at the field, and nothing typed is lost.
    await expect.poll(() => dialog.getByLabel('Numbers', { exact: true }).getAttribute('aria-invalid'), poll).toBe('true');
    await dialog.getByLabel('Numbers', { exact: true }).fill('+4930123456');
    await dialog.getByRole('button', { name: 'Check' }).focus();
    await press('Enter');
    await dialog.getByText('User name or password is not accepted').waitFor();
    await expectClean(visitor, 'a check that failed');
    await dialog.getByLabel('Password', { exact: true }).fill(account.password);
    await dialog.getByRole('button', { name: 'Check' }).focus();
    await press('Enter');
    await expect.poll(() => dialog.getByText('Worked').count(), poll).toBe(3);
    await dialog.getByRole('button', { name: 'Save' }).focus();
    await press('Enter');
    await page.getByText('Connected', { exact: true }).waitFor();
    await expectClean(visitor, 'one trunk');
    expect(provider.contacts.size).toBe(1);
  }, 120_000);

  it('are told live to another tab, change their order by buttons, and keep what is typed', async () => {
    await using other = await signIn(browser, house.url, login);
    await other.page.goto(`${house.url}trunks`);
    await other.page.getByText('Provider', { exact: true }).click();
    const form = other.page.locator('gosip-trunk-dialog');
    await form.getByLabel('Name', { exact: true }).fill('Typed before');
    await house.ask('POST', '/trunks', { name: 'Second', host: '127.0.0.1', port: 5999 });
    const { page } = visitor;
    await page.getByText('Second', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Move Second up' }).click();
    await expect
      .poll(async () => (await house.ask<{ items: { name: string }[] }>('GET', '/trunk-order')).items.map(({ name }) => name))
      .toEqual(['Second', 'Provider']);
    await expect.poll(() => page.locator('gosip-trunks li .main').allInnerTexts()).toEqual(['Second', 'Provider']);
    expect(await form.getByLabel('Name', { exact: true }).inputValue()).toBe('Typed before');
    expect(await form.getByLabel('Password', { exact: true }).inputValue()).toBe('');
  });

  it('show a state that changes, and words of a provider as they are, also at 320 px', async () => {
    const { page } = visitor;
    provider.refusal = `403 ${plantedMarkup}`;
    const hostile = { ...account, name: plantedMarkup, host: provider.address, port: provider.port, register: true };
    const { id } = await house.ask<{ id: string }>('POST', '/trunks', hostile);
    await page.getByText('Refused', { exact: true }).waitFor();
    await page.setViewportSize({ width: 320, height: 700 });
    await expectClean(visitor, 'a hostile trunk in the list');
    await page.goto(`${house.url}trunks/${id}`);
    await page.getByText('Its words are below').waitFor();
    await page.getByText(`Response: 403 ${plantedMarkup}`).waitFor();
    await expectClean(visitor, 'a hostile trunk');
    provider.refusal = undefined;
    await house.ask('PATCH', `/trunks/${id}`, { enabled: false });
    await page.getByText('No call comes in or goes out.').waitFor();
    await house.ask('DELETE', `/trunks/${id}`);
    await page.getByText('This trunk is gone.').waitFor();
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('make a test call whose steps are shown, and refuse to call for help', async () => {
    const { page } = visitor;
    const registrar = { host: '127.0.0.1', port: Number(house.app.sip[0]?.split(':').at(-1)) };
    const far = { address: '127.0.0.72', username: 'far', password: '', registrar, incomingCallAction: 'busy' } as const;
    await using phone = await SimulatedPhone.start(far);
    const port = Number(phone.contact.split(':').at(-1));
    const { id } = await house.ask<{ id: string }>('POST', '/trunks', { name: 'Busy line', host: far.address, port });
    await page.goto(`${house.url}trunks/${id}`);
    const number = page.locator('gosip-trunk-test-call').getByLabel('Number to call');
    await number.fill('112');
    await page.keyboard.press('Enter');
    await page.getByText('a test must not call for help').waitFor();
    await number.fill('030901820');
    await page.keyboard.press('Enter');
    await page.getByText('Call sent to the provider').waitFor();
    await page.getByText('It did not come about').waitFor();
    await page.getByText('Response: 486').waitFor();
    await expectClean(visitor, 'a test call');
  });

  it('are deleted with a way back, and belong to administrators alone', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Busy line deleted').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('gosip-trunks').getByText('Busy line', { exact: true }).waitFor();
    await using ben = await signIn(browser, house.url, { ...login, username: 'ben' });
    await ben.page.goto(`${house.url}trunks`);
    await ben.page
      .getByText(/administrator/i)
      .first()
      .waitFor();
    expect(await ben.page.getByText('Busy line').count()).toBe(0);
  });
});
