import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/testing/base/free-port.ts';
import { House } from '../src/testing/harness/house.ts';
import { plantDeliveries } from '../src/testing/harness/plant-deliveries.ts';
import { startCallHouse } from './calls.ts';
import type { CallHouse } from './calls.ts';
import { percentile, runLoad } from './load.ts';
import { processorSeconds } from './machine.ts';
import type { Row } from './row.ts';
import { callerScenario } from './scenarios.ts';

type Id = { readonly id: string };

const queues = [0, 1_000, 10_000];
/** At which a house does what it does at its busiest, and this machine is not at its end. */
const callsPerSecond = 100;
const seconds = 30;
const gets = 300;
const posts = 150;
/** As a server elsewhere in the house answers. */
const answerMs = 50;

/** Whether calls and the API are slower while notifications wait: half of them for a server that answers, half for one that is away. */
export async function benchNotifications(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of queues) rows.push(...(await measure(count)));
  return rows;
}

async function measure(count: number): Promise<readonly Row[]> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gosip-notifications-'));
  const gotify = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.end('{}'), answerMs);
  });
  try {
    const token = await furnish(dataDirectory, gotify, count);
    await using calls = await startCallHouse({ dataDirectory, token });
    return await run(calls, count);
  } finally {
    gotify.close();
    gotify.closeAllConnections();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/** A house that was off while `count` notifications waited. Returns its token. */
async function furnish(dataDirectory: string, gotify: Server, count: number): Promise<string> {
  await once(gotify.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(gotify.address() as AddressInfo).port}`;
  await using house = await House.start({ dataDirectory });
  const { id: personId } = await house.api<Id>('POST', '/users', { username: 'ann', name: 'Ann', role: 'admin' });
  const from = { address: 'house@example.org', name: 'House' };
  // Nothing listens there.
  const at = { host: '127.0.0.1', port: await freePort('127.0.0.1'), security: 'none', username: null, allowsOwnNetwork: true };
  await house.api('PUT', '/notifications/channels/mail', { channel: 'mail', settings: { service: 'smtp', ...at, from } });
  await house.api('PUT', '/notifications/channels/gotify', { channel: 'gotify', settings: { url, allowsOwnNetwork: true } });
  const add = (target: object) => house.api<Id>('POST', '/notifications/targets', { personId, ...target });
  const targets = {
    mail: await add({ channel: 'mail', address: 'ann@example.org' }),
    gotify: await add({ channel: 'gotify', token: 'Atokenofann', name: 'Ann' }),
  };
  await house.program.stop();
  for (const channel of ['mail', 'gotify'] as const) {
    const planted = { channel, personId, targetId: targets[channel].id, count: count / 2 };
    plantDeliveries(join(dataDirectory, 'gosip.db'), planted);
  }
  return house.token;
}

async function run({ house, target, injection }: CallHouse, count: number): Promise<readonly Row[]> {
  const at = { scenario: callerScenario(0), address: '127.0.0.2', target, injection };
  await runLoad({ ...at, calls: 200, callsPerSecond: 50 });
  const before = processorSeconds(house.program.pid);
  const load = runLoad({ ...at, calls: callsPerSecond * seconds, callsPerSecond });
  const read = await timed(gets, () => house.api('GET', '/cdrs'));
  let extension = 3_000;
  const made = await timed(posts, () => house.addDevice(String(extension++)));
  const { perSecond, failed, times, seconds: took } = await load;
  const used = Math.round(((processorSeconds(house.program.pid) - before) / took) * 100);
  const answer = times.get('1') ?? [];
  const { total } = await house.api<{ total: number }>('GET', '/notifications/deliveries?state=delivered&per_page=1');
  const waiting = `${count.toLocaleString('en')} notifications waiting`;
  return [
    {
      what: `calls with ${waiting}, offered at ${callsPerSecond}/s`,
      measured: `${Math.round(perSecond)}/s, ${failed} failed, ${used} % of a core; ${total} were told meanwhile`,
      aim: 'as with none',
    },
    { what: `INVITE to 200 with ${waiting}`, measured: timesOf(answer, 0), aim: 'as with none' },
    { what: `API GET newest calls with ${waiting}`, measured: timesOf(read), aim: 'as with none' },
    { what: `API POST a new device with ${waiting}`, measured: timesOf(made), aim: 'as with none' },
  ];
}

function timesOf(sorted: readonly number[], digits = 1): string {
  return [50, 95, 99].map((share) => `p${share} ${percentile(sorted, share / 100).toFixed(digits)} ms`).join(', ');
}

async function timed(count: number, ask: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    await ask();
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b);
}
