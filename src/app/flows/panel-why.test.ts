import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { plantCall } from '#testing/panel/furnish-calls.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;
let annaId: string;
let benId: string;
let kitchenId: string;
let studyId: string;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  annaId = (await house.ask<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password })).id;
  benId = (await house.ask<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben', password })).id;
  const make = (name: string, extension: string, personId: string) =>
    house.ask<{ id: string; username: string; secret: string }>('POST', '/devices', {
      name,
      extension,
      type: 'grandstream',
      personId,
    });
  const kitchen = await make('Kitchen', '11', annaId);
  kitchenId = kitchen.id;
  studyId = (await make('Study', '12', benId)).id;
  await (await house.phone(kitchen)).register();
  await house.ask('POST', '/dids', { number: '+14165550100', name: 'House', ownerPersonId: annaId });
  admin = await signIn(browser, house.url, { username: 'anna', password });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const isDndOn = async () => {
  const { persons } = await house.ask<{ persons: { name: string; isOn: boolean }[] }>('GET', '/dnd');
  return persons.find(({ name }) => name === 'Anna')?.isOn;
};

describe.skipIf(isMissing)('why a call did not ring', () => {
  it('is one sentence, and one press mends it and takes it back', async () => {
    const { page } = admin;
    await house.ask('PUT', `/dnd/persons/${annaId}`, { isOn: true });
    const reasons = [{ code: 'dnd-person', params: { personId: annaId, name: 'Anna', until: null } }];
    plantCall(house, { id: 'call_dnd', verdict: ['missed', 'dnd'], caller: ['+442079460123', 'Mum'], reasons });
    await page.goto(`${house.url}calls/call_dnd`);
    await page.locator('gosip-call-dialog').getByRole('button', { name: 'Why did it not ring?' }).click();
    await page.getByText('Do not disturb was on for Anna.').waitFor();
    expect(new URL(page.url()).pathname).toBe('/why/call_dnd');
    await expectClean(admin, 'a call that did not ring');
    await page.getByRole('button', { name: 'Switch do not disturb off for Anna' }).click();
    await page.getByText('Do not disturb is off').waitFor();
    await page.getByText('This is no longer so.').waitFor();
    expect(await isDndOn()).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(isDndOn, poll).toBe(true);
    await page.getByRole('button', { name: 'Switch do not disturb off for Anna' }).waitFor();
    await house.ask('PUT', `/dnd/persons/${annaId}`, { isOn: false });
    // Somebody else switched it off: seen at once.
    await page.getByText('This is no longer so.').waitFor();
  });

  it('lets a blocked caller through again, and allows a country', async () => {
    const { page } = admin;
    const entry = await house.ask<{ id: string }>('POST', '/blocklist', { kind: 'exact', pattern: '+41446681800' });
    plantCall(house, {
      id: 'call_blocked',
      verdict: ['blocked', 'blocklist'],
      reasons: [{ code: 'blocklist', params: { entryId: entry.id, kind: 'exact', reason: '' } }],
    });
    await page.goto(`${house.url}why/call_blocked`);
    await page.getByRole('button', { name: 'Let +41446681800 through again' }).click();
    await page.getByText('This is no longer so.').waitFor();
    const kept = await house.ask<{ enabled: boolean }>('GET', `/blocklist/${entry.id}`);
    expect(kept.enabled).toBe(false);
    plantCall(house, {
      id: 'call_latvia',
      direction: 'outbound',
      verdict: ['failed', 'destination-not-allowed'],
      caller: ['11', 'Kitchen'],
      callee: ['+37120000000', ''],
    });
    await page.goto(`${house.url}why/call_latvia`);
    await page.getByRole('button', { name: 'Allow calls to: Latvia' }).click();
    await page.getByText('Calls are allowed: Latvia').waitFor();
    const { allowed } = await house.ask<{ allowed: { destination: string }[] }>('GET', '/outgoing');
    expect(allowed.map(({ destination }) => destination)).toContain('LV');
  });

  it('is asked and answered by the keys alone', async () => {
    const { page } = admin;
    await page.goto(`${house.url}why`);
    await page.getByRole('searchbox', { name: 'Search by name or number' }).focus();
    await page.keyboard.type('Mum');
    await page.locator('gosip-endless-list').getByRole('listitem').filter({ hasText: 'Mum' }).waitFor();
    await expect.poll(() => page.locator('gosip-endless-list').getByRole('listitem').count(), poll).toBe(1);
    await expectClean(admin, 'the choice');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Do not disturb was on for Anna.').waitFor();
  });
});

describe.skipIf(isMissing)('why a phone does not ring', () => {
  it('is that it is offline, and that it is switched off, which one press mends', async () => {
    const { page } = admin;
    await page.goto(`${house.url}why`);
    await page.getByRole('button', { name: 'A phone' }).click();
    await page.getByRole('link', { name: /Study/ }).click();
    await page.getByText('Study is not connected to GoSIP.').waitFor();
    await expectClean(admin, 'an offline phone');
    await house.ask('PATCH', `/devices/${studyId}`, { enabled: false });
    await page.getByRole('button', { name: 'Switch Study on' }).click();
    await page.getByText('Study is not connected to GoSIP.').waitFor();
  });

  it('is a wrong password that it tries, since when it is offline, and a new one is made there', async () => {
    const { page } = admin;
    const { username, secret } = await house.ask<{ username: string; secret: string }>('POST', `/devices/${studyId}/secret`);
    const phone = await house.phone({ username, secret });
    await phone.register();
    await phone.register(0);
    await (await house.phone({ username, secret: 'mistyped' })).register();
    plantCall(house, {
      id: 'call_offline',
      verdict: ['missed', 'offline'],
      legs: [{ name: 'Study', deviceId: studyId, outcome: 'offline' }],
    });
    for (const path of [studyId, 'call_offline']) {
      await page.goto(`${house.url}why/${path}`);
      await page.getByText('It has a wrong password').waitFor();
      await page.getByText(/Offline since .*: it signed off\./).waitFor();
      await page.getByText('Type the password in again, or make a new one.').waitFor();
      await expectClean(admin, 'a wrong password');
    }
    await page.getByRole('button', { name: 'New password for Study' }).click();
    const dialog = page.locator('gosip-phone-dialog');
    await dialog.getByText('The old password stops working at once').waitFor();
    await expectClean(admin, 'the question for a new password');
    await dialog.getByRole('button', { name: 'New password' }).click();
    const made = await dialog.getByRole('status', { name: 'Password', exact: true }).innerText();
    await (await house.phone({ username, secret: made })).register();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('This is no longer so.').waitFor();
    expect(await page.getByText('It has a wrong password').count()).toBe(0);
  });

  it('is nothing where it would ring', async () => {
    const { page } = admin;
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(`${house.url}phones/${kitchenId}`);
    await page.locator('gosip-phone-dialog').getByRole('button', { name: 'Why did it not ring?' }).click();
    await page.getByText('Nothing keeps Kitchen from ringing now').waitFor();
    await expectClean(admin, 'a phone that rings');
    await page.setViewportSize({ width: 1280, height: 800 });
    await house.ask('PUT', '/dnd/house', { isOn: true });
    await page.getByText('Do not disturb is on for the whole house: calls from outside do not ring.').waitFor();
    await house.ask('PUT', '/dnd/house', { isOn: false });
  });

  it('is told to its owner, who is sent to an administrator for what they may not do, and to nobody else', async () => {
    await using visitor = await signIn(browser, house.url, { username: 'ben', password });
    const { page } = visitor;
    await house.ask('PATCH', `/devices/${studyId}`, { enabled: false });
    await page.goto(`${house.url}why/${studyId}`);
    await page.getByText('Study is switched off in GoSIP.').waitFor();
    await page.getByText('An administrator of the house can change this.').waitFor();
    expect(await page.getByRole('button', { name: 'Switch Study on' }).count()).toBe(0);
    for (const id of [kitchenId, 'call_dnd', 'call_nobody']) {
      await page.goto(`${house.url}why/${id}`);
      await page.getByText('This call or phone is not there any more.').waitFor();
    }
  });
});
