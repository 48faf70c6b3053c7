import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { plantVoicemail } from '#testing/panel/furnish-voicemail.ts';
import type { Message } from '#testing/panel/furnish-voicemail.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

const poll = { timeout: 30_000 };

const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let anna: PanelVisitor;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  anna = await signIn(browser, house.url, await furnish(house));
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

/** How much of the canvas of a player is drawn in each colour: of what was played, and of what was not. */
const drawn = `(() => {
  const find = (root) => [...root.querySelectorAll('*')].flatMap((one) => [
    ...(one.matches('canvas') ? [one] : []), ...(one.shadowRoot ? find(one.shadowRoot) : [])]);
  const [canvas] = find(document);
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const columns = Array.from({ length: canvas.width }, (_, x) => {
    let tall = 0;
    for (let y = 0; y < canvas.height; y += 1) if (data[(y * canvas.width + x) * 4 + 3] > 128) tall += 1;
    return tall;
  });
  return { tallest: Math.max(...columns), heights: new Set(columns).size };
})()`;

describe.skipIf(isMissing)('the player', () => {
  it('shows the waveform of a message, plays it, and is used by keys alone', async () => {
    const { page } = anna;
    await page.goto(house.url);
    const player = page.getByRole('group', { name: 'Voicemail of Mum' });
    const place = player.getByRole('slider', { name: 'Position' });
    await expect.poll(async () => (await page.evaluate<{ heights: number }>(drawn)).heights, poll).toBeGreaterThan(5);
    expect(await place.getAttribute('aria-valuetext')).toBe('0 seconds of 31 seconds');
    await place.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await place.getAttribute('aria-valuetext')).toBe('10 seconds of 31 seconds');
    await player.getByLabel('Speed').selectOption('2');
    await place.press(' ');
    await player.getByRole('button', { name: 'Pause' }).waitFor();
    await expect.poll(() => place.getAttribute('aria-valuetext'), poll).toMatch(/^1[2-9] seconds of 31 seconds$/);
    await place.press(' ');
    await player.getByRole('button', { name: 'Play' }).waitFor();
    await place.press('End');
    expect(await place.getAttribute('aria-valuetext')).toBe('31 seconds of 31 seconds');
    await expectClean(anna, 'a player');
  });

  it('plays one message at a time, as fast as the last one', async () => {
    const { page } = anna;
    await page.goto(house.url);
    const [mum, stranger] = ['Voicemail of Mum', 'Voicemail of +14165550177'].map((name) => page.getByRole('group', { name }));
    await mum?.getByRole('button', { name: 'Play' }).click();
    await mum?.getByRole('button', { name: 'Pause' }).waitFor();
    expect(await mum?.getByLabel('Speed').inputValue()).toBe('2');
    expect(await stranger?.getByLabel('Speed').count()).toBe(0);
    await stranger?.getByRole('button', { name: 'Play' }).click();
    await mum?.getByRole('button', { name: 'Play' }).waitFor();
  });

  it('goes on on the dashboard when another message comes on top', async () => {
    const { page } = anna;
    await page.goto(house.url);
    const mum = page.getByRole('group', { name: 'Voicemail of Mum' });
    const place = mum.getByRole('slider', { name: 'Position' });
    await place.press('ArrowRight');
    await mum.getByRole('button', { name: 'Play' }).click();
    await mum.getByRole('button', { name: 'Pause' }).waitFor();
    plant({ name: 'newer', number: '+14165550166', caller: 'Newcomer', hoursAgo: 0, seconds: 5 });
    // A change that the page is told of.
    await house.ask('PATCH', '/voicemails/vm_school', { archived: true });
    await page.getByRole('group', { name: 'Voicemail of Newcomer' }).waitFor();
    await mum.getByRole('button', { name: 'Pause' }).click();
    expect(await place.getAttribute('aria-valuetext')).not.toMatch(/^[0-4] seconds/);
    await house.ask('PATCH', '/voicemails/vm_school', { archived: false });
    await house.ask('PATCH', '/voicemails/vm_newer', { heard: true });
  });

  it('says that a broken recording cannot be played, and offers it to be downloaded', async () => {
    await using spoilt = await PanelHouse.start();
    const login = await furnish(spoilt);
    writeFileSync(join(spoilt.folder, 'voicemail', 'rec_mum.wav'), 'This is no audio');
    await using visitor = await signIn(browser, spoilt.url, login);
    const { page } = visitor;
    const player = page.getByRole('group', { name: 'Voicemail of Mum' });
    await player.getByRole('button', { name: 'Play' }).click();
    await page.getByText('This recording cannot be played here.').waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download it' }).click();
    expect((await downloading).suggestedFilename()).toBe('vm_mum.wav');
    await expectClean(visitor, 'a broken recording');
  });
});

describe.skipIf(isMissing)('the page of voicemails', () => {
  it('shows a message with its words, marks it as heard once it was listened to, and plays the next one on', async () => {
    const { page } = anna;
    await page.goto(`${house.url}voicemail`);
    const list = page.locator('gosip-endless-list');
    await list.getByRole('link', { name: /Mum/ }).click();
    await page.getByText('The train is late again').last().waitFor();
    await expectClean(anna, 'voicemail');
    await page.getByLabel('Speed').selectOption('2');
    const place = page.getByRole('slider', { name: 'Position' });
    await place.focus();
    await place.press('End');
    await place.press('ArrowLeft');
    await place.press(' ');
    await expect.poll(() => page.url(), poll).toContain('voicemail/vm_stranger');
    await page.getByRole('heading', { level: 2, name: '+14165550177' }).waitFor();
    await page.getByText('The words could not be understood').last().waitFor();
    await expect.poll(async () => (await voicemail('vm_mum')).heardAt, poll).not.toBeNull();
    await page.getByRole('button', { name: 'Pause' }).click();
  });

  it('archives, deletes and marks all as heard, and takes each of them back', async () => {
    const { page } = anna;
    await house.ask('PATCH', '/voicemails/vm_mum', { heard: false });
    await page.goto(`${house.url}voicemail/vm_mum`);
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    await expect.poll(async () => (await voicemail('vm_mum')).archivedAt, poll).not.toBeNull();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await voicemail('vm_mum')).archivedAt, poll).toBeNull();
    const mum = page.locator('gosip-endless-list').getByRole('link', { name: /Mum/ });
    await mum.click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Voicemail of Mum deleted').waitFor();
    await expect.poll(() => mum.count(), poll).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await mum.waitFor();
    await page.getByRole('button', { name: /^Mark your .* as heard$/ }).click();
    await expect.poll(async () => (await voicemail('vm_mum')).heardAt, poll).not.toBeNull();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await voicemail('vm_mum')).heardAt, poll).toBeNull();
  });

  it('finds what was said, keeps the search in the address, and says when there is nothing', async () => {
    const { page } = anna;
    await page.goto(`${house.url}voicemail`);
    const search = page.getByRole('searchbox', { name: 'Search name, number or words' });
    await search.fill('swimming badge');
    const list = page.locator('gosip-endless-list');
    await expect.poll(() => list.getByRole('link').count(), poll).toBe(1);
    expect(new URL(page.url()).searchParams.get('text')).toBe('swimming badge');
    await page.reload();
    await expect.poll(() => list.getByRole('link').count(), poll).toBe(1);
    await search.fill('no such words');
    await page.getByText('No voicemail was found').waitFor();
    await expectClean(anna, 'no voicemail');
  });

  it('works on a telephone of 320 pixels: one message at a time, and back to the list', async () => {
    const { page } = anna;
    await page.setViewportSize({ width: 320, height: 700 });
    await page.goto(`${house.url}voicemail`);
    await page.getByRole('link', { name: /Gesamtschule/ }).click();
    await page.getByRole('heading', { level: 2, name: /Gesamtschule/ }).waitFor();
    await expectClean(anna, 'a voicemail at 320 pixels');
    expect(await page.locator('gosip-endless-list').isVisible()).toBe(false);
    await page.getByRole('link', { name: 'All voicemails' }).click();
    await page.locator('gosip-endless-list').waitFor();
    await expectClean(anna, 'voicemails at 320 pixels');
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('says why a message cannot be heard, in both themes', async () => {
    const { page } = anna;
    await page.goto(`${house.url}voicemail/vm_lost`);
    await page.getByText('The recording could not be fetched.').last().waitFor();
    await expectClean(anna, 'a lost voicemail');
    await page.goto(`${house.url}voicemail/vm_gone`);
    await page.getByText('It is not there any more.').waitFor();
  });

  it('shows to everybody their own messages alone, and is used by keys alone', async () => {
    plant({ name: 'bens', number: '+14165550155', caller: 'Coach', hoursAgo: 2, seconds: 6 }, 'ben');
    await using ben = await signIn(browser, house.url, { username: 'ben', password: 'kranich87zaun' });
    const { page } = ben;
    await page.goto(`${house.url}voicemail`);
    const list = page.locator('gosip-endless-list');
    await expect.poll(() => list.getByRole('link').count(), poll).toBe(1);
    await page.getByRole('searchbox').focus();
    for (let tabs = 0; tabs < 12 && !page.url().includes('vm_bens'); tabs += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<string>(focusedText);
      if (focused.includes('Coach')) await page.keyboard.press('Enter');
    }
    await page.getByRole('heading', { level: 2, name: 'Coach' }).waitFor();
    expect(await page.getByText('For Ben').count()).toBe(0);
    await page.goto(`${house.url}voicemail/vm_mum`);
    await page.getByText('It is not there any more.').waitFor();
    await expectClean(ben, 'the voicemails of a user');
  });

  it('shows what callers call themselves and say as text', async () => {
    const { page } = anna;
    plant({ name: 'planted', number: plantedMarkup, caller: plantedMarkup, hoursAgo: 0, seconds: 3, transcript: plantedMarkup });
    await page.goto(`${house.url}voicemail/vm_planted`);
    await page.getByText('<img class=planted').first().waitFor();
    await expectClean(anna, 'a hostile voicemail');
  });
});

/** In the mailbox of that person; nobody who looks is told. */
function plant(message: Message, username = 'anna'): void {
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const { id } = db.prepare<[string], { id: string }>('SELECT id FROM users WHERE username = ?').get(username) ?? { id: '' };
  plantVoicemail({ db, folder: house.folder, personId: id, now: systemClock.now() }, message);
  db.close();
}

async function voicemail(id: string): Promise<{ heardAt: string | null; archivedAt: string | null }> {
  return house.ask('GET', `/voicemails/${id}`);
}

const focusedText = `(() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one?.textContent ?? '';
})()`;
