// What voicemail needs of other parts, as the composition hands it in; nothing here throws.
import type { CallId, DeviceId, PersonId } from '#base/ids.ts';
import type { FetchResult, RetryLater } from '#storage/fetch-result.ts';
import type { MessageVerdict } from './message-verdict.ts';
import type { ExternalRecording, Recording, RecordingNotice } from './recording.ts';

/** Who called which of our numbers: E.164; `from` is empty where it is withheld. */
export type CallFacts = { readonly from: string; readonly to: string; readonly callerName: string | undefined };

/** The name of a number in the address book of the one whose mailbox it is; undefined where it has none. */
/** The numbers of whoever has this text in a name that the person, or anybody, sees in the address book. */
export type NumbersNamed = (text: string, personId: PersonId | undefined | 'anybody') => readonly string[];

export type NameOf = (number: string, personId: PersonId | undefined) => string | undefined;

/** Where the audio comes from. */
export type RecordingSource = {
  /** The audio as WAV. */
  fetch(recording: Pick<Recording, 'id' | 'channels' | keyof ExternalRecording>): Promise<FetchResult>;
  /** For recordings whose call we have no record of. */
  callOf(
    recording: ExternalRecording,
  ): Promise<{ readonly kind: 'ok'; readonly call: CallFacts } | { readonly kind: 'gone' } | RetryLater>;
};

/** What the record of a call says about a message left in it. */
export type CallWithMessage = {
  readonly id: CallId;
  readonly caller: { readonly number: string; readonly name: string };
  readonly callee: { readonly personId: PersonId | undefined };
  /** Our number that was called, E.164. */
  readonly number: string | undefined;
};

/** The calls that messages are left in, by the source's id of a call, else by ours. Each returns undefined for an unknown call. */
export type CallOutcome = {
  recordOf(externalCallId: string, callId?: CallId): CallWithMessage | undefined;
  /** Ends the call with this verdict, or corrects it: the same one may be reported again, and a later one is better informed. */
  messageLeft(externalCallId: string, verdict: MessageVerdict, callId?: CallId): CallWithMessage | undefined;
};

export type RecordingChange = 'paused' | 'in-progress' | 'stopped';

/** Records calls in progress. */
export type Recorder = {
  /** Why calls over this trunk (undefined: inside the house) cannot be recorded; undefined where they can. */
  refusal(trunk: string | undefined): string | undefined;
  /** The recorder's id of a call, by the number that was called, E.164, and when (ms since the Unix epoch). */
  find(
    call: Pick<CallInProgress, 'dialled' | 'startedAt'>,
  ): Promise<{ readonly kind: 'ok'; readonly externalCallId: string } | RecorderFailure>;
  start(externalCallId: string): Promise<{ readonly kind: 'ok'; readonly notice: RecordingNotice } | RecorderFailure>;
  change(recording: ExternalRecording, change: RecordingChange): Promise<{ readonly kind: 'ok' } | RecorderFailure>;
};
export type RecorderFailure = { readonly kind: 'failed'; readonly message: string };

/** A call in progress, as far as recording it goes. */
export type CallInProgress = {
  readonly callId: CallId;
  /** The network's id of the leg that hears both sides, where we know it. */
  readonly externalCallId: string | undefined;
  readonly trunk: string | undefined;
  /** The number that was called over the trunk, E.164. */
  readonly dialled: string;
  readonly startedAt: number;
  readonly isAnswered: boolean;
  /** Of everybody whose phone rang or called. */
  readonly personIds: readonly PersonId[];
  /** Of the phones that are in the call; no other may cause a recording. */
  readonly answeredDeviceIds: readonly DeviceId[];
};

/** What a speech recognizer in the house makes of a message. */
export type SpeechResult =
  | { readonly kind: 'text'; readonly text: string }
  /** It cannot do this one; another try may help. */
  | { readonly kind: 'failed'; readonly message: string }
  /** None can be done now. `isFault`: somebody must do something about it, in the words of `message`. */
  | { readonly kind: 'later'; readonly message: string; readonly isFault: boolean };

export type SpeechEngine = { readonly id: string; readonly name: string; readonly languages: readonly string[] };

/** Which engine, undefined: the first that knows the language; `language`: BCP 47, undefined: that of the house. */
export type SpeechWish = { readonly engine: string | undefined; readonly language: string | undefined };

/** Speech to text outside this process; nothing here throws but `engines`. */
export type SpeechToText = {
  /** `speech`: 16 kHz, 16 bits, little-endian, one channel. */
  transcribe(speech: Uint8Array<ArrayBuffer>, wish: SpeechWish): Promise<SpeechResult>;
  /** Throws an AppError `unavailable` where it does not answer. */
  engines(): Promise<readonly SpeechEngine[]>;
  readonly isReady: boolean;
  /** Called each time it becomes ready. Returns the function that ends it. */
  onReady(listener: () => void): () => void;
};
