import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { plantCalls } from '#testing/panel/furnish-calls.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import type { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

const poll = { timeout: 30_000 };
const count = 100_000;
const login = { username: 'anna', password: 'kranich87zaun' };
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;
let kitchen: SimulatedPhone;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  await house.ask('POST', '/users', { ...login, name: 'Anna', role: 'admin' });
  kitchen = await register('Kitchen', '11', 'ring');
  await register('Grandmother', '12', 'ring');
  // Ten seconds of processor time, with every index and the search: on a busy machine more than a minute.
  plantCalls(house, { count });
  admin = await signIn(browser, house.url, login);
}, 300_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

type Made = { readonly id: string; readonly username: string; readonly secret: string };

async function register(name: string, extension: string, incomingCallAction: 'ring' | 'answer'): Promise<SimulatedPhone> {
  const made = await house.ask<{ username: string; secret: string }>('POST', '/devices', {
    name,
    extension,
    type: 'grandstream',
  });
  const phone = await house.phone(made, { incomingCallAction });
  await phone.register();
  return phone;
}

const rows = ({ page }: PanelVisitor) => page.locator('gosip-endless-list [data-endless]');
const row = ({ page }: PanelVisitor, name: string) => page.getByRole('link', { name, exact: true });

async function openCalls(visitor: PanelVisitor, query = ''): Promise<void> {
  await visitor.page.goto(`${house.url}calls${query}`);
  await rows(visitor).first().waitFor();
}

/** Where a row is on the screen. */
async function topOf(visitor: PanelVisitor, name: string): Promise<number> {
  return (await row(visitor, name).boundingBox())?.y ?? NaN;
}

describe.skipIf(isMissing)('a hundred thousand calls', () => {
  it('are a list of few rows, told whole to who only hears them', async () => {
    await openCalls(admin);
    const table = admin.page.getByRole('table', { name: 'Calls' });
    expect(await table.getAttribute('aria-rowcount')).toBe('100001');
    expect(await rows(admin).count()).toBeLessThan(60);
    await expectClean(admin, 'a long list');
  });

  it('are scrolled to their very end and back at once', async () => {
    await openCalls(admin);
    for (const at of [0.3, 0.9, 0.5, 1]) {
      await admin.page.evaluate<void>(`scrollTo(0, document.documentElement.scrollHeight * ${at})`);
      await expect.poll(() => rows(admin).count(), poll).toBeLessThan(60);
    }
    await row(admin, `Caller ${count - 1}`).waitFor();
    expect(await rows(admin).last().getAttribute('aria-rowindex')).toBe(String(count + 1));
    expect(await rows(admin).count()).toBeLessThan(60);
    await admin.page.evaluate<void>('scrollTo(0, 0)');
    await row(admin, 'Caller 0').waitFor();
  });

  it('are as high as they were after the list was not shown for a while', async () => {
    await openCalls(admin);
    const list = admin.page.locator('gosip-endless-list');
    const frames = () => admin.page.evaluate<void>('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))');
    const height = () => admin.page.evaluate<number>('document.documentElement.scrollHeight');
    await list.evaluate(
      '(one) => one.getRootNode().append(Object.assign(document.createElement("style"), { textContent: "[data-endless=\\"5\\"] { height: 400px }" }))',
    );
    await frames();
    await admin.page.evaluate<void>('scrollTo(0, 6000)');
    await frames();
    const before = await height();
    // The page stays scrolled to where it is.
    await admin.page.evaluate<void>(`document.body.style.minHeight = '${before}px'`);
    for (const display of ['none', '']) {
      await list.evaluate(`(one) => one.style.setProperty('display', '${display}')`);
      await frames();
    }
    await admin.page.evaluate<void>("document.body.style.minHeight = ''");
    await frames();
    expect(await height()).toBe(before);
  });

  it('are walked through by the keys alone, and none of them loses the focus', async () => {
    await openCalls(admin);
    await row(admin, 'Caller 0').focus();
    for (let press = 0; press < 30; press += 1) await admin.page.keyboard.press('ArrowDown');
    await expect.poll(() => focusedText(admin), poll).toBe('Caller 30');
    await admin.page.keyboard.press('End');
    await expect.poll(() => focusedText(admin), poll).toBe(`Caller ${count - 1}`);
    // The row with the focus stays while somebody looks elsewhere.
    await admin.page.evaluate<void>('scrollTo(0, 0)');
    await row(admin, 'Caller 0').waitFor();
    expect(await focusedText(admin)).toBe(`Caller ${count - 1}`);
    await admin.page.keyboard.press('Home');
    await expect.poll(() => focusedText(admin), poll).toBe('Caller 0');
    await admin.page.keyboard.press('Enter');
    await admin.page.getByRole('dialog', { name: 'Caller 0' }).waitFor();
    await admin.page.keyboard.press('Escape');
    await expect.poll(() => focusedText(admin), poll).toBe('Caller 0');
  });

  it('stay where somebody looks at them while the newest call comes on top', async () => {
    await openCalls(admin);
    await admin.page.evaluate<void>('scrollTo(0, 20000)');
    const shown = (await admin.page.locator('gosip-endless-list a.open').nth(20).innerText()).trim();
    const before = await topOf(admin, shown);
    const call = kitchen.call('12');
    await expect.poll(() => total(admin), poll).toBe(count + 2);
    expect(Math.abs((await topOf(admin, shown)) - before)).toBeLessThan(2);
    await admin.page.evaluate<void>('scrollTo(0, 0)');
    await row(admin, 'Kitchen → Grandmother').waitFor();
    await admin.page.getByRole('row', { name: /Kitchen → Grandmother.*In progress/ }).waitFor();
    await kitchen.hangup(call);
    await admin.page.getByRole('row', { name: /Kitchen → Grandmother.*The caller gave up/ }).waitFor();
  });

  it('that somebody had the house dial are one row each, not the ringing of their own phone too', async () => {
    const study = await house.ask<Made>('POST', '/devices', { name: 'Study', extension: '13', type: 'grandstream' });
    await (await house.phone(study, { incomingCallAction: 'answer' })).register();
    await house.ask('POST', '/calls', { deviceId: study.id, to: '12' });
    await openCalls(admin);
    await row(admin, 'Study → Grandmother').waitFor();
    const { items } = await house.ask<{ items: { id: string; purpose: string | null }[] }>('GET', '/cdrs?per_page=2');
    expect(items.map(({ purpose }) => purpose)).toEqual([null, 'dial']);
    await admin.page.getByRole('row', { name: /Study → Grandmother.*In progress/ }).waitFor();
    expect(await admin.page.getByRole('row', { name: /GoSIP/ }).count()).toBe(0);
    await expectClean(admin, 'a call that the house dialled');
    await row(admin, 'Study → Grandmother').focus();
    await admin.page.keyboard.press('ArrowDown');
    await expect.poll(() => focusedText(admin), poll).not.toMatch(/Study|GoSIP/);
    expect(await focusedText(admin)).not.toBe('');
    await house.ask('POST', `/calls/${items[0]?.id}/hangup`);
  });

  it('are two lines each on a small phone, and nothing is cut off', async () => {
    await using visitor = await signIn(browser, house.url, login);
    await visitor.page.setViewportSize({ width: 320, height: 640 });
    await openCalls(visitor);
    const last = visitor.page.getByRole('listitem').filter({ hasText: `Caller ${count - 1}` });
    await visitor.page.evaluate<void>('scrollTo(0, document.documentElement.scrollHeight)');
    await last.waitFor();
    expect(await last.getAttribute('aria-setsize')).toBe(await last.getAttribute('aria-posinset'));
    await expectClean(visitor, 'a small phone');
  });
});

const total = async ({ page }: PanelVisitor) =>
  Number(await page.getByRole('table', { name: 'Calls' }).getAttribute('aria-rowcount'));

/** Of what has the focus, in whatever shadow tree. */
async function focusedText({ page }: PanelVisitor): Promise<string> {
  return page.evaluate<string>(`(() => {
    let one = document.activeElement;
    while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    return one?.textContent?.trim() ?? '';
  })()`);
}
