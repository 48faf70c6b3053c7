// Owns the house's own end of one call's media: its RTP ports, what is played, and the keys that come.
// Opened by voice.ts for the SIP room.
// Must stay true: sound goes to the negotiated address alone, and keys count from there alone; after `close` nothing is sent.
import type { Phrase } from '#calls/phrase.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { VoiceEndpoint, VoiceListener } from '#sip/relay/voice-port.ts';
import { decode } from './g711.ts';
import { KeyDetector } from './key-detector.ts';
import { PacedStream } from './paced-stream.ts';
import { Playback, silenceOf } from './playback.ts';
import type { Recordings } from './playback.ts';
import { reportsReception } from './rtcp-report.ts';
import { parseRtp } from './rtp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { ToneKeyDetector } from './tone-key-detector.ts';
import { formatAnswer, formatOffer, hears, readFarSide } from './voice-sdp.ts';
import type { FarSide } from './voice-sdp.ts';
import type { SocketPair } from './voice-sockets.ts';

export type VoiceEndpointDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly sockets: SocketPair;
  /** The local address that the sockets have. */
  readonly address: string;
  readonly listener: VoiceListener;
  readonly audioOf: (what: readonly Phrase[]) => Promise<Recordings>;
  /** A random 32-bit number. */
  readonly random: () => number;
  readonly onClosed: () => void;
};

/**
 * Nothing is sent in the first moment: where a call is handed on at once, the phone has heard no source before the next one. Some (baresip) that had
 * only a few packets of the first play nothing of a second whose sequence numbers lie below.
 */
const quietMs = 240;
/** A phone needs a moment from our description to its loudspeaker; the first word must not be lost in it. */
const leadInMs = 160;
const keys = /^[0-9*#A-D]$/;

export class RtpVoiceEndpoint implements VoiceEndpoint {
  readonly media = { zone: 'internal', trunk: undefined, isBrowser: false, isSecure: false } as const;
  readonly #deps: VoiceEndpointDeps;
  readonly #id: number;
  readonly #detector = new KeyDetector();
  readonly #toneDetector = new ToneKeyDetector();
  readonly #playback = new Playback();
  readonly #stream: PacedStream;
  #far: FarSide | undefined;
  #starting: Timer | undefined;
  #version = 0;
  #plays = 0;
  #hasSpoken = false;
  #hasHeard = false;
  #isReported = false;
  #isClosed = false;

  constructor(deps: VoiceEndpointDeps) {
    this.#deps = deps;
    this.#id = deps.random();
    this.#stream = new PacedStream({
      clock: deps.clock,
      random: deps.random,
      // A low one: phones (baresip) take what another source sends after us for old where it begins lower, and play nothing of it.
      firstTimestamp: deps.random() >>> 16,
      next: () => this.#playback.next(),
      format: () => (this.#far !== undefined && hears(this.#far) ? this.#far : undefined),
      send: (packet) => this.#send(packet),
    });
    deps.sockets.rtp.on('message', (bytes, from) => this.#receive(bytes, from.address));
    deps.sockets.rtcp.on('message', (bytes, from) => this.#receiveReport(bytes, from.address));
  }

  offer(): string {
    return formatOffer(this.#ourSide());
  }

  answer(offer: string): string | undefined {
    const far = readFarSide(offer);
    if (far === undefined || this.#isClosed) return undefined;
    this.#use(far);
    return formatAnswer(offer, far, this.#ourSide());
  }

  accept(answer: string): boolean {
    const far = readFarSide(answer);
    if (far === undefined || this.#isClosed) return false;
    this.#use(far);
    return true;
  }

  play(what: readonly Phrase[], done: () => void = () => {}): void {
    this.#plays += 1;
    if (!this.#isClosed) void this.#load(what, { play: this.#plays, done });
  }

  silence(): void {
    this.#plays += 1;
    this.#playback.clear();
  }

  key(digit: string): void {
    if (!this.#isClosed && keys.test(digit)) this.#deps.listener.key(digit);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.silence();
    this.#starting?.cancel();
    this.#stream.stop();
    const { sockets, onClosed } = this.#deps;
    sockets.rtp.close();
    sockets.rtcp.close();
    onClosed();
  }

  /** What was playing goes on until the new words are there; a later `play` or `silence` makes them obsolete. */
  async #load(what: readonly Phrase[], { play, done }: { readonly play: number; readonly done: () => void }): Promise<void> {
    const recordings = await this.#deps.audioOf(what);
    if (play !== this.#plays || this.#isClosed) return;
    const leadIn = this.#hasSpoken ? [] : [silenceOf(leadInMs)];
    this.#hasSpoken = true;
    const once = Buffer.concat([...leadIn, recordings.once]);
    this.#playback.start({ ...recordings, once }, () => this.#finished(done));
  }

  /** The stream goes on whatever its user does at the end of the words. */
  #finished(done: () => void): void {
    try {
      done();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'Internal error after spoken words');
    }
  }

  #use(far: FarSide): void {
    this.#far = far;
    this.#starting ??= this.#deps.clock.after(quietMs, () => this.#stream.start());
  }

  #ourSide() {
    this.#version += 1;
    const { address, sockets } = this.#deps;
    return { address, port: sockets.port, id: this.#id, version: this.#version };
  }

  #send(packet: Buffer): void {
    if (this.#far !== undefined && !this.#isClosed)
      this.#deps.sockets.rtp.send(packet, this.#far.port, this.#far.address, () => {});
  }

  #receive(bytes: Buffer, address: string): void {
    if (this.#far === undefined || address !== this.#far.address || this.#isClosed) return;
    const packet = parseRtp(bytes);
    if (packet === undefined) return;
    if (!this.#hasHeard) {
      this.#hasHeard = true;
      this.#deps.listener.sound?.();
    }
    for (const key of this.#keysIn(packet, this.#far)) this.key(key);
  }

  #receiveReport(bytes: Buffer, address: string): void {
    if (address !== this.#far?.address || this.#isClosed || this.#isReported || !reportsReception(bytes)) return;
    this.#isReported = true;
    this.#deps.listener.received?.();
  }

  /** Events where the far side has them; otherwise its keys are tones in its sound. */
  #keysIn(packet: RtpPacket, { eventType, payloadType, law }: FarSide): readonly string[] {
    if (packet.payloadType === eventType) return [this.#detector.detect(packet)].flatMap((key) => key ?? []);
    const isSound = eventType === undefined && packet.payloadType === payloadType;
    return isSound ? this.#toneDetector.detect(decode(law, packet.payload)) : [];
  }
}
