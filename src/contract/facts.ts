/** Every fact a room tells, by name; the payloads are flat. Edges listen, rooms never do. */
export type Facts = {
  'device.created': { readonly deviceId: string };
  'device.changed': { readonly deviceId: string };
  'device.deleted': { readonly deviceId: string };
  'device.registered': { readonly deviceId: string; readonly contact: string; readonly expiresAt: string };
  'device.unregistered': { readonly deviceId: string; readonly reason: 'removed' | 'expired' };
  'call.started': { readonly callId: string };
  'call.changed': { readonly callId: string; readonly state: string };
  'call.ended': { readonly callId: string; readonly disposition: string; readonly reason: string };
  /** The third failure in a row of a service outside, such as Twilio; told once until it succeeds again. */
  'outbox.failing': { readonly service: string; readonly failures: number; readonly reason: string };
  'outbox.recovered': { readonly service: string };
  'storage.failed': { readonly reason: string };
};
