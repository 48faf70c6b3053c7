import { startCallHouse } from './calls.ts';
import { runLoad } from './load.ts';
import type { LoadResult } from './load.ts';
import { residentMegabytes } from './machine.ts';
import type { Row } from './row.ts';
import { addDevices, injection } from './phones.ts';
import { callerScenario, registerScenario } from './scenarios.ts';

const callsPerSecond = 62;
const registrationsPerSecond = 500;

/** So many minutes at half load, calls and registrations together: does memory grow? And what fails, and how? */
export async function benchSoak(minutes: number): Promise<Row[]> {
  await using calls = await startCallHouse();
  const phones = injection(await addDevices(calls.house, 1000, 3000));
  const readings: number[] = [];
  const reading = setInterval(() => readings.push(residentMegabytes(calls.house.program.pid)), 10_000);
  const common = { target: calls.target };
  const [called, registered] = await Promise.all([
    runLoad({
      ...common,
      scenario: callerScenario(0),
      address: '127.0.0.2',
      injection: calls.injection,
      calls: callsPerSecond * 60 * minutes,
      callsPerSecond,
    }),
    runLoad({
      ...common,
      scenario: registerScenario,
      address: '127.0.0.4',
      injection: phones,
      calls: registrationsPerSecond * 60 * minutes,
      callsPerSecond: registrationsPerSecond,
    }),
  ]);
  clearInterval(reading);
  const at = (share: number) => readings[Math.min(readings.length - 1, Math.floor(readings.length * share))] ?? 0;
  return [
    {
      what: `memory over ${minutes} minutes of ${registrationsPerSecond} registrations/s and ${callsPerSecond} calls/s`,
      measured: `${at(0.1)} MB after a tenth, ${at(0.5)} MB after half, ${at(1)} MB at the end`,
      aim: 'no growth',
    },
    { what: 'calls that failed meanwhile', measured: failuresOf(called), aim: '0' },
    { what: 'registrations that failed meanwhile', measured: failuresOf(registered), aim: '0' },
  ];
}

function failuresOf({ calls, failed, failures }: LoadResult): string {
  const kinds = [...failures].map(([what, count]) => `${count} × ${what}`);
  return [`${failed} of ${calls + failed}`, ...kinds].join('; ');
}
