// What voicemail needs done outside, as app.ts hands it in; nothing here throws.

/** A failure that may pass. `retryAfterSeconds` where the other side said it. */
export type Later = { readonly kind: 'later'; readonly message: string; readonly retryAfterSeconds?: number | undefined };

/** `not-yet`: nothing is there, which may change. `gone`: nothing will ever be there. */
export type FetchResult =
  | {
      readonly kind: 'ok';
      /** Bytes as announced by Content-Length. */
      readonly bytes: number | undefined;
      /** Throws where the connection breaks before the end. */
      readonly chunks: AsyncIterable<Uint8Array>;
    }
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'gone'; readonly message: string }
  | Later;

/** Who called which of our numbers: E.164; `from` is empty where it is withheld. */
export type CallFacts = { readonly from: string; readonly to: string; readonly callerName: string | undefined };

/** Where the audio comes from. */
export type RecordingSource = {
  /** The audio as WAV. */
  fetch(recordingSid: string, channels: number): Promise<FetchResult>;
  /** For recordings that nobody announced. */
  callOf(callSid: string): Promise<{ readonly kind: 'ok'; readonly call: CallFacts } | { readonly kind: 'gone' } | Later>;
};

export type RecordingChange = 'paused' | 'in-progress' | 'stopped';

/** How to find a call that only Twilio has a name for: by the number that was called, E.164, and when (ms since the Unix epoch). */
export type CallAtTwilio = { readonly to: string; readonly startedAt: number };

/** Records calls in progress. */
export type Recorder = {
  find(call: CallAtTwilio): Promise<{ readonly kind: 'ok'; readonly callSid: string } | RecorderFailure>;
  start(callSid: string): Promise<{ readonly kind: 'ok'; readonly recordingSid: string } | RecorderFailure>;
  change(callSid: string, recordingSid: string, change: RecordingChange): Promise<{ readonly kind: 'ok' } | RecorderFailure>;
};
export type RecorderFailure = { readonly kind: 'failed'; readonly message: string };

/** A call in progress, as far as recording it goes. */
export type RecordableCall = {
  readonly callId: string;
  /** Of the leg at Twilio that hears both sides, where we know it. */
  readonly callSid: string | undefined;
  /** Where we do not; undefined where the call does not go through Twilio. */
  readonly atTwilio: CallAtTwilio | undefined;
  readonly isAnswered: boolean;
  /** Of everybody whose phone rang or left. */
  readonly personIds: readonly string[];
  /** Of the phones that are in the call. */
  readonly deviceIds: readonly string[];
};
