import { describe, expect, it } from 'vitest';
import { messageNotice } from '#testing/harness/voicemail-harness.ts';
import { backOffMs, decideAfterFetch, maxAbsences, maxTruncations } from './fetch-decision.ts';
import type { FetchOutcome } from './fetch-decision.ts';
import { transitionFor } from './recording.ts';
import type { Recording, RecordingNotice, RecordingState } from './recording.ts';

const states: readonly (RecordingState | undefined)[] = [
  undefined,
  'running',
  'fetching',
  'stored',
  'discarded',
  'lost',
  'removed',
];

describe('what a notice changes', () => {
  const rows: readonly [RecordingNotice['state'], readonly (string | undefined)[]][] = [
    // before:     never      running      fetching   stored     discarded  lost        removed
    ['running', ['running', undefined, undefined, undefined, undefined, undefined, undefined]],
    ['complete', ['fetching', 'fetching', undefined, undefined, undefined, 'fetching', undefined]],
    ['silent', ['discarded', 'discarded', undefined, undefined, undefined, undefined, undefined]],
    ['lost', ['lost', 'lost', 'lost', undefined, undefined, undefined, undefined]],
  ];
  it.each(rows)('%s', (state, expected) => {
    const steps = states.map((before) => transitionFor(messageNotice('RE1', { state }), before, { discardBelowSeconds: 3 }));
    expect(steps.map((step) => (step.kind === 'set' ? step.state : undefined))).toEqual(expected);
  });

  it.each([
    ['voicemail', 2, 'discarded'],
    ['voicemail', 3, 'fetching'],
    ['voicemail', undefined, 'fetching'],
    ['call', 1, 'fetching'],
  ] as const)('a %s of %s seconds is %s', (kind, seconds, state) => {
    const step = transitionFor(messageNotice('RE1', { kind, seconds }), undefined, { discardBelowSeconds: 3 });
    expect(step).toEqual({ kind: 'set', state });
  });
});

describe('what becomes of a recording after an attempt to fetch it', () => {
  const notYet = { kind: 'not-yet', message: 'Nothing there' } as const;
  const recording: Recording = {
    id: 'rec_1',
    kind: 'voicemail',
    source: 'twilio',
    externalId: 'RE1',
    externalCallId: 'CA1',
    callId: undefined,
    state: 'fetching',
    startedAt: 1,
    seconds: 5,
    channels: 1,
    bytes: undefined,
    attempts: 0,
    absences: 0,
    dueAt: 0,
    problem: undefined,
  };
  const facts = { now: 1000, discardBelowSeconds: 3 };
  const rows: readonly [string, Partial<Recording>, FetchOutcome, Partial<Recording>][] = [
    [
      'whole',
      {},
      { kind: 'stored', bytes: 9, seconds: 4.8, isSilent: false },
      { state: 'stored', bytes: 9, seconds: 4.8, dueAt: undefined, problem: undefined },
    ],
    [
      'silent',
      {},
      { kind: 'stored', bytes: 9, seconds: 8, isSilent: true },
      { state: 'discarded', bytes: undefined, problem: 'Nothing was heard' },
    ],
    ['a silent call', { kind: 'call' }, { kind: 'stored', bytes: 9, seconds: 8, isSilent: true }, { state: 'stored' }],
    [
      'too short',
      {},
      { kind: 'stored', bytes: 9, seconds: 1, isSilent: false },
      { state: 'discarded', bytes: undefined, dueAt: undefined },
    ],
    ['a short call', { kind: 'call' }, { kind: 'stored', bytes: 9, seconds: 1, isSilent: false }, { state: 'stored' }],
    ['not there yet', {}, notYet, { state: 'fetching', absences: 1, attempts: 0, dueAt: 2000 }],
    ['still not there', { absences: 3 }, notYet, { state: 'fetching', absences: 4, dueAt: 9000 }],
    ['never there', { absences: maxAbsences - 1 }, notYet, { state: 'lost', dueAt: undefined }],
    ['deleted there', {}, { kind: 'gone', message: 'Deleted' }, { state: 'lost', problem: 'Deleted' }],
    ['cut off', {}, { kind: 'incomplete', message: 'Cut' }, { state: 'fetching', attempts: 1, dueAt: 2000, problem: 'Cut' }],
    ['cut off for ever', { attempts: maxTruncations - 1 }, { kind: 'incomplete', message: 'Cut' }, { state: 'lost' }],
    ['no room', {}, { kind: 'no-space', message: 'Full' }, { state: 'fetching', attempts: 0, absences: 0, dueAt: 601_000 }],
    [
      'Twilio busy',
      {},
      { kind: 'later', message: '429', retryAfterSeconds: 7 },
      { state: 'fetching', attempts: 0, absences: 0, dueAt: 8000 },
    ],
  ];
  it.each(rows)('%s', (_what, change, outcome, expected) => {
    expect(decideAfterFetch({ ...recording, ...change }, outcome, facts)).toMatchObject(expected);
  });

  it('waits longer each time, five minutes at most', () => {
    expect([0, 1, 5, 9, 500].map(backOffMs)).toEqual([1000, 2000, 32_000, 300_000, 300_000]);
  });
});
