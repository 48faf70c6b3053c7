import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { DurabilityChecker } from './durability-checker.ts';
import type { ChaosHouse } from './chaos-house.ts';
import type { Figures } from './figures.ts';
import { floodUnauthenticatedInvites, holdConnections } from './untrusted-traffic.ts';

export type FaultInjectionDeps = {
  readonly house: ChaosHouse;
  readonly trunks: readonly SimulatedPhone[];
  readonly untrustedAddress: string;
  readonly acknowledged: DurabilityChecker;
  readonly figures: Figures;
  readonly random: (below: number) => number;
  readonly say: (what: string) => void;
};

type InjectedFault = {
  readonly name: string;
  /** Seconds from one to the next: the least, and how many more at most. */
  readonly pause: readonly [number, number];
  readonly inject: (deps: FaultInjectionDeps) => Promise<void>;
};

const injectedFaults: readonly InjectedFault[] = [
  { name: 'floods of unauthenticated INVITEs', pause: [5, 8], inject: flood },
  { name: 'floods of unauthenticated connections', pause: [6, 10], inject: exhaustConnections },
  { name: 'kills of the engine', pause: [12, 12], inject: async ({ house }) => house.killEngine() },
  { name: 'kills of the relay', pause: [10, 10], inject: async ({ house }) => void house.killRelay() },
  { name: 'power cuts', pause: [15, 15], inject: cutPower },
  { name: 'clock jumps', pause: [10, 10], inject: moveClock },
  { name: 'full disks', pause: [12, 12], inject: fillDisk },
  { name: 'stalls', pause: [4, 5], inject: ({ house, random }) => house.stall(300 + random(900)) },
  { name: 'dead trunks', pause: [5, 5], inject: silenceTrunk },
];

/** Injects every fault again and again, all at once, until `isOver`. */
export async function injectFaults(deps: FaultInjectionDeps, isOver: () => boolean): Promise<void> {
  await Promise.all(injectedFaults.map((fault) => repeat(fault, deps, isOver)));
}

async function repeat({ name, pause, inject }: InjectedFault, deps: FaultInjectionDeps, isOver: () => boolean): Promise<void> {
  const [min, more] = pause;
  for (;;) {
    const until = performance.now() + (min * 1000 + deps.random(more * 1000));
    while (performance.now() < until && !isOver()) await sleep(100);
    if (isOver()) return;
    await deps.house.up();
    deps.figures.add('Faults', name);
    deps.say(`${name} …`);
    await inject(deps);
    deps.say(`… ${name}`);
  }
}

async function flood({ house, untrustedAddress: from, figures, random }: FaultInjectionDeps): Promise<void> {
  const target = { address: house.address, port: house.sipPort };
  const sent = await floodUnauthenticatedInvites({ from, target, milliseconds: 2000 + random(2000) });
  figures.add('Unauthenticated', 'INVITEs', sent);
}

async function exhaustConnections({ house, untrustedAddress: from, figures, random }: FaultInjectionDeps): Promise<void> {
  const targets = [house.sipPort, house.house.httpPort].map((port) => ({ address: house.address, port }));
  figures.add('Unauthenticated', 'connections', await holdConnections({ from, targets, milliseconds: 2000 + random(3000) }));
}

async function cutPower({ house, acknowledged, figures }: FaultInjectionDeps): Promise<void> {
  const start = performance.now();
  await house.powerCut(() => acknowledged.verifyPhones(house.house));
  figures.add('Power cuts', 'seconds down', Math.round((performance.now() - start) / 1000));
}

async function moveClock({ house, random }: FaultInjectionDeps): Promise<void> {
  house.setClock((1 + random(48)) * (random(2) === 0 ? 1 : -1));
  await sleep(3000 + random(3000));
  house.setClock(0);
}

async function fillDisk({ house, random }: FaultInjectionDeps): Promise<void> {
  await house.fillDisk();
  await sleep(2000 + random(2000));
  house.emptyDisk();
}

/** One of them, never both. */
async function silenceTrunk({ trunks, random }: FaultInjectionDeps): Promise<void> {
  const trunk = trunks[random(trunks.length)];
  if (trunk === undefined) return;
  trunk.isDead = true;
  await sleep(5000 + random(5000));
  trunk.isDead = false;
}
