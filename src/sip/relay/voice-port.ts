import type { Phrase } from '#calls/phrase.ts';
import type { MediaEndpoint } from './media-port.ts';

/** Where the house itself takes part in the media of a call; implemented by the media room. */
export type VoicePort = {
  /** Undefined where no port is free. */
  open(listener: VoiceListener): Promise<VoiceEndpoint | undefined>;
};

export type VoiceListener = {
  /** A key was pressed, once per press: `0` to `9`, `*`, `#`, or `A` to `D`. */
  key(digit: string): void;
  /** The first sound has come from the far side. */
  sound?(): void;
  /** The far side has reported by RTCP that it gets our sound; not all do. */
  received?(): void;
};

/** The house's own end of a call's media. No method throws; after `close` none does anything. */
export type VoiceEndpoint = {
  /** Inside the house, neither browser nor SRTP: a media path interworks it with every other endpoint. */
  readonly media: MediaEndpoint;
  /** Our offer: PCMU, PCMA and telephone-event. */
  offer(): string;
  /** Our answer to an offer, also to a later one; undefined where no codec is in common. */
  answer(offer: string): string | undefined;
  /** Takes the far side's answer to our offer; false where no codec is in common. */
  accept(answer: string): boolean;
  /** Says it from the start, instead of what is said now. `done` is called at its end, but not when it is replaced or silenced. */
  play(what: readonly Phrase[], done?: () => void): void;
  silence(): void;
  /** A key that came by SIP INFO. */
  key(digit: string): void;
  close(): void;
};

/** A house that never speaks. */
export const noVoice: VoicePort = { open: () => Promise.resolve(undefined) };
