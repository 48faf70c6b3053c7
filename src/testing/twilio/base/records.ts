export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A resource kept as it stands on the wire. */
export type Resource = { sid: string; [field: string]: Json };

export type MessageStatus =
  | 'accepted'
  | 'scheduled'
  | 'canceled'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'receiving'
  | 'received'
  | 'read';

export type MediaRecord = {
  readonly sid: string;
  readonly parentSid: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly createdMs: number;
};

export type MessageRecord = {
  readonly sid: string;
  body: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-call' | 'outbound-reply';
  status: MessageStatus;
  errorCode: number | null;
  errorMessage: string | null;
  readonly segments: number;
  media: MediaRecord[];
  readonly mediaUrls: readonly string[];
  readonly messagingServiceSid: string | null;
  readonly statusCallback: string | undefined;
  readonly createdMs: number;
  updatedMs: number;
  sentMs: number | null;
  price: string | null;
};

export type CallStatus =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

export type CallDirection = 'inbound' | 'outbound-api' | 'outbound-dial' | 'trunking-originating' | 'trunking-terminating';

export type CallRecord = {
  readonly sid: string;
  readonly parentSid: string | null;
  readonly from: string;
  readonly to: string;
  readonly direction: CallDirection;
  status: CallStatus;
  readonly phoneNumberSid: string | null;
  readonly trunkSid: string | null;
  readonly callerName: string | null;
  readonly createdMs: number;
  updatedMs: number;
  answeredMs: number | null;
  endedMs: number | null;
  price: string | null;
};

export type RecordingStatus = 'in-progress' | 'paused' | 'stopped' | 'processing' | 'completed' | 'absent' | 'deleted';

export type RecordingRecord = {
  readonly sid: string;
  readonly callSid: string;
  readonly source: string;
  readonly channels: number;
  readonly track: string;
  readonly createdMs: number;
  updatedMs: number;
  status: RecordingStatus;
  durationMs: number | null;
  errorCode: number | null;
  /** Nothing before it is completed. */
  wav: Buffer | undefined;
  /** Not to be fetched before this moment although completed. */
  visibleFromMs: number;
  price: string | null;
};

export type TranscriptionRecord = {
  readonly sid: string;
  readonly recordingSid: string;
  status: 'in-progress' | 'completed' | 'failed';
  text: string;
  readonly durationMs: number;
  readonly createdMs: number;
};

export function isFinalMessage(status: MessageStatus): boolean {
  return ['delivered', 'undelivered', 'failed', 'canceled', 'received', 'read'].includes(status);
}

export function isFinalCall(status: CallStatus): boolean {
  return ['completed', 'busy', 'failed', 'no-answer', 'canceled'].includes(status);
}

/** A field that should be text; empty when it is not. */
export function asText(field: Json | undefined): string {
  return typeof field === 'string' ? field : '';
}
