import { describe, expect, it } from 'vitest';
import type { Message } from './data.ts';
import { emptyWindow, withNewer, withNewest, withOlder, withSent } from './thread-window.ts';
import type { ThreadWindow } from './thread-window.ts';

const at = (n: number) => new Date(1_700_000_000_000 + n * 60_000).toISOString();
const message = (n: number, state = 'sent') => ({ id: `msg_${n}`, createdAt: at(n), state }) as Message;
/** The newest first. */
const page = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => message(to - index));
const shown = ({ items }: ThreadWindow) => items.map(({ id }) => Number(id.slice(4)));
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const opened = withNewest(emptyWindow, page(51, 100), false);

describe('a conversation on the screen', () => {
  it('begins with the newest messages, the newest last', () => {
    expect(shown(opened)).toEqual(range(51, 100));
    expect(opened).toMatchObject({ hasOlder: true, hasNewer: false });
    expect(withNewest(emptyWindow, page(1, 3), true).hasOlder).toBe(false);
  });

  it('has each message once, although pages overlap', () => {
    const more = withOlder(opened, page(2, 51), false);
    expect(shown(more)).toEqual(range(2, 100));
    expect(shown(withNewest(more, page(53, 102), false))).toEqual(range(2, 102));
    expect(withOlder(more, page(1, 2), true).hasOlder).toBe(false);
  });

  it('shows what changed in a message that it has already', () => {
    const changed = withNewest(opened, [message(100, 'delivered'), ...page(51, 99)], false);
    expect(changed.items.at(-1)?.state).toBe('delivered');
    expect(shown(changed)).toEqual(range(51, 100));
  });

  it('has no gap after somebody was away for long', () => {
    const after = withNewest(opened, page(200, 249), false);
    expect(shown(after)).toEqual(range(200, 249));
    expect(after.hasOlder).toBe(true);
  });

  it('stays short however far somebody scrolls, and comes back to the newest', () => {
    let seen = withNewest(emptyWindow, page(9_951, 10_000), false);
    for (let first = 9_901; first >= 1; first -= 50) seen = withOlder(seen, page(first, first + 49), first === 1);
    expect(shown(seen)).toEqual(range(1, 300));
    expect(seen).toMatchObject({ hasOlder: false, hasNewer: true });
    // What comes in meanwhile would leave a gap.
    expect(shown(withNewest(seen, page(9_951, 10_001), false))).toEqual(range(1, 300));
    for (let first = 301; first <= 10_001; first += 50)
      seen = withNewer(seen, page(first, first + 49).toReversed(), first === 10_001);
    expect(shown(seen).at(-1)).toBe(10_050);
    expect(seen).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  it('shows at once what was sent, and once', () => {
    const sent = withSent(opened, message(101, 'waiting'));
    expect(shown(withSent(sent, message(101)))).toEqual(range(51, 101));
    expect(shown(withNewest(sent, page(52, 101), false))).toEqual(range(51, 101));
  });
});
