import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { createLog } from '#base/log.ts';
import { systemClock } from '#base/clock.ts';
import { openDatabase } from '#storage/database.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { englishIn, visibleTexts } from '#testing/panel/english-left.ts';
import { furnish } from '#testing/panel/furnished-house.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { titles } from '../../../panel/src/routes.ts';
import { en } from '../../../panel/src/strings/en.ts';
import { fr } from '../../../panel/src/strings/fr.ts';

const pages = Object.entries(titles).map(([page, key]) => [page === 'dashboard' ? '' : page, fr[key]] as const);
/** Columns with what people of the house named, wrote or said. */
const theirs = /name|label|body|text|pattern|reason|groups|username|url|place|title|greeting|members|steps|conditions|action/;

const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;
let own: readonly string[];

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  const { username, password } = await furnish(house);
  own = writtenInHouse(join(house.folder, 'gosip.db'));
  admin = await browser.open({ locale: 'fr-FR' });
  const { page } = admin;
  await page.addInitScript("try { localStorage.setItem('gosip-welcome-left', '1') } catch {}");
  await page.goto(house.url);
  await page.getByLabel(fr['field.username']).fill(username);
  await page.getByLabel(fr['field.password']).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: fr['page.dashboard'] }).waitFor();
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

/** Every text that the house keeps of its people. */
function writtenInHouse(path: string): readonly string[] {
  const { db } = openDatabase({ path, log: createLog({ level: 'silent' }), clock: systemClock });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").all() as {
    name: string;
  }[];
  const texts = tables.flatMap(({ name }) => {
    const rows = db.prepare(`SELECT * FROM "${name}" LIMIT 2000`).all() as Record<string, unknown>[];
    return rows.flatMap((row) => Object.entries(row).flatMap(([column, value]) => (theirs.test(column) ? textsIn(value) : [])));
  });
  db.close();
  return [...new Set(texts)];
}

/** A column may hold JSON with names in it. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'string') return [];
  if (!/^[[{]/.test(value)) return [value];
  const inner: string[] = [];
  JSON.parse(value, (_key, one: unknown) => {
    if (typeof one === 'string') inner.push(one);
    return one;
  });
  return inner;
}

async function expectNoEnglish(path: string, heading: string): Promise<void> {
  const { page } = admin;
  await page.goto(`${house.url}${path}`);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  await expect.poll(() => page.locator('gosip-loading').count(), { timeout: 30_000 }).toBe(0);
  const texts = await page.evaluate<string[]>(visibleTexts);
  expect(texts).toContain(heading);
  expect(texts.filter((text) => englishIn(text, own))).toEqual([]);
}

describe.skipIf(isMissing).each(pages)('/%s', (path, heading) => {
  it('has nothing in English for somebody who reads French', async () => {
    await expectNoEnglish(path, heading);
  });
});

describe.skipIf(isMissing)('what is open', () => {
  it.each<[page: keyof typeof titles, list: string]>([
    ['phones', '/devices'],
    ['calls', '/cdrs'],
    ['voicemail', '/voicemails'],
    ['messages', '/messages/conversations'],
    ['contacts', '/contacts'],
    ['people', '/users'],
    ['trunks', '/trunks'],
    ['numbers', '/dids'],
    ['ring-groups', '/ring-groups'],
    ['escalations', '/escalation-chains'],
  ])('has nothing in English for somebody who reads French: %s', async (page, list) => {
    const { items } = await house.ask<{ items: { id: string }[] }>('GET', list);
    const [first] = items;
    expect(first).toBeDefined();
    await expectNoEnglish(`${page}/${first?.id}`, fr[titles[page]]);
  });
});

describe('English on a French page', () => {
  it.each([
    ['a string of the panel that was not translated', en['refusal.list-off'], [], true],
    ['one that is filled in', 'Kitchen is in a call.', ['Kitchen'], true],
    ['a sentence of the server', 'The server timed out', [], true],
    [
      'what somebody of the house wrote',
      'The train is late, do not wait with dinner',
      ['The train is late, do not wait with dinner'],
      false,
    ],
    ['a French sentence with an English name in it', 'Appelle toujours The Smiths', ['The Smiths'], false],
    ['a word that both languages have', 'Messages', [], false],
  ])('is found: %s', (_what, text, written, isFound) => {
    expect(englishIn(text, written)).toBe(isFound);
  });
});
