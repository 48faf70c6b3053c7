import { systemClock } from '#base/clock.ts';
import { serialize } from '#sip-engine/message/serialize.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';

// What went over the wire, and what the house did wrong, for tests that failed.
// Called by the emulator's SIP side for every message.
// Must stay true: the lists are bounded, and a breach is never lost.

export type TracedMessage = {
  /** Milliseconds of the wire's clock. */
  readonly at: number;
  /** `in`: from the house. */
  readonly direction: 'in' | 'out';
  readonly protocol: string;
  /** `address:port` of the other side. */
  readonly remote: string;
  readonly message: SipMessage;
};

type Waiting = { readonly look: () => boolean };

const maxMessages = 2000;
const maxBreaches = 100;

export class SipTrace {
  readonly messages: TracedMessage[] = [];
  /** What the house did that Twilio would not have stood, such as a BYE past the Record-Route. */
  readonly breaches: string[] = [];
  readonly #waiting = new Set<Waiting>();

  note(entry: TracedMessage): void {
    this.messages.push({ ...entry, message: entry.message.clone() });
    if (this.messages.length > maxMessages) this.messages.shift();
    for (const waiting of this.#waiting) if (waiting.look()) this.#waiting.delete(waiting);
  }

  /** The nth message of a kind, also one that came already; fails with all that was said. */
  waitFor(direction: 'in' | 'out', what: string | number, { count = 1, limitSeconds = 15 } = {}): Promise<SipMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<SipMessage>();
    const look = (): boolean => {
      const found = this.seen(direction, what)[count - 1];
      if (found) resolve(found);
      return found !== undefined;
    };
    if (look()) return promise;
    const waiting = { look };
    this.#waiting.add(waiting);
    const limit = systemClock.after(limitSeconds * 1000, () => {
      this.#waiting.delete(waiting);
      reject(new Error(`${what} (${direction}) did not come ${count} times in ${limitSeconds} s:\n${this.text()}`));
    });
    return promise.finally(() => limit.cancel());
  }

  breach(what: string): void {
    if (this.breaches.length < maxBreaches) this.breaches.push(what);
  }

  /** Messages of one direction that fit a method or a status. */
  seen(direction: 'in' | 'out', what: string | number): SipMessage[] {
    return this.messages
      .filter((entry) => entry.direction === direction)
      .map((entry) => entry.message)
      .filter((message) => (typeof what === 'number' ? message.status === what : message.method === what));
  }

  /** Throws when the house did something wrong, with all that was said. */
  check(): void {
    if (this.breaches.length > 0) throw new Error(`${this.breaches.join('\n')}\n\n${this.text()}`);
  }

  /** For a test that provokes them: the breaches so far, which then no longer count. */
  takeBreaches(): string[] {
    return this.breaches.splice(0);
  }

  text(): string {
    return this.messages
      .map(({ at, direction, protocol, remote, message }) => {
        const arrow = direction === 'in' ? '<<' : '>>';
        return `${arrow} ${(at / 1000).toFixed(3)} ${protocol} ${remote}\n${serialize(message).toString('latin1')}`;
      })
      .join('\n');
  }
}
