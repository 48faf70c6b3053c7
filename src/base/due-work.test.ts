import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { DueWork } from './due-work.ts';

type Item = { readonly name: string; readonly dueAt: number };

function workOn(items: Item[], during: (name: string) => Promise<void> | void = () => {}) {
  const clock = new FakeClock();
  const [done, faults]: [string[], unknown[]] = [[], []];
  const work = new DueWork<Item>({
    clock,
    next: () => {
      const [item] = items.toSorted((a, b) => a.dueAt - b.dueAt);
      return item === undefined ? undefined : { item, dueAt: item.dueAt };
    },
    run: async (item) => {
      await during(item.name);
      items.splice(items.indexOf(item), 1);
      done.push(item.name);
    },
    onFault: (error) => void faults.push(error),
    afterFaultMs: 1000,
  });
  return { clock, work, done, faults };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

test('runs what is due one after another, and what is due later at its time', async () => {
  const items: Item[] = [];
  const { clock, work, done } = workOn(items);
  items.push({ name: 'late', dueAt: clock.now() + 500 }, { name: 'first', dueAt: 0 }, { name: 'second', dueAt: 1 });
  work.wake();
  await turns();
  expect(done).toEqual([]);
  work.start();
  await turns();
  expect(done).toEqual(['first', 'second']);
  clock.advance(499);
  await turns();
  expect(done).toEqual(['first', 'second']);
  clock.advance(1);
  await turns();
  expect(done).toEqual(['first', 'second', 'late']);
});

test('what comes in the very moment in which the work ends is not left until somebody else wakes it', async () => {
  const items: Item[] = [{ name: 'one', dueAt: 0 }];
  let looks = 0;
  const clock = new FakeClock();
  const done: string[] = [];
  const work: DueWork<Item> = new DueWork<Item>({
    clock,
    next: () => {
      looks += 1;
      const [item] = items;
      if (item !== undefined) return { item, dueAt: item.dueAt };
      // Right after this look: what a webhook does that arrives now.
      if (looks === 2)
        queueMicrotask(() => {
          items.push({ name: 'two', dueAt: 0 });
          work.wake();
        });
      return undefined;
    },
    run: (item) => {
      items.splice(items.indexOf(item), 1);
      done.push(item.name);
      return Promise.resolve();
    },
    onFault: () => {},
    afterFaultMs: 1000,
  });
  work.start();
  await turns();
  await turns();
  expect(done).toEqual(['one', 'two']);
});

test('a fault is reported, and the work goes on later', async () => {
  const items = [{ name: 'one', dueAt: 0 }];
  let isBroken = true;
  const { clock, work, done, faults } = workOn(items, () => {
    if (isBroken) throw new Error('no database');
  });
  work.start();
  await turns();
  expect([faults.length, done]).toEqual([1, []]);
  isBroken = false;
  clock.advance(1000);
  await turns();
  expect([faults.length, done]).toEqual([1, ['one']]);
});

test('stopped, it waits for what is under way, as long as it may, and begins nothing more', async () => {
  const gate = Promise.withResolvers<void>();
  const items = [
    { name: 'one', dueAt: 0 },
    { name: 'two', dueAt: 0 },
  ];
  const { clock, work, done } = workOn(items, () => gate.promise);
  work.start();
  let isStopped = false;
  const inTime = work.stop(3000).then(() => (isStopped = true));
  await turns();
  expect(isStopped).toBe(false);
  clock.advance(3000);
  await inTime;
  gate.resolve();
  await work.stop();
  await turns();
  expect(done).toEqual(['one']);
});
