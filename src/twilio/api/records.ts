// The records of Twilio's REST API that the house reads, in its own types. Times are milliseconds since the Unix epoch, numbers are
// numbers, and what Twilio leaves out is undefined. Strings such as a status are kept as they are: Twilio adds new ones without notice.

export type TwilioMessage = {
  readonly sid: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** Such as `queued`, `sent`, `delivered`, `undelivered`, `failed`, `received`. */
  readonly status: string;
  readonly errorCode: number | undefined;
  readonly errorMessage: string | undefined;
  readonly segments: number;
  readonly mediaCount: number;
  readonly createdAt: number | undefined;
  readonly sentAt: number | undefined;
};

export type TwilioMedia = { readonly sid: string; readonly contentType: string; readonly url: string };

export type TwilioCall = {
  readonly sid: string;
  readonly parentCallSid: string | undefined;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  /** Such as `queued`, `ringing`, `in-progress`, `completed`, `busy`, `failed`, `no-answer`, `canceled`. */
  readonly status: string;
  readonly createdAt: number | undefined;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly callerName: string | undefined;
};

export type TwilioRecording = {
  readonly sid: string;
  /** The parent leg, where there was a `<Dial>` or a `<Record>`. */
  readonly callSid: string;
  /** Such as `in-progress`, `processing`, `completed`, `absent`, `failed`, `deleted`. */
  readonly status: string;
  /** Such as `RecordVerb`, `DialVerb`, `StartCallRecordingAPI`. */
  readonly source: string;
  readonly channels: number;
  readonly durationSeconds: number | undefined;
  readonly createdAt: number | undefined;
  readonly startedAt: number | undefined;
  readonly errorCode: number | undefined;
  /** The audio is encrypted with a key that only the owner of the account has. */
  readonly isEncrypted: boolean;
  /** Where the audio is; not at Twilio where the account uses external storage. */
  readonly mediaUrl: string;
};

export type TwilioTranscription = {
  readonly sid: string;
  readonly recordingSid: string;
  readonly status: string;
  readonly text: string;
};

export type TwilioNumber = {
  readonly sid: string;
  /** E.164. */
  readonly number: string;
  readonly name: string;
  readonly capabilities: { readonly voice: boolean; readonly sms: boolean; readonly mms: boolean };
  readonly voiceUrl: string;
  readonly voiceMethod: string;
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: string;
  readonly voiceApplicationSid: string;
  readonly statusCallback: string;
  readonly statusCallbackMethod: string;
  readonly smsUrl: string;
  readonly smsMethod: string;
  readonly smsFallbackUrl: string;
  readonly smsFallbackMethod: string;
  readonly smsApplicationSid: string;
  readonly trunkSid: string;
  readonly emergencyStatus: string;
  readonly emergencyAddressStatus: string;
};

export type TwilioAccountFacts = {
  readonly sid: string;
  readonly name: string;
  /** `active`, `suspended` or `closed`. */
  readonly status: string;
  /** `Trial` or `Full`. */
  readonly type: string;
};

export type TwilioBalance = { readonly amount: number; readonly currency: string };

export type TwilioUsage = {
  readonly category: string;
  readonly count: number;
  readonly price: number;
  readonly currency: string;
};

export type TwilioAlert = {
  readonly sid: string;
  readonly code: number | undefined;
  readonly level: string;
  readonly text: string;
  readonly requestUrl: string;
  readonly resourceSid: string;
  readonly at: number | undefined;
};

export type TwilioLookup = {
  readonly number: string;
  readonly isValid: boolean;
  readonly nationalFormat: string | undefined;
  readonly callerName: string | undefined;
  readonly lineType: string | undefined;
};

/** A file stored at Twilio, as a stream; the reader limits its size. */
export type TwilioDownload = {
  readonly contentType: string;
  /** From Content-Length; undefined where it is missing. */
  readonly length: number | undefined;
  /** Throws where the connection breaks or stalls before the end. */
  readonly chunks: AsyncIterable<Uint8Array>;
};
