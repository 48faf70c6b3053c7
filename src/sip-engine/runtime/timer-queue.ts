import type { EngineClock, EngineTimer } from './clock.ts';

/** An item that waits in at most one queue at a time. The fields belong to the queue. */
export abstract class TimerQueueItem {
  queue: TimerQueue | undefined;
  dueAt = 0;
  previous: TimerQueueItem | undefined;
  next: TimerQueueItem | undefined;

  /** Its time is up; it has already left the queue. */
  abstract expire(): void;
}

/**
 * Items that expire the same delay after they were added. As all wait equally long, the queue is always ordered and needs one timer for its
 * head, however many thousands wait; adding and removing take constant time.
 */
export class TimerQueue {
  readonly delayMs: number;
  readonly #clock: EngineClock;
  #head: TimerQueueItem | undefined;
  #tail: TimerQueueItem | undefined;
  #timer: EngineTimer | undefined;
  #size = 0;
  #isExpiring = false;

  constructor(clock: EngineClock, delayMs: number) {
    this.#clock = clock;
    this.delayMs = delayMs;
  }

  get size(): number {
    return this.#size;
  }

  get first(): TimerQueueItem | undefined {
    return this.#head;
  }

  /** Appends an item that is in no queue. */
  add(item: TimerQueueItem): void {
    item.queue = this;
    item.dueAt = this.#clock.monotonic() + this.delayMs;
    item.previous = this.#tail;
    if (this.#tail === undefined) this.#head = item;
    else this.#tail.next = item;
    this.#tail = item;
    this.#size += 1;
    if (this.#timer === undefined && !this.#isExpiring) this.#arm(this.delayMs);
  }

  remove(item: TimerQueueItem): void {
    if (item.queue !== this) return;
    if (item.previous === undefined) this.#head = item.next;
    else item.previous.next = item.next;
    if (item.next === undefined) this.#tail = item.previous;
    else item.next.previous = item.previous;
    item.queue = undefined;
    item.previous = undefined;
    item.next = undefined;
    this.#size -= 1;
    if (this.#size === 0) this.#disarm();
  }

  stop(): void {
    while (this.#head !== undefined) this.remove(this.#head);
  }

  #arm(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => this.#expireHead());
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #expireHead(): void {
    this.#timer = undefined;
    this.#isExpiring = true;
    try {
      for (let head = this.#head; head !== undefined && this.#isDue(head); head = this.#head) {
        this.remove(head);
        head.expire();
      }
    } finally {
      this.#isExpiring = false;
      if (this.#head !== undefined) this.#arm(this.#head.dueAt - this.#clock.monotonic());
    }
  }

  #isDue(item: TimerQueueItem): boolean {
    return item.dueAt <= this.#clock.monotonic();
  }
}

/** The queues of one transaction layer, one for each delay in use. */
export class TimerQueues {
  readonly #clock: EngineClock;
  readonly #queues = new Map<number, TimerQueue>();

  constructor(clock: EngineClock) {
    this.#clock = clock;
  }

  /** Starts or restarts the item's only long timer. */
  start(item: TimerQueueItem, delayMs: number): void {
    item.queue?.remove(item);
    let line = this.#queues.get(delayMs);
    if (line === undefined) {
      line = new TimerQueue(this.#clock, delayMs);
      this.#queues.set(delayMs, line);
    }
    line.add(item);
  }

  cancel(item: TimerQueueItem): void {
    item.queue?.remove(item);
  }

  get size(): number {
    let size = 0;
    for (const line of this.#queues.values()) size += line.size;
    return size;
  }

  stop(): void {
    for (const line of this.#queues.values()) line.stop();
  }
}
