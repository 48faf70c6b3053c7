import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { plantTwilioAccount } from '#testing/harness/twilio-account.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { picturePng } from '#testing/panel/picture-png.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { FakeVoice } from '#testing/twilio/base/fake-voice.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';

const poll = { timeout: 30_000 };
const long = { timeout: 120_000 };
const password = 'kranich87zaun';
const ours = '+14155550199';
const bens = '+14155550188';
const mum = '+14155550123';
const origin = 'https://house.example';

const isMissing = isBrowserMissing();
let twilio: TwilioEmulator;
let house: PanelHouse;
let folder: string;
let browser: PanelBrowser;
let anna: PanelVisitor;
let numberOfFars = 0;

/** Somebody else each time. */
function stranger(): string {
  numberOfFars += 1;
  return `+1415555${String(2_000 + numberOfFars)}`;
}

beforeAll(async () => {
  if (isMissing) return;
  const numbers = [{ phoneNumber: ours }, { phoneNumber: bens }];
  twilio = await TwilioEmulator.start({ numbers, voice: () => Promise.resolve(new FakeVoice(systemClock)) });
  const hooks = { sms_url: `${origin}/api/webhooks/sms/inbound`, sms_fallback_url: `${origin}/api/webhooks/sms/fallback` };
  for (const number of [ours, bens]) Object.assign(twilio.state.numberOf(number) ?? {}, hooks);
  folder = mkdtempSync(join(tmpdir(), 'gosip-panel-messages-'));
  const { accountSid, authToken } = twilio;
  plantTwilioAccount(folder, { settings: { accountSid, inbound: 'webhook' }, secrets: { authToken }, clock: systemClock });
  house = await PanelHouse.start({
    data_directory: folder,
    country: 'US',
    public_url: origin,
    public_http_host: '127.0.0.1',
    public_http_port: 0,
    twilio_api_base: twilio.apiBase,
  });
  twilio.mapOrigin(origin, `http://127.0.0.1:${house.app.publicHttp?.port}`);
  const person = async (username: string, name: string, role = 'user') =>
    (await house.ask<{ id: string }>('POST', '/users', { username, name, role, password })).id;
  await house.ask('POST', '/dids', { number: ours, name: 'House', ownerPersonId: await person('anna', 'Anna', 'admin') });
  await house.ask('POST', '/dids', { number: bens, name: 'Ben', ownerPersonId: await person('ben', 'Ben') });
  await person('clara', 'Clara');
  await house.ask('POST', '/contacts', { name: 'Mum', numbers: [{ number: mum }], personId: null });
  browser = await PanelBrowser.start();
  anna = await signIn(browser, house.url, { username: 'anna', password });
});
afterEach(() => twilio?.faults.clear());
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
  await twilio?.[Symbol.asyncDispose]();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

type Conversation = { readonly id: string; readonly farNumber: string; readonly unread: number };

async function conversationWith(farNumber: string): Promise<Conversation> {
  const { items } = await house.ask<{ items: Conversation[] }>(
    'GET',
    `/messages/conversations?text=${encodeURIComponent(farNumber)}`,
  );
  return items.find((one) => one.farNumber === farNumber) ?? expect.fail(`There is no conversation with ${farNumber}`);
}

const unreadOf = async (far: string) => (await conversationWith(far)).unread;
const timesSent = (text: string) =>
  twilio.messages.filter(({ body, direction }) => body === text && direction === 'outbound-api').length;
const receive = (from: string, body: string, more: object = {}) => twilio.sendSmsFrom(from, ours, { body, ...more });

/** The conversation with somebody who has written before. */
async function open(far: string, { page } = anna): Promise<void> {
  await page.goto(`${house.url}messages/${(await conversationWith(far)).id}`);
  await page.getByRole('textbox', { name: 'Write a message' }).waitFor();
}

const textBox = ({ page } = anna) => page.getByRole('textbox', { name: 'Write a message' });

describe.skipIf(isMissing)('what was begun to be written to one', long, () => {
  it('does not come along to another, and the next new message is to nobody yet', async () => {
    const { page } = anna;
    const [first, second] = [stranger(), stranger()];
    await page.goto(`${house.url}messages?to=`);
    await page.getByRole('combobox', { name: 'To' }).fill(first);
    await textBox().fill('I miss you');
    await page.goto(`${house.url}messages?to=${encodeURIComponent(second)}`);
    await expect.poll(() => page.getByRole('combobox', { name: 'To' }).inputValue(), poll).toBe(second);
    expect(await textBox().inputValue()).toBe('');
    await textBox().fill('The bike is yours');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('region', { name: `Messages with ${second}` }).waitFor();
    await page.goto(`${house.url}messages?to=`);
    await expect.poll(() => page.getByRole('combobox', { name: 'To' }).inputValue(), poll).toBe(first);
    expect(await textBox().inputValue()).toBe('I miss you');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('region', { name: `Messages with ${first}` }).waitFor();
    expect(timesSent('I miss you')).toBe(1);
    await page.goto(`${house.url}messages?to=`);
    await textBox().waitFor();
    expect(await page.getByRole('combobox', { name: 'To' }).inputValue()).toBe('');
  });
});

describe.skipIf(isMissing)('a message that comes in', long, () => {
  it('is there at once, on the dashboard and in the list, is read by being seen, and is unread again by a press', async () => {
    const { page } = anna;
    await page.goto(house.url);
    await page.getByText('No unread message').waitFor();
    await receive(mum, 'The train is late');
    await page.getByRole('link', { name: /Mum The train is late .*1 unread/ }).click();
    await page.getByRole('region', { name: 'Messages with Mum' }).getByText('The train is late').waitFor();
    await expect.poll(() => unreadOf(mum), poll).toBe(0);
    await receive(mum, 'Half past eight now');
    await page.getByRole('region', { name: 'Messages with Mum' }).getByText('Half past eight now').waitFor();
    await expect.poll(() => unreadOf(mum), poll).toBe(0);
    await expectClean(anna, 'a conversation');
    await page.getByRole('button', { name: 'Mark as unread' }).click();
    await page.getByRole('link', { name: /Mum Half past eight now .*1 unread/ }).waitFor();
    expect(await unreadOf(mum)).toBe(1);
  });

  it('stays unread for its owner while an administrator looks at it', async () => {
    const { page } = anna;
    const far = stranger();
    await twilio.sendSmsFrom(far, bens, { body: 'For Ben alone' });
    await page.goto(`${house.url}messages`);
    await page.getByText('Half past eight now').first().waitFor();
    expect(await page.getByText('For Ben alone').count()).toBe(0);
    await page.getByRole('combobox', { name: 'Number' }).selectOption({ label: 'All numbers' });
    await page.getByText('For Ben alone').click();
    await page.getByText('These are the messages of Ben: they stay unread.').waitFor();
    expect(await unreadOf(far)).toBe(1);
    await using ben = await signIn(browser, house.url, { username: 'ben', password });
    await ben.page.goto(`${house.url}messages`);
    await ben.page.getByText('For Ben alone').waitFor();
    expect(await ben.page.getByText('Half past eight now').count()).toBe(0);
    await ben.page.goto(`${house.url}messages/${(await conversationWith(mum)).id}`);
    await ben.page.getByText('It is not there any more.').waitFor();
    expect(await ben.page.getByText('Half past eight now').count()).toBe(0);
  });

  it('is text, whatever is in it, with links that lead where they say', async () => {
    const { page } = anna;
    const far = stranger();
    await receive(far, `${plantedMarkup} javascript:alert(1) https://shop.example/a?b=1. https://bank.example@evil.example/`);
    await open(far);
    const links = page.getByRole('region', { name: `Messages with ${far}` }).getByRole('link');
    await links.first().waitFor();
    expect(await links.evaluateAll((all) => all.map((one) => `${one.getAttribute('href')} ${one.getAttribute('rel')}`))).toEqual([
      'https://shop.example/a?b=1 noopener noreferrer nofollow',
    ]);
    await house.ask('POST', '/contacts', { name: plantedMarkup.slice(0, 60), numbers: [{ number: far }], personId: null });
    await page.getByRole('heading', { name: '<img class=planted' }).waitFor();
    await expectClean(anna, 'a hostile message');
  });

  it('shows its pictures, and says what cannot be shown', async () => {
    const { page } = anna;
    const far = stranger();
    const media = [
      { contentType: 'image/png', bytes: picturePng() },
      { contentType: 'image/png', bytes: Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(500, 7)]) },
      { contentType: 'text/html', bytes: Buffer.from(plantedMarkup) },
    ];
    await receive(far, 'Look', { media });
    await open(far);
    const picture = page.getByRole('img', { name: `Picture from ${far}` }).first();
    await expect.poll(() => picture.evaluate((one) => (one as unknown as { naturalWidth: number }).naturalWidth), poll).toBe(320);
    await page.getByText('The browser cannot show this file. Download').waitFor();
    expect(await page.getByRole('link', { name: /^File Download/ }).getAttribute('download')).toBe('');
    await expectClean(anna, 'a message with files');
  });

  it('offers the code to sign in with to be copied', async () => {
    const { page } = anna;
    await anna.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await receive('72345', 'Your bank: 482 913 is the code for 25.00 EUR');
    await page.goto(`${house.url}messages`);
    await page.getByText('482 913').click();
    await page.getByRole('button', { name: 'Copy 482913' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe('482913');
  });
});

describe.skipIf(isMissing)('the dashboard', long, () => {
  it('counts all unread messages, and not those of the first conversations alone', async () => {
    const { page } = anna;
    await page.goto(`${house.url}contacts`);
    // As she sees them: those of somebody else are none of hers.
    const mine = await page.evaluate<number>(
      `fetch('/api/messages/conversations?unread=true&mine=true&per_page=100').then((reply) => reply.json())
        .then(({ items }) => items.reduce((sum, { unread }) => sum + unread, 0))`,
    );
    for (const far of Array.from({ length: 7 }, stranger)) await receive(far, 'Are you there?');
    await page.goto(house.url);
    await page.getByText(`${mine + 7} unread`, { exact: true }).waitFor();
  });
});

describe.skipIf(isMissing)('a message that is written', long, () => {
  it('is sent once, although Enter and Send are pressed again and again, and is seen delivered', async () => {
    const { page } = anna;
    await open(mum);
    await textBox().fill('Dinner is ready');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Send' }).click({ force: true, clickCount: 2 });
    await page.getByRole('article').filter({ hasText: 'Dinner is ready' }).getByText('Delivered').waitFor();
    expect(timesSent('Dinner is ready')).toBe(1);
    expect(await textBox().inputValue()).toBe('');
  });

  it('is there once although the page was loaded anew while it was sent, and no draft is left', async () => {
    const { page } = anna;
    await open(mum);
    await page.route('**/api/messages', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      // It arrives, and nobody hears the answer.
      await route.fetch();
      await page.unroute('**/api/messages');
      void page.reload();
    });
    await textBox().fill('Sent while reloading');
    await page.keyboard.press('Enter');
    await page.getByRole('article').filter({ hasText: 'Sent while reloading' }).getByText('Delivered').waitFor();
    expect(await textBox().inputValue()).toBe('');
    expect(timesSent('Sent while reloading')).toBe(1);
  });

  it('is not lost where the house does not answer, and is sent once when it is sent again', async () => {
    const { page } = anna;
    await open(mum);
    await page.route('**/api/messages', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      await route.fetch();
      await route.abort();
      await page.unroute('**/api/messages');
    });
    await textBox().fill('The answer got lost');
    await page.keyboard.press('Enter');
    await page
      .getByText('Nothing is lost')
      .or(page.getByRole('article').filter({ hasText: 'The answer got lost' }))
      .first()
      .waitFor();
    if ((await textBox().inputValue()) !== '') await page.keyboard.press('Enter');
    await page.getByRole('article').filter({ hasText: 'The answer got lost' }).getByText('Delivered').waitFor();
    await expect.poll(() => textBox().inputValue(), poll).toBe('');
    expect(timesSent('The answer got lost')).toBe(1);
  });

  it('is kept for whom it is, also when the page is loaded anew', async () => {
    const { page } = anna;
    const far = stranger();
    await receive(far, 'Who is this?');
    await open(mum);
    await textBox().fill('Not yet finish');
    await page.getByRole('link', { name: new RegExp(`\\${far} Who is this`) }).click();
    await page.getByRole('region', { name: `Messages with ${far}` }).waitFor();
    expect(await textBox().inputValue()).toBe('');
    await page.reload();
    await page.getByRole('link', { name: /Mum Draft: Not yet finish/ }).click();
    await expect.poll(() => textBox().inputValue(), poll).toBe('Not yet finish');
    await textBox().fill('');
  });

  it('says why it did not arrive, and is sent again as another one', async () => {
    const { page } = anna;
    const far = stranger();
    await receive(far, 'Write to me');
    await open(far);
    twilio.setFarPhone(far, { messages: { kind: 'undelivered', code: 30003 } });
    await textBox().fill('Are you there?');
    await page.keyboard.press('Enter');
    const failed = page.getByRole('article').filter({ hasText: 'Not delivered' });
    await failed.getByText('The phone was switched off or had no network. Try again later.').waitFor();
    await expectClean(anna, 'a message that failed');
    twilio.setFarPhone(far, { messages: { kind: 'delivered' } });
    await failed.getByRole('button', { name: 'Send again' }).dblclick();
    await page.getByRole('article').filter({ hasText: 'Are you there?' }).getByText('Delivered', { exact: true }).waitFor();
    expect(timesSent('Are you there?')).toBe(2);
    expect(await page.getByRole('button', { name: 'Send again' }).count()).toBe(0);
  });

  it('takes files along, whatever they are called', async () => {
    const { page } = anna;
    await open(mum);
    const name = `${plantedMarkup.replaceAll('/', '')}.png`;
    const buffer = picturePng();
    await page.locator('gosip-compose input[type=file]').setInputFiles([{ name, mimeType: 'image/png', buffer }]);
    await page.getByText(name).waitFor();
    await expectClean(anna, 'a file to be sent');
    await page.locator('gosip-compose input[type=file]').setInputFiles([{ name: 'a.zip', mimeType: 'application/zip', buffer }]);
    await page.getByText('a.zip cannot be sent in a message.').waitFor();
    await textBox().fill('A picture');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('article').filter({ hasText: 'A picture' }).getByText('Delivered').waitFor();
    expect(twilio.messages.findLast(({ body }) => body === 'A picture')?.media[0]?.bytes.equals(buffer)).toBe(true);
    await page.getByRole('img', { name: 'Picture from You' }).waitFor();
  });

  it('is counted in SMS', async () => {
    const { page } = anna;
    await open(mum);
    await textBox().fill('x'.repeat(161));
    await page.getByText('2 SMS, 145 left').waitFor();
    await textBox().fill('don’t');
    await page.getByText('Because of “’”, only 70 characters fit into one SMS.').waitFor();
    await page.getByText('1 SMS, 65 left').waitFor();
    await textBox().fill('x'.repeat(1_601));
    await page.getByText('1 character too many').waitFor();
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    await textBox().fill('');
  });

  it('does not go to whoever wants no more', async () => {
    const { page } = anna;
    const far = stranger();
    await receive(far, 'Hello');
    await open(far);
    await receive(far, 'STOP');
    await page.getByText('They answered STOP. You can write again as soon as they send START.').waitFor();
    expect(await textBox().count()).toBe(0);
    await expectClean(anna, 'a conversation that is stopped');
    await receive(far, 'START');
    await textBox().waitFor();
  });

  it('begins a conversation by the keyboard alone, with a contact that is found by name', async () => {
    const { page } = anna;
    await house.ask('POST', '/contacts', { name: 'Dr. Weber', numbers: [{ number: '+14155550150' }], personId: null });
    await page.goto(`${house.url}messages`);
    await page.getByRole('button', { name: 'New message' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(`document.activeElement !== document.body`), poll).toBe(true);
    await page.getByRole('combobox', { name: 'To' }).waitFor();
    await page.keyboard.type('weber');
    await page.getByRole('option', { name: /Dr. Weber/ }).waitFor();
    await expectClean(anna, 'a new message');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('combobox', { name: 'To' }).inputValue(), poll).toBe('+14155550150');
    await page.keyboard.type('An appointment, please');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Messages with Dr. Weber' }).getByText('An appointment, please').waitFor();
    await expect.poll(() => timesSent('An appointment, please'), poll).toBe(1);
    await page.goto(`${house.url}messages?to=${encodeURIComponent('+14155550150')}`);
    await page.getByRole('region', { name: 'Messages with Dr. Weber' }).waitFor();
  });
});

describe.skipIf(isMissing)('conversations', long, () => {
  it('of 10,000 messages open at the newest, do not jump while somebody reads upwards, and are found in the middle', async () => {
    const { page } = anna;
    const far = stranger();
    await receive(far, 'The very first');
    const { id } = await conversationWith(far);
    plantMany(id, 10_000);
    await open(far);
    await page.getByText('Number 10000.').last().waitFor();
    const wheel = () =>
      page.evaluate<number>(`(() => {
      const find = (root) => [...root.querySelectorAll('*')].flatMap((one) => [
        ...(one.matches('.scroll') ? [one] : []), ...(one.shadowRoot ? find(one.shadowRoot) : [])]);
      const [scroller] = find(document);
      const rows = [...scroller.querySelectorAll('[data-key]')];
      const top = scroller.getBoundingClientRect().top;
      scroller.scrollTop -= 600;
      const seen = rows.find((one) => one.getBoundingClientRect().bottom > top);
      const before = seen.getBoundingClientRect().top;
      // Until what was read has been put on top.
      return new Promise((done) => setTimeout(() => done(Math.abs(seen.getBoundingClientRect().top - before)), 250));
    })()`);
    for (let turn = 0; turn < 25; turn += 1) expect(await wheel()).toBeLessThan(2);
    expect(await page.locator('gosip-bubble').count()).toBeLessThanOrEqual(300);
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await page.getByText('Number 10000.').last().waitFor();
    await page.getByRole('searchbox').fill('Number 5000.');
    await page.getByRole('link', { name: /Number 5000\./ }).click();
    await expect.poll(() => page.locator('gosip-bubble').filter({ hasText: 'Number 5000.' }).isVisible(), poll).toBe(true);
    await page.locator('gosip-bubble').filter({ hasText: 'Number 4999.' }).waitFor();
    await page.locator('gosip-bubble').filter({ hasText: 'Number 5001.' }).waitFor();
  });

  it('are found by a name, and only the unread ones are shown', async () => {
    const { page } = anna;
    await receive(stranger(), 'Something new');
    await page.goto(`${house.url}messages`);
    await page.getByRole('searchbox').fill('mum');
    await page.getByRole('link', { name: /^Mum/ }).first().waitFor();
    await expect.poll(() => page.getByText('Something new').count(), poll).toBe(0);
    expect(new URL(page.url()).search).toBe('?text=mum');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: 'Unread' }).click();
    await page.getByText('Something new').waitFor();
    await expectClean(anna, 'unread conversations');
    await page.getByRole('searchbox').fill('nothing like this');
    await page.getByText('Nothing found').waitFor();
  });

  it('work at 320 pixels, one after the other', async () => {
    await using visitor = await signIn(browser, house.url, { username: 'anna', password });
    const { page } = visitor;
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(`${house.url}messages`);
    await page.getByRole('link', { name: /^Mum/ }).click();
    await page.getByRole('region', { name: 'Messages with Mum' }).waitFor();
    expect(await page.getByRole('searchbox').count()).toBe(0);
    await textBox(visitor).fill('From a phone');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('article').filter({ hasText: 'From a phone' }).waitFor();
    await expectClean(visitor, 'a conversation on a phone');
    await page.getByRole('button', { name: 'Back to Messages' }).click();
    await page.getByRole('searchbox').waitFor();
    await expectClean(visitor, 'conversations on a phone');
    await page.getByRole('button', { name: 'New message' }).click();
    await page.getByRole('combobox', { name: 'To' }).waitFor();
    await expectClean(visitor, 'a new message on a phone');
  });

  it('need a number: whoever has none learns who can give them one', async () => {
    await using clara = await signIn(browser, house.url, { username: 'clara', password });
    await clara.page.goto(`${house.url}messages`);
    await clara.page.getByText('You have no number of your own').waitFor();
    await expectClean(clara, 'messages without a number');
  });
});

describe.skipIf(isMissing)('automatic replies', long, () => {
  it('are written, switched off and deleted, and nothing is lost by a wrong field', async () => {
    const { page } = anna;
    await page.goto(`${house.url}auto-replies`);
    await page.getByText('No auto-reply yet').waitFor();
    await page.getByRole('button', { name: 'Add auto-reply' }).click();
    const dialog = page.locator('gosip-auto-reply-dialog');
    await dialog.getByLabel('Name').fill(plantedMarkup.slice(0, 60));
    await dialog.getByLabel('When it answers').selectOption({ label: 'When a word comes in' });
    await dialog.getByRole('textbox', { name: 'What it answers' }).fill('Behind the house');
    await dialog.getByText('1 SMS, 144 left').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Add a word that it answers to.').waitFor();
    await dialog.getByLabel('Words').fill('parking');
    await page.keyboard.press('Enter');
    await dialog.getByText('Answers messages with “parking”, to the same sender once in 1 hour at most.').waitFor();
    await expectClean(anna, 'an automatic reply');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: /Answers messages with “parking”/ }).waitFor();
    await expectClean(anna, 'automatic replies');
    const far = stranger();
    await receive(far, 'Where is the PARKING place?');
    await expect.poll(() => timesSent('Behind the house'), poll).toBe(1);
    await page.getByRole('switch').click();
    await page.getByText('Switched off', { exact: false }).first().waitFor();
    await page.getByRole('link', { name: /Answers messages with “parking”/ }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No auto-reply yet').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: /Answers messages with “parking”/ }).waitFor();
  });
});

function plantMany(conversationId: string, count: number): void {
  const { db } = openDatabase({ path: join(folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const now = systemClock.now();
  const insert =
    db.prepare(`INSERT INTO messages (id, conversation_id, direction, body, state, segments, created_at, changed_at, read_at)
    VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)`);
  db.transaction(() => {
    for (let n = 1; n <= count; n += 1) {
      const at = now - (count - n) * 60_000;
      const isOwn = n % 3 === 0;
      const body = `Number ${n}. ${'More of it. '.repeat(n % 7)}`;
      insert.run(
        `msg_many${n}`,
        conversationId,
        isOwn ? 'outbound' : 'inbound',
        body,
        isOwn ? 'delivered' : 'received',
        at,
        at,
        isOwn ? null : at,
      );
    }
  })();
  db.close();
}
