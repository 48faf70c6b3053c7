import { parseEvent } from './rtp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';

const maxRemembered = 8;
/** The longest duration that one segment of an event can tell (RFC 4733 section 2.5.1.3). */
const maxDuration = 0xff_ff;

/** Finds the keys in telephone events (RFC 4733): each press once, whichever of its packets are lost, repeated or late. */
export class KeyDetector {
  #ssrc: number | undefined;
  /** The timestamps of the last presses; all packets of one press have the same. */
  #known: number[] = [];
  #last: { readonly digit: string; readonly continuesAt: number | undefined } | undefined;

  /** The key of a press that was not seen before. */
  detect(packet: RtpPacket): string | undefined {
    const event = parseEvent(packet.payload);
    if (event === undefined) return undefined;
    const { ssrc, timestamp } = packet;
    if (this.#ssrc !== ssrc) this.#known = [];
    const isKnown = this.#known.includes(timestamp);
    // A key that is held for longer than a segment can tell goes on in the next one.
    const isContinued = this.#ssrc === ssrc && this.#last?.digit === event.digit && this.#last.continuesAt === timestamp;
    this.#ssrc = ssrc;
    if (!isKnown) this.#known = [timestamp, ...this.#known].slice(0, maxRemembered);
    if (isKnown && timestamp !== this.#known[0]) return undefined;
    const isFull = event.duration === maxDuration && !event.isEnd;
    this.#last = { digit: event.digit, continuesAt: isFull ? (timestamp + maxDuration) >>> 0 : undefined };
    return isKnown || isContinued ? undefined : event.digit;
  }
}
