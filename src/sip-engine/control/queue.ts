import type { EngineClock } from '../runtime/clock.ts';

/** Calls `release` when the application is sure to have had a turn of its event loop since the bytes were written. */
export type Pace = (release: () => void) => void;

/** For applications whose event loop cannot be watched: some ms, and two turns of our own loop, which covers one in this process. */
export function timedPace(clock: EngineClock, turnMs: number): Pace {
  return (release) => {
    clock.after(turnMs, () => setImmediate(() => setImmediate(release)));
  };
}

type Frame = { readonly bytes: Buffer; readonly isEcho: boolean };

/**
 * The frames on their way to one application, in order for each Call-ID.
 *
 * drachtio-srf handles all frames of one read synchronously, while code that awaits the promise of a request attaches its listeners in a
 * microtask. So after the echo of a command the next frame of the same Call-ID is held back until the application has had a turn; frames
 * of other calls are not held and share a write.
 */
export class ControlQueue {
  readonly #write: (bytes: Buffer, written: () => void) => void;
  readonly #pace: Pace;
  readonly #held = new Map<string, Frame[]>();
  #outgoing: Buffer[] = [];
  #echoes: string[] = [];
  #bytes = 0;
  #isClosed = false;

  constructor(write: (bytes: Buffer, written: () => void) => void, pace: Pace) {
    this.#write = write;
    this.#pace = pace;
  }

  /** Bytes held here, not yet handed to the socket. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Call-IDs whose next frame waits for the application's turn. */
  get heldCalls(): number {
    return this.#held.size;
  }

  /** `callId` '' belongs to no call and is never held back. */
  send(bytes: Buffer, callId = '', isEcho = false): void {
    if (this.#isClosed) return;
    this.#bytes += bytes.length;
    const waiting = callId === '' ? undefined : this.#held.get(callId);
    if (waiting === undefined) this.#put({ bytes, isEcho }, callId);
    else waiting.push({ bytes, isEcho });
  }

  /** Writes everything, including what was held back, and takes no more. */
  close(): void {
    for (const frames of this.#held.values()) this.#outgoing.push(...frames.map((frame) => frame.bytes));
    this.#held.clear();
    this.#flush();
    this.#isClosed = true;
  }

  #put(frame: Frame, callId: string): void {
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush());
    this.#outgoing.push(frame.bytes);
    if (!frame.isEcho || callId === '') return;
    this.#held.set(callId, []);
    this.#echoes.push(callId);
  }

  #flush(): void {
    const [first] = this.#outgoing;
    if (first === undefined) return;
    const bytes = this.#outgoing.length === 1 ? first : Buffer.concat(this.#outgoing);
    const echoes = this.#echoes;
    this.#outgoing = [];
    this.#echoes = [];
    this.#bytes -= bytes.length;
    this.#write(bytes, () => {
      if (echoes.length > 0 && !this.#isClosed) this.#pace(() => this.#release(echoes));
    });
  }

  #release(callIds: readonly string[]): void {
    if (this.#isClosed) return;
    for (const callId of callIds) {
      const waiting = this.#held.get(callId) ?? [];
      this.#held.delete(callId);
      const upTo = waiting.findIndex((frame) => frame.isEcho);
      const ready = upTo === -1 ? waiting : waiting.slice(0, upTo + 1);
      for (const frame of ready) this.#put(frame, callId);
      if (ready.length < waiting.length) this.#held.set(callId, waiting.slice(ready.length));
    }
  }
}
