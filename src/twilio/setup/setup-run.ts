import type { Clock } from '#base/clock.ts';
import { TwilioRequestError, failureOf } from '#twilio/api/http.ts';
import type { SetupLog, SetupStep, StepOutcome } from './setup-records.ts';
import type { TwilioResult } from '#twilio/api/result.ts';

export type StepDone = { readonly outcome: Exclude<StepOutcome, 'failed'>; readonly message: string };

export const done = (message: string): StepDone => ({ outcome: 'done', message });
export const unchanged = (message: string): StepDone => ({ outcome: 'unchanged', message });
export const skipped = (message: string): StepDone => ({ outcome: 'skipped', message });

/** The value of a result inside a step; a failure ends the step, which reports it. */
export function unwrap<Value>(result: TwilioResult<Value>): Value {
  if (result.kind === 'ok') return result.value;
  throw new TwilioRequestError(result);
}

/** Like `unwrap`, for a deletion: gone already is as good. */
export function expectDeleted(result: TwilioResult<void>): void {
  if (result.kind === 'refused' && result.status === 404) return;
  unwrap(result);
}

type SetupRunDeps = { readonly id: string; readonly clock: Clock; readonly log: SetupLog };

/** One run of setup: does steps one after another and keeps the outcome of each. */
export class SetupRun {
  readonly #deps: SetupRunDeps;
  readonly #steps: SetupStep[] = [];

  constructor(deps: SetupRunDeps) {
    this.#deps = deps;
  }

  get steps(): readonly SetupStep[] {
    return this.#steps;
  }

  get hasFailed(): boolean {
    return this.#steps.some(({ outcome }) => outcome === 'failed');
  }

  /** Returns whether it succeeded. Steps that depend on one another stop at the first that fails. */
  async step(name: string, run: () => Promise<StepDone>): Promise<boolean> {
    try {
      const { outcome, message } = await run();
      this.#note({ step: name, outcome, message, code: undefined, at: this.#deps.clock.now() });
      return true;
    } catch (error) {
      if (!(error instanceof TwilioRequestError)) throw error;
      const { code, message } = failureOf(error);
      this.#note({ step: name, outcome: 'failed', message, code, at: this.#deps.clock.now() });
      return false;
    }
  }

  #note(step: SetupStep): void {
    this.#steps.push(step);
    this.#deps.log.add(this.#deps.id, step);
  }
}
