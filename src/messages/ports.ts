import type { FetchResult } from '#storage/fetch-result.ts';
import type { AttemptOutcome, LookUpOutcome } from '#storage/outbox-item.ts';

// What messages need from outside this room, as app.ts hands it in; nothing here throws.

/** Where the media of received messages come from. */
export type MediaSource = {
  fetch(url: string): Promise<FetchResult>;
  /** The addresses of what came with a message that nobody announced; undefined where they cannot be had now. */
  list(messageSid: string): Promise<readonly string[] | undefined>;
};

/** A phone number of ours, E.164, and whose it is. */
type OurNumber = { readonly number: string; readonly ownerPersonId: string | undefined };

/** Our phone numbers, the oldest first; `Numbers` fits. */
export type OurNumbers = {
  all(): readonly OurNumber[];
  /** Undefined where it is not ours. */
  byNumber(number: string): OurNumber | undefined;
  ofPerson(personId: string): readonly OurNumber[];
};

/** What a person wrote in the place of a number, as E.164; undefined where it is none. */
export type ParsePhoneNumber = (text: string) => string | undefined;

/** Whether nobody wants to be disturbed on this number of ours now. */
export type IsDnd = (ourNumber: string) => boolean;

/** What one of Twilio's codes means, in plain words. */
export type ExplainErrorCode = (code: number) => string;

/** An inbound message as Twilio reports it. */
export type IncomingMessageNotice = {
  readonly messageSid: string;
  /** E.164 or a short code. */
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly segments: number;
  readonly media: readonly { readonly url: string }[];
  /** Only where Twilio's own opt-out saw a keyword: `STOP`, `HELP` or `START`. */
  readonly optOut: string | undefined;
};

/** A status callback for a message we sent. */
export type MessageStatusNotice = {
  readonly messageSid: string;
  /** As Twilio has it: `queued`, `sent`, `delivered`, `undelivered`, `failed` … */
  readonly status: string;
  readonly errorCode: number | undefined;
};

/** A message as Twilio's list has it, for what nobody told us. */
export type ListedMessage = {
  readonly sid: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly status: string;
  readonly errorCode: number | undefined;
  readonly segments: number;
  readonly mediaCount: number;
  readonly createdAt: number | undefined;
  readonly sentAt: number | undefined;
};

/** What Twilio made of a message we sent. */
export type SentMessage = {
  readonly sid: string;
  readonly status: string;
  readonly errorCode: number | undefined;
  readonly segments: number;
};

/** A message as Twilio gets it. */
export type OutgoingMessage = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** The public names of its media. */
  readonly mediaTokens: readonly string[];
};

export type SendOutcome = Exclude<AttemptOutcome, { kind: 'done' }> | { readonly kind: 'done'; readonly sent: SentMessage };
export type SearchOutcome = Exclude<LookUpOutcome, { kind: 'found' }> | { readonly kind: 'found'; readonly sent: SentMessage };

/** Sends messages at Twilio, once each time it is asked, and finds those that may have been sent. */
export type MessageSender = {
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /** `attemptedAt`: when the first request may have left. `isKnown`: whether a message at Twilio is surely another one of ours. */
  search(message: OutgoingMessage, attemptedAt: number, isKnown: (sid: string) => boolean): Promise<SearchOutcome>;
};
