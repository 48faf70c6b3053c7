import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';

const password = 'kranich87zaun';
const ourNumber = '+15555550199';
const before = 'https://old.example.org/sms';

describe.skipIf(isBrowserMissing())('the account at Twilio', { timeout: 180_000 }, () => {
  let stack: AsyncDisposableStack;
  let twilio: TwilioEmulator;
  let house: PanelHouse;
  let browser: PanelBrowser;
  let anna: PanelVisitor;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    twilio = stack.use(await TwilioEmulator.start({ numbers: [{ phoneNumber: ourNumber, smsUrl: before }] }));
    house = stack.use(
      await PanelHouse.start({ twilio_api_base: twilio.apiBase, public_http_host: '127.0.0.1', public_http_port: 0 }),
    );
    browser = stack.use(await PanelBrowser.start());
    await house.ask('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
    await house.ask('POST', '/users', { username: 'ben', name: 'Ben', password });
    anna = stack.use(await signIn(browser, house.url, { username: 'anna', password }));
  });
  afterAll(() => stack?.disposeAsync());

  const smsUrl = () => [...twilio.state.numbers.values()][0]?.['sms_url'];

  it('is connected after everything that will change there was shown', async () => {
    const { page } = anna;
    await page.goto(`${house.url}twilio`);
    await page.getByText('No account yet').waitFor();
    await expectClean(anna, 'no account');
    await page.getByRole('button', { name: 'Connect an account' }).click();
    await page.getByLabel('Account SID').fill(twilio.accountSid);
    await page.getByLabel('Auth token').fill(twilio.authToken);
    await page.keyboard.press('Enter');
    await page.getByText(/^Found: /).waitFor();
    await page.getByLabel('Address at which Twilio reaches GoSIP').fill('http://gosip.example.org');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.locator('[aria-invalid="true"]').waitFor();
    expect(smsUrl()).toBe(before);
    await page.getByLabel('Address at which Twilio reaches GoSIP').fill('https://gosip.example.org');
    await page.getByText(`${before} → https://gosip.example.org/api/webhooks/sms/inbound`).waitFor();
    await page.getByText('New: SIP trunk').waitFor();
    await expectClean(anna, 'what will change');
    expect(smsUrl()).toBe(before);
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('Twilio is connected').waitFor();
    await page.getByText('12.34 USD').waitFor();
    await page.getByText(`Number ${ourNumber}`).waitFor();
    await expectClean(anna, 'connected');
    expect(smsUrl()).toBe('https://gosip.example.org/api/webhooks/sms/inbound');
    expect(await page.content()).not.toContain(twilio.authToken);
  });

  it('tells what somebody else has changed there since, and sets it right in one press', async () => {
    const { page } = anna;
    for (const number of twilio.state.numbers.values()) number['sms_url'] = 'https://elsewhere.example.org/sms';
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('Changed at Twilio since').waitFor();
    await page.getByText(/^Is: https:\/\/elsewhere\.example\.org/).waitFor();
    await page.getByText(/^Sound of calls outside: /).waitFor();
    await page.getByText(/^Way from Twilio to this house: does not work/).waitFor();
    await expectClean(anna, 'drift and self-test');
    await page.getByRole('button', { name: 'Set it right' }).click();
    await expect.poll(() => page.getByText('Changed at Twilio since').count(), { timeout: 30_000 }).toBe(0);
    expect(smsUrl()).toBe('https://gosip.example.org/api/webhooks/sms/inbound');
    await page.setViewportSize({ width: 320, height: 700 });
    await expectClean(anna, 'at 320 px');
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('is as before once that is undone, after a question, since it is not to be had back by a press', async () => {
    const { page } = anna;
    await page.getByRole('button', { name: 'Undo the set-up' }).click();
    await page.getByText(/Calls and messages by Twilio stop/).waitFor();
    await expectClean(anna, 'question');
    await page.getByRole('button', { name: 'Undo and forget the account' }).click();
    await page.getByText('No account yet').waitFor();
    // What somebody else had set there in between was there before the last run.
    expect(smsUrl()).toBe('https://elsewhere.example.org/sms');
    expect([twilio.state.trunks.size, twilio.state.credentialLists.size]).toEqual([0, 0]);
  });

  it('is nobody’s but an administrator’s', async () => {
    await using ben = await signIn(browser, house.url, { username: 'ben', password });
    await ben.page.goto(`${house.url}twilio`);
    await ben.page.getByText('Only an administrator may do this.').waitFor();
    await expectClean(ben, 'forbidden');
  });
});
