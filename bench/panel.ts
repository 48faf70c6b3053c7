import { join } from 'node:path';
import { buildPanel } from '../src/testing/panel/built-panel.ts';
import { PanelBrowser } from '../src/testing/panel/browser.ts';
import type { PanelVisitor } from '../src/testing/panel/browser.ts';
import { House } from '../src/testing/harness/house.ts';
import { percentile } from './load.ts';
import { writeHistory } from './history.ts';
import type { Row } from './row.ts';

const slowdown = 4;
const rounds = 9;
/** By far longer than a first view takes. */
const settleMs = 6_000;
const password = 'kranich87zaun';
/** Longer than a refresh of the screen at 60 per second, and a little for the timer. */
const frameMs = 17.5;

/** When the page was last busy for so long that somebody would notice (50 ms, as the browser counts long tasks), since the navigation. */
const watchLongTasks = `window.lastBusy = 0; new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) window.lastBusy = Math.max(window.lastBusy, startTime + duration);
}).observe({ type: 'longtask', buffered: true });`;

/** When the last calls were painted, in ms since the navigation. Found out in the page itself, by few steps: whoever looks slows a slow page. */
const watchCalls = `{
  const path = ['gosip-app', 'gosip-dashboard', 'gosip-recent-calls', '.call a'];
  const find = () => path.reduce((found, name) => (found?.shadowRoot ?? found)?.querySelector(name), document);
  const look = () => {
    if (!find()) return void requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => (window.callsPainted = performance.now())));
  };
  requestAnimationFrame(look);
}`;

/** Scrolls by wheel-like steps for five seconds, and tells how far apart the frames were, in ms. */
const scroll = `new Promise((done) => {
  const frames = [];
  let before = performance.now();
  const end = before + 5000;
  const step = (now) => {
    frames.push(now - before);
    before = now;
    window.scrollBy(0, 120);
    if (now < end) requestAnimationFrame(step);
    else done(frames.slice(1));
  };
  requestAnimationFrame(step);
})`;

const countRows = `(() => {
  const count = (root) => [...root.querySelectorAll('*')].reduce((sum, one) => sum + 1 + (one.shadowRoot ? count(one.shadowRoot) : 0), 0);
  return count(document);
})()`;

/** The panel in Chromium, in front of the real process with 100,000 calls: its first view on a slow machine, and a long list. */
export async function benchPanel(): Promise<Row[]> {
  buildPanel();
  await using house = await House.start();
  const person = { username: 'anna', name: 'Anna', role: 'admin', password };
  const { id } = await house.api<{ id: string }>('POST', '/users', person);
  writeHistory(join(house.dataDirectory, 'gosip.db'), id);
  // Where there is no phone, the panel leads to its set-up.
  for (const extension of ['21', '22', '23']) await house.api('POST', '/devices', { name: `Phone ${extension}`, extension });
  await using browser = await PanelBrowser.start();
  const url = `http://${house.address}:${house.httpPort}/`;
  return [...(await firstView(browser, url)), ...(await longList(browser, url))];
}

async function signedIn(browser: PanelBrowser, url: string): Promise<PanelVisitor> {
  const visitor = await browser.open();
  const { page } = visitor;
  await page.goto(url);
  await page.getByLabel('User name').fill('anna');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByText('Recent calls').waitFor();
  return visitor;
}

async function firstView(browser: PanelBrowser, url: string): Promise<Row[]> {
  const [shown, quiet]: [number[], number[]] = [[], []];
  let bytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    await using visitor = await signedIn(browser, url);
    const seen = await coldView(visitor, url);
    shown.push(seen.shown);
    quiet.push(seen.quiet);
    bytes = seen.bytes;
  }
  return [
    { what: 'panel: scripts of the dashboard, compressed', measured: `${Math.round(bytes / 1000)} kB`, aim: '≤ 200 kB' },
    {
      what: `panel: dashboard with its calls shown, Chromium ${slowdown} times slower, nothing cached`,
      measured: `${seconds(shown)} s`,
      aim: '< 1 s',
    },
    { what: 'the same: until no task is longer than 50 ms any more', measured: `${seconds(quiet)} s`, aim: '< 1 s' },
  ];
}

/** Of somebody who is signed in and has nothing of the panel in the cache of the browser. */
async function coldView(visitor: PanelVisitor, url: string): Promise<{ shown: number; quiet: number; bytes: number }> {
  const { page } = visitor;
  const session = await visitor.context.newCDPSession(page);
  await page.goto('about:blank');
  await session.send('Network.clearBrowserCache');
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await visitor.context.addInitScript({ content: `${watchLongTasks}${watchCalls}` });
  const scripts: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    if (request.url().endsWith('.js')) scripts.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForTimeout(settleMs);
  const shown = await page.evaluate<number>('window.callsPainted');
  const quiet = Math.max(shown, await page.evaluate<number>('window.lastBusy'));
  const bytes = (await Promise.all(scripts)).reduce((sum, one) => sum + one, 0);
  return { shown, quiet, bytes };
}

async function longList(browser: PanelBrowser, url: string): Promise<Row[]> {
  await using visitor = await signedIn(browser, url);
  const { page } = visitor;
  await page.goto(`${url}calls`);
  await page.getByText('Name 99999', { exact: true }).first().waitFor();
  const frames = await page.evaluate<number[]>(scroll);
  frames.sort((a, b) => a - b);
  const late = frames.filter((ms) => ms > frameMs).length;
  return [
    {
      what: 'panel: scrolling down 100,000 calls for 5 s, between two frames',
      measured: `p95 ${percentile(frames, 0.95).toFixed(1)} ms, longest ${Math.max(...frames).toFixed(0)} ms; ${Math.round((100 * late) / frames.length)} % late; ${await page.evaluate<number>(countRows)} elements`,
      aim: '60 per second',
    },
  ];
}

/** The median, in seconds. */
function seconds(times: readonly number[]): string {
  return (
    percentile(
      [...times].sort((a, b) => a - b),
      0.5,
    ) / 1000
  ).toFixed(2);
}
