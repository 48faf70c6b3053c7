// A notification in words: what it is about, and what became of it.
import {
  mdiAlertOutline,
  mdiMessageTextOutline,
  mdiPhoneHangupOutline,
  mdiPhoneMissedOutline,
  mdiPhoneRingOutline,
  mdiTextBoxOutline,
  mdiVoicemail,
} from '@mdi/js';
import type { EndpointReply } from '#contract/endpoint.ts';
import type { DeliveryKind, DeliveryReason, DeliveryState } from '#contract/notification-kinds.ts';
import type { listDeliveries } from '#contract/notifications.ts';
import type { Tone } from './parts/status.ts';
import { pathOf } from './routes.ts';
import { t } from './words.ts';

export type Delivery = EndpointReply<typeof listDeliveries>['items'][number];

export const deliveryIcons: Readonly<Record<DeliveryKind, string>> = {
  'incoming-call': mdiPhoneRingOutline,
  'missed-call': mdiPhoneMissedOutline,
  voicemail: mdiVoicemail,
  transcript: mdiTextBoxOutline,
  message: mdiMessageTextOutline,
  alert: mdiAlertOutline,
  'call-over': mdiPhoneHangupOutline,
};

export const deliveryTones: Readonly<Record<DeliveryState, Tone>> = {
  held: 'quiet',
  waiting: 'accent',
  sending: 'accent',
  delivered: 'good',
  failed: 'bad',
  unknown: 'warning',
  dropped: 'warning',
  cancelled: 'quiet',
};

export function reasonText(reason: DeliveryReason | null): string {
  return reason === null ? '' : t(`delivery.reason.${reason}`);
}

/** Where it went: the way and the target. */
export function targetText({ channel, targetName }: Pick<Delivery, 'channel' | 'targetName'>): string {
  return `${t(`channel.${channel}`)}: ${targetName === '' ? t('delivery.noTarget') : targetName}`;
}

/** Where what it is about is in the panel; undefined where that is known by more than its id. */
export function itemPath({ kind, itemId }: Pick<Delivery, 'kind' | 'itemId'>): string | undefined {
  switch (kind) {
    case 'incoming-call':
    case 'missed-call':
    case 'call-over':
      return pathOf('calls', itemId);
    case 'voicemail':
    case 'transcript':
      return pathOf('voicemail', itemId);
    case 'alert':
      return pathOf('alerts');
    case 'message':
      return undefined;
  }
}
