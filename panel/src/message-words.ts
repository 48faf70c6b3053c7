import {
  mdiAlertCircleOutline,
  mdiCalendar,
  mdiCardAccountDetailsOutline,
  mdiCheck,
  mdiCheckAll,
  mdiClockOutline,
  mdiFileOutline,
  mdiHelpCircleOutline,
  mdiImageOutline,
  mdiMusicNote,
  mdiSendOutline,
  mdiVideoOutline,
} from '@mdi/js';
import { isolated } from './beside.ts';
import type { Conversation, Message } from './data.ts';
import type { StringKey } from './strings/en.ts';
import { t } from './words.ts';

type State = { readonly icon: string; readonly key: StringKey; readonly isBad?: true };

const sending: State = { icon: mdiSendOutline, key: 'messages.state.sending' };

const states: Readonly<Record<Message['state'], State>> = {
  waiting: { icon: mdiClockOutline, key: 'messages.state.waiting' },
  accepted: sending,
  scheduled: sending,
  queued: sending,
  sending,
  sent: { icon: mdiCheck, key: 'messages.state.sent' },
  delivered: { icon: mdiCheckAll, key: 'messages.state.delivered' },
  read: { icon: mdiCheckAll, key: 'messages.state.read' },
  undelivered: { icon: mdiAlertCircleOutline, key: 'messages.state.undelivered', isBad: true },
  failed: { icon: mdiAlertCircleOutline, key: 'messages.state.failed', isBad: true },
  canceled: { icon: mdiAlertCircleOutline, key: 'messages.state.canceled', isBad: true },
  unknown: { icon: mdiHelpCircleOutline, key: 'messages.state.unknown', isBad: true },
  received: { icon: mdiCheck, key: 'messages.state.delivered' },
};

export function messageState({ state }: Pick<Message, 'state'>): State {
  return states[state];
}

/** What Twilio’s codes mean to somebody who wrote a message. */
const reasons: readonly (readonly [StringKey, readonly number[]])[] = [
  ['messages.error.optedOut', [21_610]],
  ['messages.error.landline', [21_614, 21_635, 30_006]],
  ['messages.error.number', [21_211, 21_214, 21_217, 21_604, 30_005]],
  ['messages.error.unreachable', [21_611, 30_001, 30_003, 30_017, 30_410]],
  ['messages.error.blocked', [30_004]],
  ['messages.error.spam', [30_007]],
  ['messages.error.unregistered', [30_018, 30_032, 30_033, 30_034]],
  ['messages.error.account', [20_003, 20_005, 21_608, 30_002, 30_037, 30_453, 30_454]],
  ['messages.error.country', [21_215, 21_408]],
  ['messages.error.media', [11_751, 21_620, 21_621, 30_011, 30_019]],
  ['messages.error.sender', [21_212, 21_606, 21_612, 21_660]],
  ['messages.error.unknown', [30_008]],
];

/** Why it did not arrive, or may not have; empty where there is nothing to say. */
export function messageProblem({ state, error }: Pick<Message, 'state' | 'error'>): string {
  if (state === 'unknown') return t('messages.doubt');
  if (error === null || states[state].isBad === undefined) return '';
  const found = reasons.find(([, codes]) => error.code !== null && codes.includes(error.code));
  return found === undefined ? error.message : t(found[0]);
}

export function farName({ farName: name, farNumber }: Pick<Conversation, 'farName' | 'farNumber'>): string {
  return name === '' ? farNumber : isolated(name);
}

type Kind = { readonly kind: 'picture' | 'sound' | 'video' | 'file'; readonly key: StringKey; readonly icon: string };

/** Those that a browser shows; other pictures are files. */
const pictures = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'];

/** What a file is, as its bytes say. */
export function mediaKind(contentType: string | null): Kind {
  const type = contentType ?? '';
  if (type.startsWith('image/'))
    return { kind: pictures.includes(type) ? 'picture' : 'file', key: 'messages.media.picture', icon: mdiImageOutline };
  if (type.startsWith('audio/')) return { kind: 'sound', key: 'messages.media.sound', icon: mdiMusicNote };
  if (type.startsWith('video/')) return { kind: 'video', key: 'messages.media.video', icon: mdiVideoOutline };
  if (type === 'text/vcard') return { kind: 'file', key: 'messages.media.contact', icon: mdiCardAccountDetailsOutline };
  if (type === 'text/calendar') return { kind: 'file', key: 'messages.media.appointment', icon: mdiCalendar };
  return { kind: 'file', key: 'messages.media.file', icon: mdiFileOutline };
}

/** A message in one line. */
export function messageLine(message: Message): string {
  const what =
    message.body.trim() === '' ? message.media.map(({ contentType }) => t(mediaKind(contentType).key)).join(', ') : message.body;
  return message.direction === 'outbound' ? t('messages.you', { text: what }) : isolated(what);
}
