// Time for tests. It stands still until a test moves it, and then runs what fell due, in order.
// Called by tests of every room; fits both Clock (base) and EngineClock (sip-engine).
// Must stay true: two timers due at the same moment run in the order in which they were set.

type Pending = {
  at: number;
  readonly order: number;
  readonly periodMs: number | undefined;
  readonly run: () => void;
  isCancelled: boolean;
};

type FakeTimer = { readonly cancel: () => void };

export class FakeClock {
  /** Moved by hand alone; timers run by it. */
  #now = 3_600_000;
  /** What lies between it and the wall time. */
  #offset: number;
  #order = 0;
  /** A binary heap, the next one first; cancelled ones leave it when their time comes. */
  readonly #heap: Pending[] = [];
  #pending = 0;

  /** Starts at a fixed moment, so that texts made from it are the same on every run. */
  constructor(startMs: number = Date.UTC(2026, 0, 1, 12, 0, 0)) {
    this.#offset = startMs - this.#now;
  }

  readonly now = (): number => this.#now + this.#offset;

  readonly monotonic = (): number => this.#now;

  /** Sets the wall time by so much, as a person or NTP does: no time passes, no timer runs. */
  jump(milliseconds: number): void {
    this.#offset += milliseconds;
  }

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

  /** The machine sleeps so long: what fell due meanwhile runs once when it wakes, a period too, however often it would have. */
  suspend(milliseconds: number): void {
    this.#now += milliseconds;
    const end = this.#now;
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      next.at = end;
      this.#fire(next);
    }
  }

  /** Timers that still wait: 0 when nothing leaks. */
  get pending(): number {
    return this.#pending;
  }

  #add(delayMs: number, periodMs: number | undefined, run: () => void): FakeTimer {
    const entry: Pending = { at: this.#now + Math.max(0, delayMs), order: this.#order++, periodMs, run, isCancelled: false };
    this.#pending += 1;
    this.#push(entry);
    return { cancel: () => this.#cancel(entry) };
  }

  #cancel(entry: Pending): void {
    if (entry.isCancelled) return;
    entry.isCancelled = true;
    this.#pending -= 1;
  }

  #nextUntil(end: number): Pending | undefined {
    for (let first = this.#heap[0]; first !== undefined && first.at <= end; first = this.#heap[0]) {
      this.#pop();
      if (!first.isCancelled) return first;
    }
    return undefined;
  }

  #fire(entry: Pending): void {
    this.#now = Math.max(this.#now, entry.at);
    if (entry.periodMs === undefined) this.#cancel(entry);
    else {
      entry.at += entry.periodMs;
      this.#push(entry);
    }
    entry.run();
  }

  #push(entry: Pending): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(heap[index], heap[parent])) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    this.#swap(0, heap.length - 1);
    heap.pop();
    for (let index = 0; ;) {
      const left = index * 2 + 1;
      const least = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!isBefore(heap[least], heap[index])) return;
      this.#swap(least, index);
      index = least;
    }
  }

  #swap(one: number, other: number): void {
    const heap = this.#heap;
    [heap[one], heap[other]] = [heap[other]!, heap[one]!];
  }
}

function isBefore(one: Pending | undefined, other: Pending | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
