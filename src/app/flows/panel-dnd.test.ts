import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { systemClock } from '#base/clock.ts';
import { wallClock } from '#base/wall-clock.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;

type Schedule = { entries: { days: number[]; from: string; to: string; isOn: boolean }[]; timeZone: string };

const ids = new Map<string, string>();
const scheduleOf = (who: string) => house.ask<Schedule>('GET', `/dnd/persons/${ids.get(who)}/schedule`);
const visit = (username: string) => signIn(browser, house.url, { username, password });

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  const people = [
    { username: 'anna', name: 'Anna', role: 'admin' },
    { username: 'ben', name: 'Ben' },
    { username: 'mallory', name: plantedMarkup.slice(0, 60) },
  ];
  for (const one of people) {
    const { id } = await house.ask<{ id: string }>('POST', '/users', { ...one, password });
    ids.set(one.username, id);
  }
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

describe.skipIf(isMissing)('the schedule of do not disturb', () => {
  it('is made with the keyboard alone, read as a sentence, and taken back', async () => {
    await using ben = await visit('ben');
    const { page } = ben;
    await page.goto(`${house.url}my-settings`);
    await page.getByText('No schedule yet').waitFor();
    await page.getByRole('button', { name: 'Schedule: Me' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.locator('gosip-dnd-schedule-dialog');
    await dialog.getByRole('button', { name: 'Add time' }).focus();
    await page.keyboard.press('Enter');
    for (const day of ['Saturday', 'Sunday']) {
      await dialog.getByRole('button', { name: day, exact: true }).focus();
      await page.keyboard.press('Space');
    }
    await dialog.getByText(/^Monday to Friday, /).waitFor();
    await expectClean(ben, 'a new schedule');
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await ben.pixelsTooWide()).toBe(0);
    await dialog.getByRole('button', { name: 'Save' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Schedule saved').waitFor();
    await page
      .locator('gosip-dnd-schedule-row')
      .getByText(/^Monday to Friday, /)
      .waitFor();
    expect((await scheduleOf('ben')).entries).toEqual([{ days: [1, 2, 3, 4, 5], from: '22:00', to: '07:00', isOn: true }]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('No schedule yet').waitFor();
    await expect.poll(async () => (await scheduleOf('ben')).entries, poll).toEqual([]);
  });

  it('says what is wrong with a time without days, and loses nothing of it', async () => {
    await using ben = await visit('ben');
    const { page } = ben;
    await page.goto(`${house.url}my-settings`);
    await page.getByRole('button', { name: 'Schedule: Me' }).click();
    const dialog = page.locator('gosip-dnd-schedule-dialog');
    await dialog.getByRole('button', { name: 'Add time' }).click();
    await dialog.getByLabel('From').fill('21:15');
    const days = dialog.locator('.weekdays button');
    for (let day = 0; day < everyDay.length; day += 1) await days.nth(day).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Choose at least one day.').waitFor();
    await expectClean(ben, 'a time without days');
    expect(await dialog.getByLabel('From').inputValue()).toBe('21:15');
  });

  it('shows until when it is on, and switched off by hand until when it stays off', async () => {
    await using ben = await visit('ben');
    const { page } = ben;
    await page.goto(`${house.url}my-settings`);
    const { timeZone } = await scheduleOf('ben');
    const clockAfter = (hours: number) =>
      new Date(wallClock(systemClock.now() + hours * 3_600_000, timeZone)).toISOString().slice(11, 16);
    const entries = [{ days: everyDay, from: clockAfter(-2), to: clockAfter(3) }];
    await house.ask('PUT', `/dnd/persons/${ids.get('ben')}/schedule`, { entries });
    await page.getByText(/^On by schedule until /).waitFor();
    const toggle = page.getByRole('switch', { name: 'Do not disturb: Me' });
    await toggle.click();
    await page
      .locator('gosip-do-not-disturb')
      .getByText(/^Stays off until .*, then the schedule applies again$/)
      .waitFor();
    await expectClean(ben, 'switched off within a schedule');
    await toggle.click();
    await page.getByText(/^On until /).waitFor();
    const { persons } = await house.ask<{ persons: { name: string; until: string | null }[] }>('GET', '/dnd');
    expect(persons.find(({ name }) => name === 'Ben')?.until).toEqual(expect.any(String));
  });

  it('is set for the house and for another person by an administrator, whatever they are called, and a user sees no other’s', async () => {
    await using anna = await visit('anna');
    const { page } = anna;
    await page.getByRole('button', { name: 'Schedule: The whole house' }).click();
    const dialog = page.locator('gosip-dnd-schedule-dialog');
    await dialog.getByRole('button', { name: 'Paint the week' }).click();
    await dialog.getByRole('gridcell', { name: /^Saturday (?:13:00|1:00\sPM)/ }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page
      .locator('gosip-dnd-schedule-row')
      .getByText(/^Saturday, /)
      .waitFor();
    expect((await house.ask<Schedule>('GET', '/dnd/house/schedule')).entries).toEqual([
      { days: [6], from: '13:00', to: '14:00', isOn: true },
    ]);

    await page.goto(`${house.url}people/${ids.get('mallory')}`);
    await page
      .locator('gosip-person-dialog')
      .getByRole('button', { name: /^Schedule: / })
      .click();
    await dialog.getByRole('button', { name: 'Add time' }).click();
    await expectClean(anna, 'the schedule of somebody else');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await scheduleOf('mallory')).entries.length, poll).toBe(1);

    await using ben = await visit('ben');
    expect(await ben.page.getByRole('button', { name: 'Schedule: The whole house' }).count()).toBe(0);
  });
});
