// Time for tests. It stands still until a test moves it, and then runs what fell due, in order.
// Called by tests of every room; fits both Clock (base) and EngineClock (sip-engine).
// Must stay true: two timers due at the same moment run in the order in which they were set.

type Pending = { at: number; readonly order: number; readonly periodMs: number | undefined; readonly run: () => void };

type FakeTimer = { readonly cancel: () => void };

export class FakeClock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  /** Starts at a fixed moment, so that texts made from it are the same on every run. */
  constructor(startMs: number = Date.UTC(2026, 0, 1, 12, 0, 0)) {
    this.#now = startMs;
  }

  readonly now = (): number => this.#now;

  readonly after = (delayMs: number, run: () => void): FakeTimer => this.#add(delayMs, undefined, run);

  readonly every = (periodMs: number, run: () => void): FakeTimer => this.#add(periodMs, Math.max(1, periodMs), run);

  /** Moves time on, running every timer that falls due on the way, also those set by timers that ran. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) this.#fire(next);
    this.#now = end;
  }

  /**
   * Like `advance`, but lets promises and I/O callbacks run after each timer, for code that awaits between two timers.
   */
  async advanceAsync(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await turn();
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#fire(next);
      await turn();
    }
    this.#now = end;
  }

  /** Timers that still wait: 0 when nothing leaks. */
  get pending(): number {
    return this.#pending.size;
  }

  #add(delayMs: number, periodMs: number | undefined, run: () => void): FakeTimer {
    const entry: Pending = { at: this.#now + Math.max(0, delayMs), order: this.#order++, periodMs, run };
    this.#pending.add(entry);
    return { cancel: () => this.#pending.delete(entry) };
  }

  #nextUntil(end: number): Pending | undefined {
    let next: Pending | undefined;
    for (const entry of this.#pending) {
      if (entry.at > end) continue;
      if (next === undefined || entry.at < next.at || (entry.at === next.at && entry.order < next.order)) next = entry;
    }
    return next;
  }

  #fire(entry: Pending): void {
    this.#now = Math.max(this.#now, entry.at);
    if (entry.periodMs === undefined) this.#pending.delete(entry);
    else entry.at += entry.periodMs;
    entry.run();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
