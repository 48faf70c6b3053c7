// Composes what a notification says, read from the rooms when it is sent: what was deleted or heard meanwhile is not told.
// Called by notify.ts.
// Must stay true: nobody reads what is another's, also where it changed hands in between; the text of a code that is the house's is told to nobody.
import { Readable } from 'node:stream';
import type { CallId, MessageId, PersonId, VoicemailId } from '#base/ids.ts';
import { panelPaths } from '#contract/panel-paths.ts';
import type { Contacts } from '#contacts/contacts.ts';
import type { MediaItem } from '#messages/message.ts';
import { isOneTimeCode } from '#messages/one-time-code.ts';
import { isUrgentAlert } from '#notify/alert-episodes.ts';
import type { Attachment, Caller, Content, PanelLink, Told } from '#notify/kinds/content.ts';
import type { AlertItem, Notification } from '#notify/kinds/notification.ts';
import type { StoredFile } from '#storage/file-store.ts';
import type { Voicemail } from '#voicemail/voicemail-store.ts';
import type { CallsRoom } from './calls.ts';
import type { MessageRoom } from './messages.ts';
import type { NumbersRoom } from './numbers.ts';
import type { toldSources } from './told-sources.ts';
import type { VoicemailServices } from './voicemail.ts';

export type NotifyContentDeps = {
  readonly calls: { readonly calls: Pick<CallsRoom['calls'], 'find' | 'get'> };
  readonly voicemail: { readonly room: Pick<VoicemailServices['room'], 'voicemails' | 'audioOf'> };
  readonly messages: Pick<MessageRoom, 'stores' | 'media'>;
  readonly numbers: Pick<NumbersRoom['numbers'], 'byNumber'>;
  readonly contacts: Pick<Contacts, 'byNumber'>;
  readonly sources: Pick<ReturnType<typeof toldSources>, 'missed'>;
  readonly administrators: () => readonly PersonId[];
  readonly linkOf: (path: string, personId: PersonId) => PanelLink;
};

type Reader = { readonly personId: PersonId; readonly maxBytes: number };
type Read = Told | 'gone' | 'obsolete';

export function notifyContent(deps: NotifyContentDeps): Content {
  return {
    of(notification: Notification, personId: PersonId, maxAttachmentBytes: number): Read {
      const reader = { personId, maxBytes: maxAttachmentBytes };
      const { kind, item } = notification;
      switch (kind) {
        case 'incoming-call':
        case 'missed-call':
        case 'call-over':
          return callOf(deps, { kind, callId: item.callId }, reader);
        case 'voicemail':
        case 'transcript':
          return voicemailOf(deps, { kind, voicemailId: item.voicemailId }, reader);
        case 'message':
          return messageOf(deps, item.messageId, reader);
        case 'alert':
          return alertOf(deps, item, reader);
      }
    },
  };
}

type CallKind = 'incoming-call' | 'missed-call' | 'call-over';

function callOf(deps: NotifyContentDeps, { kind, callId }: { kind: CallKind; callId: CallId }, { personId }: Reader): Read {
  const { calls, numbers, linkOf } = deps;
  const call = calls.calls.find(callId);
  if (call === undefined) return 'gone';
  if (kind === 'incoming-call' && calls.calls.get(callId)?.phase !== 'ringing') return 'obsolete';
  if (kind === 'missed-call' && !isMissedBy(deps, callId, personId)) return 'obsolete';
  const { startedAt, caller, callee, number, verdict } = call.record;
  return {
    kind,
    at: startedAt,
    caller: callerOf(deps, caller, personId),
    called: number === undefined ? callee.name || callee.number : numbers.byNumber(number)?.name || number,
    ...(verdict === undefined ? {} : { reason: verdict.reason }),
    link: linkOf(panelPaths.call(callId), personId),
  };
}

/** It may have turned out since that a message was left, of which the person is told instead. */
function isMissedBy({ sources, administrators }: NotifyContentDeps, callId: CallId, personId: PersonId): boolean {
  const missed = sources.missed(callId);
  if (missed === undefined || missed.mailbox === personId) return false;
  if (missed.persons.includes(personId)) return true;
  return missed.isHouse && missed.mailbox === undefined && administrators().includes(personId);
}

function callerOf({ contacts }: NotifyContentDeps, { number, name }: Caller, personId: PersonId): Caller {
  return { number, name: (number === '' ? undefined : contacts.byNumber(number, personId)?.name) ?? name };
}

type VoicemailAsked = { readonly kind: 'voicemail' | 'transcript'; readonly voicemailId: VoicemailId };

function voicemailOf(deps: NotifyContentDeps, { kind, voicemailId }: VoicemailAsked, { personId, maxBytes }: Reader): Read {
  const found = deps.voicemail.room.voicemails.byId(voicemailId);
  if (found === undefined || !isReaders(deps, found.personId, personId)) return 'gone';
  if (found.heardAt !== undefined) return 'obsolete';
  const { leftAt: at, callerNumber: number, callerName: name, seconds, transcript } = found;
  return {
    kind,
    at,
    caller: callerOf(deps, { number, name }, personId),
    seconds,
    transcript,
    ...(kind === 'voicemail' ? audioOf(deps, found, maxBytes) : { audio: undefined }),
    link: deps.linkOf(panelPaths.voicemail(voicemailId), personId),
  };
}

function audioOf({ voicemail: { room } }: NotifyContentDeps, voicemail: Voicemail, maxBytes: number) {
  const audio = voicemail.audio === 'stored' ? room.audioOf(voicemail) : undefined;
  if (audio === undefined) return { audio: undefined, audioProblem: 'lost' as const };
  if (audio.bytes > maxBytes) return { audio: undefined, audioProblem: 'too-large' as const };
  return { audio: attachment({ name: `${voicemail.id}.wav`, contentType: 'audio/wav', ...audio }) };
}

function messageOf(deps: NotifyContentDeps, messageId: MessageId, { personId, maxBytes }: Reader): Read {
  const { messages, numbers, linkOf } = deps;
  const found = messages.stores.messages.byId(messageId);
  const ours = found === undefined ? undefined : numbers.byNumber(found.ourNumber);
  if (found === undefined || !isReaders(deps, ours?.ownerPersonId, personId)) return 'gone';
  if (found.readAt !== undefined) return 'obsolete';
  const isWithheld = ours?.ownerPersonId === undefined && isOneTimeCode(found.body);
  const all = messages.stores.media.ofMessage(messageId);
  const media = isWithheld ? [] : fitting(all, maxBytes).map((one) => mediaAttachment(deps, messageId, one));
  return {
    kind: 'message',
    at: found.createdAt,
    from: callerOf(deps, { number: found.farNumber, name: '' }, personId),
    to: ours?.name || found.ourNumber,
    text: isWithheld ? undefined : found.body,
    media,
    leftOut: all.length - media.length,
    link: linkOf(panelPaths.conversation(found.conversationId, messageId), personId),
  };
}

type StoredMedia = MediaItem & { readonly bytes: number; readonly contentType: string };

/** Of what is there the first that go in together. */
function fitting(media: readonly MediaItem[], maxBytes: number): readonly StoredMedia[] {
  let left = maxBytes;
  return media.filter((one): one is StoredMedia => {
    if (one.state !== 'stored' || one.bytes === undefined || one.contentType === undefined || one.bytes > left) return false;
    left -= one.bytes;
    return true;
  });
}

function mediaAttachment({ messages }: NotifyContentDeps, messageId: MessageId, media: StoredMedia): Attachment {
  const { position, contentType, bytes } = media;
  const [, ending = 'bin'] = /^[a-z]+\/(?:x-)?([a-z0-9]{1,8})/.exec(contentType) ?? [];
  const open = () => messages.media.file(messageId, position);
  return attachment({ name: `${position + 1}.${ending}`, contentType, bytes, open });
}

function alertOf({ administrators, linkOf }: NotifyContentDeps, item: AlertItem, { personId }: Reader): Read {
  if (!administrators().includes(personId)) return 'gone';
  return { ...item, kind: 'alert', isUrgent: isUrgentAlert(item.alertId), link: linkOf(panelPaths.alerts(), personId) };
}

/** Theirs, or the house's where they look after it. */
function isReaders({ administrators }: NotifyContentDeps, owner: PersonId | undefined, personId: PersonId): boolean {
  return owner === undefined ? administrators().includes(personId) : owner === personId;
}

type Named = Pick<Attachment, 'name' | 'contentType' | 'bytes'> & { readonly open: () => Promise<StoredFile | undefined> };

function attachment({ open, ...named }: Named): Attachment {
  return {
    ...named,
    async open() {
      const file = await open();
      if (file === undefined) throw new Error('The file is not there any more');
      return Readable.from(file.read({ first: 0, last: file.bytes - 1 }));
    },
  };
}
