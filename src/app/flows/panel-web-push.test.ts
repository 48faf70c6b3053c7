import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PushPayload } from '#contract/push-payload.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { permissionAsked, PushVisitor } from '#testing/panel/push-visitor.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { PushService } from '#testing/peers/push-service.ts';
import type { PushBrowser } from '#testing/peers/push-service.ts';
import type { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// Notifications of a browser: signed up by a press, shown by the worker while the panel is closed, answered by their buttons.
const poll = { timeout: 30_000 };
const password = 'kranich87zaun';

type Made = { readonly id: string; readonly username: string; readonly secret: string };
type Target = {
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly address: string;
  readonly problem: string | null;
};

const isMissing = isBrowserMissing();
let service: PushService;
let house: PanelHouse;
let browser: PanelBrowser;
let mobile: SimulatedPhone;
let caller: SimulatedPhone;

beforeAll(async () => {
  if (isMissing) return;
  service = await PushService.start('https://push.example.net');
  house = await PanelHouse.start({}, { pushService: { url: service.url } });
  browser = await PanelBrowser.start();
  const anna = await house.ask<Made>('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
  await house.ask('POST', '/users', { username: 'ben', name: 'Ben', password });
  await house.ask('PATCH', `/notifications/preferences/${anna.id}`, { internalCalls: true });
  const annas = await house.ask<Made>('POST', '/devices', { name: 'Mobile', extension: '21', personId: anna.id });
  const hostile = await house.ask<Made>('POST', '/devices', { name: plantedMarkup, extension: '22' });
  mobile = await house.phone(annas, { incomingCallAction: 'ring' });
  caller = await house.phone(hostile);
  await mobile.register();
  await caller.register();
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
});

afterEach(async () => {
  if (isMissing) return;
  for (const { id } of await targets()) await house.ask('DELETE', `/notifications/targets/${id}`);
});

/** Somebody signed in who may be asked for the permission, and gave it. */
async function visit(username: string, isAllowed = true): Promise<PushVisitor> {
  const visitor = await signIn(browser, house.url, { username, password });
  if (isAllowed) await visitor.context.grantPermissions(['notifications'], { origin: new URL(house.url).origin });
  return await PushVisitor.from(visitor, service);
}

async function turnOn({ visitor: { page } }: PushVisitor): Promise<void> {
  await page.goto(`${house.url}notifications`);
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('Added. Send a test').waitFor();
}

const targets = async () => (await house.ask<{ items: Target[] }>('GET', '/notifications/targets?per_page=100')).items;
const last = ({ browsers }: PushVisitor) => browsers.at(-1)!;

/** What the push service got of a kind for a browser. */
async function pushed({ messages }: PushBrowser, isWanted: (one: PushPayload) => boolean): Promise<string> {
  const found = () => messages.map(({ text }) => text).find((text) => isWanted(JSON.parse(text) as PushPayload));
  await expect.poll(found, poll).toBeDefined();
  return found()!;
}

async function missCall(): Promise<void> {
  const call = caller.call('21');
  await call.reached('ringing');
  await caller.hangup(call);
}

async function signInAgain({ page, context }: PanelVisitor, username: string): Promise<void> {
  await context.clearCookies();
  await page.goto(house.url);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
}

describe.skipIf(isMissing)('notifications of a browser', () => {
  it('are switched on by one press, which alone asks the browser, and a test arrives', async () => {
    const push = await visit('anna');
    await using visitor = push.visitor;
    const { page } = visitor;
    await page.goto(`${house.url}notifications`);
    await page.getByText('also while GoSIP is closed').waitFor();
    expect(await permissionAsked(page)).toBe(0);
    await expectClean(visitor, 'a browser that can be switched on');
    await page.getByRole('button', { name: 'Switch on' }).press('Enter');
    await page.getByText('Added. Send a test').waitFor();
    expect(await permissionAsked(page)).toBe(1);
    await expect.poll(() => page.getByRole('button', { name: 'Switch on' }).count(), poll).toBe(0);
    await expectClean(visitor, 'a browser that is switched on');
    await page.getByRole('button', { name: 'Send a test to Chrome · Linux' }).click();
    await push.deliver(house.url, await pushed(last(push), () => true));
    await expect.poll(() => push.shown(house.url), poll).toMatchObject([{ title: /GoSIP/ }]);
    await page.getByRole('button', { name: 'Remove Chrome · Linux' }).click();
    await page.reload();
    await expect.poll(() => push.signedOff, poll).toEqual([last(push).endpoint]);
    await page.getByRole('button', { name: 'Switch on' }).waitFor();
    expect(await targets()).toEqual([]);
  });

  it('tell of a call by its name as text, and of its end in the same place; a press opens it in the panel that is open', async () => {
    const push = await visit('anna');
    await using visitor = push.visitor;
    const { page } = visitor;
    await turnOn(push);
    await page.goto(house.url);
    await missCall();
    await push.deliver(house.url, await pushed(last(push), ({ title }) => title.endsWith('is calling')));
    await expect.poll(() => push.shown(house.url), poll).toHaveLength(1);
    const [ringing] = await push.shown(house.url);
    expect(ringing).toMatchObject({ silent: false, actions: [] });
    expect(ringing?.title).toContain('<img');
    await push.deliver(house.url, await pushed(last(push), ({ title }) => title.startsWith('Missed call')));
    await expect
      .poll(async () => (await push.shown(house.url)).map(({ title }) => title.split(' from ')[0]), poll)
      .toEqual(['Missed call']);
    const [{ tag, actions } = { tag: '', actions: [] }] = await push.shown(house.url);
    expect(tag).toBe(ringing?.tag);
    expect(actions.map(({ title }) => title)).toEqual(['Call back']);
    await push.press(house.url, tag);
    await page.waitForURL(`${house.url}calls/${tag.slice('call:'.length)}`);
    expect(await push.went(house.url)).toEqual({ focused: house.url, opened: null });
    await page.getByText(plantedMarkup).first().waitFor();
    expect(await push.shown(house.url)).toEqual([]);
    await expectClean(visitor, 'what a notification leads to');
  });

  it('do what their button says, as who is signed in, once, and say what came of it', async () => {
    const push = await visit('anna');
    await using visitor = push.visitor;
    await turnOn(push);
    await missCall();
    const text = await pushed(last(push), ({ title }) => title.startsWith('Missed call'));
    const { tag, actions, path } = JSON.parse(text) as PushPayload;
    const token = actions.find(({ title }) => title === 'Call back')?.action ?? '';
    await push.deliver(house.url, text);
    await expect.poll(() => push.shown(house.url), poll).toHaveLength(1);
    const rings = mobile.incomingCall();
    await push.press(house.url, tag, token);
    mobile.decline(await rings);
    const said = { title: 'Call back', body: 'Mobile is ringing: pick it up to call back', tag, silent: true, actions: [] };
    await expect.poll(() => push.shown(house.url), poll).toEqual([said]);
    await push.deliver(house.url, text);
    await expect.poll(async () => (await push.shown(house.url))[0]?.actions.length, poll).toBe(1);
    await push.press(house.url, tag, token);
    await expect
      .poll(() => push.shown(house.url), poll)
      .toMatchObject([{ title: 'Call back', body: 'That did not work: This is done already' }]);
    // Nobody is signed in any more: somebody has to open it.
    await visitor.context.clearCookies();
    await push.deliver(house.url, text);
    await expect.poll(async () => (await push.shown(house.url))[0]?.actions.length, poll).toBe(1);
    await push.press(house.url, tag, actions.at(-1)?.action ?? '');
    await visitor.page.waitForURL(house.url + path);
    await visitor.page.getByLabel('Password').waitFor();
  });

  it('open the panel where it is closed, below the panel alone, and show something of whatever comes', async () => {
    const push = await visit('anna');
    await using visitor = push.visitor;
    await turnOn(push);
    await visitor.page.goto('about:blank');
    const payload = { title: 'T', body: 'B', tag: 'call:1', path: 'calls/call_1', page: null, isSilent: false };
    // A browser closes by the tag: a next one that came before would go too.
    const pressAndGone = async () => {
      await push.press(house.url, 'call:1');
      await expect.poll(() => push.shown(house.url), poll).toEqual([]);
    };
    await push.deliver(house.url, JSON.stringify(payload));
    await expect.poll(() => push.shown(house.url), poll).toHaveLength(1);
    await pressAndGone();
    await expect.poll(async () => (await push.went(house.url)).opened, poll).toBe(`${house.url}calls/call_1`);
    for (const path of ['https://example.org/', '//example.org/x', 'javascript:alert(1)']) {
      await push.deliver(house.url, JSON.stringify({ ...payload, path }));
      await expect.poll(() => push.shown(house.url), poll).toHaveLength(1);
      await pressAndGone();
      await expect.poll(async () => (await push.went(house.url)).opened?.startsWith(house.url), poll).toBe(true);
    }
    await push.deliver(house.url, 'nothing that we sent');
    await expect.poll(() => push.shown(house.url), poll).toMatchObject([{ title: 'GoSIP', tag: 'gosip' }]);
    await push.deliver(house.url, JSON.stringify({ ...payload, tag: 'call:2', isOver: true, isSilent: true }));
    await expect.poll(async () => (await push.shown(house.url)).map(({ tag }) => tag), poll).toContain('call:2');
    await expect.poll(async () => (await push.shown(house.url)).map(({ tag }) => tag), poll).toEqual(['gosip']);
  });

  it('go on by the name they have where the browser gets another address, or the house another key', async () => {
    const push = await visit('anna');
    await using visitor = push.visitor;
    const { page } = visitor;
    await turnOn(push);
    const [{ id } = { id: '' }] = await targets();
    const now = async () => (await targets())[0];
    await house.ask('PATCH', `/notifications/targets/${id}`, { name: 'Hall' });
    const moved = service.signUp();
    await push.change(house.url, last(push).endpoint, moved);
    await expect.poll(async () => (await now())?.address, poll).toBe(`…${moved.endpoint.slice(-4)}`);
    expect(await now()).toMatchObject({ id, name: 'Hall', problem: null });
    // As where the house lost its key and made another one.
    const { endpoint, keys } = moved;
    await page.evaluate(
      `localStorage.setItem('push-of-the-test', ${JSON.stringify(JSON.stringify({ endpoint, keys, key: 'AAAA' }))})`,
    );
    await page.reload();
    await expect.poll(() => push.browsers.length, poll).toBe(2);
    await expect.poll(async () => (await now())?.address, poll).toBe(`…${last(push).endpoint.slice(-4)}`);
    expect(await now()).toMatchObject({ id, name: 'Hall', problem: null });
    expect(push.signedOff).toEqual([endpoint]);
    await page.getByRole('button', { name: 'Send a test to Hall' }).click();
    await pushed(last(push), () => true);
  });

  it('are taken over by who switches them on, and can be stopped by who uses the computer next', async () => {
    const push = await visit('anna');
    await using visitor = push.visitor;
    const { page } = visitor;
    await turnOn(push);
    const [annas] = await targets();
    // Her session ran out: she did not sign out.
    await signInAgain(visitor, 'ben');
    await page.goto(`${house.url}notifications`);
    await page.getByText('Somebody else of the house').waitFor();
    await expectClean(visitor, 'a browser that tells somebody else');
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByText('Added. Send a test').waitFor();
    expect(await targets()).toHaveLength(1);
    expect((await targets())[0]?.personId).not.toBe(annas?.personId);
    await signInAgain(visitor, 'anna');
    await page.goto(`${house.url}notifications`);
    await page.getByRole('button', { name: 'Switch off here' }).click();
    await page.getByText('also while GoSIP is closed').waitFor();
    expect(push.signedOff).toContain(last(push).endpoint);
  });

  it('end with signing out, at the house and in the browser', async () => {
    const push = await visit('ben');
    await using visitor = push.visitor;
    const { page } = visitor;
    await turnOn(push);
    expect(await targets()).toHaveLength(1);
    await page.goto(`${house.url}my-settings`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();
    expect(await targets()).toEqual([]);
    expect(push.signedOff).toEqual([last(push).endpoint]);
  });
});
