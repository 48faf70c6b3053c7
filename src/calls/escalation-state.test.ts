import { describe, expect, it } from 'vitest';
import type { EscalationLegId, PersonId } from '#base/ids.ts';
import type { EscalationTarget } from '#routing/escalation-chain.ts';
import { advanceEscalation, beginEscalation, isOpen } from './escalation-state.ts';
import type {
  EscalationAction,
  EscalationCallee,
  EscalationEvent,
  EscalationFacts,
  EscalationPlan,
  EscalationState,
  Taker,
} from './escalation.ts';

// Persons are letters: their phone is dev_a, and their leg is called a1, a2 … in the order in which they are called.
const person = (letter: string): EscalationTarget => ({ kind: 'person', id: `person_${letter}` as const });
const planOf = (steps: readonly string[], more: Partial<EscalationPlan> = {}): EscalationPlan => ({
  name: 'Smoke',
  steps: steps.map((letters) => ({ targets: letters.split('').map(person), seconds: 20 })),
  rounds: 1,
  pauseSeconds: 10,
  ignoresDnd: true,
  ifNobody: 'alert',
  ...more,
});

/** One escalation in memory; `away` are not reachable. */
class Walk {
  readonly plan: EscalationPlan;
  readonly log: string[][] = [];
  state!: EscalationState;
  now = 1000;
  away = '';
  #legs = 0;

  constructor(plan: EscalationPlan, away = '') {
    this.plan = plan;
    this.away = away;
    this.#take(beginEscalation(plan, this.facts));
  }

  get facts(): EscalationFacts {
    return {
      now: this.now,
      calleesOf: (target) => {
        const letter = target.kind === 'person' ? (target.id.at(-1) ?? '') : '';
        const callee: EscalationCallee = {
          personId: `person_${letter}` as const,
          deviceId: `dev_${letter}` as const,
          number: undefined,
          name: letter.toUpperCase(),
        };
        return [this.away.includes(letter) ? { ...callee, outcome: 'offline' } : callee];
      },
      newLegId: () => `escleg_${(this.#legs += 1)}` as const,
    };
  }

  send(...events: readonly EscalationEvent[]): this {
    for (const event of events) {
      this.now += 1;
      const named = 'leg' in event ? { ...event, leg: this.#idOf(event.leg) } : event;
      this.#take(advanceEscalation({ plan: this.plan, state: this.state }, named, this.facts));
    }
    return this;
  }

  nameOf(id: string): string {
    const letter = this.state.legs.find((leg) => leg.id === id)?.deviceId?.at(-1) ?? '?';
    return `${letter}${this.#of(letter).findIndex((leg) => leg.id === id) + 1}`;
  }

  #idOf(name: string): EscalationLegId {
    return this.#of(name[0] ?? '')[Number(name.slice(1)) - 1]?.id ?? 'escleg_none';
  }

  #of(letter: string) {
    return this.state.legs.filter(({ deviceId }) => deviceId === `dev_${letter}`);
  }

  #take({ state, actions }: { readonly state: EscalationState; readonly actions: readonly EscalationAction[] }): void {
    this.state = state;
    this.log.push(actions.map((action) => short(action, (id) => this.nameOf(id))));
  }

  /** What became of each call, such as `a1 no-answer`. */
  get legs(): readonly string[] {
    return this.state.legs.map(({ id, outcome }) => `${this.nameOf(id)} ${outcome ?? 'open'}`);
  }

  get open(): readonly string[] {
    return this.state.legs.flatMap(({ id, outcome }) => (outcome === undefined ? [this.nameOf(id)] : []));
  }
}

function short(action: EscalationAction, nameOf: (id: string) => string): string {
  switch (action.kind) {
    case 'call':
      return `call ${nameOf(action.leg.id)}`;
    case 'ask':
    case 'confirm':
      return `${action.kind} ${nameOf(action.leg)}`;
    case 'hang-up':
      return `hang-up ${nameOf(action.leg)} ${action.why}`;
    case 'stand-down':
      return `stand-down ${nameOf(action.leg)} ${action.taker.name}`;
    case 'time-step':
      return `step ${action.round}.${action.step} ${action.seconds}s`;
    case 'time-pause':
      return `pause ${action.round} ${action.milliseconds / 1000}s`;
    case 'stop-timing':
    case 'report':
      return action.kind;
  }
}

/** By its name here; the walk puts the id. */
const leg = (name: string) => ({ leg: name as EscalationLegId });
const rings = (name: string): EscalationEvent => ({ kind: 'ringing', ...leg(name) });
const answers = (name: string): EscalationEvent => ({ kind: 'answered', ...leg(name) });
const presses = (name: string, key = '1'): EscalationEvent => ({ kind: 'key', ...leg(name), key });
const ends = (name: string, outcome: 'busy' | 'declined' | 'no-answer' | 'failed' = 'no-answer'): EscalationEvent => ({
  kind: 'leg-ended',
  ...leg(name),
  outcome,
});
const listened = (name: string): EscalationEvent => ({ kind: 'listened', ...leg(name) });
const stepOver = (step: number, round = 1): EscalationEvent => ({ kind: 'step-over', round, step });
const pauseOver = (round = 1): EscalationEvent => ({ kind: 'pause-over', round });
const takerOf = (letter: string): Taker => ({
  personId: `person_${letter}` as const,
  name: letter.toUpperCase(),
  by: 'api',
  at: 5000,
});
const takes = (letter: string): EscalationEvent => ({ kind: 'take', taker: takerOf(letter) });
const cancel: EscalationEvent = { kind: 'cancel' };
const resume: EscalationEvent = { kind: 'resume' };
const reported: EscalationEvent = { kind: 'reported' };

describe('an escalation', () => {
  it.each<[string, EscalationPlan, readonly EscalationEvent[], readonly string[][], readonly string[]]>([
    [
      'is taken by the one who presses 1',
      planOf(['a', 'b']),
      [rings('a1'), answers('a1'), presses('a1'), reported],
      [['step 1.0 20s', 'call a1'], [], ['ask a1'], ['confirm a1', 'stop-timing', 'report'], []],
      ['a1 took'],
    ],
    [
      'goes on to the next person when the time of the first is over',
      planOf(['a', 'b']),
      [rings('a1'), stepOver(0)],
      [['step 1.0 20s', 'call a1'], [], ['hang-up a1 no-answer', 'step 1.1 20s', 'call b1']],
      ['a1 no-answer', 'b1 open'],
    ],
    [
      'goes on at once when the first is busy, and says so at the end',
      planOf(['a', 'b']),
      [ends('a1', 'busy'), ends('b1', 'declined'), reported],
      [['step 1.0 20s', 'call a1'], ['step 1.1 20s', 'call b1'], ['stop-timing', 'report'], []],
      ['a1 busy', 'b1 declined'],
    ],
    [
      'does not count an answering machine, which answers and presses nothing',
      planOf(['a', 'b']),
      [answers('a1'), stepOver(0), listened('a1'), answers('b1'), presses('b1')],
      [
        ['step 1.0 20s', 'call a1'],
        ['ask a1'],
        ['step 1.1 20s', 'call b1'],
        ['hang-up a1 no-answer'],
        ['ask b1'],
        ['confirm b1', 'stop-timing', 'report'],
      ],
      ['a1 no-key', 'b1 took'],
    ],
    [
      'is taken by somebody who listens while the next one rings',
      planOf(['a', 'b']),
      [answers('a1'), stepOver(0), presses('a1')],
      [
        ['step 1.0 20s', 'call a1'],
        ['ask a1'],
        ['step 1.1 20s', 'call b1'],
        ['confirm a1', 'stop-timing', 'hang-up b1 elsewhere', 'report'],
      ],
      ['a1 took', 'b1 taken-by-another'],
    ],
    [
      'tells those who answered who has taken it, and stops ringing the others',
      planOf(['abc']),
      [answers('a1'), answers('b1'), presses('b1')],
      [
        ['step 1.0 20s', 'call a1', 'call b1', 'call c1'],
        ['ask a1'],
        ['ask b1'],
        ['confirm b1', 'stop-timing', 'stand-down a1 B', 'hang-up c1 elsewhere', 'report'],
      ],
      ['a1 taken-by-another', 'b1 took', 'c1 taken-by-another'],
    ],
    [
      'has one taker where two press 1 at the same moment',
      planOf(['ab']),
      [answers('a1'), answers('b1'), presses('b1'), presses('a1'), takes('c')],
      [
        ['step 1.0 20s', 'call a1', 'call b1'],
        ['ask a1'],
        ['ask b1'],
        ['confirm b1', 'stop-timing', 'stand-down a1 B', 'report'],
        [],
        [],
      ],
      ['a1 taken-by-another', 'b1 took'],
    ],
    [
      'hears no other key than 1',
      planOf(['a']),
      [answers('a1'), presses('a1', '2'), presses('a1', '#'), presses('a1', '11')],
      [['step 1.0 20s', 'call a1'], ['ask a1'], [], [], []],
      ['a1 open'],
    ],
    [
      'is taken by a key that came before the answer was reported',
      planOf(['a']),
      [presses('a1')],
      [
        ['step 1.0 20s', 'call a1'],
        ['confirm a1', 'stop-timing', 'report'],
      ],
      ['a1 took'],
    ],
    [
      'begins another round after a pause, with whoever does not listen yet',
      planOf(['ab'], { rounds: 2 }),
      [answers('a1'), ends('b1'), stepOver(0), pauseOver(), listened('a1'), stepOver(0), stepOver(0, 2), reported],
      [
        ['step 1.0 20s', 'call a1', 'call b1'],
        ['ask a1'],
        [],
        ['pause 1 10s'],
        ['step 2.0 20s', 'call b2'],
        ['hang-up a1 no-answer'],
        [],
        ['hang-up b2 no-answer', 'stop-timing', 'report'],
        [],
      ],
      ['a1 no-key', 'b1 no-answer', 'b2 no-answer'],
    ],
    [
      'waits at its very end for whoever is listening',
      planOf(['a']),
      [answers('a1'), stepOver(0), listened('a1')],
      [['step 1.0 20s', 'call a1'], ['ask a1'], ['stop-timing'], ['hang-up a1 no-answer', 'stop-timing', 'report']],
      ['a1 no-key'],
    ],
    [
      'counts a person who hangs up without a key as one who did not take it',
      planOf(['a', 'b']),
      [answers('a1'), ends('a1')],
      [['step 1.0 20s', 'call a1'], ['ask a1'], ['step 1.1 20s', 'call b1']],
      ['a1 no-key', 'b1 open'],
    ],
    [
      'is taken in the panel by somebody whose own phones stop asking',
      planOf(['ab', 'c']),
      [answers('a1'), answers('b1'), takes('b')],
      [
        ['step 1.0 20s', 'call a1', 'call b1'],
        ['ask a1'],
        ['ask b1'],
        ['stop-timing', 'confirm b1', 'stand-down a1 B', 'report'],
      ],
      ['a1 taken-by-another', 'b1 cancelled'],
    ],
    [
      'can still be taken after nobody took it',
      planOf(['a']),
      [stepOver(0), reported, takes('b'), takes('c')],
      [['step 1.0 20s', 'call a1'], ['hang-up a1 no-answer', 'stop-timing', 'report'], [], ['stop-timing', 'report'], []],
      ['a1 no-answer'],
    ],
    [
      'is cancelled with everything that rings or listens, and cannot be taken then',
      planOf(['ab']),
      [answers('a1'), cancel, presses('a1'), takes('a'), cancel],
      [
        ['step 1.0 20s', 'call a1', 'call b1'],
        ['ask a1'],
        ['stop-timing', 'hang-up a1 stopped', 'hang-up b1 stopped', 'report'],
        [],
        [],
        [],
      ],
      ['a1 cancelled', 'b1 cancelled'],
    ],
    [
      'is not moved on by the time of a step or pause that is over',
      planOf(['a', 'b'], { rounds: 2 }),
      [stepOver(0), stepOver(0), pauseOver(), stepOver(1), stepOver(1), pauseOver(2)],
      [
        ['step 1.0 20s', 'call a1'],
        ['hang-up a1 no-answer', 'step 1.1 20s', 'call b1'],
        [],
        [],
        ['hang-up b1 no-answer', 'pause 1 10s'],
        [],
        [],
      ],
      ['a1 no-answer', 'b1 no-answer'],
    ],
  ])('%s', (_what, plan, events, log, legs) => {
    const walk = new Walk(plan).send(...events);
    expect(walk.log).toEqual(log);
    expect(walk.legs).toEqual(legs);
  });

  it('skips whoever is away, and ends at once where everybody is', () => {
    expect(new Walk(planOf(['a', 'b']), 'a').log).toEqual([['step 1.1 20s', 'call b1']]);
    const nobody = new Walk(planOf(['a', 'b']), 'ab');
    expect(nobody.log).toEqual([['stop-timing', 'report']]);
    expect(nobody.state).toMatchObject({ phase: 'exhausted', legs: [{ outcome: 'offline' }, { outcome: 'offline' }] });
  });

  it('tries those who are away again in the next round', () => {
    const walk = new Walk(planOf(['a'], { rounds: 2 }), 'a');
    expect(walk.log).toEqual([['pause 1 10s']]);
    walk.away = '';
    expect(walk.send(pauseOver()).log.at(-1)).toEqual(['step 2.0 20s', 'call a2']);
  });

  it('calls a phone once that two targets of a step name', () => {
    expect(new Walk(planOf(['aa'])).log).toEqual([['step 1.0 20s', 'call a1']]);
  });
});

describe('an escalation after a kill', () => {
  it.each<[string, EscalationPlan, readonly EscalationEvent[], readonly string[], readonly string[]]>([
    [
      'calls again whom it was calling',
      planOf(['a', 'b']),
      [stepOver(0), rings('b1')],
      ['step 1.1 20s', 'call b2'],
      ['a1 no-answer', 'b1 interrupted', 'b2 open'],
    ],
    [
      'calls again who was listening, and nobody who had declined',
      planOf(['ab', 'c']),
      [ends('b1', 'declined'), answers('a1'), stepOver(0)],
      ['step 1.1 20s', 'call a2', 'call c2'],
      ['a1 interrupted', 'b1 declined', 'c1 interrupted', 'a2 open', 'c2 open'],
    ],
    ['waits for the rest of a pause', planOf(['a'], { rounds: 2 }), [stepOver(0)], ['pause 1 9.999s'], ['a1 no-answer']],
    [
      'gives whoever was listening at the very end another call',
      planOf(['a']),
      [answers('a1'), stepOver(0)],
      ['step 1.1 20s', 'call a2'],
      ['a1 interrupted', 'a2 open'],
    ],
    [
      'calls nobody where it was taken, but says so',
      planOf(['ab']),
      [answers('a1'), presses('a1')],
      ['report'],
      ['a1 took', 'b1 taken-by-another'],
    ],
    ['does nothing where its end was reported', planOf(['a']), [stepOver(0), reported], [], ['a1 no-answer']],
    ['does nothing where it was cancelled', planOf(['a']), [cancel, reported], [], ['a1 cancelled']],
  ])('%s', (_what, plan, events, last, legs) => {
    const walk = new Walk(plan).send(...events, resume);
    expect(walk.log.at(-1)).toEqual(last);
    expect(walk.legs).toEqual(legs);
  });

  it('comes to its end also where whoever listened is called again and does not answer', () => {
    const walk = new Walk(planOf(['a'])).send(answers('a1'), stepOver(0), resume, stepOver(1));
    expect(walk.state).toMatchObject({ phase: 'exhausted' });
    expect(walk.legs).toEqual(['a1 interrupted', 'a2 no-answer']);
  });
});

/** One escalation in each state that it can be in, with calls of every kind. */
const states: Readonly<Record<string, () => Walk>> = {
  ringing: () => new Walk(planOf(['ab', 'c'], { rounds: 2 })).send(rings('a1')),
  listening: () => new Walk(planOf(['ab', 'c'], { rounds: 2 })).send(answers('a1')),
  'second step': () => new Walk(planOf(['ab', 'c'], { rounds: 2 })).send(answers('a1'), stepOver(0)),
  pausing: () => new Walk(planOf(['ab', 'c'], { rounds: 2 })).send(answers('a1'), stepOver(0), stepOver(1)),
  'second round': () => new Walk(planOf(['ab', 'c'], { rounds: 2 })).send(stepOver(0), stepOver(1), pauseOver()),
  'waiting at the end': () => new Walk(planOf(['ab'])).send(answers('a1'), stepOver(0)),
  taken: () => new Walk(planOf(['ab'])).send(answers('a1'), presses('a1')),
  'taken and reported': () => new Walk(planOf(['ab'])).send(takes('b'), reported),
  exhausted: () => new Walk(planOf(['ab'])).send(stepOver(0)),
  cancelled: () => new Walk(planOf(['ab'])).send(cancel),
};

const names = ['a1', 'b1', 'c1', 'a2', 'nobody'];
const events: Readonly<Record<string, EscalationEvent>> = Object.fromEntries([
  ...names.flatMap((name) =>
    [rings(name), answers(name), presses(name), presses(name, '5'), ends(name, 'busy'), listened(name)].map(
      (event, index) => [`${event.kind} ${index} ${name}`, event] as const,
    ),
  ),
  ...[
    stepOver(0),
    stepOver(1),
    stepOver(2),
    stepOver(0, 2),
    pauseOver(1),
    pauseOver(2),
    takes('a'),
    takes('d'),
    cancel,
    resume,
    reported,
  ].map((event, index) => [`${event.kind} ${index}`, event] as const),
]);

describe.each(Object.keys(states))('an escalation that is %s', (name) => {
  it.each(Object.keys(events))('holds its promises at %s', (what) => {
    const walk = states[name]?.();
    const event = events[what];
    if (walk === undefined || event === undefined) throw new Error('No such case');
    const [before, openBefore] = [walk.state, walk.open];
    walk.send(event);
    const { state, open } = walk;
    const actions = walk.log.at(-1) ?? [];
    // Once there is a taker it stays the same, and nobody is called any more.
    if (before.taker !== undefined) expect(state).toMatchObject({ phase: 'taken', taker: before.taker });
    if (!isOpen(state)) expect([open, actions.filter((text) => text.startsWith('call'))]).toEqual([[], []]);
    // What is over says when; what is called is in the state, so that it is stored before.
    expect(state.legs.every(({ outcome, endedAt }) => (outcome === undefined) === (endedAt === undefined))).toBe(true);
    expect(state.endedAt === undefined).toBe(isOpen(state));
    const called = actions.flatMap((text) => (text.startsWith('call ') ? [text.slice(5)] : []));
    expect(open).toEqual(expect.arrayContaining(called));
    // Whoever was ringing or listening and is not any more hears of it.
    const isGone = event.kind === 'leg-ended' || event.kind === 'resume';
    for (const one of isGone ? [] : openBefore.filter((was) => !open.includes(was)))
      expect(actions.join(' ')).toContain(` ${one}`);
    // It never stands still: somebody is called or listens, a pause goes on, or it is over.
    expect(open.length > 0 || state.phase === 'pausing' || !isOpen(state)).toBe(true);
  });
});

const everyone = ['person_a', 'person_b', 'person_c'] as readonly PersonId[];

it('has at most one taker, whoever presses whatever when, and always comes to an end', () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const takers: (string | undefined)[] = [];
  for (let run = 0; run < 400; run += 1) {
    const walk = new Walk(planOf(['ab', 'c', 'ba'], { rounds: 1 + random(3) }), ['', 'c', 'ab'][random(3)]);
    const seen = new Set<string | undefined>();
    for (let turn = 0; turn < 400 && isOpen(walk.state); turn += 1) {
      const one = walk.open[random(Math.max(1, walk.open.length))] ?? 'nobody';
      const { round, step } = walk.state;
      const choices = [
        rings(one),
        answers(one),
        ends(one),
        listened(one),
        stepOver(step, round),
        pauseOver(round),
        resume,
        presses(one),
      ];
      walk.send(choices[random(random(4) === 0 ? 8 : 7)] ?? resume);
      seen.add(walk.state.taker?.personId);
    }
    walk.send(presses('a1'), presses('b1'), takes('c'), reported);
    seen.add(walk.state.taker?.personId);
    seen.delete(undefined);
    expect(isOpen(walk.state)).toBe(false);
    expect(seen.size).toBe(1);
    takers.push(walk.state.taker?.personId);
  }
  expect(new Set(takers)).toEqual(new Set(everyone));
});
