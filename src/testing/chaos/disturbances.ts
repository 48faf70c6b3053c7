import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { Acknowledged } from './acknowledged.ts';
import type { DisturbedHouse } from './disturbed-house.ts';
import type { Figures } from './figures.ts';
import { floodInvites, holdConnections } from './strangers.ts';

export type DisturbanceParts = {
  readonly house: DisturbedHouse;
  readonly trunks: readonly SimulatedPhone[];
  readonly strangers: string;
  readonly acknowledged: Acknowledged;
  readonly figures: Figures;
  readonly random: (below: number) => number;
  readonly say: (what: string) => void;
};

type Disturbance = {
  readonly name: string;
  /** Seconds from one to the next: at least, and the most more. */
  readonly pause: readonly [number, number];
  readonly strike: (parts: DisturbanceParts) => Promise<void>;
};

const disturbances: readonly Disturbance[] = [
  { name: 'INVITEs of strangers', pause: [5, 8], strike: flood },
  { name: 'connections of strangers', pause: [6, 10], strike: hold },
  { name: 'kills of the engine', pause: [12, 12], strike: async ({ house }) => house.killEngine() },
  { name: 'kills of the relay', pause: [10, 10], strike: async ({ house }) => void house.killRelay() },
  { name: 'power cuts', pause: [15, 15], strike: cutPower },
  { name: 'clock jumps', pause: [10, 10], strike: moveClock },
  { name: 'full disks', pause: [12, 12], strike: fillDisk },
  { name: 'stalls', pause: [4, 5], strike: ({ house, random }) => house.stall(300 + random(900)) },
  { name: 'dead trunks', pause: [5, 5], strike: silenceTrunk },
];

/** Lets every disturbance strike again and again, all at once, until `isOver`. */
export async function disturb(parts: DisturbanceParts, isOver: () => boolean): Promise<void> {
  await Promise.all(disturbances.map((disturbance) => repeat(disturbance, parts, isOver)));
}

async function repeat({ name, pause, strike }: Disturbance, parts: DisturbanceParts, isOver: () => boolean): Promise<void> {
  const [least, more] = pause;
  for (;;) {
    const until = performance.now() + (least * 1000 + parts.random(more * 1000));
    while (performance.now() < until && !isOver()) await sleep(100);
    if (isOver()) return;
    await parts.house.up();
    parts.figures.add('Disturbances', name);
    parts.say(`${name} …`);
    await strike(parts);
    parts.say(`… ${name}`);
  }
}

async function flood({ house, strangers, figures, random }: DisturbanceParts): Promise<void> {
  const target = { address: house.address, port: house.sipPort };
  const sent = await floodInvites({ from: strangers, target, milliseconds: 2000 + random(2000) });
  figures.add('Strangers', 'INVITEs', sent);
}

async function hold({ house, strangers, figures, random }: DisturbanceParts): Promise<void> {
  const targets = [house.sipPort, house.house.httpPort].map((port) => ({ address: house.address, port }));
  figures.add('Strangers', 'connections', await holdConnections({ from: strangers, targets, milliseconds: 2000 + random(3000) }));
}

async function cutPower({ house, acknowledged, figures }: DisturbanceParts): Promise<void> {
  const start = performance.now();
  await house.powerCut(() => acknowledged.verifyPhones(house.house));
  figures.add('Power cuts', 'seconds down', Math.round((performance.now() - start) / 1000));
}

async function moveClock({ house, random }: DisturbanceParts): Promise<void> {
  house.setClock((1 + random(48)) * (random(2) === 0 ? 1 : -1));
  await sleep(3000 + random(3000));
  house.setClock(0);
}

async function fillDisk({ house, random }: DisturbanceParts): Promise<void> {
  await house.fillDisk();
  await sleep(2000 + random(2000));
  house.emptyDisk();
}

/** One of them, never both. */
async function silenceTrunk({ trunks, random }: DisturbanceParts): Promise<void> {
  const trunk = trunks[random(trunks.length)];
  if (trunk === undefined) return;
  trunk.isDead = true;
  await sleep(5000 + random(5000));
  trunk.isDead = false;
}
