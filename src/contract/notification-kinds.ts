// Owns what people can be notified of, the ways in which it reaches them, and why it did not.
// Called by the contract of notifications, by notify, and by the panel, which has words for each of these names.
// Must stay true: plain data; a name never changes once shipped.

/** The ways to reach a person. */
export const notificationChannels = ['mail', 'gotify', 'ntfy', 'home-assistant', 'web-push'] as const;
export type ChannelId = (typeof notificationChannels)[number];

/** What a person can choose to be told of. */
export const notificationKinds = ['incoming-call', 'missed-call', 'voicemail', 'transcript', 'message', 'alert'] as const;
export type PreferenceKind = (typeof notificationKinds)[number];

/** What a delivery may be of: `call-over` follows an `incoming-call`, nobody chooses it. */
export const deliveryKinds = [...notificationKinds, 'call-over'] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

/** What becomes of a notification that makes a noise while it is quiet: sent all the same, held until it is over, or not told. */
export const quietRules = ['send', 'later', 'drop'] as const;
export type QuietRule = (typeof quietRules)[number];

/** What a person may do from a notification. */
export const notificationActions = ['call-back', 'mark-heard', 'mark-read', 'block'] as const;
export type NotificationAction = (typeof notificationActions)[number];

type KindFacts = {
  /** Channels by which a person with a target there is told, where they chose nothing else. */
  readonly channels: readonly ChannelId[];
  /** Channels by which it may be told. */
  readonly possible: readonly ChannelId[];
  readonly inQuiet: QuietRule;
  readonly inDnd: QuietRule;
  readonly actions: readonly NotificationAction[];
};

const pushes = ['gotify', 'ntfy', 'home-assistant', 'web-push'] as const;
const all = notificationChannels;

/** Of alerts `inQuiet` holds for those that are not urgent. */
export const kindFacts: Readonly<Record<PreferenceKind, KindFacts>> = {
  'incoming-call': { channels: pushes, possible: pushes, inQuiet: 'drop', inDnd: 'send', actions: [] },
  'missed-call': { channels: all, possible: all, inQuiet: 'later', inDnd: 'later', actions: ['call-back', 'block'] },
  voicemail: { channels: all, possible: all, inQuiet: 'later', inDnd: 'later', actions: ['call-back', 'mark-heard', 'block'] },
  transcript: { channels: [], possible: all, inQuiet: 'drop', inDnd: 'drop', actions: ['mark-heard'] },
  message: { channels: all, possible: all, inQuiet: 'later', inDnd: 'later', actions: ['mark-read', 'block'] },
  alert: { channels: all, possible: all, inQuiet: 'later', inDnd: 'send', actions: [] },
};

/**
 * `held`: waits for the end of the quiet hours or of do not disturb. `waiting`: will be tried, or tried again. `sending`: it may be on its
 * way. `unknown`: whether it arrived cannot be known. `dropped`: given up in silence. The rest says itself.
 */
export const deliveryStates = ['held', 'waiting', 'sending', 'delivered', 'failed', 'unknown', 'dropped', 'cancelled'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** The closed list: why something was not delivered, or not yet. */
export const deliveryReasons = [
  'not-set-up',
  'secret-locked',
  'no-target',
  'target-gone',
  'refused-login',
  'refused-sender',
  'refused-recipient',
  'refused-content',
  'too-large',
  'unreachable',
  'name-unknown',
  'address-forbidden',
  'timed-out',
  'tls-failed',
  'certificate',
  'redirect-refused',
  'busy',
  'server-error',
  'cut-off',
  'lost-in-restart',
  'restored',
  'gone',
  'obsolete',
  'too-late',
  'switched-off',
  'quiet',
  'dnd',
  'queue-full',
  'unexpected',
] as const;
export type DeliveryReason = (typeof deliveryReasons)[number];

/** The steps of a check of a channel's settings. */
export const checkSteps = [
  'address',
  'connect',
  'greeting',
  'tls',
  'certificate',
  'login',
  'sender',
  'server',
  'token',
  'target',
] as const;
export type CheckStep = (typeof checkSteps)[number];
