import type { Clock, Timer } from '#base/clock.ts';
import type { EscalationLegId } from '#base/ids.ts';
import type { EscalationMessage, Taker } from './escalation.ts';
import type { EscalationCall } from './escalation-port.ts';
import { askingWords, standDownWords, takenWords } from './escalation-words.ts';
import type { Phrase } from './phrase.ts';

/** So long whoever answered may listen before the call is given up: twice the longest message and more. */
const listenMs = 60_000;
/** Between two repetitions of the message. */
const gapMs = 1_500;
/** Of the last words, should their end never be heard of. */
const maxLastWordsMs = 15_000;

type VoiceDeps = { readonly clock: Clock; readonly language: string };

/** What the house says in the calls of one escalation, and for how long. */
export class EscalationVoice {
  readonly #deps: VoiceDeps;
  readonly #onListened: (leg: EscalationLegId) => void;
  readonly #timers = new Map<EscalationLegId, { readonly whole: Timer; gap: Timer | undefined }>();

  constructor(deps: VoiceDeps, onListened: (leg: EscalationLegId) => void) {
    this.#deps = deps;
    this.#onListened = onListened;
  }

  /** Says it again and again. */
  ask(leg: EscalationLegId, call: EscalationCall | undefined, message: EscalationMessage): void {
    this.#timeWhole(leg, listenMs, () => this.#onListened(leg));
    const words = askingWords(message);
    const say = () =>
      call?.play(words, () => {
        const timers = this.#timers.get(leg);
        if (timers !== undefined) timers.gap = this.#deps.clock.after(gapMs, say);
      });
    say();
  }

  confirm(leg: EscalationLegId, call: EscalationCall | undefined): void {
    this.#sayLast(leg, call, takenWords);
  }

  standDown(leg: EscalationLegId, call: EscalationCall | undefined, taker: Taker): void {
    this.#sayLast(leg, call, standDownWords(taker, this.#deps.language));
  }

  /** Nothing more is said in this call. */
  end(leg: EscalationLegId): void {
    const timers = this.#timers.get(leg);
    timers?.whole.cancel();
    timers?.gap?.cancel();
    this.#timers.delete(leg);
  }

  stop(): void {
    for (const leg of this.#timers.keys()) this.end(leg);
  }

  #sayLast(leg: EscalationLegId, call: EscalationCall | undefined, words: readonly Phrase[]): void {
    const hangUp = () => {
      this.end(leg);
      call?.hangUp('stopped');
    };
    this.#timeWhole(leg, maxLastWordsMs, hangUp);
    call?.play(words, hangUp);
  }

  #timeWhole(leg: EscalationLegId, milliseconds: number, over: () => void): void {
    this.end(leg);
    this.#timers.set(leg, { whole: this.#deps.clock.after(milliseconds, over), gap: undefined });
  }
}
