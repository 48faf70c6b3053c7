import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode } from '#media/g711.ts';
import type { Law } from '#media/g711.ts';
import { JitterBuffer } from './rtp-jitter.ts';
import { formatEvent, formatRtp, parseEvent, parseRtp } from '#media/rtp-packet.ts';
import type { RtpPacket } from '#media/rtp-packet.ts';
import { SecureStream } from './rtp-secure.ts';
import { frameSamples } from './rtp-audio-mixer.ts';
import type { AudioLine } from './rtp-audio-mixer.ts';

// One RTP socket of the emulated media gateway: G.711 both ways, telephone events, loss count, optional SRTP.
// Called by the SIP side, one for each offered or answered session.
// Must stay true: it sends only while a session is set, and never throws on what arrives.

const payloadTypes: Record<Law, number> = { PCMU: 0, PCMA: 8 };
// RFC 4733 section 2.5.1.4: the last packet goes out three times.
const eventFrames = 5;
const endPackets = 3;
const pauseFrames = 2;

export type RtpSession = {
  readonly law: Law;
  readonly eventType: number | undefined;
  readonly remote: { readonly address: string; readonly port: number };
  readonly sends: boolean;
  readonly receives: boolean;
  /** The two keys of SDES, in base64. */
  readonly keys?: { readonly ours: string; readonly theirs: string };
};

export type RtpOptions = {
  readonly address: string;
  /** Send back to where audio comes from, whatever the SDP says. */
  readonly latches: boolean;
  /** Nothing is ever sent (one-way audio). */
  readonly isMute?: boolean;
  /** Nothing is sent for this long after the session began. */
  readonly lateMs?: number;
};

export type RtpMeasure = {
  readonly sent: number;
  readonly received: number;
  /** Missing sequence numbers between the first and the highest. */
  readonly lost: number;
  readonly duplicated: number;
  /** Packets whose SRTP tag was wrong. */
  readonly refused: number;
  /** Where the last packet came from. */
  readonly source: { readonly address: string; readonly port: number } | undefined;
};

type SendingDigit = { readonly digit: string; frame: number; readonly timestamp: number; readonly sent: () => void };

export class RtpEndpoint implements AudioLine {
  onDigit: (digit: string) => void = () => {};
  readonly #socket: Socket;
  readonly #options: RtpOptions;
  readonly #buffer = new JitterBuffer();
  readonly #ssrc = randomInt(2 ** 32);
  #session: RtpSession | undefined;
  #outgoing: SecureStream | undefined;
  #incoming: SecureStream | undefined;
  #source: { address: string; port: number } | undefined;
  #sequence = randomInt(2 ** 15);
  #timestamp = randomInt(2 ** 32);
  #frames = 0;
  #digits: SendingDigit[] = [];
  #lastEvent: number | undefined;
  #sent = 0;
  #refused = 0;

  private constructor(socket: Socket, options: RtpOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (bytes, from) => this.#receive(bytes, from));
    socket.on('error', () => {});
  }

  static async open(options: RtpOptions): Promise<RtpEndpoint> {
    const socket = createSocket('udp4');
    socket.bind(0, options.address);
    await once(socket, 'listening');
    return new RtpEndpoint(socket, options);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get measure(): RtpMeasure {
    return { sent: this.#sent, refused: this.#refused, source: this.#source, ...this.#buffer.counts };
  }

  /** Begins to send and hear, or changes how. */
  use(session: RtpSession): void {
    const before = this.#session?.keys;
    if (session.keys?.ours !== before?.ours) this.#outgoing = session.keys && new SecureStream(session.keys.ours);
    if (session.keys?.theirs !== before?.theirs) this.#incoming = session.keys && new SecureStream(session.keys.theirs);
    this.#session = session;
  }

  readonly pull = (): Int16Array | undefined => (this.#session?.receives === true ? this.#buffer.pull(frameSamples) : undefined);

  readonly push = (frame: Int16Array): void => {
    const session = this.#session;
    if (session === undefined) return;
    this.#frames += 1;
    this.#timestamp = (this.#timestamp + frameSamples) >>> 0;
    const isLate = this.#frames * 20 <= (this.#options.lateMs ?? 0);
    if (!session.sends || this.#options.isMute === true || isLate) return;
    const digit = this.#digits[0];
    if (digit) this.#sendEvent(digit, session.eventType);
    else this.#send(payloadTypes[session.law], encode(session.law, frame), { marker: this.#sent === 0 });
  };

  /** Without telephone events in the session the digit is lost, as with Twilio. */
  readonly sendDigit = (digit: string): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#session?.eventType === undefined || this.#digits.length >= 64) resolve();
    else this.#digits.push({ digit, frame: 0, timestamp: this.#timestamp, sent: resolve });
    return promise;
  };

  close(): void {
    this.#session = undefined;
    for (const { sent } of this.#digits) sent();
    this.#digits = [];
    this.#socket.removeAllListeners('message');
    try {
      this.#socket.close();
    } catch {
      // It was closed before.
    }
  }

  #sendEvent(sending: SendingDigit, type: number | undefined): void {
    sending.frame += 1;
    const { frame, digit } = sending;
    if (frame === 1) this.#digits[0] = { ...sending, timestamp: this.#timestamp };
    if (type !== undefined && frame <= eventFrames) {
      const isEnd = frame === eventFrames;
      const payload = formatEvent({ digit, isEnd, duration: frame * frameSamples });
      const timestamp = this.#digits[0]?.timestamp ?? sending.timestamp;
      for (let copy = 0; copy < (isEnd ? endPackets : 1); copy += 1)
        this.#send(type, payload, { marker: frame === 1, timestamp });
    }
    if (frame < eventFrames + pauseFrames) return;
    this.#digits.shift();
    sending.sent();
  }

  #send(payloadType: number, payload: Buffer, { marker = false, timestamp = this.#timestamp }): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const packet = formatRtp({ payloadType, marker, sequence: this.#sequence, timestamp, ssrc: this.#ssrc, payload });
    const to = this.#options.latches && this.#source ? this.#source : session.remote;
    this.#sent += 1;
    if (to.port > 0) this.#socket.send(this.#outgoing?.protect(packet) ?? packet, to.port, to.address, () => {});
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    const plain = this.#incoming ? this.#incoming.unprotect(bytes) : bytes;
    const packet = plain && parseRtp(plain);
    if (plain === undefined) this.#refused += 1;
    if (packet === undefined || this.#session === undefined) return;
    this.#source = { address: from.address, port: from.port };
    if (packet.payloadType === this.#session.eventType) this.#hearEvent(packet);
    else if (packet.payloadType === 0) this.#buffer.add(packet.sequence, decode('PCMU', packet.payload));
    else if (packet.payloadType === 8) this.#buffer.add(packet.sequence, decode('PCMA', packet.payload));
  }

  #hearEvent(packet: RtpPacket): void {
    const event = parseEvent(packet.payload);
    this.#buffer.add(packet.sequence, new Int16Array(frameSamples));
    // All packets of one key press have the same timestamp.
    if (event === undefined || packet.timestamp === this.#lastEvent) return;
    this.#lastEvent = packet.timestamp;
    this.onDigit(event.digit);
  }
}
