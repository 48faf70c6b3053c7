import type { Clock, Timer } from '#base/clock.ts';
import type { LegOutcome } from '#calls/call.ts';
import type { KeyQuestion, LegListener, OutgoingLeg, RingTarget } from '#calls/ports.ts';
import type { Phrase } from '#calls/phrase.ts';
import type { VoiceEndpoint } from '#sip/relay/voice-port.ts';
import type { CallerVoice } from './caller-voice.ts';

export type VoiceLegOptions = {
  readonly target: Extract<RingTarget, { kind: 'voice' }>;
  readonly listener: LegListener;
};

/**
 * A leg whose far side is the house itself: it says its words to the caller, and may ask for a key. `answered` never comes, since nobody
 * has taken the call: it ends with the outcome `answered` where the words were heard or the key was right, `declined` after wrong keys,
 * `no-answer` without one, and `no-media` where the caller could not be spoken to.
 */
export class VoiceLeg implements OutgoingLeg {
  readonly sipCallId = '';
  readonly #clock: Clock;
  readonly #caller: CallerVoice;
  readonly #options: VoiceLegOptions;
  #voice: VoiceEndpoint | undefined;
  #triesLeft: number;
  #timer: Timer | undefined;
  #isOver = false;

  constructor(clock: Clock, caller: CallerVoice, options: VoiceLegOptions) {
    this.#clock = clock;
    this.#caller = caller;
    this.#options = options;
    this.#triesLeft = options.target.keys?.tries ?? 0;
  }

  start(): void {
    const { by, say, keys } = this.#options.target;
    this.#caller.onKey = (key) => this.#pressed(key);
    this.#caller.open(by, (heard) => {
      if (heard === undefined) this.#end('no-media');
      else {
        this.#voice = heard.voice;
        if (keys === undefined) this.#say(say, () => this.#end('answered'));
        else this.#ask([], keys);
      }
    });
  }

  pass(): void {}

  connect(): void {}

  cancel(): void {
    this.#over();
    this.#voice?.silence();
  }

  release(): void {}

  #ask(first: readonly Phrase[], keys: KeyQuestion): void {
    this.#say([...first, ...this.#options.target.say], () => {
      this.#timer = this.#clock.after(keys.seconds * 1000, () => this.#missed(keys, { outcome: 'no-answer', first: [] }));
    });
  }

  #say(what: readonly Phrase[], done: () => void): void {
    if (!this.#isOver) this.#voice?.play(what, done);
  }

  #pressed(key: string): void {
    const { keys } = this.#options.target;
    if (keys === undefined || this.#isOver || this.#voice === undefined) return;
    if (key !== keys.accept) {
      this.#missed(keys, { outcome: 'declined', first: keys.wrong });
      return;
    }
    this.#voice.play(keys.right);
    this.#end('answered');
  }

  #missed(keys: KeyQuestion, { outcome, first }: { readonly outcome: LegOutcome; readonly first: readonly Phrase[] }): void {
    this.#timer?.cancel();
    this.#triesLeft -= 1;
    if (this.#triesLeft > 0) this.#ask(first, keys);
    else this.#end(outcome);
  }

  #end(outcome: LegOutcome): void {
    if (this.#isOver) return;
    this.#over();
    this.#options.listener.failed(outcome, undefined);
  }

  #over(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }
}
