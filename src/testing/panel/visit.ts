// What the flows of the panel do alike: sign in, and look at what is on the screen with the eyes and ears of everybody.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { PanelBrowser, PanelVisitor } from './browser.ts';
import { markedElements } from './planted-markup.ts';

export const axeSource = readFileSync(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** `locale`, `timeZone` and `userAgent`: of their browser; British English in Berlin by default. */
export type Login = {
  readonly username: string;
  readonly password: string;
  readonly locale?: string;
  readonly timeZone?: string;
  readonly userAgent?: string;
};

/** A time zone in which it is noon or a little later: an hour from now is today there. `at`: in ms since 1970. */
export function noonZone(at: number): string {
  const ahead = 12 - new Date(at).getUTCHours();
  // The names of these zones count the other way round.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

/** Somebody who has signed in at `url` and sees the dashboard, in English. */
export async function signIn(
  browser: PanelBrowser,
  url: string,
  { username, password, locale = 'en-GB', timeZone = 'Europe/Berlin', ...more }: Login,
): Promise<PanelVisitor> {
  const visitor = await browser.open({ locale, timezoneId: timeZone, ...more });
  const { page } = visitor;
  // Who has left the set-up before is not led to it in a house without phones.
  await page.addInitScript("try { localStorage.setItem('gosip-welcome-left', '1') } catch {}");
  await page.goto(url);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  return visitor;
}

/**
 * What is on the screen now: in both themes without a finding of axe, every control with a name that a screen reader says, no wider than the
 * screen, without elements that text from outside made, and without a violation of the policy or a fault until now.
 */
export async function expectClean(visitor: PanelVisitor, where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await visitor.page.emulateMedia({ colorScheme });
    await visitor.page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect({ where, colorScheme, problems: await visitor.accessibilityProblems(axeSource) }).toEqual({
      where,
      colorScheme,
      problems: [],
    });
  }
  expect({ where, nameless: await visitor.namelessControls() }).toEqual({ where, nameless: [] });
  expect({ where, tooWide: await visitor.pixelsTooWide() }).toEqual({ where, tooWide: 0 });
  expect({ where, planted: await visitor.page.evaluate<number>(markedElements) }).toEqual({ where, planted: 0 });
  expect({ where, faults: visitor.faults }).toEqual({ where, faults: [] });
}
