// Owns the test calls over one trunk: a call of the house to a number outside, a sentence, and what happened step by step.
// Called by its routes.
// Must stay true: it is a call as any other, with a record and within the limits of calls out; it is never an emergency call.
import type { Clock, Timer } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Log } from '#base/log.ts';
import type { CallReason } from '#contract/call-verdicts.ts';
import type { testCallSteps } from '#contract/trunk-words.ts';
import { readDialled, readEmergency } from '#numbers/dial-plan.ts';
import type { Calls } from './calls.ts';
import type { HouseCaller, HouseLeg } from './ports.ts';
import { testCallWords } from './trunk-test-words.ts';

export type TestCallStep = {
  readonly step: (typeof testCallSteps)[number];
  readonly at: number;
  readonly reason?: CallReason;
  readonly sipStatus?: number | undefined;
};

export type TestCall = {
  readonly number: string;
  readonly startedAt: number;
  readonly isOver: boolean;
  readonly steps: readonly TestCallStep[];
};

type TrunkTestCallsDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly house: HouseCaller;
  readonly calls: Pick<Calls, 'place' | 'find'>;
  readonly country: string;
  /** Of the house: what it says. */
  readonly language: string;
  /** Whether these digits ring inside the house. */
  readonly isOurs: (digits: string) => boolean;
  /** A step more of the test call over this trunk. */
  readonly onStep: (trunkId: string) => void;
};

type Ongoing = TestCall & { readonly leg: HouseLeg | undefined };

/** It rings no longer than this, and lasts no longer once it is answered. */
const maxRingMs = 60_000;
const maxTalkMs = 20_000;

export class TrunkTestCalls {
  readonly #deps: TrunkTestCallsDeps;
  readonly #byTrunk = new Map<string, Ongoing>();
  readonly #timers = new Map<string, Timer>();

  constructor(deps: TrunkTestCallsDeps) {
    this.#deps = deps;
  }

  /** Throws `invalid` for what is no number outside, and `conflict` while one goes on over this trunk. */
  async start(trunk: { readonly id: string; readonly name: string }, number: string): Promise<TestCall> {
    const { clock, log, house, country, isOurs } = this.#deps;
    const problem = problemOf(number, country, isOurs);
    if (problem !== undefined)
      throw new AppError('invalid', 'This number cannot be called for a test', {
        details: [{ field: 'number', message: problem }],
      });
    if (this.#byTrunk.get(trunk.id)?.isOver === false)
      throw new AppError('conflict', 'A test call over this trunk goes on already', because('test-call-running'));
    const begun = { number, startedAt: clock.now(), isOver: false, steps: [], leg: undefined };
    this.#byTrunk.set(trunk.id, begun);
    try {
      const leg = await house.open();
      if (leg === undefined) this.#over(trunk.id, 'no-media');
      else this.#place(trunk, number, leg);
    } catch (error) {
      log.error({ err: error, trunk: trunk.id }, 'Test call failed');
      this.#over(trunk.id, 'internal');
    }
    return this.get(trunk.id);
  }

  /** Throws `not-found` where none was made since the start. */
  get(trunkId: string): TestCall {
    const found = this.#byTrunk.get(trunkId);
    if (found === undefined) throw new AppError('not-found', 'There was no test call over this trunk');
    return found;
  }

  /** Hangs up. Throws `not-found` where none was made. */
  end(trunkId: string): void {
    this.get(trunkId);
    this.#byTrunk.get(trunkId)?.leg?.close();
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
  }

  #place({ id, name }: { readonly id: string; readonly name: string }, number: string, leg: HouseLeg): void {
    const { calls, language } = this.#deps;
    this.#keep(id, { leg });
    leg.onRinging = () => this.#reached(id, 'ringing');
    leg.onEnded = ({ reason }) => this.#over(id, reason, leg.call?.record.id);
    leg.onAnswered = (voice) => {
      this.#reached(id, 'answered');
      this.#within(id, maxTalkMs);
      voice.play(testCallWords(language), () => {
        this.#reached(id, 'spoken');
        leg.close();
      });
    };
    this.#within(id, maxRingMs);
    this.#reached(id, 'sent');
    const party = { deviceId: undefined, personId: undefined, number: '', name: 'Test call' };
    leg.call = calls.place({ caller: { kind: 'house', party }, dialled: number, leg, byTrunk: name });
  }

  #within(id: string, milliseconds: number): void {
    this.#timers.get(id)?.cancel();
    this.#timers.set(
      id,
      this.#deps.clock.after(milliseconds, () => this.#byTrunk.get(id)?.leg?.close()),
    );
  }

  #reached(id: string, step: TestCallStep['step'], more: Pick<TestCallStep, 'reason' | 'sipStatus'> = {}): void {
    const now = this.#byTrunk.get(id);
    if (now === undefined || now.isOver || now.steps.some((one) => one.step === step)) return;
    this.#keep(id, { steps: [...now.steps, { step, at: this.#deps.clock.now(), ...more }] });
    this.#deps.onStep(id);
  }

  #over(id: string, reason: CallReason, callId?: Parameters<Calls['find']>[0]): void {
    const wasAnswered = this.#byTrunk.get(id)?.steps.some(({ step }) => step === 'answered') === true;
    this.#timers.get(id)?.cancel();
    this.#reached(id, wasAnswered ? 'ended' : 'failed', {
      reason,
      sipStatus: callId === undefined ? undefined : this.#statusOf(callId),
    });
    this.#keep(id, { isOver: true, leg: undefined });
    this.#deps.onStep(id);
  }

  /** What the trunk responded last. */
  #statusOf(callId: Parameters<Calls['find']>[0]): number | undefined {
    return this.#deps.calls.find(callId)?.legs.findLast(({ trunk }) => trunk !== undefined)?.sipStatus;
  }

  #keep(id: string, change: Partial<Ongoing>): void {
    const now = this.#byTrunk.get(id);
    if (now !== undefined) this.#byTrunk.set(id, { ...now, ...change });
  }
}

function problemOf(number: string, country: string, isOurs: (digits: string) => boolean): string | undefined {
  if (readEmergency(number, country) !== undefined) return 'is an emergency number: a test must not call for help';
  const read = readDialled(number, { country, isExtension: () => false });
  if (read.kind === 'emergency') return 'is an emergency number: a test must not call for help';
  if (read.kind !== 'external') return 'must be a number outside the house, such as a mobile phone';
  return isOurs(read.number) || isOurs(number) ? 'is a number of the house: call one outside, such as a mobile phone' : undefined;
}
