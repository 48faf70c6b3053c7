import type { EscalationLeg, EscalationOutcome } from '#calls/escalation.ts';
import type { EscalationCall, EscalationCaller, EscalationCallListener } from '#calls/escalation-port.ts';
import type { Phrase } from '#calls/phrase.ts';

/** One call that a `FakeEscalationCaller` was asked for: a test says what the far side does. */
export class FakeEscalationCall implements EscalationCall {
  readonly leg: EscalationLeg;
  /** What was said, as words: texts, and prompts by their names. */
  readonly said: string[] = [];
  /** Why the house hung up; undefined while it did not. */
  hungUp: string | undefined;
  readonly #listener: EscalationCallListener;
  #done: (() => void) | undefined;

  constructor(leg: EscalationLeg, listener: EscalationCallListener) {
    this.leg = leg;
    this.#listener = listener;
  }

  play(what: readonly Phrase[], done?: () => void): void {
    this.said.push(what.map(wordsOf).join(' '));
    this.#done = done;
  }

  hangUp(why: 'elsewhere' | 'no-answer' | 'stopped'): void {
    this.hungUp ??= why;
  }

  ring(): void {
    this.#listener.ringing();
  }

  answer(): void {
    this.#listener.ringing();
    this.#listener.answered();
  }

  press(key: string): void {
    this.#listener.key(key);
  }

  end(outcome: EscalationOutcome): void {
    this.#listener.ended(outcome);
  }

  /** What is said comes to its end. */
  finishWords(): void {
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }
}

/** Calls nobody: a test takes each call in hand. */
export class FakeEscalationCaller implements EscalationCaller {
  readonly calls: FakeEscalationCall[] = [];
  /** Called before a call is made. */
  onCall: (leg: EscalationLeg) => void = () => {};

  call(leg: EscalationLeg, _from: string, listener: EscalationCallListener): FakeEscalationCall {
    this.onCall(leg);
    const call = new FakeEscalationCall(leg, listener);
    this.calls.push(call);
    return call;
  }

  /** The newest call to somebody of this name. */
  to(name: string): FakeEscalationCall {
    const found = this.calls.findLast(({ leg }) => leg.name === name);
    if (found === undefined) throw new Error(`${name} was not called`);
    return found;
  }
}

function wordsOf(phrase: Phrase): string {
  switch (phrase.kind) {
    case 'text':
      return phrase.text;
    case 'prompt':
      return phrase.name;
    case 'number':
      return phrase.digits;
    case 'tone':
      return phrase.tone;
  }
}
