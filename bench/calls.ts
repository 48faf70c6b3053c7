import { startSipp } from '../src/testing/peers/sipp.ts';
import { House } from '../src/testing/harness/house.ts';
import type { DeviceLogin, HouseOptions } from '../src/testing/harness/house.ts';
import { percentile, runLoad } from './load.ts';
import { processorSeconds, residentMegabytes } from './machine.ts';
import type { Row } from './row.ts';
import { addDevices, injection } from './phones.ts';
import { calleeScenario, callerScenario, directCallerScenario, registerAtScenario, registerScenario } from './scenarios.ts';

const callerAddress = '127.0.0.2';
const calleeAddress = '127.0.0.3';
const calleePort = 5070;

export type CallHouse = AsyncDisposable & { readonly house: House; readonly target: string; readonly injection: string };

/** A house with callers, and one phone that SIPp plays and that answers everything at once. */
export async function startCallHouse(options: HouseOptions = {}): Promise<CallHouse> {
  await using stack = new AsyncDisposableStack();
  const house = stack.use(await House.start(options));
  const [callee, ...callers] = await addDevices(house, 21);
  if (callee === undefined) throw new Error('No device was made');
  stack.use(
    await startSipp({
      scenario: calleeScenario,
      address: calleeAddress,
      port: calleePort,
      calls: 100_000_000,
      timeoutSeconds: 7200,
    }),
  );
  const target = `${house.address}:${house.sipPort}`;
  await register(target, {
    address: calleeAddress,
    logins: [callee],
    scenario: registerAtScenario(`${calleeAddress}:${calleePort}`),
  });
  // A source of which no phone is registered may send only a few requests a second.
  await register(target, { address: callerAddress, logins: callers, scenario: registerScenario });
  const parts = stack.move();
  return {
    house,
    target,
    injection: injection(callers, callee.extension),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

type Registering = { readonly address: string; readonly logins: readonly DeviceLogin[]; readonly scenario: string };

async function register(target: string, { address, logins, scenario }: Registering): Promise<void> {
  await using sipp = await startSipp({ scenario, address, target, injection: injection(logins), calls: logins.length });
  await sipp.passed;
}

/** Call setup and tear-down through the bridge, and what it adds to the time until the answer. */
export async function benchCalls(): Promise<Row[]> {
  await using calls = await startCallHouse();
  const load = (count: number, callsPerSecond: number) =>
    runLoad({
      scenario: callerScenario(0),
      address: callerAddress,
      target: calls.target,
      injection: calls.injection,
      calls: count,
      callsPerSecond,
    });
  await load(500, 50);
  const before = processorSeconds(calls.house.program.pid);
  const steady = await load(10_000, 250);
  const used = (processorSeconds(calls.house.program.pid) - before) / steady.seconds;
  const memory = residentMegabytes(calls.house.program.pid);
  const quiet = await load(500, 20);
  const peak = await load(4000, 1000);
  const direct = await runLoad({
    scenario: directCallerScenario,
    address: callerAddress,
    target: `${calleeAddress}:${calleePort}`,
    injection: calls.injection,
    calls: 500,
    callsPerSecond: 20,
  });
  const added = percentile(quiet.times.get('1') ?? [], 0.5) - percentile(direct.times.get('1') ?? [], 0.5);
  const answer = steady.times.get('1') ?? [];
  return [
    {
      what: 'calls set up and torn down, offered at 250/s',
      measured: `${Math.round(steady.perSecond)}/s, ${steady.failed} failed, ${Math.round(used * 100)} % of a core`,
      aim: '≥ 250/s',
    },
    {
      what: 'INVITE to 200 at that rate',
      measured: `p50 ${percentile(answer, 0.5)} ms, p99 ${percentile(answer, 0.99)} ms`,
      aim: '–',
    },
    { what: 'added to INVITE → 200 by the bridge, at 20/s', measured: `${added.toFixed(1)} ms`, aim: '< 20 ms' },
    { what: 'maximum call rate', measured: `${Math.round(peak.perSecond)}/s, ${peak.failed} failed`, aim: '–' },
    { what: 'memory after 10,000 calls', measured: `${memory} MB`, aim: '< 200 MB' },
  ];
}

/** A thousand calls at the same time. */
export async function benchHeldCalls(): Promise<Row[]> {
  await using calls = await startCallHouse();
  const watch = watchActiveCalls(calls.house);
  const held = await runLoad({
    scenario: callerScenario(20_000),
    address: callerAddress,
    target: calls.target,
    injection: calls.injection,
    calls: 1000,
    callsPerSecond: 100,
    args: ['-l', '1000'],
  });
  const peak = await watch.stop();
  return [
    {
      what: 'calls held at the same time',
      measured: `${peak.calls}, ${held.failed} failed, ${peak.megabytes} MB`,
      aim: '1,000',
    },
  ];
}

function watchActiveCalls(house: House): { stop(): Promise<{ calls: number; megabytes: number }> } {
  let calls = 0;
  let megabytes = 0;
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      const { total } = await house.api<{ total: number }>('GET', '/calls?per_page=1');
      calls = Math.max(calls, total);
      megabytes = Math.max(megabytes, residentMegabytes(house.program.pid));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await looking;
      return { calls, megabytes };
    },
  };
}
