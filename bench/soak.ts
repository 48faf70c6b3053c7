import { startCallHouse } from './calls.ts';
import { runLoad } from './load.ts';
import { residentMegabytes } from './machine.ts';
import type { Row } from './row.ts';
import { addDevices, injection } from './phones.ts';
import { callerScenario, registerScenario } from './scenarios.ts';

const minutes = 10;

/** Ten minutes at half load, calls and registrations together: does memory grow? */
export async function benchSoak(): Promise<Row[]> {
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
      calls: 62 * 60 * minutes,
      callsPerSecond: 62,
    }),
    runLoad({
      ...common,
      scenario: registerScenario,
      address: '127.0.0.4',
      injection: phones,
      calls: 500 * 60 * minutes,
      callsPerSecond: 500,
    }),
  ]);
  clearInterval(reading);
  const at = (share: number) => readings[Math.min(readings.length - 1, Math.floor(readings.length * share))] ?? 0;
  return [
    {
      what: `memory over ${minutes} minutes of ${500} registrations/s and ${62} calls/s`,
      measured: `${at(0.1)} MB after 1 min, ${at(0.5)} MB after 5, ${at(1)} MB at the end; ${called.failed + registered.failed} failed`,
      aim: 'no growth',
    },
  ];
}
