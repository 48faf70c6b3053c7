#!/usr/bin/env bash
# Chromium 156 (Debian package `chromium`; playwright-core 1.65.1 only drives it): a service worker's registration shows a notification
# (`showNotification` resolves) while `getNotifications` of the same registration is under way, as where one push is shown while another one
# looks for what it may close. The notification stays on the screen, but the browser forgets it for good: `getNotifications` never lists it
# again, so that nothing can close it. One would have guessed that a list is a look and changes nothing, and that a notification whose promise
# resolved is there. One after the other, none is lost.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error playwright-core@1.65.1 >/dev/null
cat >run.mjs <<'PROGRAM'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const server = createServer(({ url }, response) => {
  const type = url === '/sw.js' ? 'text/javascript' : 'text/html';
  response.writeHead(200, { 'content-type': type }).end(url === '/sw.js' ? '' : '<!doctype html><title>Notices</title>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const context = await browser.newContext();
await context.grantPermissions(['notifications'], { origin });
const page = await context.newPage();
await page.goto(origin);
const lost = (isAtOnce) =>
  page.evaluate(async (isAtOnce) => {
    await navigator.serviceWorker.register('/sw.js');
    const registration = await navigator.serviceWorker.ready;
    let lost = 0;
    for (let n = 0; n < 100; n += 1) {
      const tag = `${isAtOnce}-${n}`;
      const show = () => registration.showNotification('Notice', { tag });
      if (isAtOnce) await Promise.all([show(), registration.getNotifications(), registration.getNotifications({ tag })]);
      else {
        await registration.getNotifications();
        await show();
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      const found = await registration.getNotifications({ tag });
      if (found.length === 0) lost += 1;
      for (const one of found) one.close();
    }
    return lost;
  }, isAtOnce);
const atOnce = await lost(true);
const inTurn = await lost(false);
console.error(`Chromium ${browser.version()}: ${atOnce} of 100 were forgotten`);
console.log(`shown while they were listed: ${atOnce > 0 ? 'some are forgotten' : 'all are there'}`);
console.log(`shown and listed one after the other: ${inTurn > 0 ? 'some are forgotten' : 'all are there'}`);
await browser.close();
server.close();
PROGRAM
cat >expected <<'EXPECTED'
shown while they were listed: some are forgotten
shown and listed one after the other: all are there
EXPECTED
node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Show and list the notifications of a registration one after the other.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
