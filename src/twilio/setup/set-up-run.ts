import type { Clock } from '#base/clock.ts';
import { TwilioRequestError, failureOf } from '#twilio/api/twilio-http.ts';
import type { SetUpLog, SetUpStep, StepOutcome } from './set-up-records.ts';
import type { TwilioResult } from '#twilio/api/twilio-result.ts';

export type StepDone = { readonly outcome: Exclude<StepOutcome, 'failed'>; readonly message: string };

export const done = (message: string): StepDone => ({ outcome: 'done', message });
export const unchanged = (message: string): StepDone => ({ outcome: 'unchanged', message });
export const skipped = (message: string): StepDone => ({ outcome: 'skipped', message });

/** The value of a result inside a step; a failure ends the step, which tells it in words. */
export function must<Value>(result: TwilioResult<Value>): Value {
  if (result.kind === 'ok') return result.value;
  throw new TwilioRequestError(result);
}

/** Like `must`, for what is to be gone: gone already is as good. */
export function mustBeGone(result: TwilioResult<void>): void {
  if (result.kind === 'refused' && result.status === 404) return;
  must(result);
}

type Options = { readonly id: string; readonly clock: Clock; readonly log: SetUpLog };

/** One run of set-up: does steps one after another and keeps what came of each. */
export class SetUpRun {
  readonly #options: Options;
  readonly #steps: SetUpStep[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  get steps(): readonly SetUpStep[] {
    return this.#steps;
  }

  get hasFailed(): boolean {
    return this.#steps.some(({ outcome }) => outcome === 'failed');
  }

  /** Returns whether it did not fail. Steps that stand on one another stop at the first that fails. */
  async step(name: string, run: () => Promise<StepDone>): Promise<boolean> {
    try {
      const { outcome, message } = await run();
      this.#note({ step: name, outcome, message, code: undefined, at: this.#options.clock.now() });
      return true;
    } catch (error) {
      if (!(error instanceof TwilioRequestError)) throw error;
      const { code, message } = failureOf(error);
      this.#note({ step: name, outcome: 'failed', message, code, at: this.#options.clock.now() });
      return false;
    }
  }

  #note(step: SetUpStep): void {
    this.#steps.push(step);
    this.#options.log.add(this.#options.id, step);
  }
}
