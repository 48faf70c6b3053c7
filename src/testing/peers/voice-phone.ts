// A simulated phone with audio: it hears what the house says, and presses keys (RFC 4733).
// Called by the flow tests of calls in which the house itself speaks.
// Must stay true: keys and sound go over real RTP to the port that the house has named.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { PromptName } from '#calls/phrase.ts';
import { promptFile } from '#media/prompt-files.ts';
import { formatEvent, formatRtp, parseRtp } from '#media/rtp-packet.ts';
import { SimulatedPhone } from './simulated-phone.ts';
import type { PhoneCall, SimulatedPhoneOptions } from './simulated-phone.ts';

/** A twentieth of a second of recorded words, by which they are told from others. */
const pieceBytes = 400;
const frameBytes = 160;
/** Of one key press. */
const eventUnits = 800;

export class VoicePhone implements AsyncDisposable {
  readonly phone: SimulatedPhone;
  readonly #socket: Socket;
  readonly #heard: Uint8Array[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #sequence = 1;
  #timestamp = 160;

  private constructor(phone: SimulatedPhone, socket: Socket) {
    this.phone = phone;
    this.#socket = socket;
    socket.on('message', (bytes) => {
      const packet = parseRtp(bytes);
      if (packet?.payloadType === 0) this.#heard.push(packet.payload);
    });
    socket.on('error', () => {});
  }

  static async start(options: Omit<SimulatedPhoneOptions, 'rtpPort'>): Promise<VoicePhone> {
    const socket = createSocket('udp4');
    socket.bind(0, options.address);
    await once(socket, 'listening');
    return new VoicePhone(await SimulatedPhone.start({ ...options, rtpPort: socket.address().port }), socket);
  }

  /** Whether the house has said these recorded words to it: most of their pieces, since a machine that stalls loses some. */
  hasHeard(name: PromptName, language = 'en' as const): boolean {
    const words = readFileSync(promptFile(language, name));
    const heard = Buffer.concat(this.#heard);
    const count = Math.floor(words.length / pieceBytes);
    const pieces = Array.from({ length: count }, (_, at) => words.subarray(at * pieceBytes, (at + 1) * pieceBytes));
    const telling = pieces.filter((piece) => new Set(piece).size > 2);
    return telling.filter((piece) => heard.includes(piece)).length > telling.length * 0.6;
  }

  /** What was heard until now counts no more. */
  forget(): void {
    this.#heard.length = 0;
  }

  /** As a person does, in a call that is answered. */
  press(call: PhoneCall, digit: string): void {
    const payload = formatEvent({ digit, isEnd: true, duration: eventUnits });
    // Sent three times (RFC 4733 section 2.5.1.4).
    for (let copy = 0; copy < 3; copy += 1) this.#send(call, { payloadType: 101, payload });
    this.#timestamp += eventUnits;
  }

  /** As an answering machine does: it talks and listens to nobody. */
  talk(call: PhoneCall): void {
    const payload = Buffer.from(Array.from({ length: frameBytes }, (_, index) => (index * 37) % 256));
    const timer = setInterval(() => {
      this.#send(call, { payloadType: 0, payload });
      this.#timestamp += frameBytes;
    }, 20);
    this.#timers.add(timer);
  }

  #send(call: PhoneCall, { payloadType, payload }: { readonly payloadType: number; readonly payload: Buffer }): void {
    const port = Number(/m=audio (\d+)/.exec(call.remoteSdp)?.[1]);
    const address = /c=IN IP4 (\S+)/.exec(call.remoteSdp)?.[1];
    const packet = { marker: false, sequence: this.#sequence, timestamp: this.#timestamp, ssrc: 7 };
    this.#sequence += 1;
    this.#socket.send(formatRtp({ ...packet, payloadType, payload }), port, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#socket.close();
    await this.phone[Symbol.asyncDispose]();
  }
}
