import type { Phrase } from '#calls/phrase.ts';
import type { VoiceEndpoint, VoiceListener, VoicePort } from '#sip/relay/voice-port.ts';

/** One end opened at a `FakeVoice`: nothing is sent, and a test says when the words are over and which key is pressed. */
export class FakeVoiceEndpoint implements VoiceEndpoint {
  readonly media = { zone: 'internal', trunk: undefined, isBrowser: false } as const;
  /** Everything that was played, in its order. */
  readonly played: (readonly Phrase[])[] = [];
  /** The far side's descriptions. */
  readonly descriptions: string[] = [];
  /** Whether descriptions of the far side have a codec in common with ours. */
  hasCodec = true;
  isClosed = false;
  readonly #port: number;
  readonly #listener: VoiceListener;
  #done: (() => void) | undefined;

  constructor(port: number, listener: VoiceListener) {
    this.#port = port;
    this.#listener = listener;
  }

  offer(): string {
    return voiceSdp(this.#port);
  }

  answer(offer: string): string | undefined {
    this.descriptions.push(offer);
    return this.hasCodec ? voiceSdp(this.#port) : undefined;
  }

  accept(answer: string): boolean {
    this.descriptions.push(answer);
    return this.hasCodec;
  }

  play(what: readonly Phrase[], done?: () => void): void {
    if (this.isClosed) return;
    this.played.push(what);
    this.#done = done;
  }

  silence(): void {
    this.#done = undefined;
  }

  key(digit: string): void {
    if (!this.isClosed) this.#listener.key(digit);
  }

  /** The far side is heard, or reports that it hears. */
  hear(what: 'sound' | 'report'): void {
    if (what === 'sound') this.#listener.sound?.();
    else this.#listener.received?.();
  }

  close(): void {
    this.isClosed = true;
    this.#done = undefined;
  }

  /** What plays comes to its end. */
  finish(): void {
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }
}

/** A voice of the house without sound: end n has the port 40000 + 2n. */
export class FakeVoice implements VoicePort {
  readonly endpoints: FakeVoiceEndpoint[] = [];
  /** Whether there are ports left. */
  hasPorts = true;

  open(listener: VoiceListener): Promise<FakeVoiceEndpoint | undefined> {
    if (!this.hasPorts) return Promise.resolve(undefined);
    const endpoint = new FakeVoiceEndpoint(40_002 + 2 * this.endpoints.length, listener);
    this.endpoints.push(endpoint);
    return Promise.resolve(endpoint);
  }
}

/** The description of an end with this port. */
export function voiceSdp(port: number): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 0 8 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    '',
  ].join('\r\n');
}
