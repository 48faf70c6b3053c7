/** Every fact a room tells, by name; the payloads are flat. Edges listen, rooms never do. */
export type Facts = {
  'device.created': { readonly deviceId: string };
  'device.changed': { readonly deviceId: string };
  'device.deleted': { readonly deviceId: string };
  /** It may neither register nor call any more with what it had. */
  'device.revoked': { readonly deviceId: string; readonly why: 'disabled' | 'new-password' | 'deleted' };
  'device.registered': { readonly deviceId: string; readonly contact: string; readonly expiresAt: string };
  'device.unregistered': { readonly deviceId: string; readonly reason: 'removed' | 'expired' };
  'call.started': { readonly callId: string };
  'call.changed': { readonly callId: string; readonly state: string };
  'call.ended': { readonly callId: string; readonly disposition: string; readonly reason: string };
  /** A phone wanted a call outside that it may not make; told once a day for what is alike. `destination`: what to allow, if it is wanted. */
  'outgoing.refused': { readonly deviceId: string; readonly reason: string; readonly destination: string | null };
  /** The third failure in a row of a service outside, such as Twilio; told once until it succeeds again. */
  'outbox.failing': { readonly service: string; readonly failures: number; readonly reason: string };
  'outbox.recovered': { readonly service: string };
  /** `personId` is whose mailbox it is; null for the house's. */
  'voicemail.left': { readonly voicemailId: string; readonly personId: string | null };
  'voicemail.transcribed': { readonly voicemailId: string; readonly personId: string | null };
  'voicemail.heard': { readonly voicemailId: string; readonly personId: string | null };
  'voicemail.changed': { readonly voicemailId: string; readonly personId: string | null };
  'voicemail.deleted': { readonly voicemailId: string; readonly personId: string | null };
  /** `personId` is whose number it is; null for the house's. */
  'message.received': { readonly messageId: string; readonly conversationId: string; readonly personId: string | null };
  'message.changed': { readonly messageId: string; readonly conversationId: string; readonly personId: string | null };
  'recording.changed': { readonly callId: string; readonly state: string };
  /** Calls are not recorded, told once until there is room again. */
  'recording.suspended': { readonly reason: string };
  'recording.resumed': Record<string, never>;
  'storage.failed': { readonly reason: string };
};
