import type { TwilioCall, TwilioMedia, TwilioMessage, TwilioNumber, TwilioRecording, TwilioTranscription } from './records.ts';

// The SDK's types promise more than the API delivers: any field may be null here.
type Loose<Fields extends string> = { readonly [Field in Fields]?: unknown };

export function toMessage(from: Loose<keyof MessageFields>): TwilioMessage {
  return {
    sid: text(from.sid),
    direction: text(from.direction),
    from: text(from.from),
    to: text(from.to),
    body: text(from.body),
    status: text(from.status),
    errorCode: number(from.errorCode),
    errorMessage: optionalText(from.errorMessage),
    segments: number(from.numSegments) ?? 0,
    mediaCount: number(from.numMedia) ?? 0,
    createdAt: time(from.dateCreated),
    sentAt: time(from.dateSent),
  };
}

type MessageFields = Record<
  | 'sid'
  | 'direction'
  | 'from'
  | 'to'
  | 'body'
  | 'status'
  | 'errorCode'
  | 'errorMessage'
  | 'numSegments'
  | 'numMedia'
  | 'dateCreated'
  | 'dateSent',
  unknown
>;

export function toMedia(from: Loose<'sid' | 'contentType' | 'uri'>): TwilioMedia {
  const path = text(from.uri).replace(/\.json$/, '');
  return { sid: text(from.sid), contentType: text(from.contentType), url: `https://api.twilio.com${path}` };
}

type CallFields =
  | 'sid'
  | 'parentCallSid'
  | 'direction'
  | 'from'
  | 'to'
  | 'status'
  | 'dateCreated'
  | 'startTime'
  | 'endTime'
  | 'duration'
  | 'callerName';

export function toCall(from: Loose<CallFields>): TwilioCall {
  return {
    sid: text(from.sid),
    parentCallSid: optionalText(from.parentCallSid),
    direction: text(from.direction),
    from: text(from.from),
    to: text(from.to),
    status: text(from.status),
    createdAt: time(from.dateCreated),
    startedAt: time(from.startTime),
    endedAt: time(from.endTime),
    durationSeconds: number(from.duration),
    callerName: optionalText(from.callerName),
  };
}

type RecordingFields =
  | 'sid'
  | 'callSid'
  | 'status'
  | 'source'
  | 'channels'
  | 'duration'
  | 'dateCreated'
  | 'startTime'
  | 'errorCode'
  | 'encryptionDetails'
  | 'mediaUrl';

export function toRecording(from: Loose<RecordingFields>): TwilioRecording {
  return {
    sid: text(from.sid),
    callSid: text(from.callSid),
    status: text(from.status),
    source: text(from.source),
    channels: number(from.channels) ?? 1,
    durationSeconds: seconds(from.duration),
    createdAt: time(from.dateCreated),
    startedAt: time(from.startTime),
    errorCode: number(from.errorCode),
    isEncrypted: typeof from.encryptionDetails === 'object' && from.encryptionDetails !== null,
    mediaUrl: text(from.mediaUrl),
  };
}

export function toTranscription(from: Loose<'sid' | 'recordingSid' | 'status' | 'transcriptionText'>): TwilioTranscription {
  return {
    sid: text(from.sid),
    recordingSid: text(from.recordingSid),
    status: text(from.status),
    text: text(from.transcriptionText),
  };
}

type NumberFields =
  | Exclude<keyof TwilioNumber, 'number' | 'name' | 'capabilities'>
  | 'phoneNumber'
  | 'friendlyName'
  | 'capabilities';

export function toNumber(from: Loose<NumberFields>): TwilioNumber {
  const able = (from.capabilities ?? {}) as Readonly<Record<string, unknown>>;
  return {
    sid: text(from.sid),
    number: text(from.phoneNumber),
    name: text(from.friendlyName),
    capabilities: { voice: able['voice'] === true, sms: able['sms'] === true, mms: able['mms'] === true },
    voiceUrl: text(from.voiceUrl),
    voiceMethod: text(from.voiceMethod),
    voiceFallbackUrl: text(from.voiceFallbackUrl),
    voiceFallbackMethod: text(from.voiceFallbackMethod),
    voiceApplicationSid: text(from.voiceApplicationSid),
    statusCallback: text(from.statusCallback),
    statusCallbackMethod: text(from.statusCallbackMethod),
    smsUrl: text(from.smsUrl),
    smsMethod: text(from.smsMethod),
    smsFallbackUrl: text(from.smsFallbackUrl),
    smsFallbackMethod: text(from.smsFallbackMethod),
    smsApplicationSid: text(from.smsApplicationSid),
    trunkSid: text(from.trunkSid),
    emergencyStatus: text(from.emergencyStatus),
    emergencyAddressStatus: text(from.emergencyAddressStatus),
  };
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(value: unknown): number | undefined {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** A recording in progress has a duration of -1. */
function seconds(value: unknown): number | undefined {
  const found = number(value);
  return found === undefined || found < 0 ? undefined : found;
}

export function time(value: unknown): number | undefined {
  const found = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(found) ? undefined : found;
}
