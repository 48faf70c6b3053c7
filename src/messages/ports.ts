import type { PersonId } from '#base/ids.ts';
import type { FetchResult } from '#storage/fetch-result.ts';
import type { AttemptOutcome, LookUpOutcome } from '#storage/outbox-item.ts';

// What messages need of other rooms, as the composition hands it in; nothing here throws.

/** The media of inbound messages. */
export type MediaSource = {
  fetch(url: string): Promise<FetchResult>;
  /** The URLs of the media of a message that no webhook reported; undefined where they cannot be read now. */
  list(messageSid: string): Promise<readonly string[] | undefined>;
};

/** A phone number of ours, E.164, and whose it is. */
type OurNumber = { readonly number: string; readonly name: string; readonly ownerPersonId: PersonId | undefined };

/** Our phone numbers, the oldest first; `Numbers` fits. */
export type OurNumbers = {
  all(): readonly OurNumber[];
  /** Undefined where it is not ours. */
  byNumber(number: string): OurNumber | undefined;
  ofPerson(personId: PersonId): readonly OurNumber[];
};

/** The name of a far number in the address book of the one whose number of ours it is; empty where it has none. */
export type NameOf = (farNumber: string, ourNumber: string) => string;

/** The far numbers whose name contains a text: of the house's contacts and this person's, of everybody's where undefined. */
export type NumbersNamed = (text: string, personId: PersonId | undefined | 'anybody') => readonly string[];

/** Parses the number a person entered to E.164; undefined where it is none. */
export type ParsePhoneNumber = (text: string) => string | undefined;

/** Whether do not disturb is on for this number of ours. */
export type IsDnd = (ourNumber: string) => boolean;

/** Explains one of Twilio's error codes. */
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

/** A message in Twilio's list, for reconciliation. */
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

/** A message that Twilio accepted. */
export type SentMessage = {
  readonly sid: string;
  readonly status: string;
  readonly errorCode: number | undefined;
  readonly segments: number;
};

/** A message to be sent. */
export type OutgoingMessage = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** The public tokens of its media. */
  readonly mediaTokens: readonly string[];
};

export type SendOutcome = Exclude<AttemptOutcome, { kind: 'done' }> | { readonly kind: 'done'; readonly sent: SentMessage };
export type SearchOutcome = Exclude<LookUpOutcome, { kind: 'found' }> | { readonly kind: 'found'; readonly sent: SentMessage };

/** Sends a message once per call, and searches for one that may have been sent. */
export type MessageSender = {
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /** `attemptedAt`: when the first request may have been sent. `isKnown`: whether a message at Twilio is known to be another of ours. */
  search(message: OutgoingMessage, attemptedAt: number, isKnown: (sid: string) => boolean): Promise<SearchOutcome>;
};
