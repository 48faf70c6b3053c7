import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ben, SupervisedHouse } from '#testing/home-assistant/supervised-house.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { buildPanel } from '#testing/panel/built-panel.ts';
import { tabTo } from '#testing/panel/keyboard.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean } from '#testing/panel/visit.ts';
import type { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { VoicePhone } from '#testing/peers/voice-phone.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';

const password = 'kranich87zaun';
const ourNumber = '+15555550199';
const poll = { timeout: 30_000 };

/** What is shown to be typed into a phone. */
async function shownLogin({ page }: PanelVisitor): Promise<{ username: string; secret: string }> {
  await page.getByText('Waiting for the phone to connect…').waitFor();
  const value = (label: string) => page.getByRole('status', { name: label, exact: true }).innerText();
  return { username: await value('User name'), secret: await value('Password') };
}

/** On its own port: the first administrator, who is led to the set-up. */
async function firstStart(house: PanelHouse, { page }: PanelVisitor): Promise<void> {
  await page.goto(house.url);
  await page.getByLabel('Setup token').fill(house.app.setupToken ?? '');
  await page.getByLabel('Your name').fill('Anna');
  await page.getByLabel('User name').fill('anna');
  await page.getByLabel('Password').fill(password);
}

describe.skipIf(isBrowserMissing())('from an empty house to a phone that rings', { timeout: 180_000 }, () => {
  let house: PanelHouse;
  let browser: PanelBrowser;
  let visitor: PanelVisitor;
  beforeAll(async () => {
    house = await PanelHouse.start();
    browser = await PanelBrowser.start();
    visitor = await browser.open();
    await visitor.page.addInitScript(`addEventListener('pointerdown', () => sessionStorage.setItem('clicks',
      String(Number(sessionStorage.getItem('clicks')) + 1)), true)`);
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await house?.[Symbol.asyncDispose]();
  });

  it('takes six clicks at most, and shows each part of the way while the phone rings and speaks', async () => {
    const { page } = visitor;
    const clicks = async () => Number(await page.evaluate<string>("sessionStorage.getItem('clicks')"));
    await firstStart(house, visitor);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'Set up GoSIP', level: 1 }).waitFor();
    await page.getByRole('heading', { name: /^Welcome/, level: 2 }).waitFor();
    await expectClean(visitor, 'welcome');
    // The set-up is no page of the settings.
    await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).waitFor();
    expect(await page.locator('nav [aria-current=page]').count()).toBe(0);
    await page.getByRole('button', { name: /^Later Begin/ }).click();
    await page.getByRole('heading', { name: 'Your first phone' }).waitFor();
    await expectClean(visitor, 'first phone');
    await page.getByLabel('Name').fill('Kitchen');
    await page.getByRole('button', { name: 'Add phone' }).click();
    const login = await shownLogin(visitor);
    await expectClean(visitor, 'connect');
    const { items: people } = await house.ask<{ items: { id: string }[] }>('GET', '/users');
    expect(await house.ask('GET', '/devices')).toMatchObject({ items: [{ type: 'softphone', personId: people[0]?.id }] });
    const registrar = { host: '127.0.0.1', port: Number(house.app.sip[0]?.split(':').at(-1)) };
    const who = { address: '127.0.0.1', username: login.username, registrar };
    const mistyped = await house.phone({ username: 'kichen', secret: 'x' });
    await mistyped.register();
    await page.getByText(/signs in as “kichen”, which no phone is called/).waitFor();
    const wrong = await house.phone({ username: login.username, secret: 'wrong' });
    await wrong.register();
    await page.getByText('It has a wrong password').waitFor();
    await expectClean(visitor, 'wrong password');
    await using phone = await VoicePhone.start({ ...who, password: login.secret, incomingCallAction: 'ring' });
    await phone.phone.register();
    await page.getByText('Kitchen is online and can ring').waitFor();
    const incoming = phone.phone.incomingCall(60);
    await page.getByRole('button', { name: 'Ring it now' }).click();
    const call = await incoming;
    expect(await clicks()).toBeLessThanOrEqual(6);
    await page.getByText('Pick it up when it rings.').waitFor();
    await expectClean(visitor, 'rings');
    phone.phone.answer(call);
    await page.getByText('Press 1 on the phone if you hear the voice.').waitFor();
    await expect.poll(() => phone.hasHeard('test-call'), poll).toBe(true);
    phone.press(call, '1');
    await page.getByText('It works in both directions').waitFor();
    await expectClean(visitor, 'works');
    await call.reached('ended', 60);
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await clicks()).toBeLessThanOrEqual(6);
    await page.getByRole('heading', { name: 'Your house has a telephone exchange' }).waitFor();
    await expectClean(visitor, 'done');
    expect(await house.ask('GET', '/cdrs')).toMatchObject({ items: [{ caller: { name: 'GoSIP' } }] });
  });

  it('is not opened again by itself, and begins anew from the settings', async () => {
    const { page } = visitor;
    await page.goto(house.url);
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    await page.getByText('1 of 1 online').waitFor();
    await page.goto(`${house.url}settings`);
    // Without a trunk there is nothing that works.
    for (const name of [/^Trunks/, /^Calls outside/]) await page.getByRole('link', { name }).getByText('None yet').waitFor();
    await page.locator('a[href="welcome"]').click();
    await page.getByRole('heading', { name: /^Welcome/, level: 2 }).waitFor();
  });

  it('goes on where it was left, and makes a new password where the old one was shown before', async () => {
    const { page } = visitor;
    await page.goto(`${house.url}welcome/phone`);
    // Nothing listens for browsers here: one would wait for ever.
    await page.getByRole('radio', { name: /^Desk phone/ }).waitFor();
    expect(await page.getByRole('radio', { name: /^Browser/ }).count()).toBe(0);
    await page.getByLabel('Name').fill('Grandmother’s cordless telephone in the upstairs guest room, next to the bookshelf');
    await page.getByRole('button', { name: 'Add phone' }).click();
    const { username } = await shownLogin(visitor);
    await page.setViewportSize({ width: 320, height: 700 });
    await expectClean(visitor, 'connect at 320 px');
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('button', { name: 'Finish later' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    await expectClean(visitor, 'a set-up that is not finished');
    await page.getByRole('button', { name: 'Continue setup' }).click();
    await page.getByText('Waiting for the phone to connect…').waitFor();
    await page.goto(`${house.url}welcome`);
    await page.getByText('Its password was shown once and is not kept.').waitFor();
    await page.getByRole('button', { name: 'New password' }).click();
    const again = await shownLogin(visitor);
    expect(again.username).toBe(username);
    const phone: SimulatedPhone = await house.phone(again, { incomingCallAction: 'busy' });
    await phone.register();
    await page.getByRole('button', { name: 'Ring it now' }).click();
    await page.getByText('The phone says it is busy').waitFor();
    await page.getByText('It rings: failed').waitFor({ state: 'attached' });
    await expectClean(visitor, 'busy');
  });
});

describe.skipIf(isBrowserMissing())('the set-up in other ways', { timeout: 180_000 }, () => {
  let browser: PanelBrowser;
  beforeAll(async () => {
    browser = await PanelBrowser.start();
  });
  afterAll(() => browser?.[Symbol.asyncDispose]());

  it('is gone through by keyboard alone', async () => {
    await using house = await PanelHouse.start();
    await using visitor = await browser.open();
    const { page } = visitor;
    await firstStart(house, visitor);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Welcome/, level: 2 }).waitFor();
    await tabTo(page, 'LaterBegin with');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your first phone' }).waitFor();
    await tabTo(page, 'Name');
    await page.keyboard.type('Kitchen');
    await page.keyboard.press('Enter');
    const phone = await house.phone(await shownLogin(visitor), { incomingCallAction: 'decline' });
    await phone.register();
    await page.getByRole('button', { name: 'Ring it now' }).waitFor();
    await tabTo(page, 'Ring it now');
    await page.keyboard.press('Enter');
    await page.getByText('The phone declined the call').waitFor();
    await tabTo(page, 'Continue');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your house has a telephone exchange' }).waitFor();
  });

  it('connects Twilio: says what is wrong, takes a number, and gives it to whoever sets up', async () => {
    await using twilio = await TwilioEmulator.start({ numbers: [{ phoneNumber: ourNumber }] });
    await using house = await PanelHouse.start({
      twilio_api_base: twilio.apiBase,
      public_http_host: '127.0.0.1',
      public_http_port: 0,
    });
    await using visitor = await browser.open();
    const { page } = visitor;
    await firstStart(house, visitor);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Twilio/ }).click();
    const enter = async (sid: string, token: string) => {
      await page.getByLabel('Account SID').fill(sid);
      await page.getByLabel('Auth token').fill(token);
      await page.getByRole('button', { name: 'Check' }).click();
    };
    const again = () => page.getByRole('button', { name: 'Enter it again' }).click();
    await enter('SK00000000000000000000000000000000', twilio.authToken);
    await page.getByText('This is an API key (SK…). The account SID begins with AC.').waitFor();
    await again();
    await enter(twilio.accountSid, '0'.repeat(32));
    await page.getByText('The auth token is wrong for this account.').waitFor();
    await expectClean(visitor, 'wrong token');
    await again();
    twilio.account.status = 'suspended';
    await enter(twilio.accountSid, twilio.authToken);
    await page.getByText('Twilio has suspended the account.').waitFor();
    await again();
    Object.assign(twilio.account, { status: 'active', type: 'Trial' });
    await enter(twilio.accountSid, twilio.authToken);
    await page.getByText('This is a trial account').waitFor();
    await page.getByText(/What changes at Twilio/).click();
    await page.getByText('New: SIP trunk').waitFor();
    await expectClean(visitor, 'twilio plan');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('heading', { name: 'Your first phone' }).waitFor();
    expect(await house.ask('GET', '/dids')).toMatchObject({ items: [{ number: ourNumber, ownerPersonId: expect.any(String) }] });
    expect(await page.content()).not.toContain(twilio.authToken);
  });

  it('adds another provider in place, and stays where it was when somebody thinks better of it', async () => {
    await using house = await PanelHouse.start({ country: 'DE' });
    await using visitor = await browser.open();
    const { page } = visitor;
    await firstStart(house, visitor);
    await page.keyboard.press('Enter');
    const dialog = page.locator('gosip-add-trunk-dialog');
    const choose = async () => {
      await page.getByRole('button', { name: /^Another provider/ }).click();
      await dialog.getByText('Who is your provider?').waitFor();
    };
    await choose();
    await expectClean(visitor, 'another provider');
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count(), poll).toBe(0);
    await choose();
    await dialog.getByRole('button', { name: /Another provider/ }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('Provider');
    await dialog.getByLabel('Server', { exact: true }).fill('127.0.0.72');
    await dialog.getByLabel('User name', { exact: true }).fill('house-42');
    await dialog.getByLabel('Password', { exact: true }).fill('trunk-secret');
    await dialog.getByLabel('Numbers', { exact: true }).fill('+4930123456');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Your first phone' }).waitFor();
    expect(await house.ask('GET', '/trunks')).toMatchObject({ items: [{ name: 'Provider' }] });
    expect(new URL(page.url()).pathname).toMatch(/\/welcome\/phone$/);
  });

  it('says so where there is no way to Twilio', async () => {
    await using house = await PanelHouse.start({ twilio_api_base: 'http://127.0.0.1:9' });
    await using visitor = await browser.open();
    const { page } = visitor;
    await firstStart(house, visitor);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Twilio/ }).click();
    await page.getByLabel('Account SID').fill(`AC${'0'.repeat(32)}`);
    await page.getByLabel('Auth token').fill('0'.repeat(32));
    await page.keyboard.press('Enter');
    await page.getByText('Twilio cannot be reached. Does this house have internet just now?').waitFor({ timeout: 60_000 });
  });

  it('opens by itself in Home Assistant too, without a token and without an administrator to make', async () => {
    buildPanel();
    await using house = await SupervisedHouse.start();
    await using visitor = await browser.open();
    const [name = '', value = ''] = house.proxy.openSession(ben).split('=');
    await visitor.context.addCookies([{ name, value, url: house.proxy.url }]);
    const { page } = visitor;
    await page.goto(`${house.proxy.url}/`);
    await page.getByRole('heading', { name: /^Welcome/, level: 2 }).waitFor();
    await page.getByRole('button', { name: /^Later Begin/ }).click();
    await page.getByLabel('Name').fill('Hall');
    await page.keyboard.press('Enter');
    const { username } = await shownLogin(visitor);
    expect(username).not.toBe('');
    expect(new URL(page.url()).pathname).toMatch(/\/welcome\/connect$/);
    await expectClean(visitor, 'under ingress');
  });
});
