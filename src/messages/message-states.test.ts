import { describe, expect, it } from 'vitest';
import { isFinal, canTransition, stateFromTwilio } from './message-states.ts';
import type { MessageState } from './message-states.ts';

const forward: readonly MessageState[] = ['waiting', 'accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'read'];
const ends: readonly MessageState[] = ['delivered', 'undelivered', 'failed', 'canceled'];

describe('the state of a message', () => {
  it.each(forward.slice(1))('%s follows every state before it, and none after it', (next) => {
    const place = forward.indexOf(next);
    expect(forward.filter((now) => canTransition(now, next))).toEqual(forward.slice(0, place));
  });

  it.each(ends)('does not leave %s for another end, nor for its way there', (now) => {
    const others = [...ends, ...forward.slice(0, 6), 'unknown'] as const;
    expect(others.filter((next) => canTransition(now, next))).toEqual([]);
    expect(isFinal(now)).toBe(true);
  });

  it('is read only where it was delivered, or may still be', () => {
    expect(ends.filter((now) => canTransition(now, 'read'))).toEqual(['delivered']);
  });

  it('leaves unknown for whatever Twilio says, and becomes it only where Twilio said nothing', () => {
    expect(forward.slice(1).filter((next) => !canTransition('unknown', next))).toEqual([]);
    expect(forward.filter((now) => canTransition(now, 'unknown'))).toEqual(['waiting']);
  });

  it('stays received', () => {
    expect([...forward, ...ends].filter((next) => canTransition('received', next))).toEqual([]);
  });

  it('ends the same in whatever order reports come', () => {
    const reports = ['queued', 'sent', 'delivered', 'sending'] as const;
    for (const order of permutations(reports)) {
      const end = order.reduce<MessageState>((now, next) => (canTransition(now, next) ? next : now), 'waiting');
      expect([order, end]).toEqual([order, 'delivered']);
    }
  });

  it.each([
    ['queued', 'queued'],
    ['delivered', 'delivered'],
    ['partially_delivered', 'delivered'],
    ['received', undefined],
    ['receiving', undefined],
    ['waiting', undefined],
    ['something-new', undefined],
    ['toString', undefined],
    ['', undefined],
  ])('of Twilio’s %j is %s', (status, state) => {
    expect(stateFromTwilio(status)).toBe(state);
  });
});

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, index) => permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}
