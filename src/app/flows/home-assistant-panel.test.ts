import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreClient } from '#testing/home-assistant/core-client.ts';
import { signedIn } from '#testing/home-assistant/device-pages.ts';
import { FrontProxy } from '#testing/home-assistant/front-proxy.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';
import { sharedHomeAssistant } from '#testing/home-assistant/shared.ts';
import { ben, SupervisedHouse } from '#testing/home-assistant/supervised-house.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { buildPanel } from '#testing/panel/built-panel.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { axeSource } from '#testing/panel/visit.ts';

const screenshots = join(import.meta.dirname, '../../../tmp/screenshots');
const poll = { timeout: 60_000 };
const isMissing = (await missingHomeAssistant()) !== undefined || isBrowserMissing();

describe.skipIf(isMissing)('the panel beside the dashboards of a real Home Assistant', () => {
  const stack = new AsyncDisposableStack();
  let client: CoreClient;
  let front: FrontProxy;
  let house: SupervisedHouse;
  let visitor: PanelVisitor;

  beforeAll(async () => {
    buildPanel();
    const { core } = await sharedHomeAssistant();
    client = stack.use(await core.connect());
    house = stack.use(await SupervisedHouse.start());
    front = stack.use(await FrontProxy.start({ core: Number(new URL(core.url).port), ingress: house.proxy.port }));
    await addDashboard();
    const browser = stack.use(await PanelBrowser.start());
    visitor = await browser.open({ colorScheme: 'dark', viewport: { width: 1280, height: 800 } });
    const session = house.proxy.openSession(ben);
    // An admin of a house without any phone is led to its set-up.
    const phone = { name: 'Hall', type: 'softphone', extension: '21' };
    expect((await house.ask(session, '/api/devices', { method: 'POST', body: phone })).status).toBe(201);
    const [name = '', value = ''] = session.split('=');
    await visitor.context.addCookies([{ name, value, url: front.url }]);
    await visitor.context.addInitScript(signedIn(front.url, core.token));
  }, 240_000);
  afterAll(async () => {
    await client?.command({ type: 'frontend/set_user_data', key: 'language', value: null }).catch(() => {});
    await stack.disposeAsync();
  });

  async function addDashboard(): Promise<void> {
    const url = `/api/hassio_ingress/${house.proxy.token}/`;
    const dashboard = { url_path: 'go-sip', title: 'GoSIP', icon: 'mdi:phone', mode: 'storage', show_in_sidebar: true };
    const made = await client.command<{ id: string }>({ type: 'lovelace/dashboards/create', require_admin: false, ...dashboard });
    stack.defer(async () => {
      await client.command({ type: 'lovelace/dashboards/delete', dashboard_id: made.id });
    });
    await client.command({ type: 'lovelace/config/save', url_path: 'go-sip', config: { strategy: { type: 'iframe', url } } });
  }

  const panel = () => visitor.page.frameLocator('iframe');
  const frame = () => visitor.page.frames().find((one) => one.url().startsWith(`${front.url}/api/hassio_ingress/`));
  const own = (name: string) =>
    frame()?.evaluate<string>(`getComputedStyle(document.documentElement).getPropertyValue('${name}').trim()`);

  it('opens from the sidebar, in its dark theme and its colours, without asking who it is', async () => {
    const { page } = visitor;
    await page.goto(front.url);
    await page.getByText('GoSIP', { exact: true }).first().click();
    await panel().getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    const outer = await page.evaluate<string>(
      `getComputedStyle(document.documentElement).getPropertyValue('--card-background-color').trim()`,
    );
    expect(outer).not.toBe('');
    expect(await own('--card-background-color')).toBe(outer);
    expect(await frame()?.evaluate<string>('document.documentElement.dataset.scheme')).toBe('dark');
    expect(await visitor.accessibilityProblems(axeSource, frame())).toEqual([]);
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, 'home-assistant-panel.png') });
  });

  it('speaks the language that the person chose there, and changes with it', async () => {
    await client.command({ type: 'frontend/set_user_data', key: 'language', value: { language: 'fr', time_format: '24' } });
    await visitor.page.reload();
    await expect.poll(() => panel().getByRole('heading', { level: 1 }).first().innerText(), poll).toBe('Tableau de bord');
    await panel().getByRole('link', { name: 'Téléphones', exact: true }).click();
    await panel().getByRole('heading', { level: 1, name: 'Téléphones' }).waitFor();
    expect(await frame()?.evaluate<string>('document.documentElement.lang')).toBe('fr');
  });

  it('is used on a narrow screen as well', async () => {
    await visitor.page.setViewportSize({ width: 375, height: 760 });
    await panel().getByRole('navigation').getByRole('link').first().waitFor();
    expect(await frame()?.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    await visitor.page.screenshot({ path: join(screenshots, 'home-assistant-panel-narrow.png') });
    expect(visitor.faults.filter((one) => one.includes('hassio_ingress'))).toEqual([]);
  });
});
