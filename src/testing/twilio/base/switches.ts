/** Where the sources about Twilio conflict or are silent: each can be either, and a house has to cope with both. */
export type Switches = {
  /** What `/Recordings/RE…` without an extension is. */
  readonly recordingWithoutExtension: 'wav' | 'json';
  /** CallStatus of an inbound call whose caller left while it rang. */
  readonly abandonedCallStatus: 'canceled' | 'completed' | 'no-answer';
  /** DialCallStatus then. */
  readonly abandonedDialStatus: 'no-answer' | 'canceled';
  /** Whether the action of a Dial is requested at all when the caller left while it rang. */
  readonly abandonedDialAction: boolean;
  /** What an unanswered Dial says of its length. */
  readonly unansweredDialDuration: 'absent' | 'zero';
  /** What a final SIP status other than 200 and 486 makes of DialCallStatus: told apart, or `failed` all of them. */
  readonly sipStatusMeaning: 'told-apart' | 'failed';
  /** Which leg `DialCallSid` names when none answered. */
  readonly unansweredDialSid: 'first' | 'last';
  /** The hung-up Record's action names the recording. */
  readonly recordActionHasSid: boolean;
  /** The names of the two fields that a fallback request adds; `absent` leaves them out. */
  readonly fallbackFields: 'present' | 'absent';
  /** Retry-After on 429 of api.twilio.com, in seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** Whether the message webhook is tried again after a time-out. */
  readonly smsWebhookRetriesTimeouts: boolean;
  /** What signs webhooks: the token, or a shared key where a rule of the account says so. */
  readonly signing: 'token' | 'shared-key';
  /** `CallToken` and `StirVerstat` count for the signature. */
  readonly signsEveryField: boolean;
  /** Duration in billed minutes on the final call status callback. */
  readonly billedDuration: boolean;
  /** Whether media asks for Basic authentication (a setting of the account). */
  readonly mediaNeedsAuthorization: boolean;
  /** The host that media redirects lead to refuses a request that carries Authorization. */
  readonly mediaHostRejectsAuthorization: boolean;
  /** Recordings too are fetched by way of a redirect. */
  readonly recordingsRedirect: boolean;
  /** Where the audio of recordings is: with Twilio as it was heard or encrypted with the owner's key, or in storage of the owner's. */
  readonly recordingStorage: 'twilio' | 'encrypted' | 'external';
  /** What becomes of a recording in which nothing is said: Twilio saves it unless the account was switched to drop such (16102). */
  readonly silentRecordings: 'saved' | 'dropped';
  /** Whether filters by date go by the second, or leave out the time of the day as the OpenAPI document has it. */
  readonly dateFilters: 'second' | 'day';
  /** `DateSent>` and its like include the moment itself, where they go by the second. */
  readonly dateFilterIsInclusive: boolean;
  /** How many recordings of a live call may run: a second start is ignored, or refused. */
  readonly secondRecording: 'ignored' | 'refused';
  /** What leads a trunk's call to the disaster recovery address: everything after which another address is tried, or silence alone. */
  readonly recoveryAfter: 'every-failure' | 'silence';
  /** Whether that address is asked about the call that the trunk began, or about one of its own to the number. */
  readonly recoveryRecord: 'same' | 'own';
};

export const defaultSwitches: Switches = {
  recordingWithoutExtension: 'wav',
  abandonedCallStatus: 'canceled',
  abandonedDialStatus: 'no-answer',
  abandonedDialAction: true,
  unansweredDialDuration: 'absent',
  sipStatusMeaning: 'told-apart',
  unansweredDialSid: 'first',
  recordActionHasSid: true,
  fallbackFields: 'present',
  retryAfterSeconds: undefined,
  smsWebhookRetriesTimeouts: false,
  signing: 'token',
  signsEveryField: true,
  billedDuration: true,
  mediaNeedsAuthorization: true,
  mediaHostRejectsAuthorization: true,
  recordingsRedirect: false,
  recordingStorage: 'twilio',
  silentRecordings: 'saved',
  dateFilters: 'second',
  dateFilterIsInclusive: true,
  secondRecording: 'ignored',
  recoveryAfter: 'every-failure',
  recoveryRecord: 'same',
};

/** The other reading of every switch. */
export const alternativeSwitches: Switches = {
  recordingWithoutExtension: 'json',
  abandonedCallStatus: 'completed',
  abandonedDialStatus: 'canceled',
  abandonedDialAction: true,
  unansweredDialDuration: 'zero',
  sipStatusMeaning: 'failed',
  unansweredDialSid: 'last',
  recordActionHasSid: false,
  fallbackFields: 'absent',
  retryAfterSeconds: 1,
  smsWebhookRetriesTimeouts: true,
  signing: 'token',
  signsEveryField: false,
  billedDuration: false,
  mediaNeedsAuthorization: false,
  mediaHostRejectsAuthorization: true,
  recordingsRedirect: true,
  recordingStorage: 'twilio',
  silentRecordings: 'dropped',
  dateFilters: 'day',
  dateFilterIsInclusive: false,
  secondRecording: 'refused',
  recoveryAfter: 'silence',
  recoveryRecord: 'own',
};
