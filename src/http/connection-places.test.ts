import { expect, it } from 'vitest';
import { ConnectionPlaces } from './connection-places.ts';

/** `a1 a2 b1!`: connections in the order they began to wait, the source by its letter; `!` is being answered. */
function full(text: string): { cut: string[]; take: (name: string) => boolean } {
  const names = text.split(' ');
  const places = new ConnectionPlaces(names.length);
  const cut: string[] = [];
  const take = (name: string) =>
    places.take({ source: name.slice(0, 1), isWaiting: () => !name.endsWith('!'), cut: () => void cut.push(name) });
  for (const name of names) take(name);
  return { cut, take };
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
  const { cut, take } = full(held);
  expect([take('z1'), cut]).toEqual([expected !== undefined, expected === undefined ? [] : [expected]]);
});

it('who has just been answered waits from then on', () => {
  const places = new ConnectionPlaces(2);
  const cut: string[] = [];
  const held = (name: string) => ({ source: 'a', isWaiting: () => true, cut: () => void cut.push(name) });
  const [first, second] = [held('first'), held('second')];
  places.take(first);
  places.take(second);
  places.waitsAgain(first);
  expect(places.take(held('third'))).toBe(true);
  expect([cut, places.size, places.cut]).toEqual([['second'], 2, 1]);
  places.leave(first);
  places.waitsAgain(second);
  expect(places.size).toBe(1);
});
