import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode } from '#media/g711.ts';
import { formatRtp, parseRtp } from '#media/rtp-packet.ts';
import { energyAt } from '#testing/base/wav.ts';

// A bare end of an RTP stream: it sends a tone and measures what it hears. Cheap enough for hundreds at once.
// Called by the tests of src/media and by bench/relay.ts.

const frameSamples = 160;
const sampleRate = 8000;
/** What is kept of the audio heard: the last second. */
const framesKept = 50;

export type ReceiveStats = {
  readonly packets: number;
  /** Sequence numbers that never came, between the first and the last. */
  readonly lost: number;
  /** Where the last packet came from. */
  readonly from: { readonly address: string; readonly port: number } | undefined;
};

export class RtpPeer implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #packets: readonly Buffer[];
  readonly #ssrc = randomInt(2 ** 32);
  #sent = 0;
  #received = 0;
  #first: number | undefined;
  #highest = 0;
  #from: ReceiveStats['from'];
  #frames: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #watchers = new Set<() => void>();

  private constructor(socket: Socket, toneHz: number) {
    this.#socket = socket;
    this.#packets = tonePackets(toneHz);
    socket.on('message', (bytes, from) => this.#receive(bytes, from));
    socket.on('error', () => {});
  }

  /** Tones of whole multiples of 50 Hz have no seam between packets. */
  static async open({ address = '127.0.0.1', toneHz }: { address?: string; toneHz: number }): Promise<RtpPeer> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    socket.bind(0, address);
    await once(socket, 'listening');
    return new RtpPeer(socket, toneHz);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get address(): string {
    return this.#socket.address().address;
  }

  /** An offer or answer that names this peer. */
  sdp({ direction = 'sendrecv', address = this.address }: { direction?: string; address?: string } = {}): string {
    return [
      'v=0',
      `o=peer ${this.port} 1 IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      `m=audio ${this.port} RTP/AVP 0 101`,
      'a=rtpmap:101 telephone-event/8000',
      `a=${direction}`,
      '',
    ].join('\r\n');
  }

  get sent(): number {
    return this.#sent;
  }

  get receiveStats(): ReceiveStats {
    const lost = this.#first === undefined ? 0 : this.#highest - this.#first + 1 - this.#received;
    return { packets: this.#received, lost: Math.max(0, lost), from: this.#from };
  }

  /** The share (0 to 1) of the last second heard that lies at this frequency. */
  toneShare(frequency: number): number {
    return energyAt({ sampleRate, samples: decode('PCMU', Buffer.concat(this.#frames)) }, frequency);
  }

  /** Forgets the audio, not the counts. */
  forget(): void {
    this.#frames = [];
  }

  /** Resolves with the share once it is nearly the whole audio. */
  async waitForTone(frequency: number, limitSeconds = 20): Promise<void> {
    const until = Date.now() + limitSeconds * 1000;
    while (this.toneShare(frequency) < 0.9) {
      if (Date.now() > until) {
        throw new Error(
          `${frequency} Hz was not heard: share ${this.toneShare(frequency)}, ${JSON.stringify(this.receiveStats)}`,
        );
      }
      await this.#nextPacket(500);
    }
  }

  /** Sends the tone from now on, each 20 ms, to the stream of a description. */
  sendTo(target: string | { readonly address: string; readonly port: number }): void {
    const to = typeof target === 'string' ? readTarget(target) : target;
    this.stopSending();
    const start = performance.now();
    const before = this.#sent;
    this.#timer = setInterval(() => {
      const due = Math.floor((performance.now() - start) / 20);
      while (this.#sent - before < due) this.#send(to);
    }, 10);
  }

  stopSending(): void {
    clearInterval(this.#timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopSending();
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #send(to: { readonly address: string; readonly port: number }): void {
    const packet = this.#packets[this.#sent % this.#packets.length];
    if (packet === undefined) return;
    const copy = Buffer.from(packet);
    copy.writeUInt16BE(this.#sent & 0xffff, 2);
    copy.writeUInt32BE((this.#sent * frameSamples) >>> 0, 4);
    copy.writeUInt32BE(this.#ssrc, 8);
    this.#sent += 1;
    this.#socket.send(copy, to.port, to.address, () => {});
  }

  #receive(bytes: Buffer, from: { address: string; port: number }): void {
    const packet = parseRtp(bytes);
    if (packet === undefined || packet.payloadType !== 0) return;
    this.#received += 1;
    this.#from = { address: from.address, port: from.port };
    this.#first ??= packet.sequence;
    // The nearest number to the highest so far that ends in these 16 bits.
    const ahead = ((packet.sequence - this.#highest) << 16) >> 16;
    this.#highest = this.#received === 1 ? packet.sequence : Math.max(this.#highest, this.#highest + ahead);
    this.#frames.push(packet.payload);
    if (this.#frames.length > framesKept) this.#frames.shift();
    for (const notify of this.#watchers) notify();
  }

  #nextPacket(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.#watchers.add(done);
    });
  }
}

/** Address and port of the first audio stream. */
export function readTarget(sdp: string): { address: string; port: number } {
  const address = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1] ?? '';
  return { address, port: Number(/^m=audio (\d+)/m.exec(sdp)?.[1] ?? 0) };
}

/** The packets of one second of a tone. */
function tonePackets(frequency: number): Buffer[] {
  return Array.from({ length: 50 }, (_, frame) => {
    const samples = Int16Array.from({ length: frameSamples }, (__, index) =>
      Math.round(9000 * Math.sin((2 * Math.PI * frequency * (frame * frameSamples + index)) / sampleRate)),
    );
    const head = { payloadType: 0, marker: false, sequence: 0, timestamp: 0, ssrc: 0 };
    return formatRtp({ ...head, payload: encode('PCMU', samples) });
  });
}
