import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { encode } from '#media/g711.ts';
import { formatEvent, formatRtp, parseRtp } from '#media/rtp-packet.ts';
import type { RtpPacket } from '#media/rtp-packet.ts';
import { SecureStream } from '#testing/twilio/rtp/rtp-secure.ts';

// One end of a call's sound that keeps every packet it hears and presses keys. RtpPeer measures tones, and forgets.
// Called by tests of what the house says itself.

type RtpEarOptions = {
  readonly address?: string;
  /** It offers SRTP with keys in the description (RFC 4568). */
  readonly isSecure?: boolean;
};

const suite = 'AES_CM_128_HMAC_SHA1_80';
const eventType = 101;

export class RtpEar {
  readonly packets: RtpPacket[] = [];
  readonly #socket: Socket;
  readonly #key: string | undefined;
  readonly #outgoing: SecureStream | undefined;
  #incoming: SecureStream | undefined;
  #sequence = 0;
  #tag = '1';

  private constructor(socket: Socket, key: string | undefined) {
    this.#socket = socket;
    this.#key = key;
    this.#outgoing = key === undefined ? undefined : new SecureStream(key);
    socket.on('message', (bytes) => this.#receive(bytes));
  }

  static async open({ address = '127.0.0.1', isSecure = false }: RtpEarOptions = {}): Promise<RtpEar> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new RtpEar(socket, isSecure ? randomBytes(30).toString('base64') : undefined);
  }

  /** `types`: the payload types in the order of preference; 101 is telephone-event. */
  sdp({ types = '0 101', version = 1 }: { readonly types?: string; readonly version?: number } = {}): string {
    const { address, port } = this.#socket.address();
    const profile = this.#key === undefined ? 'RTP/AVP' : 'RTP/SAVP';
    return [
      ...['v=0', `o=ear ${port} ${version} IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0'],
      `m=audio ${port} ${profile} ${types}`,
      ...(this.#key === undefined ? [] : [`a=crypto:${this.#tag} ${suite} inline:${this.#key}`]),
      ...[`a=rtpmap:${eventType} telephone-event/8000`, 'a=fmtp:101 0-15', 'a=ptime:20', 'a=sendrecv', ''],
    ].join('\r\n');
  }

  /** Takes the key of the other side's description, and the tag under which an answer names it. */
  learnKey(sdp: string): void {
    const [, tag = '1', inline] = new RegExp(`^a=crypto:(\\d+) ${suite} inline:(\\S+)`, 'm').exec(sdp) ?? [];
    this.#tag = tag;
    this.#incoming = inline === undefined ? undefined : new SecureStream(inline);
  }

  get heard(): Buffer {
    return Buffer.concat(this.packets.map(({ payload }) => payload));
  }

  /** One press: three packets of its end (RFC 4733 section 2.5.1.4), sent to the stream of a description. */
  press(digit: string, to: string, timestamp: number): void {
    const payload = formatEvent({ digit, isEnd: true, duration: 800 });
    for (let copy = 0; copy < 3; copy += 1) this.#send({ payloadType: eventType, marker: copy === 0, timestamp, payload }, to);
  }

  /** Says something, in packets of 20 ms of this payload type: 0 is PCMU, 8 PCMA. */
  say(samples: Int16Array, to: string, payloadType: 0 | 8): void {
    for (let at = 0; at < samples.length; at += 160) {
      const payload = encode(payloadType === 0 ? 'PCMU' : 'PCMA', samples.subarray(at, at + 160));
      this.#send({ payloadType, marker: at === 0, timestamp: at, payload }, to);
    }
  }

  #send(packet: Omit<RtpPacket, 'sequence' | 'ssrc'>, to: string): void {
    const port = Number(/^m=audio (\d+)/m.exec(to)?.[1]);
    const address = /^c=IN IP4 (\S+)/m.exec(to)?.[1] ?? '127.0.0.1';
    this.#sequence += 1;
    const bytes = formatRtp({ ...packet, sequence: this.#sequence, ssrc: 9 });
    this.#socket.send(this.#outgoing?.protect(bytes) ?? bytes, port, address);
  }

  close(): void {
    this.#socket.close();
  }

  #receive(bytes: Buffer): void {
    const plain = this.#key === undefined ? bytes : this.#incoming?.unprotect(bytes);
    const packet = plain === undefined ? undefined : parseRtp(plain);
    if (packet !== undefined) this.packets.push(packet);
  }
}
