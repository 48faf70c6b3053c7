import { existsSync } from 'node:fs';

/** Of the Debian package `chromium`. */
export const chromiumPath = '/usr/bin/chromium';

/**
 * Whether the panel cannot be tried in a browser on this machine. On a developer's machine these tests are left out, loudly; in CI a missing
 * browser is a failure.
 */
export function isBrowserMissing(): boolean {
  if (existsSync(chromiumPath)) return false;
  const text = 'THE PANEL IS NOT TESTED IN A BROWSER HERE. Missing: chromium. Run script/test as root on Debian: it installs it.';
  if (process.env['CI'] !== undefined) throw new Error(text);
  process.stderr.write(`\n${text}\n`);
  return true;
}
