import { describe, expect, it } from 'vitest';
import type { QuietRule } from '#contract/notification-kinds.ts';
import { maxHeldMs, whenTold } from './quiet.ts';
import type { Quiet, When } from './quiet.ts';

const now = 1_000_000;
const hour = 3_600_000;
const none: Quiet = { quietUntil: undefined, dndUntil: undefined };
const night: Quiet = { quietUntil: now + 8 * hour, dndUntil: undefined };
const dnd: Quiet = { quietUntil: undefined, dndUntil: 'open-ended' };
const dndOfAnHour: Quiet = { quietUntil: undefined, dndUntil: now + hour };
const both: Quiet = { quietUntil: now + 8 * hour, dndUntil: now + hour };
const week: Quiet = { quietUntil: now + 7 * 24 * hour, dndUntil: undefined };

describe('when something is told', () => {
  it.each<[string, Quiet, QuietRule, QuietRule, When]>([
    ['by day', none, 'drop', 'drop', 'now'],
    ['at night, in the morning', night, 'later', 'drop', now + 8 * hour],
    ['at night, all the same', night, 'send', 'drop', 'now'],
    ['at night, never', night, 'drop', 'send', 'drop'],
    ['in do not disturb without an end, after a day at the latest', dnd, 'drop', 'later', now + maxHeldMs],
    ['in do not disturb of an hour, after it', dndOfAnHour, 'drop', 'later', now + hour],
    ['in do not disturb, all the same', dnd, 'drop', 'send', 'now'],
    ['in both, after the later of them', both, 'later', 'later', now + 8 * hour],
    ['in both, after the one that holds it', both, 'send', 'later', now + hour],
    ['in both, not at all where one of them says so', both, 'later', 'drop', 'drop'],
    ['in quiet hours of a week, after a day', week, 'later', 'send', now + maxHeldMs],
  ])('%s', (_, quiet, inQuiet, inDnd, expected) => {
    const asked = { preference: { inQuiet, inDnd }, isUrgent: false, quiet } as const;
    for (const channel of ['gotify', 'ntfy', 'home-assistant', 'web-push'] as const) {
      expect(whenTold({ ...asked, channel }, now)).toBe(expected);
    }
    expect(whenTold({ ...asked, channel: 'mail' }, now)).toBe('now');
  });

  it('does not wait for the morning where it is urgent', () => {
    const urgent = { channel: 'ntfy', isUrgent: true, quiet: night } as const;
    expect(whenTold({ ...urgent, preference: { inQuiet: 'later', inDnd: 'send' } }, now)).toBe('now');
    expect(whenTold({ ...urgent, preference: { inQuiet: 'drop', inDnd: 'send' } }, now)).toBe('now');
    expect(whenTold({ ...urgent, quiet: both, preference: { inQuiet: 'send', inDnd: 'later' } }, now)).toBe(now + hour);
  });
});
