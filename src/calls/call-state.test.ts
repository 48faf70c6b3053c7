import { describe, expect, it } from 'vitest';
import { advance, begin } from './call-state.ts';
import type { CallAction, CallEvent, CallState, LegPlan, RingStep } from './call-transition.ts';
import type { LegOutcome } from './call.ts';
import type { Verdict } from './verdict.ts';

const leg = (id: string, more: Partial<LegPlan> = {}): LegPlan => ({ id, group: id, isTrunk: false, isOffline: false, ...more });
const step = (legs: readonly LegPlan[], onlyIfUnreachable = false): RingStep => ({ legs, seconds: 30, onlyIfUnreachable });

/** Runs events from the beginning; the actions of each as short texts. */
function run(steps: readonly RingStep[], events: readonly CallEvent[]): { state: CallState; log: string[][] } {
  let { state, actions } = begin(steps);
  const log = [actions.map(short)];
  for (const event of events) {
    ({ state, actions } = advance(state, event));
    log.push(actions.map(short));
  }
  return { state, log };
}

function short(action: CallAction): string {
  switch (action.kind) {
    case 'ring':
      return `ring ${action.legs.map(({ id }) => id).join(' ')}`;
    case 'pass':
      return `pass ${action.leg} ${action.status}${action.withMedia ? ' media' : ''}`;
    case 'connect':
      return `connect ${action.leg}`;
    case 'cancel':
    case 'release':
      return `${action.kind} ${action.leg} ${action.why}`;
    case 'reject':
    case 'end':
      return `${action.kind} ${action.verdict.disposition}/${action.verdict.reason}`;
    case 'hang-up':
      return `hang-up ${action.why}`;
  }
}

const rings = (id: string, hasMedia = false): CallEvent => ({
  kind: 'progressed',
  leg: id,
  status: hasMedia ? 183 : 180,
  hasMedia,
});
const answers = (id: string): CallEvent => ({ kind: 'answered', leg: id });
const fails = (id: string, outcome: LegOutcome): CallEvent => ({ kind: 'failed', leg: id, outcome });
const sends = (id: string, ...to: readonly RingStep[]): CallEvent => ({ kind: 'redirected', leg: id, steps: to });
const adds = (...steps: readonly RingStep[]): CallEvent => ({ kind: 'steps-added', steps });
const timeOver: CallEvent = { kind: 'ring-time-over' };
const callerGone: CallEvent = { kind: 'caller-gone' };
const callerHungUp: CallEvent = { kind: 'hung-up', verdict: { disposition: 'answered', reason: 'caller-hung-up' } };
const house: CallEvent = { kind: 'stopped', why: 'requested' };
const engine: CallEvent = { kind: 'stopped', why: 'engine-lost' };

const one = [step([leg('a')])];
const two = [step([leg('a'), leg('b')])];
const sameDevice = [step([leg('a', { group: 'd' }), leg('b', { group: 'd' }), leg('c')])];
const patience = { tryingSeconds: 3.5, ringingSeconds: 12 };
const help = (id: string, group: string, isRetry = false): RingStep => ({
  ...step([leg(id, { group, isTrunk: true })]),
  timeouts: patience,
  isRetry,
});
const emergencySteps = [help('t', 'T'), help('u', 'U'), help('t2', 'T', true), help('u2', 'U', true)];
const trying = (id: string): CallEvent => ({ kind: 'trying', leg: id });
const stepTimedOut = (index: number, what: 'trying' | 'ringing' = 'trying'): CallEvent => ({
  kind: 'step-timeout',
  step: emergencySteps[index]!,
  for: what,
});
const says = (verdict: Verdict): RingStep => ({ ...step([leg('v', { isVoice: true })]), verdict });
const asks = [says({ disposition: 'blocked', reason: 'challenge' }), step([leg('a')])];
const noLine = { ...says({ disposition: 'failed', reason: 'unreachable' }), onlyIfUnreachable: true };
const trunks = [step([leg('t', { isTrunk: true })]), step([leg('u', { isTrunk: true })], true)];

describe('the state of a call', () => {
  it.each<[string, readonly RingStep[], readonly CallEvent[], string[][]]>([
    [
      'one phone answers',
      one,
      [rings('a'), answers('a'), callerHungUp],
      [['ring a'], ['pass a 180'], ['connect a'], ['end answered/caller-hung-up']],
    ],
    ['early media of the only phone', one, [rings('a', true)], [['ring a'], ['pass a 183 media']]],
    ['early media of one of two', two, [rings('a', true)], [['ring a b'], ['pass a 183']]],
    [
      'early media of a second phone after that of a first that failed: one dialog cannot carry both',
      [step([leg('a')]), step([leg('b')])],
      [rings('a', true), rings('a'), fails('a', 'busy'), rings('b', true)],
      [['ring a'], ['pass a 183 media'], ['pass a 180'], ['ring b'], ['pass b 183']],
    ],
    [
      'early media of a second phone after a first without any',
      [step([leg('a')]), step([leg('b')])],
      [rings('a'), fails('a', 'busy'), rings('b', true)],
      [['ring a'], ['pass a 180'], ['ring b'], ['pass b 183 media']],
    ],
    [
      'an answer after the ring time is released as not answered',
      one,
      [rings('a'), timeOver, answers('a')],
      [
        ['ring a'],
        ['pass a 180'],
        ['cancel a no-answer', 'reject missed/no-answer', 'end missed/no-answer'],
        ['release a no-answer'],
      ],
    ],
    [
      'a phone that is not registered: the next step that is only for the unreachable',
      [step([leg('a', { isOffline: true })]), step([leg('b')], true)],
      [],
      [['ring b']],
    ],
    [
      'a forwarded call rings there before the next step',
      [step([leg('a')]), step([leg('b')])],
      [sends('a', step([leg('z')])), fails('z', 'busy')],
      [['ring a'], ['pass a 181', 'ring z'], ['ring b']],
    ],
    [
      'a phone with an error decides beside a trunk that is unreachable',
      two,
      [sends('a', step([leg('t', { isTrunk: true })])), fails('b', 'error'), fails('t', 'unreachable')],
      [['ring a b'], ['pass a 181', 'ring t'], [], ['reject failed/phone-error', 'end failed/phone-error']],
    ],
    [
      'a device that may not be called any more counts as offline',
      one,
      [{ kind: 'group-gone', group: 'a' }],
      [['ring a'], ['cancel a unregistered', 'reject missed/offline', 'end missed/offline']],
    ],
    [
      'for help, a trunk that was unreachable is tried again, one that refused is not',
      emergencySteps,
      [fails('t', 'unreachable'), fails('u', 'refused')],
      [['ring t'], ['ring u'], ['ring t2']],
    ],
    ['the other is told', two, [answers('b')], [['ring a b'], ['cancel a elsewhere', 'connect b']]],
    [
      'answers cross',
      two,
      [answers('a'), answers('b')],
      [['ring a b'], ['cancel b elsewhere', 'connect a'], ['release b elsewhere']],
    ],
    ['a late refusal', two, [answers('a'), fails('b', 'cancelled')], [['ring a b'], ['cancel b elsewhere', 'connect a'], []]],
    ['busy', one, [fails('a', 'busy')], [['ring a'], ['reject busy/busy', 'end busy/busy']]],
    ['one busy, one rings on', two, [fails('a', 'busy'), rings('b')], [['ring a b'], [], ['pass b 180']]],
    [
      'one busy, one rings out',
      two,
      [fails('a', 'busy'), rings('b'), timeOver],
      [['ring a b'], [], ['pass b 180'], ['cancel b no-answer', 'reject missed/no-answer', 'end missed/no-answer']],
    ],
    [
      'one busy, one silent: busy is the best answer there was',
      two,
      [fails('a', 'busy'), timeOver],
      [['ring a b'], [], ['cancel b no-answer', 'reject busy/busy', 'end busy/busy']],
    ],
    [
      'a phone that is silent to the end of the ring time is unreachable, not unanswered',
      one,
      [timeOver],
      [['ring a'], ['cancel a no-answer', 'reject missed/unreachable', 'end missed/unreachable']],
    ],
    [
      'one rang, one silent',
      two,
      [rings('a'), timeOver],
      [
        ['ring a b'],
        ['pass a 180'],
        ['cancel a no-answer', 'cancel b no-answer', 'reject missed/no-answer', 'end missed/no-answer'],
      ],
    ],
    [
      'a silent trunk: the next one is tried',
      trunks,
      [timeOver, answers('u')],
      [['ring t'], ['cancel t no-answer', 'ring u'], ['connect u']],
    ],
    ['declined on one contact', sameDevice, [fails('a', 'declined')], [['ring a b c'], ['cancel b elsewhere']]],
    [
      'declined everywhere',
      sameDevice,
      [fails('a', 'declined'), fails('c', 'declined')],
      [['ring a b c'], ['cancel b elsewhere'], ['reject missed/declined', 'end missed/declined']],
    ],
    [
      'no answer',
      one,
      [rings('a'), timeOver],
      [['ring a'], ['pass a 180'], ['cancel a no-answer', 'reject missed/no-answer', 'end missed/no-answer']],
    ],
    [
      'an answer after the ring time',
      one,
      [timeOver, answers('a')],
      [['ring a'], ['cancel a no-answer', 'reject missed/unreachable', 'end missed/unreachable'], ['release a no-answer']],
    ],
    [
      'the caller gives up',
      two,
      [callerGone],
      [['ring a b'], ['cancel a caller-gone', 'cancel b caller-gone', 'end cancelled/caller-cancelled']],
    ],
    [
      'an answer crosses the CANCEL',
      one,
      [callerGone, answers('a')],
      [['ring a'], ['cancel a caller-gone', 'end cancelled/caller-cancelled'], ['release a caller-gone']],
    ],
    [
      'the CANCEL crosses our answer',
      one,
      [answers('a'), callerGone],
      [['ring a'], ['connect a'], ['end cancelled/caller-cancelled']],
    ],
    [
      'nothing after the end',
      one,
      [answers('a'), callerHungUp, callerHungUp, callerGone, timeOver, house, rings('a')],
      [['ring a'], ['connect a'], ['end answered/caller-hung-up'], [], [], [], [], []],
    ],
    ['a hang-up before the answer is none', one, [callerHungUp], [['ring a'], []]],
    ['all offline', [step([leg('a', { isOffline: true })])], [], [['reject missed/offline', 'end missed/offline']]],
    [
      'some offline',
      [step([leg('a', { isOffline: true }), leg('b')])],
      [fails('b', 'busy')],
      [['ring b'], ['reject busy/busy', 'end busy/busy']],
    ],
    [
      'words of the house instead of a ringing phone',
      [says({ disposition: 'missed', reason: 'announcement' })],
      [fails('v', 'answered')],
      [['ring v'], ['reject missed/announcement', 'end missed/announcement']],
    ],
    [
      'words of the house that the caller does not wait for',
      [says({ disposition: 'failed', reason: 'call-not-permitted' })],
      [callerGone],
      [['ring v'], ['cancel v caller-gone', 'end failed/call-not-permitted']],
    ],
    [
      'the right key of a caller who was asked',
      asks,
      [fails('v', 'answered'), answers('a')],
      [['ring v'], ['ring a'], ['connect a']],
    ],
    ...(['declined', 'no-answer'] as const).map((outcome): [string, readonly RingStep[], readonly CallEvent[], string[][]] => [
      `no right key: ${outcome}`,
      asks,
      [fails('v', outcome)],
      [['ring v'], ['reject blocked/challenge', 'end blocked/challenge']],
    ]),
    [
      'a caller who was asked for too long',
      asks,
      [timeOver],
      [['ring v'], ['cancel v no-answer', 'reject blocked/challenge', 'end blocked/challenge']],
    ],
    [
      'a caller who could not be asked: the question is no reason why nobody answered',
      asks,
      [fails('v', 'no-media'), fails('a', 'unreachable')],
      [['ring v'], ['ring a'], ['reject missed/unreachable', 'end missed/unreachable']],
    ],
    [
      'no trunk reachable, said in words',
      [...trunks, noLine],
      [fails('t', 'unreachable'), fails('u', 'unreachable'), fails('v', 'answered')],
      [['ring t'], ['ring u'], ['ring v'], ['reject failed/unreachable', 'end failed/unreachable']],
    ],
    [
      'no words after a refusal by the network',
      [...trunks, noLine],
      [fails('t', 'unreachable'), fails('u', 'busy')],
      [['ring t'], ['ring u'], ['reject busy/busy', 'end busy/busy']],
    ],
    ['nothing to ring', [], [], [['reject missed/no-devices', 'end missed/no-devices']]],
    ['the next trunk', trunks, [fails('t', 'unreachable'), answers('u')], [['ring t'], ['ring u'], ['connect u']]],
    [
      'no next trunk for a refusal',
      trunks,
      [fails('t', 'refused')],
      [['ring t'], ['reject failed/trunk-refused', 'end failed/trunk-refused']],
    ],
    [
      'no trunk reachable',
      trunks,
      [fails('t', 'unreachable'), fails('u', 'unreachable')],
      [['ring t'], ['ring u'], ['reject failed/unreachable', 'end failed/unreachable']],
    ],
    ['for help, the next trunk whatever the first said', emergencySteps, [fails('t', 'busy')], [['ring t'], ['ring u']]],
    [
      'for help, the next beside a silent one',
      emergencySteps,
      [stepTimedOut(0), rings('u')],
      [['ring t'], ['ring u'], ['pass u 180']],
    ],
    [
      'for help, the silent one answers after all',
      emergencySteps,
      [stepTimedOut(0), answers('t')],
      [['ring t'], ['ring u'], ['cancel u elsewhere', 'connect t']],
    ],
    [
      'for help, more time after a 100',
      emergencySteps,
      [trying('t'), stepTimedOut(0), stepTimedOut(0, 'ringing')],
      [['ring t'], [], [], ['ring u']],
    ],
    [
      'for help, no haste where it rings',
      emergencySteps,
      [rings('t'), stepTimedOut(0), stepTimedOut(0, 'ringing')],
      [['ring t'], ['pass t 180'], [], []],
    ],
    [
      'for help, patience with a step that is over',
      emergencySteps,
      [fails('t', 'error'), stepTimedOut(0)],
      [['ring t'], ['ring u'], []],
    ],
    [
      'for help, once more where the fault may have passed',
      emergencySteps,
      [fails('t', 'error'), fails('u', 'refused'), fails('t2', 'error')],
      [['ring t'], ['ring u'], ['ring t2'], ['reject failed/trunk-refused', 'end failed/trunk-refused']],
    ],
    [
      'for help, nothing ends while the silent one may still answer',
      emergencySteps,
      [stepTimedOut(0), fails('u', 'refused'), fails('t', 'unreachable')],
      [['ring t'], ['ring u'], [], ['reject failed/trunk-refused', 'end failed/trunk-refused']],
    ],
    [
      'early media of the next trunk, when the first is gone without any',
      emergencySteps,
      [fails('t', 'refused'), rings('u', true)],
      [['ring t'], ['ring u'], ['pass u 183 media']],
    ],
    [
      'one phone after the other',
      [step([leg('a')]), step([leg('b')])],
      [timeOver, answers('a'), answers('b')],
      [['ring a'], ['cancel a no-answer', 'ring b'], ['release a no-answer'], ['connect b']],
    ],
    [
      'ended from the panel',
      one,
      [house],
      [['ring a'], ['cancel a stopped', 'reject cancelled/hung-up-by-house', 'end cancelled/hung-up-by-house']],
    ],
    [
      'ended from the panel in the call',
      one,
      [answers('a'), house],
      [['ring a'], ['connect a'], ['hang-up requested', 'end answered/hung-up-by-house']],
    ],
    [
      'the engine is lost',
      one,
      [engine],
      [['ring a'], ['cancel a stopped', 'reject failed/engine-lost', 'end failed/engine-lost']],
    ],
    [
      'the engine is lost in the call',
      one,
      [answers('a'), engine],
      [['ring a'], ['connect a'], ['hang-up engine-lost', 'end answered/engine-lost']],
    ],
    [
      'room made for an emergency call',
      one,
      [{ kind: 'stopped', why: 'preempted' }],
      [['ring a'], ['cancel a stopped', 'reject cancelled/made-room', 'end cancelled/made-room']],
    ],
    [
      'the phone may call no more',
      one,
      [answers('a'), { kind: 'stopped', why: 'revoked' }],
      [['ring a'], ['connect a'], ['hang-up revoked', 'end answered/revoked']],
    ],
    [
      'a phone sends the call on, and is answered there',
      one,
      [sends('a', step([leg('z')])), rings('z'), answers('z')],
      [['ring a'], ['pass a 181', 'ring z'], ['pass z 180'], ['connect z']],
    ],
    [
      'the verdict is that of where it was sent',
      one,
      [sends('a', step([leg('z')])), fails('z', 'busy')],
      [['ring a'], ['pass a 181', 'ring z'], ['reject busy/busy', 'end busy/busy']],
    ],
    [
      'sent to a phone that is offline',
      one,
      [sends('a', step([leg('z', { isOffline: true })]))],
      [['ring a'], ['pass a 181', 'reject missed/offline', 'end missed/offline']],
    ],
    [
      'rung beside others that are let in later, before those still to come',
      [...one, step([leg('z')])],
      [adds(step([leg('b')])), answers('b')],
      [['ring a'], ['ring b'], ['cancel a elsewhere', 'connect b']],
    ],
    [
      'let in when it is connected already rings nobody more',
      one,
      [answers('a'), adds(step([leg('b')]))],
      [['ring a'], ['connect a'], []],
    ],
    ['sent to where it may not go', one, [sends('a')], [['ring a'], ['reject failed/redirected', 'end failed/redirected']]],
    [
      'one phone sends it on, the other rings on and answers',
      two,
      [sends('a', step([leg('z')])), answers('b')],
      [['ring a b'], ['pass a 181', 'ring z'], ['cancel z elsewhere', 'connect b']],
    ],
    [
      'the second choice, once the first has failed',
      one,
      [sends('a', step([leg('y')]), step([leg('z')])), fails('y', 'declined'), answers('z')],
      [['ring a'], ['pass a 181', 'ring y'], ['ring z'], ['connect z']],
    ],
    [
      'the next trunk, and no other choice passed over for it',
      one,
      [sends('a', ...trunks, step([leg('z')])), fails('t', 'refused'), answers('z')],
      [['ring a'], ['pass a 181', 'ring t'], ['ring z'], ['connect z']],
    ],
    [
      'sent on and on',
      one,
      [sends('a', step([leg('y')])), sends('y', step([leg('z')])), timeOver],
      [
        ['ring a'],
        ['pass a 181', 'ring y'],
        ['pass y 181', 'ring z'],
        ['cancel z no-answer', 'reject missed/unreachable', 'end missed/unreachable'],
      ],
    ],
    [
      'sent on when the caller has gone',
      one,
      [callerGone, sends('a', step([leg('z')]))],
      [['ring a'], ['cancel a caller-gone', 'end cancelled/caller-cancelled'], []],
    ],
    ['events of legs nobody knows', one, [rings('z'), answers('z'), fails('z', 'busy')], [['ring a'], [], [], []]],
  ])('%s', (_name, steps, events, expected) => {
    expect(run(steps, events).log).toEqual(expected);
  });

  it.each<[LegOutcome, boolean, Verdict]>([
    ['media-refused', false, { disposition: 'failed', reason: 'media-refused' }],
    ['unknown-number', true, { disposition: 'failed', reason: 'unknown-number' }],
    ['refused', false, { disposition: 'failed', reason: 'phone-error' }],
    ['error', true, { disposition: 'failed', reason: 'trunk-refused' }],
    ['redirected', false, { disposition: 'failed', reason: 'redirected' }],
    ['unreachable', false, { disposition: 'missed', reason: 'unreachable' }],
    ['unreachable', true, { disposition: 'failed', reason: 'unreachable' }],
    ['interrupted', false, { disposition: 'missed', reason: 'no-devices' }],
  ])('a leg that is %s (trunk: %s)', (outcome, isTrunk, verdict) => {
    const { log } = run([step([leg('a', { isTrunk })])], [fails('a', outcome)]);
    expect(log.at(-1)).toEqual([
      `reject ${verdict.disposition}/${verdict.reason}`,
      `end ${verdict.disposition}/${verdict.reason}`,
    ]);
  });

  it('ends every call exactly once, whatever happens in whatever order', () => {
    const events: readonly CallEvent[] = [
      rings('a', true),
      answers('a'),
      answers('b'),
      fails('a', 'busy'),
      fails('b', 'declined'),
      sends('a', step([leg('y')]), step([leg('z')])),
      fails('y', 'unreachable'),
      timeOver,
      callerGone,
      callerHungUp,
      house,
      engine,
      ...[
        trying('t'),
        stepTimedOut(0),
        stepTimedOut(1, 'ringing'),
        answers('t'),
        answers('u2'),
        fails('t', 'error'),
        fails('u', 'unreachable'),
      ],
    ];
    let seed = 1;
    const next = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 3000; round += 1) {
      const order = Array.from({ length: 12 }, () => events[next(events.length)] ?? timeOver);
      const { state, log } = run([two, trunks, emergencySteps][next(3)] ?? two, [...order, engine]);
      const all = log.flat();
      expect(all.filter((text) => text.startsWith('end '))).toHaveLength(1);
      expect(all.filter((text) => text.startsWith('reject ')).length).toBeLessThanOrEqual(1);
      expect(all.filter((text) => text.startsWith('connect ')).length).toBeLessThanOrEqual(1);
      expect(state.phase).toBe('ended');
    }
  });
});

describe('whoever has answered and is asked for a key', () => {
  const asked = (id: string): CallEvent => ({ kind: 'screening', leg: id });
  const later = [step([leg('a'), leg('b')]), step([leg('c')])];

  it('is not cut off by the ring time, which the other phones are', () => {
    expect(run(later, [rings('a'), rings('b'), asked('a'), timeOver, answers('a')]).log.slice(4)).toEqual([
      ['cancel b no-answer'],
      ['connect a'],
    ]);
  });

  it('and does not press it, leaves the call to the next step', () => {
    expect(run(later, [rings('b'), asked('a'), timeOver, fails('a', 'no-answer')]).log.at(-1)).toEqual(['ring c']);
  });

  it('is told where another is faster, and where the caller gives up', () => {
    expect(run(later, [asked('a'), answers('b')]).log.at(-1)).toEqual(['cancel a elsewhere', 'connect b']);
    expect(run(later, [asked('a'), callerGone]).log.at(-1)).toContain('cancel a caller-gone');
  });

  it('is reached: no other trunk is tried because it does not ring', () => {
    const trunks = [{ ...step([leg('a')]), timeouts: { tryingSeconds: 3.5, ringingSeconds: 12 } }, step([leg('b')])];
    const silent: CallEvent = { kind: 'step-timeout', step: trunks[0]!, for: 'ringing' };
    expect(run(trunks, [asked('a'), silent]).log.at(-1)).toEqual([]);
  });

  it('too late is let go', () => expect(run(later, [callerGone, asked('a')]).log.at(-1)).toEqual([]));
});
