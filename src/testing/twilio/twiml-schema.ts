type ElementRule = {
  readonly attributes: readonly string[];
  readonly children: readonly string[];
  /** White space only, when it may hold no text. */
  readonly hasText?: boolean;
};

const statusCallback = ['statusCallback', 'statusCallbackMethod', 'statusCallbackEvent'];
const recordingCallback = ['recordingStatusCallback', 'recordingStatusCallbackMethod', 'recordingStatusCallbackEvent'];
const detection = [
  'machineDetection',
  'machineDetectionTimeout',
  'machineDetectionSpeechThreshold',
  'machineDetectionSpeechEndThreshold',
  'machineDetectionSilenceTimeout',
  'amdStatusCallback',
  'amdStatusCallbackMethod',
];

export const voiceVerbs = [
  'Say', 'Play', 'Pause', 'Gather', 'Record', 'Dial', 'Redirect', 'Reject', 'Hangup', 'Refer', 'Start', 'Stop',
] as const; // prettier-ignore
export const messageVerbs = ['Message', 'Redirect'] as const;

/** What each element may carry; anything else is ignored with a warning. */
export const schema: Readonly<Record<string, ElementRule>> = {
  Response: { attributes: [], children: [...voiceVerbs, 'Message'] },
  Say: {
    attributes: ['voice', 'language', 'loop'],
    children: ['break', 'emphasis', 'lang', 'p', 'phoneme', 'prosody', 's', 'say-as', 'sub', 'w'],
    hasText: true,
  },
  Play: { attributes: ['loop', 'digits'], children: [], hasText: true },
  Pause: { attributes: ['length'], children: [] },
  Gather: {
    attributes: [
      'input',
      'action',
      'method',
      'timeout',
      'finishOnKey',
      'numDigits',
      'actionOnEmptyResult',
      'speechTimeout',
      'language',
      'hints',
      'profanityFilter',
      'speechModel',
      'partialResultCallback',
      'partialResultCallbackMethod',
      'bargeIn',
      'enhanced',
      'maxSpeechTime',
      'minConfidence',
      'dtmfDetection',
      'debug',
    ],
    children: ['Say', 'Play', 'Pause'],
  },
  Record: {
    attributes: [
      'action',
      'method',
      'timeout',
      'finishOnKey',
      'maxLength',
      'playBeep',
      'trim',
      'transcribe',
      'transcribeCallback',
      'recordingTrack',
      ...recordingCallback,
    ],
    children: [],
  },
  Dial: {
    attributes: [
      'action',
      'method',
      'timeout',
      'timeLimit',
      'answerOnBridge',
      'callerId',
      'callReason',
      'hangupOnStar',
      'ringTone',
      'record',
      'recordingTrack',
      'trim',
      'sequential',
      'referUrl',
      'referMethod',
      'events',
      ...recordingCallback,
    ],
    children: ['Number', 'Sip', 'Conference', 'Client', 'Queue', 'Sim', 'Application'],
    hasText: true,
  },
  Number: { attributes: ['sendDigits', 'url', 'method', 'byoc', ...statusCallback, ...detection], children: [], hasText: true },
  Sip: { attributes: ['username', 'password', 'url', 'method', ...statusCallback, ...detection], children: [], hasText: true },
  Client: { attributes: ['url', 'method', ...statusCallback], children: ['Identity', 'Parameter'], hasText: true },
  Conference: {
    attributes: [
      'muted',
      'beep',
      'startConferenceOnEnter',
      'endConferenceOnExit',
      'waitUrl',
      'waitMethod',
      'maxParticipants',
      'participantLabel',
      'jitterBufferSize',
      'record',
      'trim',
      'region',
      'coach',
      'eventCallbackUrl',
      ...statusCallback,
      ...recordingCallback,
    ],
    children: [],
    hasText: true,
  },
  Queue: { attributes: ['url', 'method', 'reservationSid', 'postWorkActivitySid'], children: [], hasText: true },
  Sim: { attributes: [], children: [], hasText: true },
  Application: {
    attributes: ['customerId', 'copyParentTo', 'url', 'method', ...statusCallback],
    children: ['ApplicationSid', 'Parameter'],
  },
  Redirect: { attributes: ['method'], children: [], hasText: true },
  Reject: { attributes: ['reason'], children: [] },
  Hangup: { attributes: [], children: [] },
  Refer: { attributes: ['action', 'method'], children: ['Sip', 'ReferSip'] },
  Start: { attributes: ['action', 'method'], children: ['Recording', 'Transcription', 'Stream', 'Siprec'] },
  Stop: { attributes: [], children: ['Recording', 'Transcription', 'Stream', 'Siprec'] },
  Recording: { attributes: ['channels', 'track', 'trim', ...recordingCallback], children: [] },
  Transcription: {
    attributes: [
      'name',
      'track',
      'statusCallbackUrl',
      'statusCallbackMethod',
      'inboundTrackLabel',
      'outboundTrackLabel',
      'partialResults',
      'languageCode',
      'transcriptionEngine',
      'profanityFilter',
      'speechModel',
      'hints',
      'enableAutomaticPunctuation',
      'intelligenceService',
    ],
    children: [],
  },
  Message: { attributes: ['to', 'from', 'action', 'method', 'statusCallback'], children: ['Body', 'Media'], hasText: true },
  Body: { attributes: [], children: [], hasText: true },
  Media: { attributes: [], children: [], hasText: true },
};
