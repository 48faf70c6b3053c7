import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#testing/base/free-port.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { DurabilityChecker } from './durability-checker.ts';
import { injectFaults } from './fault-injection.ts';
import { ChaosHouse } from './chaos-house.ts';
import { Figures } from './figures.ts';
import { Workload } from './workload.ts';

const phones = 10;

export type ChaosResult = { readonly lines: readonly string[]; readonly lost: readonly string[] };

export type ChaosPlan = { readonly seconds: number; readonly seed: number; readonly say: (what: string) => void };

/** The choices come from the seed; what becomes of them also from the machine. */
export async function runChaos({ seconds, seed, say }: ChaosPlan): Promise<ChaosResult> {
  const random = seededRandom(seed);
  await using stack = new AsyncDisposableStack();
  const net = `127.0.${100 + (process.pid % 150)}`;
  const address = `${net}.1`;
  const sipPort = await freePort(address);
  const account = { username: 'trunk', password: 'unused', registrar: { host: address, port: sipPort } };
  const trunks = [
    stack.use(await SimulatedPhone.start({ address: `${net}.21`, ...account })),
    stack.use(await SimulatedPhone.start({ address: `${net}.22`, ...account })),
  ];
  const house = stack.use(await ChaosHouse.start({ address, sipPort, trunks: trunks.map(trunkOf) }));
  const figures = new Figures();
  const acknowledged = new DurabilityChecker(figures);
  const workload = new Workload({ house, acknowledged, figures, random, say });
  await workload.addPhones(phones, (index) => `${net}.${31 + index}`);
  for (const { phone } of workload.members) stack.use(phone);

  const end = performance.now() + seconds * 1000;
  const isOver = () => performance.now() > end;
  const running = workload.run();
  await Promise.all([
    injectFaults({ house, trunks, untrustedAddress: `${net}.66`, acknowledged, figures, random, say }, isOver),
    administer({ house, acknowledged, figures }, isOver),
  ]);
  workload.stop();
  await running;
  await house.powerCut(() => acknowledged.verifyPhones(house.house));
  await acknowledged.verifyCalls(house.house);
  return { lines: figures.lines(), lost: acknowledged.lost };
}

type AdministrationDeps = { readonly house: ChaosHouse; readonly acknowledged: DurabilityChecker; readonly figures: Figures };

/** Adds a device and reads the newest records every two seconds. */
async function administer({ house, acknowledged, figures }: AdministrationDeps, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(2000);
    await house.up();
    try {
      const { id } = await house.house.api<{ id: string }>('POST', '/devices', { name: 'one more' });
      acknowledged.deviceAcknowledged(id);
      await acknowledged.recordCalls(house.house);
    } catch (error) {
      // The disk is full, the power is off, or unauthenticated sources hold the connections.
      figures.add('Requests to the API', house.isDiskFull ? 'refused on a full disk' : reasonOf(error));
    }
  }
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? (error.cause ?? error) : error;
  return String(reason).slice(0, 160);
}

function trunkOf(trunk: SimulatedPhone, index: number): object {
  const [, host, port] = /@(.+):(\d+)$/.exec(trunk.contact) ?? [];
  return { name: `trunk-${index + 1}`, host, port: Number(port), transport: 'udp' };
}
