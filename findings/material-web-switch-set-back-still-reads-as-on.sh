#!/usr/bin/env bash
# @material/web 2.5.0 with lit 3.3.3 in Chromium (Debian package `chromium`): a person turns an md-switch on, and a program turns it off again
# (`selected = false`), as after a refusal of the server. It is drawn as off and `selected` is false, but its inner checkbox stays checked: the
# accessibility tree, and so a screen reader, goes on saying "on". The next press then turns nothing on: the checkbox goes off, a `change` event
# is sent, `selected` stays false. One would have guessed that what is drawn, what is read aloud and what a press does are one state.
# `?checked` on the inner checkbox sets the attribute, which a browser overlooks once somebody has pressed it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error @material/web@2.5.0 lit@3.3.3 esbuild@0.28.2 playwright-core@1.65.1 >/dev/null
echo "import '@material/web/switch/switch.js';" >page.mjs
node_modules/.bin/esbuild page.mjs --bundle --format=iife --outfile=page.js --log-level=error
cat >run.mjs <<'PROGRAM'
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
await page.setContent('<md-switch aria-label="Lamp"></md-switch>');
await page.addScriptTag({ content: readFileSync('page.js', 'utf8') });
await page.evaluate(() => customElements.whenDefined('md-switch'));
await page.evaluate(() => document.querySelector('md-switch').addEventListener('change', () => (window.changes = (window.changes ?? 0) + 1)));
const session = await page.context().newCDPSession(page);
const look = async (when) => {
  await page.evaluate(() => document.querySelector('md-switch').updateComplete);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const read = nodes.find(({ role }) => role?.value === 'switch')?.properties.find(({ name }) => name === 'checked')?.value.value;
  const state = await page.evaluate(() => `selected=${document.querySelector('md-switch').selected} changes=${window.changes ?? 0}`);
  console.log(`${when}: ${state} read=${read}`);
};
await page.locator('md-switch').click();
await look('pressed');
await page.evaluate(() => (document.querySelector('md-switch').selected = false));
await look('set back');
await page.locator('md-switch').click();
await look('pressed again');
await browser.close();
PROGRAM
cat >expected <<'EXPECTED'
pressed: selected=true changes=1 read=true
set back: selected=false changes=1 read=true
pressed again: selected=false changes=2 read=false
EXPECTED
node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Set `checked` of the inner checkbox as well whenever a program sets the switch.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
