import { setTimeout } from 'node:timers/promises';
import { House } from '../src/testing/harness/house.ts';
import { percentile, runLoad } from './load.ts';
import { processorSeconds, residentMegabytes } from './machine.ts';
import type { Row } from './row.ts';
import { addDevices, injection } from './phones.ts';
import { registerScenario } from './scenarios.ts';

const callers = '127.0.0.2';

/** Digest registrations, each a challenge and a stored registration: response times at 2,000/s, and the maximum rate. */
export async function benchRegistrations(): Promise<Row[]> {
  await using house = await House.start();
  const idle = await settledMemory(house);
  const phones = injection(await addDevices(house, 1000));
  const target = `${house.address}:${house.sipPort}`;
  const load = (calls: number, callsPerSecond: number) =>
    runLoad({ scenario: registerScenario, address: callers, target, injection: phones, calls, callsPerSecond });
  await load(2000, 500);
  const before = processorSeconds(house.program.pid);
  const steady = await load(50_000, 2000);
  const used = (processorSeconds(house.program.pid) - before) / steady.seconds;
  const after = residentMegabytes(house.program.pid);
  const most = await load(30_000, 10_000);
  const stored = steady.times.get('2') ?? [];
  return [
    { what: 'memory idle', measured: `${idle} MB`, aim: '< 120 MB' },
    {
      what: 'digest registrations offered at 2,000/s',
      measured: `${Math.round(steady.perSecond)}/s, ${steady.failed} failed, ${Math.round(used * 100)} % of a core`,
      aim: '≥ 2,000/s',
    },
    {
      what: 'response time of the stored REGISTER at that rate',
      measured: `p50 ${percentile(stored, 0.5)} ms, p99 ${percentile(stored, 0.99)} ms`,
      aim: 'p99 < 10 ms',
    },
    { what: 'maximum digest registration rate', measured: `${Math.round(most.perSecond)}/s, ${most.failed} failed`, aim: '–' },
    { what: 'memory after 50,000 registrations', measured: `${after} MB`, aim: '< 200 MB' },
  ];
}

/** The garbage of the start is collected half a minute after it. */
const settledSeconds = 40;

/** Resident memory once that garbage is gone. */
async function settledMemory(house: House): Promise<number> {
  await setTimeout(settledSeconds * 1000);
  return residentMegabytes(house.program.pid);
}
