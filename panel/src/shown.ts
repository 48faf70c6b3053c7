import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { FactName } from '#contract/facts.ts';
import { ahead } from './ahead.ts';
import { clock } from './clock.ts';
import { listen } from './live.ts';
import { toProblem } from './problem.ts';
import type { Problem } from './problem.ts';

/** Many facts at once are one look. */
const pauseMs = 200;
const retryMs = 3_000;

/** What an element shows of the house: read when it comes on the screen, read again when one of these facts happens, forgotten when it goes. */
export class Shown<Value> implements ReactiveController {
  value: Value | undefined;
  problem: Problem | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #load: () => Promise<Value>;
  readonly #facts: readonly FactName[];
  #end: (() => void) | undefined;
  #cancelWait: (() => void) | undefined;
  #isLoading = false;
  #isStale = false;

  constructor(host: ReactiveControllerHost, load: () => Promise<Value>, facts: readonly FactName[]) {
    this.#host = host;
    this.#load = load;
    this.#facts = facts;
    host.addController(this);
  }

  hostConnected(): void {
    this.#end = listen(this.#facts, () => this.#soon(pauseMs));
    void this.reload();
  }

  hostDisconnected(): void {
    this.#end?.();
    this.#end = undefined;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
  }

  /** Reads again now and then, for what no fact tells of. Returns the end of it. */
  every(ms: number): () => void {
    return clock.every(ms, () => void this.reload());
  }

  /** Reads again now; what is being read already is read once more afterwards. */
  async reload(): Promise<void> {
    if (this.#isLoading) {
      this.#isStale = true;
      return;
    }
    this.#isLoading = true;
    do {
      this.#isStale = false;
      await this.#read();
      // What another load was asked for is not what this one failed with.
    } while (this.#isStale);
    this.#isLoading = false;
    this.#host.requestUpdate();
  }

  async #read(): Promise<void> {
    try {
      const { value, promise } = ahead.take(this.#load);
      // Shown at once: to be told that it is being read, and what it is in the same breath, takes twice as long.
      this.value = value ?? this.value;
      this.value = await promise;
      this.problem = undefined;
    } catch (error) {
      this.problem = toProblem(error);
      if (this.problem.code === 'AWAY') this.#soon(retryMs);
    }
  }

  #soon(ms: number): void {
    if (this.#end === undefined || this.#cancelWait !== undefined) return;
    this.#cancelWait = clock.after(ms, () => {
      this.#cancelWait = undefined;
      void this.reload();
    });
  }
}
