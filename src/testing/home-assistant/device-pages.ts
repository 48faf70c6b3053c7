import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { CoreClient } from './core-client.ts';

const folder = join(import.meta.dirname, '../../../tmp/screenshots');

/** Takes a picture of what a person sees at these paths, such as `/config/devices/device/…`, signed in as the owner; each into tmp/screenshots. */
export async function photographPages({ url, token }: CoreClient, pages: Readonly<Record<string, string>>): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 1600 } });
    await context.addInitScript(signedIn(url, token));
    const page = await context.newPage();
    const files: string[] = [];
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(url + path);
      // Its parts come one after another, each by a request of its own.
      await page.waitForLoadState('networkidle');
      await page.locator('ha-card').first().waitFor();
      const file = join(folder, `${name}.png`);
      await page.screenshot({ path: file });
      files.push(file);
    }
    return files;
  } finally {
    await browser.close();
  }
}

/** A program of the page after which its frontend has no need to ask who it is. */
export function signedIn(url: string, token: string): string {
  return `localStorage.setItem('hassTokens', ${JSON.stringify(JSON.stringify(tokens(url, token)))})`;
}

/** As its sign-in page leaves them. */
function tokens(url: string, token: string): Record<string, unknown> {
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: 86_400,
    expires: Date.now() + 86_400_000,
    refresh_token: '',
    hassUrl: url,
    clientId: `${url}/`,
  };
}
