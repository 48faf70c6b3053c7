import { expect, it } from 'vitest';
import { ConnectionSlots } from './connection-slots.ts';

/** `a1 a2 b1!`: connections in the order they began to wait, the source by its letter; `!` is being answered. */
function full(text: string): { evicted: string[]; take: (name: string) => boolean } {
  const names = text.split(' ');
  const places = new ConnectionSlots(names.length);
  const evicted: string[] = [];
  const take = (name: string) =>
    places.acquire({ source: name.slice(0, 1), isIdle: () => !name.endsWith('!'), evict: () => void evicted.push(name) });
  for (const name of names) take(name);
  return { evicted, take };
}

it.each([
  ['a1 b1 b2', 'b1'],
  ['b1 a1 b2', 'b1'],
  ['a1 b1 c1', 'a1'],
  ['a1! b1 c1', 'b1'],
  ['a1! a2! b1', 'b1'],
  ['a1! a2 a3 b1', 'a2'],
  ['a1! b1!', undefined],
])('of %s a newcomer takes the place of %s', (held, expected) => {
  const { evicted, take } = full(held);
  expect([take('z1'), evicted]).toEqual([expected !== undefined, expected === undefined ? [] : [expected]]);
});

it('who has just been answered waits from then on', () => {
  const places = new ConnectionSlots(2);
  const evicted: string[] = [];
  const held = (name: string) => ({ source: 'a', isIdle: () => true, evict: () => void evicted.push(name) });
  const [first, second] = [held('first'), held('second')];
  places.acquire(first);
  places.acquire(second);
  places.markIdle(first);
  expect(places.acquire(held('third'))).toBe(true);
  expect([evicted, places.size, places.evicted]).toEqual([['second'], 2, 1]);
  places.release(first);
  places.markIdle(second);
  expect(places.size).toBe(1);
});
