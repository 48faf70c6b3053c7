import type { CallId, MessageId, VoicemailId } from '#base/ids.ts';
import type { AlertId } from '#contract/alert-ids.ts';
import type { DeliveryKind } from '#contract/notification-kinds.ts';

/** Alerts of one kind that were not told one by one. */
export type Digest = { readonly count: number; readonly abouts: readonly string[] };

/** An alert is copied: it is gone when it is over. Times are milliseconds since the Unix epoch. */
export type AlertItem = {
  readonly alertId: AlertId;
  /** Which one of several of its kind; empty where there is one alone. */
  readonly about: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly since: number;
  /** Only where it is over. */
  readonly until?: number;
  readonly digest?: Digest;
};

/** What each kind is about. All but alerts are named by their id, and read when they are sent. */
export type ItemOf = {
  readonly 'incoming-call': { readonly callId: CallId };
  /** An incoming call that was told was answered: what was shown goes away. */
  readonly 'call-over': { readonly callId: CallId };
  readonly 'missed-call': { readonly callId: CallId };
  readonly voicemail: { readonly voicemailId: VoicemailId };
  readonly transcript: { readonly voicemailId: VoicemailId };
  readonly message: { readonly messageId: MessageId };
  readonly alert: AlertItem;
};

export type NotificationKind = DeliveryKind & keyof ItemOf;

/** One thing told to people. */
export type Notification = {
  readonly [Kind in NotificationKind]: { readonly kind: Kind; readonly item: ItemOf[Kind] };
}[NotificationKind];

/** The id of what it is about. */
export function itemIdOf({ kind, item }: Notification): string {
  switch (kind) {
    case 'incoming-call':
    case 'call-over':
    case 'missed-call':
      return item.callId;
    case 'voicemail':
    case 'transcript':
      return item.voicemailId;
    case 'message':
      return item.messageId;
    case 'alert':
      return item.alertId;
  }
}

/** What is shown under one tag replaces what was shown under it before. */
export function tagOf(notification: Notification): string {
  const { kind, item } = notification;
  if (kind === 'alert') return `alert:${item.alertId}:${item.about}`;
  const subject = kind === 'voicemail' || kind === 'transcript' ? 'voicemail' : kind === 'message' ? 'message' : 'call';
  return `${subject}:${itemIdOf(notification)}`;
}
