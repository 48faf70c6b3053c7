import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { TimerQueues, TimerQueueItem, TimerQueue } from './timer-queue.ts';

class Item extends TimerQueueItem {
  readonly #run: () => void;

  constructor(run: () => void) {
    super();
    this.#run = run;
  }

  expire(): void {
    this.#run();
  }
}

describe('TimerQueue', () => {
  it('ends each at its own time, with one timer for all', () => {
    const clock = new FakeClock();
    const line = new TimerQueue(clock, 1000);
    const ended: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      line.add(new Item(() => ended.push(`${name} ${clock.now() - start}`)));
      clock.advance(10);
    }
    const start = clock.now() - 30;
    expect([line.size, clock.pending]).toEqual([3, 1]);
    clock.advance(2000);
    expect(ended).toEqual(['first 1000', 'second 1010', 'third 1020']);
    expect([line.size, clock.pending]).toEqual([0, 0]);
  });

  it('forgets the removed, wherever they stand', () => {
    const clock = new FakeClock();
    const line = new TimerQueue(clock, 1000);
    const ended: number[] = [];
    const items = [0, 1, 2, 3].map((number) => new Item(() => ended.push(number)));
    for (const item of items) line.add(item);
    for (const index of [0, 2, 2]) line.remove(items[index] ?? new Item(() => {}));
    clock.advance(1000);
    expect(ended).toEqual([1, 3]);
  });

  it('needs no timer when it is empty', () => {
    const clock = new FakeClock();
    const line = new TimerQueue(clock, 1000);
    const item = new Item(() => {});
    line.add(item);
    line.remove(item);
    expect(clock.pending).toBe(0);
  });

  it.each([-3 * 86_400_000, 8 * 3_600_000])('ends in its time though the clock of the machine is set by %i ms', (byMs) => {
    const clock = new FakeClock();
    const line = new TimerQueue(clock, 1000);
    let ended = false;
    line.add(new Item(() => (ended = true)));
    clock.jump(byMs);
    clock.advance(999);
    expect(ended).toBe(false);
    clock.advance(1);
    expect(ended).toBe(true);
  });

  it('ends the next in time though the one before it added another', () => {
    const clock = new FakeClock();
    const line = new TimerQueue(clock, 1000);
    const ended: string[] = [];
    line.add(new Item(() => line.add(new Item(() => ended.push('added')))));
    clock.advance(10);
    line.add(new Item(() => ended.push('second')));
    clock.advance(1000);
    expect(ended).toEqual(['second']);
  });

  it('takes items that come while it ends others', () => {
    const clock = new FakeClock();
    const line = new TimerQueue(clock, 1000);
    let ended = 0;
    const again = new Item(() => (ended += 1));
    line.add(new Item(() => line.add(again)));
    clock.advance(2000);
    expect([ended, clock.pending]).toEqual([1, 0]);
  });
});

describe('Expiries', () => {
  it('restarts an item with another delay', () => {
    const clock = new FakeClock();
    const expiries = new TimerQueues(clock);
    let endedAt = 0;
    const item = new Item(() => (endedAt = clock.now()));
    const start = clock.now();
    expiries.start(item, 1000);
    clock.advance(900);
    expiries.start(item, 5000);
    clock.advance(10_000);
    expect([endedAt - start, expiries.size]).toEqual([5900, 0]);
  });
});
