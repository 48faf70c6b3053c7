import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { House } from '../src/testing/harness/house.ts';
import { startCallHouse } from './calls.ts';
import type { CallHouse } from './calls.ts';
import { ourNumber, writeHistory } from './history.ts';
import { percentile, runLoad } from './load.ts';
import { processorSeconds } from './machine.ts';
import type { Row } from './row.ts';
import { callerScenario, registerScenario } from './scenarios.ts';

const listeners = 20;
/** What a house has compiled and read that has been running for a while. */
const warmUp = 20;
const requests = 200;
/** How often the house looks whether its event loop is held up. */
const lagResolutionMs = 10;

/** Every list with its heaviest filter. */
function listsOf(personId: string): Record<string, string> {
  const heavy = 'direction=inbound&disposition=answered&from=2020-01-01T00:00:00Z';
  return {
    'newest calls': '/cdrs',
    'calls of one number': '/cdrs?number=%2B16135551234',
    'calls by a number of the house': `/cdrs?number=${encodeURIComponent(ourNumber)}&${heavy}`,
    'calls of a person': `/cdrs?person=${personId}&${heavy}`,
    'calls by text in names': '/cdrs?text=Name%20999',
    'calls by text, direction, disposition and time': `/cdrs?text=Name%20999&${heavy}`,
    'calls by text that all have': `/cdrs?text=Kitchen&${heavy}`,
    'page 500 of 100 calls': '/cdrs?page=500&per_page=100',
    'messages by text and direction': '/messages?text=order%2077&direction=inbound',
    'unread messages of a number': `/messages?number=${encodeURIComponent(ourNumber)}&unread=true`,
    'page 200 of 100 messages': '/messages?page=200&per_page=100',
    'conversations by text': '/messages/conversations?text=55512&unread=true',
    'voicemails by text in transcripts': '/voicemails?text=gate%2077&heard=false',
    'voicemails by length': '/voicemails?sort=seconds&per_page=100',
    'calls in progress': '/calls',
    'statistics of 30 days': '/cdrs/stats',
  };
}

/** The API with a long history, while phones register and call and others listen: reading every list, exporting, and adding a device. */
export async function benchApi(): Promise<Row[]> {
  await using calls = await startCallHouse();
  const { house } = calls;
  const { id: personId } = await house.api<{ id: string }>('POST', '/users', { username: 'ann', name: 'Ann' });
  writeHistory(join(house.dataDirectory, 'gosip.db'), personId);
  // Meanwhile the house closed idle connections, and fetch has not been told.
  await setTimeout(200);
  const stop = new AbortController();
  const events = await Promise.all(Array.from({ length: listeners }, () => listen(house, stop.signal)));
  const load = Promise.all([
    runLoad({ ...loadOf(calls), scenario: registerScenario, address: '127.0.0.4', calls: 4500, callsPerSecond: 50 }),
    runLoad({ ...loadOf(calls), scenario: callerScenario(1000), address: '127.0.0.2', calls: 450, callsPerSecond: 5 }),
  ]);
  await longestTurn(house);
  const rows: Row[] = [];
  for (const [name, path] of Object.entries(listsOf(personId))) rows.push(await readList(house, name, path));
  rows.push(await exportAll(house));
  let extension = 3000;
  const posts = await timed(100, () => house.addDevice(String(extension++)));
  rows.push(rowOf('API POST under load: a new device, stored', posts, '< 20 ms (must: 500)'));
  const [registrations, placed] = await load;
  stop.abort();
  const heard = events.map((one) => one());
  rows.push({
    what: `events to ${listeners} listeners, 50 registrations/s and 5 calls/s meanwhile`,
    measured: `${Math.min(...heard)} to ${Math.max(...heard)} each; ${registrations.failed + placed.failed} requests failed`,
    aim: 'the same to each',
  });
  return rows;
}

async function readList(house: House, name: string, path: string): Promise<Row> {
  await timed(warmUp, () => house.api('GET', path));
  const times = await timed(requests, () => house.api('GET', path));
  const row = rowOf(`API GET under load: ${name}`, times, '< 10 ms (must: 200), turns < 20 ms');
  return { ...row, measured: `${row.measured}; longest turn ${await longestTurn(house)} ms` };
}

/** All call records as CSV. */
async function exportAll(house: House): Promise<Row> {
  const [started, before] = [performance.now(), processorSeconds(house.program.pid)];
  const response = await fetch(`http://${house.address}:${house.httpPort}/api/cdrs/export.csv`, authorized(house));
  let bytes = 0;
  for await (const part of response.body ?? []) bytes += part.length;
  const seconds = (performance.now() - started) / 1000;
  const used = processorSeconds(house.program.pid) - before;
  return {
    what: 'API GET under load: all call records as CSV',
    measured: `${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s, ${used.toFixed(1)} s of CPU; longest turn ${await longestTurn(house)} ms`,
    aim: 'turns < 20 ms',
  };
}

/** How long the event loop was held up since this was last asked, by the house's own metrics. */
async function longestTurn(house: House): Promise<string> {
  const response = await fetch(`http://${house.address}:${house.httpPort}/api/system/metrics`, authorized(house));
  const [, seconds = ''] = /^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(await response.text()) ?? [];
  return Math.max(0, Number(seconds) * 1000 - lagResolutionMs).toFixed(0);
}

function authorized({ token }: House) {
  return { headers: { authorization: `Bearer ${token}` } };
}

function loadOf({ target, injection }: CallHouse) {
  return { target, injection };
}

/** Listens until stopped; returns how many events came. */
async function listen(house: House, signal: AbortSignal): Promise<() => number> {
  const response = await fetch(`http://${house.address}:${house.httpPort}/api/events`, {
    ...authorized(house),
    signal,
  });
  let events = 0;
  const read = async () => {
    for await (const part of response.body ?? [])
      events += (
        Buffer.from(part)
          .toString()
          .match(/^event: /gm) ?? []
      ).length;
  };
  // It ends by being stopped.
  void read().catch(() => {});
  return () => events;
}

function rowOf(what: string, times: readonly number[], aim: string): Row {
  return {
    what,
    measured: `${[50, 95, 99].map((share) => `p${share} ${percentile(times, share / 100).toFixed(1)} ms`).join(', ')}`,
    aim,
  };
}

async function timed(count: number, run: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}
