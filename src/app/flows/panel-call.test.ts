import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { plantCall } from '#testing/panel/furnish-calls.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import type { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;
let kitchen: SimulatedPhone;

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

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  await house.ask('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
  kitchen = await register('Kitchen', '11', 'ring');
  await register('Hall', '12', 'answer');
  plantCall(house, {
    id: 'call_stranger',
    verdict: ['missed', 'no-answer'],
    legs: [{ name: 'Kitchen', outcome: 'no-answer', seconds: 25 }],
  });
  plantCall(house, {
    id: 'call_hostile',
    verdict: ['missed', 'no-answer'],
    caller: ['+41446681801', plantedMarkup],
    callee: ['+14165550100', plantedMarkup],
    reasons: [{ code: 'route-matched', params: { routeId: 'route_1', name: plantedMarkup } }],
    legs: [{ name: plantedMarkup, outcome: 'offline' }],
  });
  admin = await signIn(browser, house.url, { username: 'anna', password });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const open = async (id: string, name: string | RegExp) => {
  await admin.page.goto(`${house.url}calls/${id}`);
  await admin.page.getByRole('dialog', { name }).waitFor();
  return admin.page.locator('gosip-call-dialog');
};

describe.skipIf(isMissing)('a call of the past', () => {
  it('says who rang, for how long, and what happened when', async () => {
    const dialog = await open('call_stranger', '+41446681800');
    await dialog.getByText('· not answered · rang for 25 seconds').waitFor();
    await dialog.getByText('Kitchen rang', { exact: true }).waitFor();
    await dialog.getByText('The call ended').waitFor();
    await expectClean(admin, 'a call');
  });

  it('is called back, and its caller gets a name', async () => {
    const dialog = await open('call_stranger', '+41446681800');
    await dialog.getByRole('button', { name: 'Call back' }).click();
    const dial = admin.page.locator('gosip-dial-dialog input').first();
    await expect.poll(() => dial.inputValue(), poll).toBe('+41446681800');
    await admin.page.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Add name' }).click();
    const fields = admin.page.locator('gosip-contact-dialog input');
    await expect
      .poll(async () => Promise.all((await fields.all()).map((one) => one.inputValue())), poll)
      .toContain('+41446681800');
  });

  it('blocks its caller, and lets them through again when that is taken back', async () => {
    const entries = async () =>
      (await house.ask<{ items: { pattern: string }[] }>('GET', '/blocklist')).items.map(({ pattern }) => pattern);
    const dialog = await open('call_stranger', '+41446681800');
    await dialog.getByRole('button', { name: 'Block', exact: true }).click();
    await expect.poll(entries, poll).toEqual(['+41446681800']);
    await admin.page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(entries, poll).toEqual([]);
  });

  it('shows what callers call themselves as text', async () => {
    const dialog = await open('call_hostile', /^<img/);
    await dialog.getByText('The rule “<img class=planted').waitFor();
    await expectClean(admin, 'a hostile call');
    await dialog.getByRole('button', { name: 'Why did it not ring?' }).click();
    await admin.page.getByText('<img class=planted').first().waitFor();
    await expectClean(admin, 'a hostile call that did not ring');
  });

  it('fits on a small phone', async () => {
    await admin.page.setViewportSize({ width: 320, height: 640 });
    await open('call_hostile', /^<img/);
    await expectClean(admin, 'a call on a small phone');
    await admin.page.setViewportSize({ width: 1280, height: 800 });
  });
});

describe.skipIf(isMissing)('a call that goes on', () => {
  it('is seen as it comes, held, taken up again and hung up', async () => {
    const { page } = admin;
    await page.goto(`${house.url}calls`);
    const call = kitchen.call('12');
    await call.reached('answered');
    await page.getByRole('link', { name: 'Kitchen → Hall' }).first().click();
    const dialog = page.locator('gosip-call-dialog');
    await dialog.getByRole('button', { name: 'Hold' }).waitFor();
    await expectClean(admin, 'a call in progress');
    await dialog.getByRole('button', { name: 'Hold' }).click();
    await dialog.getByText('On hold').waitFor();
    await dialog.getByRole('button', { name: 'Resume' }).click();
    await dialog.getByRole('button', { name: 'Hold' }).waitFor();
    await dialog.getByRole('button', { name: 'Hang up' }).click();
    await dialog.getByText('Ended from here or by Home Assistant').waitFor();
    await expect.poll(() => call.state, poll).toBe('ended');
  });

  it('is transferred to the extension that somebody types', async () => {
    const { page } = admin;
    const third = await register('Attic', '13', 'ring');
    const call = kitchen.call('12');
    await call.reached('answered');
    await page.goto(house.url);
    await page.locator('gosip-calls-now').getByRole('link', { name: 'Kitchen → Hall' }).click();
    const dialog = page.locator('gosip-call-dialog');
    await dialog.getByRole('button', { name: 'Transfer' }).click();
    await page.keyboard.type('13');
    await expectClean(admin, 'a transfer');
    await page.keyboard.press('Enter');
    await page.getByText('Transferred to 13').waitFor();
    await expect.poll(() => third.calls.length, poll).toBeGreaterThan(0);
    await house.ask('POST', '/calls/hangup', {});
  });
});
