import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inOrder, newId } from './ids.ts';

describe('ids', () => {
  it('of one millisecond sort in the order in which they were made', () => {
    const made = Array.from({ length: 10_000 }, () => newId('call'));
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
    for (const id of made) expect(id).toMatch(/^call_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('go on in order where the clock was set back, and more are made than a millisecond has room for', () => {
    const now = randomUUIDv7();
    const before = `00000000-0001${now.slice(13)}`;
    const clock = [now, ...Array.from({ length: 9_000 }, () => before)];
    const next = inOrder(() => clock.shift() ?? '');
    const made = Array.from({ length: clock.length }, next);
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
    expect(made[0]?.slice(0, 13)).toBe(now.slice(0, 13));
  });

  it('keep the random part, by which nobody can guess them', () => {
    const uuid = randomUUIDv7();
    expect(inOrder(() => uuid)().slice(18)).toBe(uuid.slice(18));
  });
});
