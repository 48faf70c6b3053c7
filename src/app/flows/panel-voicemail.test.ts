import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
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
    expect(await stranger?.getByLabel('Speed').inputValue()).toBe('2');
    await mum?.getByRole('button', { name: 'Play' }).click();
    await mum?.getByRole('button', { name: 'Pause' }).waitFor();
    await stranger?.getByRole('button', { name: 'Play' }).click();
    await mum?.getByRole('button', { name: 'Play' }).waitFor();
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
