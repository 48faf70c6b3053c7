import type { Clock, Timer } from '#base/clock.ts';
import { decode, encode } from './g711.ts';
import type { Law } from './g711.ts';
import { formatRtp } from './rtp-packet.ts';

export const frameMs = 20;
/** At 8 kHz; one byte each in G.711. */
export const frameSamples = 160;
/** Twice in the time of a frame: a timer that is a little late delays no packet by a whole one. */
const tickMs = 10;
/** After a longer standstill what was missed is left out: a burst of old packets would only fill the far side's buffer. */
const maxLateFrames = 10;

/** How packets are marked at the moment. */
export type PacketFormat = { readonly law: Law; readonly payloadType: number };

type PacedStreamDeps = {
  readonly clock: Clock;
  /** The next 20 ms in µ-law. */
  readonly next: () => Uint8Array;
  /** Undefined while nothing is to be sent; time goes on. */
  readonly format: () => PacketFormat | undefined;
  readonly send: (packet: Buffer) => void;
  /** Random 32-bit numbers (RFC 3550 section 5.1). */
  readonly random: () => number;
  readonly firstTimestamp: number;
};

const lawTable = encode(
  'PCMA',
  decode(
    'PCMU',
    Uint8Array.from({ length: 256 }, (_, code) => code),
  ),
);

/** One RTP stream that we send, a packet every 20 ms. When each is due follows from the start of the stream: no error adds up. */
export class PacedStream {
  readonly #deps: PacedStreamDeps;
  readonly #ssrc: number;
  readonly #firstTimestamp: number;
  #sequence: number;
  #startedAt: number | undefined;
  /** Sent or left out since the start. */
  #frames = 0;
  #isFirst = true;
  #timer: Timer | undefined;

  constructor(deps: PacedStreamDeps) {
    this.#deps = deps;
    this.#ssrc = deps.random();
    this.#firstTimestamp = deps.firstTimestamp;
    this.#sequence = deps.random() & 0x7f_ff;
  }

  start(): void {
    if (this.#startedAt !== undefined) return;
    this.#startedAt = this.#deps.clock.monotonic();
    this.#timer = this.#deps.clock.every(tickMs, () => this.#tick(this.#startedAt ?? 0));
    this.#tick(this.#startedAt);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #tick(startedAt: number): void {
    const due = Math.floor((this.#deps.clock.monotonic() - startedAt) / frameMs) + 1;
    if (due - this.#frames > maxLateFrames) {
      this.#frames = due - 1;
      this.#isFirst = true;
    }
    while (this.#frames < due) this.#sendFrame();
  }

  #sendFrame(): void {
    const format = this.#deps.format();
    const timestamp = (this.#firstTimestamp + this.#frames * frameSamples) >>> 0;
    this.#frames += 1;
    if (format === undefined) {
      this.#isFirst = true;
      return;
    }
    const { law, payloadType } = format;
    const frame = Buffer.from(this.#deps.next());
    const payload = law === 'PCMU' ? frame : frame.map((code) => lawTable[code] ?? 0);
    this.#sequence = (this.#sequence + 1) & 0xff_ff;
    const packet = { payloadType, marker: this.#isFirst, sequence: this.#sequence, timestamp, ssrc: this.#ssrc };
    this.#isFirst = false;
    this.#deps.send(formatRtp({ ...packet, payload: Buffer.from(payload) }));
  }
}
