// What Twilio tells us, checked and in our own types, and who wants to hear it. The rooms that keep voicemails and messages fit these.
// Every notice may come twice, late, in any order, or never: keys are the sids.

/** The call a recording belongs to, as our record has it. */
export type NoticeCall = {
  /** Of the call record. */
  readonly callId: string;
  readonly startedAt: number;
  /** E.164; empty where the caller hides it. */
  readonly callerNumber: string;
  readonly callerName: string;
  /** Our number that was called, E.164. */
  readonly number: string | undefined;
  /** Whose mailbox it is. */
  readonly personId: string | undefined;
};

export type RecordingNotice = {
  readonly recordingSid: string;
  /** Of the parent leg, which our call record is joined to. */
  readonly callSid: string;
  /** `in-progress`, `completed`, `absent` or `failed`; others may appear. */
  readonly status: string;
  readonly durationSeconds: number | undefined;
  readonly channels: number | undefined;
  /** Such as `RecordVerb` (a voicemail), `DialVerb`, `StartCallRecordingAPI` (a recording of the call). */
  readonly source: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number | undefined;
  readonly errorCode: number | undefined;
  /** Undefined for a call we never heard of. */
  readonly call: NoticeCall | undefined;
};

export type TranscriptionNotice = {
  readonly transcriptionSid: string;
  readonly recordingSid: string;
  readonly callSid: string;
  /** `completed` or `failed`. */
  readonly status: string;
  readonly text: string;
};

/** What the caller hears before the beep. */
export type GreetingPrompt =
  | { readonly kind: 'text'; readonly text: string; readonly language: string | undefined; readonly voice: string | undefined }
  /** `token` as `publicMedia` knows it. */
  | { readonly kind: 'audio'; readonly token: string };

export type VoicemailRules = {
  readonly maxSeconds: number;
  readonly silenceSeconds: number;
  /** A shorter message is none. */
  readonly minSeconds: number;
  /** Whether Twilio is asked for a transcript. */
  readonly transcribe: boolean;
};

export type VoicemailPort = {
  /** From local state, at once. Undefined person: the house. */
  greetingFor(personId: string | undefined): GreetingPrompt;
  rulesFor(personId: string | undefined): VoicemailRules;
  /** Whether a recording that Twilio calls complete was looked at and holds no message. */
  isDiscarded(recordingSid: string): boolean;
  onRecording(notice: RecordingNotice): void | Promise<void>;
  onTranscription(notice: TranscriptionNotice): void | Promise<void>;
};

export type IncomingMessageNotice = {
  readonly messageSid: string;
  /** E.164 or a short code. */
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly segments: number;
  readonly media: readonly { readonly url: string; readonly contentType: string }[];
  /** Only where Twilio's own opt-out saw a keyword: `STOP`, `HELP` or `START`. */
  readonly optOut: string | undefined;
  readonly messagingServiceSid: string | undefined;
};

export type MessageStatusNotice = {
  readonly messageSid: string;
  /** As Twilio has it: `queued`, `sent`, `delivered`, `undelivered`, `failed` … */
  readonly status: string;
  readonly errorCode: number | undefined;
  readonly from: string;
  readonly to: string;
};

export type MessagesPort = {
  /** Resolves when the message is kept; a failure makes Twilio try the fallback address. Answers go out by the queue, not from here. */
  onIncomingMessage(notice: IncomingMessageNotice): void | Promise<void>;
  onMessageStatus(notice: MessageStatusNotice): void | Promise<void>;
};

/** A file that Twilio may fetch, under an unguessable name that expires. */
export type PublicMedia = { readonly contentType: string; readonly bytes: Uint8Array };
export type PublicMediaPort = { publicMedia(token: string): PublicMedia | undefined | Promise<PublicMedia | undefined> };

/** The house's own words and limits, for whoever has no greeting and for when something inside fails; keeps nothing. */
export const fallbackVoicemail: VoicemailPort = {
  greetingFor: () => ({
    kind: 'text',
    text: 'Nobody can take your call right now. Please leave a message after the tone.',
    language: undefined,
    voice: undefined,
  }),
  rulesFor: () => ({ maxSeconds: 180, silenceSeconds: 10, minSeconds: 3, transcribe: false }),
  isDiscarded: () => false,
  onRecording: () => {},
  onTranscription: () => {},
};
