import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

// A house that has written with thousands of people.
const count = 3_000;
const ours = '+14165550100';
const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let anna: PanelVisitor;

const farOf = (index: number) => `+1416${String(2_000_000 + index)}`;

function plant(): void {
  const { db } = openDatabase({ path: join(house.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: systemClock });
  const conversation = db.prepare(
    'INSERT INTO conversations (id, our_number, far_number, last_message_id, last_at, unread) VALUES (?, ?, ?, ?, ?, 0)',
  );
  const message = db.prepare(
    `INSERT INTO messages (id, conversation_id, direction, body, state, segments, media_count, message_sid, created_at, changed_at, read_at)
     VALUES (?, ?, 'inbound', ?, 'received', 1, 0, ?, ?, ?, ?)`,
  );
  const now = systemClock.now();
  db.transaction(() => {
    for (let index = 0; index < count; index += 1) {
      const at = now - (index + 1) * 600_000;
      conversation.run(`conv_${index}`, ours, farOf(index), `msg_${index}`, at);
      const body = `${index % 7 === 0 ? 'The rare plum' : 'An apple'} number ${index}`;
      message.run(`msg_${index}`, `conv_${index}`, body, `SM${index}`, at, at, at);
    }
  })();
  db.close();
}

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  const anyone = { username: 'anna', name: 'Anna', role: 'admin', password };
  const { id } = await house.ask<{ id: string }>('POST', '/users', anyone);
  await house.ask('POST', '/dids', { number: ours, name: 'House', ownerPersonId: id });
  plant();
  browser = await PanelBrowser.start();
  anna = await signIn(browser, house.url, { username: 'anna', password });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const rows = ({ page } = anna) => page.locator('gosip-conversations gosip-endless-list').first().getByRole('listitem');
const row = (index: number, { page } = anna) => page.getByRole('link', { name: farOf(index) });

async function open(path: string, width = 1280): Promise<void> {
  await anna.page.setViewportSize({ width, height: 800 });
  await anna.page.goto(`${house.url}${path}`);
  await row(0).or(anna.page.getByText('The rare plum').first()).first().waitFor();
}

describe.skipIf(isMissing)('three thousand conversations', () => {
  it('are a list of few rows, told whole to who only hears them, and scrolled to the very end', async () => {
    await open('messages');
    expect(await rows().first().getAttribute('aria-setsize')).toBe(String(count));
    expect(await rows().count()).toBeLessThan(60);
    await expectClean(anna, 'many conversations');
    await anna.page.evaluate<void>('scrollTo(0, document.documentElement.scrollHeight)');
    await row(count - 1).waitFor();
    expect(await rows().count()).toBeLessThan(60);
  });

  it('are walked through by keys, and what is open stays beside them', async () => {
    await open('messages');
    await row(0).focus();
    await anna.page.keyboard.press('End');
    await row(count - 1).waitFor();
    await expect.poll(() => anna.page.evaluate<string>(focusedText), poll).toContain(farOf(count - 1));
    await anna.page.keyboard.press('Enter');
    const thread = anna.page.getByRole('region', { name: `Messages with ${farOf(count - 1)}` });
    await thread.getByText(`number ${count - 1}`).waitFor();
    expect(await row(count - 1).isVisible()).toBe(true);
    const box = await anna.page.getByRole('textbox', { name: 'Write a message' }).boundingBox();
    expect(box?.y ?? 0).toBeGreaterThan(0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(800);
  });

  it('are where they were on a phone, when the one that was open is closed', async () => {
    await open('messages', 375);
    await anna.page.evaluate<void>('scrollTo(0, 60000)');
    const link = rows().getByRole('link').nth(8);
    await link.waitFor();
    await expect.poll(() => rows().locator('gosip-loading').count(), poll).toBe(0);
    const text = await link.innerText();
    await link.click();
    await anna.page.getByRole('textbox', { name: 'Write a message' }).waitFor();
    expect(await anna.page.evaluate<number>('scrollY')).toBe(0);
    await anna.page.goBack();
    await expect.poll(() => anna.page.evaluate<number>('scrollY'), poll).toBeGreaterThan(50_000);
    await anna.page.getByText(text.split('\n')[0] ?? '', { exact: true }).waitFor();
    expect(await anna.pixelsTooWide()).toBe(0);
  });

  it('are searched for their messages, also where hundreds are found', async () => {
    await open('messages?text=rare%20plum');
    const texts = anna.page.locator('gosip-conversations gosip-endless-list').nth(1).getByRole('listitem');
    await expect.poll(() => texts.first().getAttribute('aria-setsize'), poll).toBe(String(Math.ceil(count / 7)));
    expect(await texts.count()).toBeLessThan(60);
    expect(await anna.page.getByText('Nothing found').count()).toBe(0);
    await anna.page.getByRole('searchbox').fill('no such words');
    await anna.page.locator('gosip-conversations gosip-notice').waitFor();
    expect(anna.faults).toEqual([]);
  });
});

const focusedText = `(() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one?.textContent ?? '';
})()`;
