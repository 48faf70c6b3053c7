import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PushPayload } from '#contract/push-payload.ts';
import { anna, SupervisedHouse } from '#testing/home-assistant/supervised-house.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { buildPanel } from '#testing/panel/built-panel.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { PushVisitor } from '#testing/panel/push-visitor.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { axeSource, expectClean, signIn } from '#testing/panel/visit.ts';
import { PushService } from '#testing/peers/push-service.ts';

// Where a browser cannot be notified it is said why, and what helps; and it works in the frame of Home Assistant.
const poll = { timeout: 30_000 };
const login = { username: 'ben', password: 'kranich87zaun' };
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1';
const androidApp =
  'Mozilla/5.0 (Linux; Android 16; wv) Chrome/140.0 Mobile Safari/537.36 Home Assistant/2026.11.1-17000 (Android 16)';

const isMissing = isBrowserMissing();
let service: PushService;
let browser: PanelBrowser;

beforeAll(async () => {
  if (isMissing) return;
  service = await PushService.start('https://push.example.net');
  browser = await PanelBrowser.start(['--host-resolver-rules=MAP gosip.test 127.0.0.1']);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
});

describe.skipIf(isMissing)('a browser that cannot be notified', () => {
  let house: PanelHouse;
  beforeAll(async () => {
    house = await PanelHouse.start({}, { pushService: { url: service.url } });
    await house.ask('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password: login.password });
    await house.ask('POST', '/users', { ...login, name: 'Ben' });
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  /** Nothing is offered that would not work. */
  async function expectSaid({ page }: PanelVisitor, url: string, text: string): Promise<void> {
    await page.goto(`${url}notifications`);
    await page.getByText(text).waitFor();
    expect(await page.getByRole('button', { name: 'Switch on' }).count()).toBe(0);
  }

  it('is told how to allow it where it was denied, and can be switched on at once when it is allowed', async () => {
    await using visitor = await signIn(browser, house.url, login);
    await PushVisitor.from(visitor, service);
    // Whatever is not granted is denied.
    await visitor.context.grantPermissions([], { origin: new URL(house.url).origin });
    await expectSaid(visitor, house.url, 'Your browser blocks notifications');
    await expectClean(visitor, 'a browser that blocks notifications');
    await visitor.context.grantPermissions(['notifications'], { origin: new URL(house.url).origin });
    await visitor.page.getByRole('button', { name: 'Switch on' }).waitFor();
  });

  it('is told that it needs a protected connection', async () => {
    const url = house.url.replace('127.0.0.1', 'gosip.test');
    await using visitor = await signIn(browser, url, login);
    await expectSaid(visitor, url, 'only over a protected connection');
    await expectClean(visitor, 'a connection that is not protected');
  });

  it.each([
    ['an iPhone', iphone, 'first add this page to the home screen'],
    ['the app of Home Assistant', androidApp, 'This is the app of Home Assistant'],
    [
      'a browser without push',
      'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/150.0',
      'This browser shows no notifications',
    ],
  ])('is told what helps: %s', async (_who, userAgent, text) => {
    await using visitor = await signIn(browser, house.url, { ...login, userAgent });
    await visitor.context.addInitScript({ content: 'delete window.PushManager' });
    await expectSaid(visitor, house.url, text);
    expect(visitor.faults).toEqual([]);
  });

  it('is told that its push service is away, and nothing is kept of it', async () => {
    await using visitor = await signIn(browser, house.url, login);
    const { page } = visitor;
    await visitor.context.grantPermissions(['notifications'], { origin: new URL(house.url).origin });
    await PushVisitor.from(visitor, service);
    await page.addInitScript({ content: 'window.pushServiceIsAway = true' });
    await page.goto(`${house.url}notifications`);
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByText('push service cannot be reached').waitFor();
    expect(await house.ask('GET', '/notifications/targets')).toMatchObject({ total: 0 });
    await page.evaluate('window.pushServiceIsAway = false');
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByText('Added. Send a test').waitFor();
    expect(await page.getByText('push service cannot be reached').count()).toBe(0);
  });
});

describe.skipIf(isMissing)('a browser in the frame of Home Assistant', () => {
  let house: SupervisedHouse;
  beforeAll(async () => {
    buildPanel();
    house = await SupervisedHouse.start({ pushService: { url: service.url } });
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  it('is signed up below its own prefix, leaves Home Assistant’s worker alone, and opens GoSIP’s page there', async () => {
    const scope = `${house.proxy.url}/`;
    await using visitor = await browser.open();
    const { page, context } = visitor;
    const [name = '', value = ''] = house.proxy.openSession(anna).split('=');
    await context.addCookies([{ name, value, url: house.proxy.url }]);
    await context.grantPermissions(['notifications'], { origin: new URL(scope).origin });
    const push = await PushVisitor.from(visitor, service);
    const outer = new URL('/app/gosip', scope).href;
    const frame = `<!doctype html><html lang="en"><title>Home Assistant</title><iframe title="GoSIP" src="${scope}notifications" style="width:95vw;height:90vh"></iframe></html>`;
    await page.route(outer, (route) => route.fulfill({ contentType: 'text/html', body: frame }));
    await page.goto(outer);
    const panel = page.frameLocator('iframe');
    await panel.getByRole('button', { name: 'Switch on' }).click();
    await panel.getByText('Added. Send a test').waitFor();
    const scopes = await page.evaluate<string[]>(
      'navigator.serviceWorker.getRegistrations().then((all) => all.map(({ scope }) => scope))',
    );
    expect(scopes).toEqual([scope]);
    await panel.getByRole('button', { name: /^Send a test to/ }).click();
    await expect.poll(() => push.browsers.at(-1)?.messages.length, poll).toBe(1);
    const { text = '' } = push.browsers.at(-1)?.messages[0] ?? {};
    const { tag, path, page: there } = JSON.parse(text) as PushPayload;
    expect(there).toMatch(/^\/app\/[^/]+\//);
    await push.deliver(scope, text);
    await expect.poll(() => push.shown(scope), poll).toHaveLength(1);
    const inside = page.frames().find((one) => one.url().startsWith(scope));
    expect(await visitor.accessibilityProblems(axeSource, inside)).toEqual([]);
    await push.press(scope, tag);
    await expect.poll(async () => (await push.went(scope)).focused, poll).toBe(`${scope}notifications`);
    await expect.poll(() => page.frames().at(-1)?.url(), poll).toBe(`${scope}${path}`);
    await push.deliver(scope, text);
    await expect.poll(() => push.shown(scope), poll).toHaveLength(1);
    await page.goto('about:blank');
    await push.press(scope, tag);
    await expect.poll(async () => (await push.went(scope)).opened, poll).toBe(new URL(there ?? '', scope).href);
    expect(visitor.faults).toEqual([]);
  });
});
