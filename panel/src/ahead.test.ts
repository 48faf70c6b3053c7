import { describe, expect, it } from 'vitest';
import { Ahead } from './ahead.ts';

describe('what is asked ahead', () => {
  let now = 0;
  const ahead = new Ahead(() => now);
  /** Answers 1, 2 … to those who ask. */
  function counted() {
    let asked = 0;
    return () => Promise.resolve((asked += 1));
  }

  it('is there at once for the first who shows it, and asked for by the second', async () => {
    const load = counted();
    ahead.ask(load);
    await Promise.resolve();
    expect(ahead.take(load)).toEqual({ value: 1, promise: expect.any(Promise) });
    const second = ahead.take(load);
    expect(second.value).toBeUndefined();
    expect(await second.promise).toBe(2);
  });

  it('is waited for where it is on its way', async () => {
    const load = counted();
    ahead.ask(load);
    const { value, promise } = ahead.take(load);
    expect(value).toBeUndefined();
    expect(await promise).toBe(1);
  });

  it('is asked for again where it is old, or went wrong', async () => {
    const load = counted();
    ahead.ask(load);
    await Promise.resolve();
    now += 2_001;
    expect(await ahead.take(load).promise).toBe(2);

    let isAway = true;
    const failing = () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve('there'));
    ahead.ask(failing);
    await Promise.resolve();
    isAway = false;
    expect(await ahead.take(failing).promise).toBe('there');
  });
});
