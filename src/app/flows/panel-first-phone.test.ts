import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import type { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

const axe = readFileSync(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const password = 'kranich87zaun';
/** The machine may be busy. */
const poll = { timeout: 30_000 };

describe.skipIf(isBrowserMissing())('a newcomer with nothing but the panel', () => {
  let house: PanelHouse;
  let browser: PanelBrowser;
  let visitor: PanelVisitor;
  beforeAll(async () => {
    house = await PanelHouse.start();
    browser = await PanelBrowser.start();
    visitor = await browser.open();
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await house?.[Symbol.asyncDispose]();
  });

  const cleanNow = async () => {
    expect(await visitor.accessibilityProblems(axe)).toEqual([]);
    expect(visitor.faults).toEqual([]);
  };
  const phones = new Map<string, SimulatedPhone>();

  it('lets somebody with a password sign in before an administrator has one', async () => {
    const made = await fetch(`${house.url}api/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.app.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ben', username: 'ben', role: 'user', password }),
    });
    expect(made.status).toBe(201);
    await using ben = await browser.open();
    await ben.page.goto(house.url);
    await ben.page.getByRole('button', { name: 'Sign in' }).click();
    await ben.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await ben.page.getByLabel('User name').fill('ben');
    await ben.page.getByLabel('Password').fill(password);
    await ben.page.keyboard.press('Enter');
    await ben.page.getByText('You have no phone yet').waitFor();
  });

  it('makes the first administrator with the setup token, by keyboard alone', async () => {
    const { page } = visitor;
    await page.goto(house.url);
    await page.getByLabel('Setup token').waitFor();
    await cleanNow();
    await page.getByLabel('Setup token').fill('not the token');
    await page.getByLabel('Your name').fill('Anna');
    await page.getByLabel('User name').fill('anna');
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('This is not the setup token.').waitFor();
    expect(await page.getByLabel('Password').inputValue()).toBe(password);
    await page.getByLabel('Setup token').fill(house.app.setupToken ?? '');
    await page.getByLabel('Password').fill('house123');
    await page.keyboard.press('Enter');
    await page.getByText('This password is easy to guess. Choose another one.').waitFor();
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Set up GoSIP', level: 1 }).waitFor();
    // Whoever leaves it finds the way without it too.
    await page.getByRole('button', { name: 'Finish later' }).first().click();
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    await page.getByText('No phone yet').waitFor();
    await cleanNow();
  });

  async function addPhone(name: string, extension: string): Promise<void> {
    const { page } = visitor;
    await page
      .getByRole('button', { name: /Add (your first )?phone/ })
      .first()
      .click();
    await page.getByRole('dialog', { name: 'Add a phone' }).waitFor();
    // What is slotted is no descendant of the dialog for a locator.
    const dialog = page.locator('gosip-add-phone-dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Extension').fill(extension);
    await dialog.getByRole('button', { name: 'Add phone' }).click();
    await page.getByRole('dialog', { name: `Connect ${name}` }).waitFor();
    await dialog.getByText('Waiting for the phone to connect…').waitFor();
    await cleanNow();
    const value = (label: string) => dialog.getByRole('status', { name: label, exact: true }).innerText();
    expect(await value('Server')).toBe(house.app.sip[0]?.replace('udp:', ''));
    phones.set(
      name,
      await house.phone({ username: await value('User name'), secret: await value('Password') }, { incomingCallAction: 'ring' }),
    );
  }

  it('adds a phone, types what is shown into it, and sees it come online', async () => {
    const { page } = visitor;
    await addPhone('Kitchen', '11');
    await phones.get('Kitchen')?.register();
    await page.getByText('Kitchen is online and can ring').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: 'Phones', exact: true }).click();
    await page.getByText('1 of 1 online').waitFor();
    await cleanNow();
  });

  it('sees a call as it rings, is answered and ends', async () => {
    const { page } = visitor;
    await addPhone('Attic', '12');
    await phones.get('Attic')?.register();
    await page.getByText('Attic is online and can ring').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: 'Dashboard', exact: true }).click();
    await page.getByText('2 of 2 online').waitFor();
    const called = phones.get('Attic')!;
    phones.get('Kitchen')!.call('12');
    const incoming = await called.incomingCall(60);
    await page.getByText('Kitchen → Attic').first().waitFor();
    await page
      .getByRole('region', { name: 'In progress' })
      .getByText(/^Ringing/)
      .waitFor();
    await cleanNow();
    called.answer(incoming);
    await page.getByText('Talking').waitFor();
    await page.getByRole('button', { name: 'Hang up the call of Kitchen' }).click();
    await incoming.reached('ended', 60);
    await expect.poll(() => page.getByRole('region', { name: 'In progress' }).count(), poll).toBe(0);
    await page.getByText('Ended from here or by Home Assistant').waitFor();
    await cleanNow();
  });
});
