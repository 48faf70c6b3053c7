import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anna, SupervisedHouse } from '#testing/home-assistant/supervised-house.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { buildPanel } from '#testing/panel/built-panel.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { axeSource } from '#testing/panel/visit.ts';

/** As Home Assistant's own page: its theme on the root, the person's locale, and the messages of its frame for apps. */
const outerPage = (url: string, path: string) => `<!doctype html><html lang="de" style="--primary-color:#ffeb3b;
  --card-background-color:#202830;--primary-background-color:#101418;--primary-text-color:#eeeeee;--secondary-text-color:#7a7a7a">
<body style="margin:0"><home-assistant></home-assistant><iframe title="GoSIP" src="${url}/" style="width:100vw;height:95vh;border:0"></iframe>
<script>
  document.querySelector('home-assistant').hass = { locale: { language: 'de', time_format: '24', time_zone: 'local' } };
  window.said = [];
  addEventListener('message', ({ data, source }) => {
    said.push(data);
    if (data.type === 'home-assistant/subscribe-properties') {
      source.postMessage({ type: 'home-assistant/properties', narrow: true, route: { prefix: '/app/gosip', path: '${path}' },
        safeAreaInsets: { top: '7px', right: '0px', bottom: '9px', left: '0px' } }, '*');
    }
  });
</script></body></html>`;

describe.skipIf(isBrowserMissing())('the panel in Home Assistant', () => {
  let house: SupervisedHouse;
  let browser: PanelBrowser;
  let visitor: PanelVisitor;
  beforeAll(async () => {
    buildPanel();
    house = await SupervisedHouse.start();
    await house.reachable();
    browser = await PanelBrowser.start();
    visitor = await browser.open({ colorScheme: 'light', viewport: { width: 400, height: 800 } });
    const [name = '', value = ''] = house.proxy.openSession(anna).split('=');
    await visitor.context.addCookies([{ name, value, url: house.proxy.url }]);
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await house?.[Symbol.asyncDispose]();
  });

  async function openIn(path: string) {
    const { page } = visitor;
    const outer = new URL('/app/gosip', house.proxy.url).href;
    await page.unroute(outer);
    await page.route(outer, (route) => route.fulfill({ contentType: 'text/html', body: outerPage(house.proxy.url, path) }));
    await page.goto(outer);
    return page.frameLocator('iframe');
  }

  it('lets somebody in without asking, in their language and their theme', async () => {
    const panel = await openIn('');
    await panel.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
    await panel.getByText('Du hast noch kein Telefon').waitFor();
    const { page } = visitor;
    const frame = page.frames().find((one) => one.url().startsWith(house.proxy.url));
    const style = await frame?.evaluate<string[]>(`(() => {
      const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
      return [document.documentElement.dataset.scheme, document.documentElement.lang, of('--card-background-color'), of('--gosip-accent'), of('--safe-bottom')];
    })()`);
    expect(style).toEqual(['dark', 'de', '#202830', '#ffeb3b', '9px']);
    expect(await visitor.accessibilityProblems(axeSource, frame)).toEqual([]);
    expect(visitor.faults).toEqual([]);
  });

  it('takes the place of its narrow header, and opens its menu', async () => {
    const panel = await openIn('');
    await panel.getByRole('button', { name: 'Menü von Home Assistant' }).click();
    const said = await visitor.page.evaluate<{ type: string; kioskMode?: boolean }[]>('said');
    expect(said).toContainEqual(expect.objectContaining({ type: 'home-assistant/subscribe-properties', kioskMode: true }));
    expect(said.at(-1)).toEqual({ type: 'home-assistant/toggle-menu' });
  });

  it('opens at the page that a link in Home Assistant leads to', async () => {
    const panel = await openIn('/calls');
    await panel.getByRole('heading', { level: 1, name: 'Anrufe' }).waitFor();
  });

  it('follows when another theme or language is chosen there', async () => {
    const panel = await openIn('');
    await panel.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
    await visitor.page.evaluate(`(() => {
      document.querySelector('home-assistant').hass = { locale: { language: 'nl', time_format: '24' } };
      document.documentElement.style.setProperty('--card-background-color', '#ffffff');
      document.documentElement.style.setProperty('--primary-background-color', '#fafafa');
      document.documentElement.style.setProperty('--primary-text-color', '#141414');
      document.documentElement.lang = 'nl';
    })()`);
    await panel.getByRole('heading', { level: 1, name: 'Overzicht' }).waitFor();
    const frame = visitor.page.frames().find((one) => one.url().startsWith(house.proxy.url));
    expect(await frame?.evaluate<string>('document.documentElement.dataset.scheme')).toBe('light');
    expect(await visitor.accessibilityProblems(axeSource, frame)).toEqual([]);
  });

  it('waits for Home Assistant to renew its session, and asks for no password', async () => {
    const panel = await openIn('/calls');
    await panel.getByText('Sobald ein Telefon').waitFor();
    const cookies = await visitor.context.cookies();
    await visitor.context.clearCookies();
    await panel.getByRole('link', { name: 'Mailbox' }).click();
    await panel.getByText('Die Seite konnte nicht geladen werden').waitFor();
    await visitor.context.addCookies(cookies);
    await panel.getByRole('heading', { level: 1, name: 'Mailbox' }).waitFor();
    await visitor.context.clearCookies();
    await panel.getByRole('link', { name: 'Anrufe', exact: true }).click();
    await panel.getByText('GoSIP antwortet nicht.').first().waitFor();
    expect(await panel.getByLabel('Passwort').count()).toBe(0);
    await visitor.context.addCookies(cookies);
    await panel.getByText('Sobald ein Telefon').waitFor();
    await expect.poll(() => panel.getByText('GoSIP antwortet nicht.').count(), { timeout: 30_000 }).toBe(0);
  });

  it('says so where Home Assistant does not know who it is', async () => {
    await using stranger = await browser.open();
    const [name = '', value = ''] = house.proxy.openSession(undefined).split('=');
    await stranger.context.addCookies([{ name, value, url: house.proxy.url }]);
    const response = await stranger.page.goto(`${house.proxy.url}/phones/dev_1`);
    expect(response?.status()).toBe(403);
    await stranger.page.getByRole('heading', { name: 'GoSIP' }).waitFor();
    expect(await stranger.page.getByText('{').count()).toBe(0);
    expect(await stranger.page.locator('p').innerText()).toMatch(/Home Assistant/);
  });
});
