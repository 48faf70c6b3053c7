import { randomBytes, randomInt } from 'node:crypto';
import type { Law } from '#media/g711.ts';
import { RtpEndpoint } from '#testing/twilio/rtp/rtp-endpoint.ts';
import { formatDescription, readDescription } from './sip-sdp.ts';
import type { SessionDescription, Direction } from './sip-sdp.ts';

export type MediaOptions = {
  readonly address: string;
  /** SRTP is offered; what is not secure is refused. */
  readonly isSecure: boolean;
  readonly laws: readonly Law[];
  readonly latches: boolean;
  readonly isMute: boolean;
  readonly lateMs: number;
};

const mirrored: Record<Direction, Direction> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** One RTP session and its offers and answers (RFC 3264). */
export class SipMedia {
  readonly rtp: RtpEndpoint;
  readonly #options: MediaOptions;
  readonly #id = randomInt(1_000_000_000);
  readonly #key = randomBytes(30).toString('base64');
  #version = 0;
  /** Whether audio flows, or is to flow once the far end has answered. */
  #isAgreed = false;

  private constructor(rtp: RtpEndpoint, options: MediaOptions) {
    this.rtp = rtp;
    this.#options = options;
  }

  static async open(options: MediaOptions): Promise<SipMedia> {
    const { address, latches, isMute, lateMs } = options;
    return new SipMedia(await RtpEndpoint.open({ address, latches, isMute, lateMs }), options);
  }

  get isAgreed(): boolean {
    return this.#isAgreed;
  }

  offer(): string {
    const { laws, isSecure } = this.#options;
    return this.#text({
      laws,
      eventType: 101,
      direction: 'sendrecv',
      key: isSecure ? { tag: '1', inline: this.#key } : undefined,
    });
  }

  /** Takes the answer to our offer; false when audio cannot flow by it. */
  accept(text: string): boolean {
    const answer = readDescription(text);
    return answer !== undefined && this.#use(answer);
  }

  /** The answer to an offer, or undefined when no audio can flow by it. */
  answer(text: string): string | undefined {
    const offer = readDescription(text);
    if (offer === undefined || !this.#use(offer)) return undefined;
    const law = this.#lawFor(offer);
    return this.#text({
      laws: law === undefined ? [] : [law],
      eventType: offer.eventType,
      direction: mirrored[offer.direction],
      key: offer.key && this.#options.isSecure ? { tag: offer.key.tag, inline: this.#key } : undefined,
    });
  }

  close(): void {
    this.rtp.close();
  }

  #use(description: SessionDescription): boolean {
    const law = this.#lawFor(description);
    const { isSecure } = this.#options;
    if (law === undefined || description.isSecure !== isSecure || (isSecure && description.key === undefined)) return false;
    const { direction, key, address, port } = description;
    this.rtp.use({
      law,
      eventType: description.eventType,
      remote: { address, port },
      sends: (direction === 'sendrecv' || direction === 'recvonly') && port > 0 && address !== '0.0.0.0',
      receives: direction === 'sendrecv' || direction === 'sendonly',
      ...(isSecure && key ? { keys: { ours: this.#key, theirs: key.inline } } : {}),
    });
    this.#isAgreed = true;
    return true;
  }

  #lawFor(description: SessionDescription): Law | undefined {
    return description.laws.find((law) => this.#options.laws.includes(law));
  }

  #text(fields: Pick<Parameters<typeof formatDescription>[0], 'laws' | 'eventType' | 'direction' | 'key'>): string {
    this.#version += 1;
    return formatDescription({
      address: this.#options.address,
      port: this.rtp.port,
      id: this.#id,
      version: this.#version,
      ...fields,
    });
  }
}
