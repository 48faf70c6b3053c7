import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { AutoReplyStore } from '#messages/auto-reply-store.ts';
import type { Message } from '#messages/message.ts';
import type { Messages } from '#messages/messages.ts';
import type { ListedMessage, SearchOutcome, SendOutcome } from '#messages/ports.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { Outbox } from '#storage/outbox.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { entityOf, eventSource } from '#testing/harness/state-source.ts';
import { createMessageRoom } from './messages.ts';
import type { MessageRoom } from './messages.ts';

const ours = '+15555550199';
const theirs = '+15555550123';
const ourNumber = { number: ours, name: 'House', ownerPersonId: 'person_anna' } as const;
const log = createLog({ level: 'silent' });
const admin = { isAdmin: true, personId: undefined };

let folder: string;
let clock: FakeClock;
let opened: OpenedDatabase;
let messages: Messages;
let room: MessageRoom;
let outbox: Outbox;
let events: string[];
let sends: string[];
let answer: SendOutcome;
let searched: SearchOutcome;
let media: readonly string[] | undefined;
let isDnd: boolean;
let queueIsFull: boolean;
let sids = 0;
let wholeLists = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-messages-'));
  clock = new FakeClock();
  opened = openDatabase({ path: join(folder, 'gosip.db'), log, clock });
  [events, sends, media, isDnd, queueIsFull] = [[], [], [], false, false];
  answer = { kind: 'done', sent: { sid: '', status: 'queued', errorCode: undefined, segments: 1 } };
  searched = { kind: 'absent' };
  const { db } = opened;
  const writes = new WriteBatch({ db, log });
  const bus = new Events<Facts>(log);
  bus.on('message.received', ({ personId }) => events.push(`received ${personId}`));
  bus.on('message.changed', ({ messageId }) => events.push(`changed ${room.stores.messages.byId(messageId)?.state}`));
  outbox = new Outbox({ db, clock, newId, log, isDurable: true });
  const enqueue = outbox.enqueue.bind(outbox);
  outbox.enqueue = (request) => {
    if (queueIsFull) throw new AppError('rate-limited', 'Too much is waiting');
    return enqueue(request);
  };
  room = createMessageRoom({
    db,
    dataDirectory: folder,
    writes,
    outbox,
    clock,
    newId,
    log,
    events: bus,
    timeZone: 'UTC',
    people: { all: () => [{ id: 'person_anna', name: 'Anna' }] },
    contactsOfHouse: () => [{ id: 'contact_1', name: 'Doctor', numbers: [{ number: theirs }] }],
    numbers: {
      all: () => {
        wholeLists += 1;
        return [ourNumber];
      },
      byNumber: (number) => (number === ours ? ourNumber : undefined),
      ofPerson: (personId) => (personId === 'person_anna' ? [ourNumber] : []),
    },
    readNumber: (text) => text,
    sender: {
      send: async ({ body }) => {
        sends.push(body);
        sids += 1;
        return answer.kind === 'done' && answer.sent.sid === ''
          ? { ...answer, sent: { ...answer.sent, sid: `SM${sids}` } }
          : answer;
      },
      search: async () => searched,
    },
    source: { fetch: async () => ({ kind: 'not-yet', message: 'x' }), list: async () => media },
    isPublic: () => true,
    isSetUp: () => true,
    isDnd: () => isDnd,
  });
  ({ messages } = room);
  await messages.start();
  outbox.start();
});
afterEach(async () => {
  await messages.stop();
  await outbox.stop();
  opened.db.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = (body: string) => messages.send({ to: theirs, body, media: [] }, admin);
const stateOf = ({ id }: Message) => room.stores.messages.byId(id)?.state;

async function rest(seconds = 1): Promise<void> {
  await clock.advanceAsync(seconds * 1000);
  await clock.advanceAsync(0);
}

/** A message that may have been sent; whether it was could not be found out. */
async function unknown(body: string): Promise<Message> {
  answer = { kind: 'ambiguous', message: 'no answer' };
  searched = { kind: 'never-known', message: 'cannot be known' };
  const message = await send(body);
  await rest(60);
  expect(stateOf(message)).toBe('unknown');
  answer = { kind: 'done', sent: { sid: '', status: 'queued', errorCode: undefined, segments: 1 } };
  return message;
}

function listed(sid: string, change: Partial<ListedMessage> = {}): ListedMessage {
  return {
    sid,
    direction: 'outbound-api',
    from: ours,
    to: theirs,
    body: 'Hello',
    status: 'delivered',
    errorCode: undefined,
    segments: 1,
    mediaCount: 0,
    createdAt: clock.now(),
    sentAt: clock.now(),
    ...change,
  };
}

const incoming = (messageSid: string, body = 'Hello', from = theirs) => ({
  messageSid,
  from,
  to: ours,
  body,
  segments: 1,
  media: [],
  optOut: undefined,
});
const inbound = (sid: string, change: Partial<ListedMessage> = {}) =>
  listed(sid, { direction: 'inbound', from: theirs, to: ours, status: 'received', ...change });

describe('what becomes of a message that was sent', () => {
  it('is taken from a report that came before its sid was known, the best of them', async () => {
    const next = `SM${sids + 1}`;
    for (const status of ['sent', 'undelivered', 'queued']) {
      await room.outgoing.applyStatus({ messageSid: next, status, errorCode: status === 'undelivered' ? 30034 : undefined });
    }
    const message = await send('Hello');
    await rest();
    expect(room.stores.messages.byId(message.id)).toMatchObject({ state: 'undelivered', errorCode: 30034 });
    expect(room.stores.messages.byId(message.id)?.error).toMatch(/30034/);
    expect(opened.db.prepare('SELECT count(*) AS n FROM message_early_states').get()).toEqual({ n: 0 });
  });

  it('emits one fact per change', async () => {
    const message = await send('Hello');
    await rest();
    const messageSid = room.stores.messages.byId(message.id)?.messageSid ?? '';
    for (const status of ['sent', 'sent', 'delivered', 'sent', 'queued']) {
      await room.outgoing.applyStatus({ messageSid, status, errorCode: undefined });
    }
    expect(events).toEqual(['changed waiting', 'changed queued', 'changed sent', 'changed delivered']);
  });

  it('gets its code also from a report that comes after the end', async () => {
    const message = await send('Hello');
    await rest();
    const messageSid = room.stores.messages.byId(message.id)?.messageSid ?? '';
    await room.outgoing.applyStatus({ messageSid, status: 'undelivered', errorCode: undefined });
    await room.outgoing.applyStatus({ messageSid, status: 'undelivered', errorCode: 30003 });
    expect(room.stores.messages.byId(message.id)).toMatchObject({ state: 'undelivered', errorCode: 30003 });
  });

  it('is found out later where it could not be known at first', async () => {
    const message = await unknown('Hello');
    await messages.reconcile(listed('SM-found'));
    expect(room.stores.messages.byId(message.id)).toMatchObject({ state: 'delivered', messageSid: 'SM-found' });
    await messages.reconcile(listed('SM-other'));
    expect(room.outgoing.isKnownSid('SM-other')).toBe(false);
  });

  it('is not found out from one that is older, has other words, or may be one that is still to be sent', async () => {
    const message = await unknown('Hello');
    await messages.reconcile(listed('SM-a', { createdAt: clock.now() - 3_600_000 }));
    await messages.reconcile(listed('SM-b', { body: 'Good-bye' }));
    answer = { kind: 'ambiguous', message: 'no answer' };
    searched = { kind: 'unclear', message: 'cannot see' };
    await send('Hello');
    await rest();
    await messages.reconcile(listed('SM-c'));
    expect(stateOf(message)).toBe('unknown');
  });

  it('fails without a request where the receiver said STOP in the meantime', async () => {
    answer = { kind: 'limited', message: 'slowly', retryAfterSeconds: 10 };
    const message = await send('Hello');
    await rest();
    await room.incoming.receive(incoming('SM-stop', 'Stop'));
    await rest(20);
    expect(room.stores.messages.byId(message.id)).toMatchObject({ state: 'failed', errorCode: 21610 });
    expect(sends).toEqual(['Hello']);
  });
});

describe('what comes in', () => {
  it('is kept once, and counted as unread until it is read', async () => {
    await room.incoming.receive(incoming('SM-1'));
    await room.incoming.receive(incoming('SM-1'));
    await room.incoming.receive(incoming('SM-2'));
    await messages.reconcile(inbound('SM-2'));
    const conversation = () => room.stores.conversations.find({}, { limit: 1, offset: 0, order: 'desc' }).items[0];
    expect([conversation()?.unread, events]).toEqual([2, ['received person_anna', 'received person_anna']]);
    const [first] = room.stores.messages.find({}, { limit: 1, offset: 0, order: 'asc' }).items;
    if (first === undefined) throw new Error('Nothing is there');
    await messages.markRead(first);
    await messages.markRead(first);
    expect(conversation()?.unread).toBe(1);
    const read = await messages.markAllRead(conversation() ?? expect.fail());
    expect(read.unread).toBe(0);
  });

  it('never reads the whole list of our numbers, however many there are', async () => {
    wholeLists = 0;
    await room.incoming.receive(incoming('SM-1'));
    await messages.send({ from: ours, to: theirs, body: 'Hello', media: [] }, { isAdmin: false, personId: 'person_anna' });
    await expect(
      messages.send({ from: ours, to: theirs, body: 'Hello', media: [] }, { isAdmin: false, personId: 'person_ben' }),
    ).rejects.toThrow(/own numbers/);
    expect(wholeLists).toBe(0);
  });

  it('waits where its pictures cannot be listed now', async () => {
    media = undefined;
    await expect(messages.reconcile(inbound('MM-1', { mediaCount: 1 }))).rejects.toThrow(/cannot be read/);
    expect(room.outgoing.isKnownSid('MM-1')).toBe(false);
    media = ['https://api.twilio.com/1'];
    await messages.reconcile(inbound('MM-1', { mediaCount: 1 }));
    expect(room.stores.messages.find({}, { limit: 1, offset: 0, order: 'asc' }).items[0]?.mediaCount).toBe(1);
  });

  it('that came late stands where it belongs, and takes nothing back that came after it', async () => {
    clock.advance(3_600_000);
    await room.incoming.receive(incoming('SM-stop', 'STOP'));
    await messages.reconcile(
      inbound('SM-start', { body: 'START', createdAt: clock.now() - 60_000, sentAt: clock.now() - 60_000 }),
    );
    const [conversation] = room.stores.conversations.find({}, { limit: 1, offset: 0, order: 'desc' }).items;
    expect(conversation?.optedOutAt).toBe(clock.now());
    expect(room.stores.messages.byId(conversation?.lastMessageId ?? 'msg_')?.body).toBe('STOP');
    clock.advance(1000);
    await room.incoming.receive(incoming('SM-again', 'Unstop'));
    expect(room.stores.conversations.byId(conversation?.id ?? 'conv_')?.optedOutAt).toBeUndefined();
  });
});

describe('automatic replies', () => {
  beforeEach(() => {
    isDnd = true;
    new AutoReplyStore(opened.db).save({
      id: 'auto_1',
      name: '',
      number: undefined,
      trigger: 'dnd',
      keywords: [],
      hours: [],
      body: 'Not now',
      quietMinutes: 60,
      isEnabled: true,
      createdAt: 0,
    });
  });

  it('go out while do not disturb is on', async () => {
    await room.incoming.receive(incoming('SM-1'));
    await rest();
    isDnd = false;
    await room.incoming.receive(incoming('SM-2', 'Hello', '+15555550124'));
    await rest();
    expect(sends).toEqual(['Not now']);
  });

  it('do not go out for what came long ago, or to a number that is not ours', async () => {
    await messages.reconcile(inbound('SM-1', { createdAt: clock.now() - 3_600_000, sentAt: clock.now() - 3_600_000 }));
    await room.incoming.receive({ ...incoming('SM-2', 'Hello', '+15555550124'), to: '+15555550000' });
    await rest();
    expect(sends).toEqual([]);
  });

  it('are left out where the queue is full, and what came in is kept', async () => {
    queueIsFull = true;
    await room.incoming.receive(incoming('SM-1'));
    expect(room.stores.messages.find({}, { limit: 9, offset: 0, order: 'asc' }).items.map(({ direction }) => direction)).toEqual([
      'inbound',
    ]);
    await expect(send('Hello')).rejects.toThrow(/waiting/);
    expect(room.stores.messages.find({}, { limit: 9, offset: 0, order: 'asc' }).total).toBe(1);
  });
});

describe('a message that an automation sends', () => {
  const sendSms = (input: object, requestId?: string) => {
    const [command] = room.face.commands;
    if (command === undefined) throw new Error('There is no command');
    return command.run(command.declaration.input.parse(input), requestId);
  };

  it('is sent once for one request, however often that comes', async () => {
    const first = await sendSms({ to: theirs, text: 'Dinner is ready' }, 'dinner-1');
    const again = await sendSms({ to: theirs, text: 'Dinner is ready' }, 'dinner-1');
    await rest();
    expect(again).toEqual(first);
    expect([sends, events[0]]).toEqual([['Dinner is ready'], 'changed waiting']);
    const both = ['dinner-2', 'dinner-2'].map((id) => sendSms({ to: theirs, text: 'At once' }, id));
    expect(new Set((await Promise.all(both)).map((one) => one['message_id'])).size).toBe(1);
    await expect(sendSms({ to: theirs, text: 'Other words' }, 'dinner-1')).rejects.toMatchObject({ code: 'conflict' });
    await sendSms({ to: theirs, text: 'Dinner is ready' });
    await rest();
    expect(sends).toEqual(['Dinner is ready', 'At once', 'Dinner is ready']);
  });

  it('goes to a contact by name, and is refused in words where there is none or the number cannot get any', async () => {
    expect(await sendSms({ to: 'doctor', text: 'Hello' })).toMatchObject({ to: theirs });
    await expect(sendSms({ to: 'baker', text: 'Hello' })).rejects.toMatchObject({
      words: { de: 'baker gibt es nicht. Es gibt: Doctor' },
    });
    await expect(sendSms({ to: '911', text: 'Hello' })).rejects.toMatchObject({
      words: { fr: expect.stringContaining('messages') },
    });
    await expect(sendSms({ to: theirs, text: 'Hello', from: '+15555550000' })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is refused where automations sent 60 within an hour: one that runs away does not empty the account', async () => {
    for (let index = 0; index < 60; index += 1) await sendSms({ to: theirs, text: `Wash ${index}` });
    // What could not be sent anyhow takes no room.
    await expect(sendSms({ to: theirs, text: 'Once more' })).rejects.toMatchObject({ code: 'rate-limited' });
    clock.advance(3_600_000);
    for (let index = 0; index < 100; index += 1)
      await expect(sendSms({ to: '911', text: 'x' })).rejects.toMatchObject({ code: 'invalid' });
    await sendSms({ to: theirs, text: 'Once more' });
    expect(room.stores.messages.find({}, { limit: 1, offset: 0, order: 'asc' }).total).toBe(61);
    // What a person writes is not held back by that.
    for (let index = 0; index < 59; index += 1) await sendSms({ to: theirs, text: `Wash ${index}` });
    await send('By hand');
  });

  it('may be written into the notify entity as number, colon, words', async () => {
    const notify = entityOf(room.face.entities, 'exchange', 'send_sms');
    if (notify?.kind !== 'notify') throw new Error('There is nothing to notify');
    await notify.source.send('exchange', `${theirs}: Washing is done: now`);
    await notify.source.send('exchange', 'Doctor:Hi');
    await rest();
    expect(sends).toEqual(['Washing is done: now', 'Hi']);
    for (const wrong of ['', 'no colon', ': no number', `${theirs}: `]) {
      await expect(notify.source.send('exchange', wrong)).rejects.toMatchObject({ code: 'invalid' });
    }
  });
});

describe('a message that comes in, as an event', () => {
  const occurs = (of: 'exchange' | 'person', messageId: string, personId: string | null) => {
    const fact = { messageId, conversationId: 'conv_1', personId } as Facts['message.received'];
    return eventSource(entityOf(room.face.entities, of, 'message')).occursBy['message.received']?.(fact) ?? [];
  };
  const receive = async (body: string) => {
    const sid = `SM-in-${body.length}`;
    await room.incoming.receive(incoming(sid, body));
    return room.stores.messages.bySid(sid)!;
  };

  it('has its words for whose number it came to, and for nobody else', async () => {
    const { id } = await receive('See you at eight');
    expect(occurs('person', id, 'person_anna')).toEqual([
      {
        ownerId: 'person_anna',
        type: 'received',
        attributes: {
          message_id: id,
          number: theirs,
          name: '',
          called: ours,
          text: 'See you at eight',
          is_private: false,
          pictures: 0,
        },
      },
    ]);
    const [house] = occurs('exchange', id, 'person_anna');
    expect(house).toMatchObject({ type: 'received', attributes: { number: theirs, text: '', is_private: true } });
    expect(JSON.stringify(house)).not.toContain('eight');
    expect(occurs('exchange', id, null)[0]).toMatchObject({ attributes: { text: 'See you at eight', is_private: false } });
    expect([occurs('person', id, null), occurs('person', 'msg_gone', 'person_anna')]).toEqual([[], []]);
  });

  it('has no words at all where they carry a code of the bank, and not more than there is room for', async () => {
    const code = await receive('Your code is 482913. Never share it.');
    expect(occurs('person', code.id, 'person_anna')[0]).toMatchObject({ attributes: { text: '', is_private: true } });
    expect(occurs('exchange', code.id, null)[0]).toMatchObject({ attributes: { text: '', is_private: true } });
    const { id } = await receive('word '.repeat(1500));
    const [event] = occurs('person', id, 'person_anna');
    expect(String(event?.attributes?.['text'])).toMatch(/^(word ){300,}.*…$/);
  });
});
