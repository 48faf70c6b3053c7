/** Every alert there is; the name of one never changes once shipped. Words for people are of the edge that shows it. */
export const alertIds = [
  'storage-failed',
  'outbox-failing',
  'sip-port-taken',
  'web-port-taken',
  'login-locked',
  'password-guessing',
  'outgoing-refused',
  'trunk-down',
  'call-records-failing',
  'escalation-exhausted',
  'recording-suspended',
  'transcripts-missing',
  'holidays-unread',
  'backup-failed',
  'number-settings-drifted',
  'mqtt-broken',
  'home-assistant-refuses',
  'notifications-failing',
] as const;

export type AlertId = (typeof alertIds)[number];
