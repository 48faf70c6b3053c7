import { describe, expect, it } from 'vitest';
import { backOffMs, decideAfterAttempt, decideAfterLookUp, defaultDelays } from './outbox-decision.ts';
import type { OutboxDecision } from './outbox-decision.ts';
import type { AttemptOutcome, LookUpOutcome, OutboxItem } from './outbox-item.ts';

const now = 1_000_000;
const facts = { now, consecutiveFailures: 1, random: 0.5, delays: defaultDelays };
const look = async (): Promise<LookUpOutcome> => ({ kind: 'absent' });

function item(change: Partial<OutboxItem> = {}): OutboxItem {
  return {
    id: 'out_1',
    kind: 'sms',
    orderKey: 'a',
    payload: {},
    state: 'attempting',
    failures: 0,
    createdAt: now - 1000,
    dueAt: now - 1000,
    giveUpAt: now + 3_600_000,
    firstAttemptAt: now - 500,
    lastAttemptAt: now - 500,
    committedAt: now - 500,
    endedAt: undefined,
    code: undefined,
    message: undefined,
    ...change,
  };
}

/** The decision in a line: what becomes of the item, in how many seconds, and how long the service is left alone. */
function inShort(decision: OutboxDecision): string {
  if (decision.kind === 'end') return [decision.end.state, decision.end.code].filter((part) => part !== undefined).join(' ');
  const seconds = (at: number) => `${(at - now) / 1000} s`;
  const pause = decision.pauseUntil === undefined ? '' : `, service waits ${seconds(decision.pauseUntil)}`;
  return `${decision.state} ${decision.failures} in ${seconds(decision.dueAt)}${pause}`;
}

describe('the time until the next retry', () => {
  it.each([
    [1, 0.5, 1],
    [2, 0.5, 5.477],
    [3, 0.5, 30],
    [9, 0.5, 30],
    [1, 0, 0.8],
    [1, 1, 1.2],
    [2, 0, 4.382],
    [3, 1, 30],
    [3, 0, 24],
  ])('after failure %i with chance %d is %d s', (failures, random, seconds) => {
    expect(backOffMs(failures, { random, delays: defaultDelays }) / 1000).toBeCloseTo(seconds, 2);
  });
});

describe('after an attempt', () => {
  it.each<[string, AttemptOutcome, Partial<OutboxItem>, string]>([
    ['done', { kind: 'done' }, {}, 'done'],
    ['never again', { kind: 'failed', message: 'no', code: 21610 }, {}, 'failed 21610'],
    ['429 with a time', { kind: 'limited', message: '', retryAfterSeconds: 7 }, {}, 'waiting 0 in 7 s, service waits 7 s'],
    ['429 without one', { kind: 'limited', message: '' }, {}, 'waiting 0 in 1 s, service waits 1 s'],
    ['429 after three failures', { kind: 'limited', message: '' }, { failures: 3 }, 'waiting 3 in 1 s, service waits 1 s'],
    ['no way out', { kind: 'unreachable', message: '' }, { failures: 3 }, 'waiting 3 in 1 s, service waits 1 s'],
    ['a first failure', { kind: 'retry', message: '' }, {}, 'waiting 1 in 1 s'],
    ['a third failure', { kind: 'retry', message: '' }, { failures: 2 }, 'waiting 3 in 30 s'],
    ['a fourth failure', { kind: 'retry', message: '', code: 20500 }, { failures: 3 }, 'failed 20500'],
    ['no answer', { kind: 'ambiguous', message: '' }, {}, 'doubtful 1 in 1 s'],
    ['503 with a time', { kind: 'ambiguous', message: '', retryAfterSeconds: 7 }, {}, 'doubtful 1 in 7 s, service waits 7 s'],
    ['no answer for the fourth time', { kind: 'ambiguous', message: '' }, { failures: 3 }, 'doubtful 4 in 1 s'],
  ])('%s', (_, outcome, change, expected) => {
    expect(inShort(decideAfterAttempt(item(change), outcome, { ...facts, whenInDoubt: look }))).toBe(expected);
  });

  it('repeats in doubt what may be done twice, three times', () => {
    const outcome: AttemptOutcome = { kind: 'ambiguous', message: 'no answer' };
    const decide = (failures: number) =>
      inShort(decideAfterAttempt(item({ failures }), outcome, { ...facts, whenInDoubt: 'repeat' }));
    expect([0, 1, 2, 3].map(decide)).toEqual([
      'waiting 1 in 1 s',
      expect.stringMatching(/^waiting 2 in 5\.4/),
      'waiting 3 in 30 s',
      'failed',
    ]);
  });

  it('repeats no sooner than a service that is unavailable says, so that the retries are not used up before', () => {
    const outcome: AttemptOutcome = { kind: 'ambiguous', message: 'unavailable', retryAfterSeconds: 120 };
    const decide = (failures: number) =>
      inShort(decideAfterAttempt(item({ failures }), outcome, { ...facts, whenInDoubt: 'repeat' }));
    expect([0, 2, 3].map(decide)).toEqual([
      'waiting 1 in 120 s, service waits 120 s',
      'waiting 3 in 120 s, service waits 120 s',
      'failed',
    ]);
  });

  it('leaves a service alone for longer the more often it could not be reached', () => {
    const decide = (consecutiveFailures: number) =>
      inShort(
        decideAfterAttempt(item(), { kind: 'unreachable', message: '' }, { ...facts, consecutiveFailures, whenInDoubt: look }),
      );
    expect(decide(3)).toBe('waiting 0 in 30 s, service waits 30 s');
  });
});

describe('by a schedule', () => {
  const schedule = { atSeconds: [0, 300, 1200, 2100] };
  const first = now - 2_000;
  const after = (change: Partial<OutboxItem>, outcome: AttemptOutcome, at = now) =>
    inShort(
      decideAfterAttempt(item({ firstAttemptAt: first, ...change }), outcome, {
        ...facts,
        now: at,
        schedule,
        whenInDoubt: 'unknown',
      }),
    );

  it.each<[string, Partial<OutboxItem>, AttemptOutcome, string]>([
    ['the second try counts from the first', {}, { kind: 'retry', message: '' }, 'waiting 1 in 298 s'],
    ['the last one too', { failures: 2 }, { kind: 'retry', message: '' }, 'waiting 3 in 2098 s'],
    ['there is none after the last', { failures: 3 }, { kind: 'retry', message: '' }, 'failed'],
    [
      'a service that says when is not asked before',
      {},
      { kind: 'retry', message: '', retryAfterSeconds: 600 },
      'waiting 1 in 600 s',
    ],
    [
      'one that says sooner is asked by the schedule',
      {},
      { kind: 'retry', message: '', retryAfterSeconds: 1 },
      'waiting 1 in 298 s',
    ],
    ['nobody knows', {}, { kind: 'ambiguous', message: '' }, 'unknown'],
  ])('%s', (_, change, outcome, expected) => {
    expect(after(change, outcome)).toBe(expected);
  });

  it('does not try again at once after the house was off for a day', () => {
    const dayLater = now + 86_400_000;
    const decision = decideAfterAttempt(
      item({ firstAttemptAt: first, failures: 1 }),
      { kind: 'retry', message: '' },
      {
        ...facts,
        now: dayLater,
        schedule,
        whenInDoubt: 'unknown',
      },
    );
    expect(decision).toMatchObject({ failures: 2, dueAt: dayLater + 450_000 });
  });
});

describe('after a look', () => {
  it.each<[string, LookUpOutcome, Partial<OutboxItem>, string]>([
    ['found', { kind: 'found' }, {}, 'done'],
    ['absent at once is not believed', { kind: 'absent' }, { failures: 1, lastAttemptAt: now - 1000 }, 'doubtful 1 in 29 s'],
    ['absent after half a minute is', { kind: 'absent' }, { failures: 1, lastAttemptAt: now - 30_000 }, 'waiting 1 in 0 s'],
    ['absent of a killed process', { kind: 'absent' }, { failures: 0, lastAttemptAt: now - 40_000 }, 'waiting 0 in 0 s'],
    ['absent after four attempts', { kind: 'absent' }, { failures: 4, lastAttemptAt: now - 30_000, code: 20500 }, 'failed 20500'],
    ['absent with a clock put back', { kind: 'absent' }, { lastAttemptAt: now + 9_000_000 }, 'doubtful 0 in 30 s'],
    ['unclear', { kind: 'unclear', message: '' }, { failures: 1 }, 'doubtful 1 in 1 s'],
    ['unclear, with a Retry-After', { kind: 'unclear', message: '', retryAfterSeconds: 9 }, {}, 'doubtful 0 in 9 s'],
    ['unclear for too long', { kind: 'unclear', message: '' }, { giveUpAt: now }, 'unknown'],
    ['never to be known', { kind: 'never-known', message: '' }, {}, 'unknown'],
  ])('%s', (_, outcome, change, expected) => {
    expect(inShort(decideAfterLookUp(item(change), outcome, facts))).toBe(expected);
  });
});
