// Composes the room of messages and hands it what it needs of Twilio, the queue and our numbers.
// Called by app.ts.
// Must stay true: the queue knows how messages are sent before it starts.
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Contacts } from '#contacts/contacts.ts';
import type { Facts } from '#contract/facts.ts';
import { AutoReplies } from '#messages/auto-replies.ts';
import { autoReplyRoutes } from '#messages/auto-reply-routes.ts';
import { AutoReplyStore } from '#messages/auto-reply-store.ts';
import { AutomationLimit } from '#messages/automation-limit.ts';
import { ConversationStore } from '#messages/conversation-store.ts';
import { IncomingMessages } from '#messages/incoming-messages.ts';
import { MediaFetcher } from '#messages/media-fetcher.ts';
import { MediaFiles } from '#messages/media-files.ts';
import { MediaStore } from '#messages/media-store.ts';
import { MessageMedia } from '#messages/message-media.ts';
import { messageCommands } from '#messages/message-commands.ts';
import { messageEntities } from '#messages/message-entities.ts';
import type { MessageEntityDeps } from '#messages/message-entities.ts';
import { messageRoutes } from '#messages/message-routes.ts';
import { MessageStore } from '#messages/message-store.ts';
import { Messages } from '#messages/messages.ts';
import { OutgoingMessages, smsKind } from '#messages/outgoing-messages.ts';
import type { IsDnd, MediaSource, MessageSender, NameOf, NumbersNamed, OurNumbers, ParsePhoneNumber } from '#messages/ports.ts';
import { smsOutboxHandler } from '#messages/sms-outbox-handler.ts';
import { toE164 } from '#numbers/e164.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Outbox } from '#storage/outbox.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { explainErrorCode } from '#twilio/api/error-messages.ts';
import { mediaSource } from '#twilio/sync/media-source.ts';
import { SmsSender } from '#twilio/sync/sms-sender.ts';
import type { Storage, AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';
import type { PeopleRoom } from './people.ts';
import type { TwilioServices } from './twilio.ts';

export type MessageRoom = {
  readonly messages: Messages;
  readonly incoming: IncomingMessages;
  readonly outgoing: OutgoingMessages;
  readonly media: MessageMedia;
  readonly stores: { readonly messages: MessageStore; readonly conversations: ConversationStore; readonly media: MediaStore };
  readonly face: RoomFace;
};

export type MessageRoomDeps = {
  readonly db: OpenedDatabase['db'];
  readonly dataDirectory: string;
  readonly writes: WriteBatch;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly log: Log;
  readonly numbers: OurNumbers;
  readonly readNumber: ParsePhoneNumber;
  readonly timeZone: string;
  readonly sender: MessageSender;
  readonly source: MediaSource;
  readonly isPublic: () => boolean;
  /** Whether there is an account to send with. */
  readonly isSetUp: () => boolean;
  readonly isDnd: IsDnd;
  /** Nobody has a name where undefined. */
  readonly nameOf?: NameOf;
  readonly numbersNamed?: NumbersNamed;
  readonly people: MessageEntityDeps['people'];
  readonly contactsOfHouse: MessageEntityDeps['contacts'];
};

type MessagesDeps = AppContext & {
  readonly storage: Storage;
  readonly twilio: TwilioServices;
  readonly numbers: Numbers;
  readonly contacts: Contacts;
  readonly isDnd: IsDnd;
  readonly people: PeopleRoom['people'];
};

/** Messages as app.ts wants them; what comes in is taken from now on, what goes out leaves when the queue starts. */
export async function composeMessages(deps: MessagesDeps): Promise<MessageRoom> {
  const { options, storage, twilio, numbers, stack } = deps;
  const { connection, outbox, settings } = twilio;
  const publicUrl = () => settings.current.publicUrl;
  const { country, timeZone } = options.house;
  const room = createMessageRoom({
    clock: deps.clock,
    newId: deps.newId,
    events: deps.events,
    log: deps.log.child({ room: 'messages' }),
    db: storage.db,
    writes: storage.writes,
    dataDirectory: options.dataDirectory,
    outbox,
    timeZone,
    numbers,
    isDnd: deps.isDnd,
    readNumber: (text) => toE164(text, country),
    sender: new SmsSender({ connection, publicUrl }),
    source: mediaSource(connection),
    isPublic: () => publicUrl() !== undefined,
    isSetUp: () => connection.client() !== undefined,
    people: deps.people,
    contactsOfHouse: () => deps.contacts.visibleTo(undefined),
    nameOf: (far, ours) => deps.contacts.byNumber(far, numbers.byNumber(ours)?.ownerPersonId)?.name ?? '',
    numbersNamed: (text, personId) => deps.contacts.numbersNamed(text, personId),
  });
  stack.defer(() => room.messages.stop());
  // Nothing could be kept of what would be fetched.
  if (storage.mode === 'normal') await room.messages.start();
  return room;
}

/** Not started yet: that begins to fetch what is due. */
export function createMessageRoom(deps: MessageRoomDeps): MessageRoom {
  const { db, writes, clock, newId, events, log, numbers, source, isDnd, nameOf = () => '', numbersNamed = () => [] } = deps;
  const stores = { messages: new MessageStore(db), conversations: new ConversationStore(db), media: new MediaStore(db) };
  const rules = new AutoReplyStore(db);
  const explain = (code: number) => explainErrorCode(code);
  const shared = { ...stores, writes, clock, newId, events, log, numbers };
  const outgoing = new OutgoingMessages({ ...shared, explain, outbox: deps.outbox });
  deps.outbox.register(smsKind, smsOutboxHandler({ outgoing, sender: deps.sender, explain }));
  const files = new MediaFiles({ folder: join(deps.dataDirectory, 'messages'), log });
  const media = new MessageMedia({ store: stores.media, files, writes, clock, newId, log });
  const fetcher = new MediaFetcher({
    store: stores.media,
    files,
    writes,
    source,
    clock,
    log,
    onSettled: (messageId) => outgoing.notifyChanged(messageId),
  });
  const incoming = new IncomingMessages({
    ...shared,
    autoReplies: rules,
    outgoing,
    isDnd,
    timeZone: deps.timeZone,
    onMedia: () => fetcher.wake(),
  });
  const messages = new Messages({
    ...shared,
    outgoing,
    incoming,
    files: media,
    fetcher,
    source,
    parseNumber: deps.readNumber,
    isPublic: deps.isPublic,
  });
  const autoReplies = new AutoReplies({ store: rules, writes, clock, newId, events, numbers });
  const entityDeps = {
    limit: new AutomationLimit({ clock }),
    messages,
    stores,
    nameOf,
    people: deps.people,
    contacts: deps.contactsOfHouse,
  };
  return {
    messages,
    incoming,
    outgoing,
    media,
    stores,
    face: faceOf({
      routes: [
        ...messageRoutes({
          messages,
          stores,
          files: media,
          numbers,
          nameOf,
          numbersNamed,
          isPublic: deps.isPublic,
          isSetUp: deps.isSetUp,
        }),
        ...autoReplyRoutes({ autoReplies, numbers }),
      ],
      entities: messageEntities(entityDeps),
      commands: messageCommands(entityDeps),
    }),
  };
}
