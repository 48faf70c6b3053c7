import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// A machine that stands still now and then (a slow card, a backup, a laptop's lid): everybody with the right password gets in.
const phoneCount = 8;
const rounds = 12;
let stack: AsyncDisposableStack;
let house: House;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  house = stack.use(await House.start());
});
afterAll(() => stack.disposeAsync());

/** Stops the process for 0.3 to 1.2 s again and again, until it is let go. */
function stallAtRandom(pid: number): () => Promise<void> {
  const rng = seededRandom(5);
  let isOver = false;
  const stalling = (async () => {
    while (!isOver) {
      process.kill(pid, 'SIGSTOP');
      await pause(300 + rng(900));
      process.kill(pid, 'SIGCONT');
      await pause(50 + rng(400));
    }
  })();
  return () => {
    isOver = true;
    return stalling;
  };
}

test('while the machine stands still again and again, no right password is refused', { timeout: 120_000 }, async () => {
  const { address, registrar } = house;
  const phones: SimulatedPhone[] = [];
  for (let index = 0; index < phoneCount; index += 1) {
    const { username, password } = await house.addDevice(String(20 + index));
    phones.push(stack.use(await SimulatedPhone.start({ address, username, password, registrar })));
  }
  const letGo = stallAtRandom(house.program.pid);
  const registerAgain = async (phone: SimulatedPhone) => {
    const seen: number[] = [];
    for (let round = 0; round < rounds; round += 1) seen.push(await phone.register());
    return seen;
  };
  try {
    const statuses = await Promise.all(phones.map(registerAgain));
    expect(new Set(statuses.flat())).toEqual(new Set([200]));
  } finally {
    await letGo();
  }
  expect(house.program.output()).not.toMatch(/was refused|wrong passwords/);
});
