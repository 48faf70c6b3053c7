import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { AppHarness, origin } from '#testing/harness/app-harness.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import type { FaultName } from '#testing/twilio/base/faults.ts';

const ours = '+15555550199';
const other = '+15555550188';
const theirs = '+15555550123';

type Media = { n: number; state: string; contentType: string | null; bytes: number | null };
type Message = {
  id: string;
  conversationId: string;
  direction: string;
  number: string;
  farNumber: string;
  body: string;
  state: string;
  segments: number;
  media: Media[];
  autoReplyId: string | null;
  oneTimeCode: string | null;
  requestId: string | null;
  error: { code: number | null; message: string } | null;
  readAt: string | null;
};
type Conversation = {
  id: string;
  farNumber: string;
  farName: string;
  unread: number;
  optedOutAt: string | null;
  lastMessage: Message | null;
};
type Page<Item> = { items: Item[]; total: number };

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2000, 7)]);

class Harness extends AppHarness {
  static async start(): Promise<Harness> {
    const harness = new Harness('anna');
    const twilio = await TwilioEmulator.start({
      clock: harness.clock,
      voice: () => Promise.resolve(harness.voice),
      numbers: [{ phoneNumber: ours }, { phoneNumber: other }],
    });
    for (const number of [ours, other]) {
      Object.assign(twilio.state.numberOf(number) ?? {}, {
        sms_url: `${origin}/api/webhooks/sms/inbound`,
        sms_fallback_url: `${origin}/api/webhooks/sms/fallback`,
      });
    }
    await harness.begin(twilio, ['anna', 'ben']);
    for (const [name, number] of [
      ['anna', ours],
      ['ben', other],
    ] as const) {
      await harness.json('POST', '/dids', { number, ownerPersonId: harness.persons.get(name)?.id });
    }
    return harness;
  }

  messages(query = '', who = 'anna'): Promise<Page<Message>> {
    return this.json('GET', `/messages${query}`, undefined, who);
  }

  conversations(who = 'anna'): Promise<Page<Conversation>> {
    return this.json('GET', '/messages/conversations', undefined, who);
  }

  send(body: string, more: object = {}, who = 'anna'): Promise<Message> {
    return this.json('POST', '/messages', { to: theirs, body, ...more }, who);
  }

  reach(id: string, ...states: readonly string[]): Promise<Message> {
    return this.until(async () => {
      const message = await this.json<Message>('GET', `/messages/${id}`);
      return states.includes(message.state) ? message : undefined;
    });
  }

  async receive(body: string, more: object = {}): Promise<void> {
    let isOver = false;
    const sent = this.twilio.sendSmsFrom(theirs, ours, { body, ...more }).then((result) => {
      isOver = true;
      return result;
    });
    await this.until(async () => isOver || undefined);
    expect((await sent).status).toBe(200);
  }

  /** What Twilio sent on to them, oldest first. */
  get outgoing(): readonly string[] {
    return this.twilio.messages.filter(({ direction }) => direction === 'outbound-api').map(({ body }) => body);
  }
}

describe('messages of the whole house', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.start();
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  it('go out and are seen delivered, and come in and are seen read', async () => {
    const { id } = await harness.send('Dinner is ready');
    const delivered = await harness.reach(id, 'delivered');
    expect(delivered).toMatchObject({ direction: 'outbound', number: ours, farNumber: theirs, segments: 1, error: null });
    await harness.receive('On my way');
    const [first] = (await harness.conversations()).items;
    expect(first).toMatchObject({ farNumber: theirs, unread: 1, lastMessage: { body: 'On my way', direction: 'inbound' } });
    const read = await harness.json<Message>('POST', `/messages/${first?.lastMessage?.id}/read`, undefined, 'anna');
    expect(read.readAt).not.toBeNull();
    expect((await harness.conversations()).items[0]?.unread).toBe(0);
    expect((await harness.messages()).items.map(({ body }) => body)).toEqual(['On my way', 'Dinner is ready']);
  });

  it('bring pictures both ways, identified by their bytes and not by their name', async () => {
    const html = Buffer.from('<html><script>alert(1)</script></html>');
    await harness.receive('Look', {
      media: [
        { contentType: 'image/png', bytes: png },
        { contentType: 'image/jpeg', bytes: html },
      ],
    });
    const message = await harness.until(async () => {
      const [one] = (await harness.messages()).items;
      return one?.media.every(({ state }) => state === 'stored') === true ? one : undefined;
    });
    expect(message.media.map(({ contentType }) => contentType)).toEqual(['image/png', 'application/octet-stream']);
    const [picture, page] = await Promise.all([0, 1].map((n) => harness.fetch(`/messages/${message.id}/media/${n}`)));
    expect(Buffer.from((await picture?.arrayBuffer()) ?? new ArrayBuffer(0)).equals(png)).toBe(true);
    const headers = ['content-type', 'x-content-type-options'].map((name) => page?.headers.get(name));
    expect(headers).toEqual(['application/octet-stream', 'nosniff']);
    expect(picture?.headers.get('content-disposition')).toMatch(/^inline/);
    expect(page?.headers.get('content-disposition')).toMatch(/^attachment/);
    expect((await harness.fetch(`/messages/${message.id}/media/0`, 'ben')).status).toBe(404);

    const upload = await harness.fetch('/messages/media', 'anna', {
      method: 'POST',
      headers: { 'Content-Type': 'image/png' },
      body: png,
    });
    const { id: mediaId } = (await upload.json()) as { id: string };
    const { id } = await harness.send('', { media: [mediaId] });
    const sent = await harness.reach(id, 'delivered', 'failed', 'undelivered');
    expect(sent).toMatchObject({ state: 'delivered', media: [{ n: 0, contentType: 'image/png', bytes: png.length }] });
    const atTwilio = harness.twilio.messages.at(-1);
    expect(atTwilio?.media[0]?.bytes.equals(png)).toBe(true);
    const address = atTwilio?.mediaUrls[0] ?? '';
    expect(address).toMatch(/^https:\/\/house\.example\/api\/webhooks\/media\/[\w-]{43}$/);
    // It was there for Twilio, not for anyone who finds the address afterwards.
    const local = address.replace(origin, `http://127.0.0.1:${harness.app.publicHttp?.port}`);
    expect((await fetch(local)).status).toBe(404);
    expect(await harness.status('POST', '/messages', { to: theirs, media: [mediaId] })).toBe(400);
  });

  it('belong to whom the number belongs to', async () => {
    await harness.receive('For Anna');
    const [message] = (await harness.messages()).items;
    const [conversation] = (await harness.conversations()).items;
    expect([(await harness.messages('', 'ben')).total, (await harness.conversations('ben')).total]).toEqual([0, 0]);
    expect((await harness.messages(`?number=${encodeURIComponent(ours)}`, 'ben')).total).toBe(0);
    const asBen = (method: string, path: string) => harness.status(method, path, undefined, 'ben');
    const seen = await Promise.all([
      asBen('GET', `/messages/${message?.id}`),
      asBen('POST', `/messages/${message?.id}/read`),
      asBen('GET', `/messages/conversations/${conversation?.id}`),
      asBen('POST', `/messages/conversations/${conversation?.id}/read`),
      harness.status('POST', '/messages', { from: ours, to: theirs, body: 'x' }, 'ben'),
      harness.status('POST', '/auto-replies', { number: ours, trigger: 'dnd', body: 'x' }, 'ben'),
      harness.status('POST', '/auto-replies', { trigger: 'dnd', body: 'x' }, 'ben'),
    ]);
    expect(seen).toEqual([404, 404, 404, 404, 403, 403, 403]);
    expect((await harness.messages('', 'admin')).total).toBe(1);
  });

  it('keep their rules and uploads from everybody else', async () => {
    const make = (body: object, who: string) => harness.json<{ id: string }>('POST', '/auto-replies', body, who);
    const rule = { name: 'Rule', trigger: 'dnd', body: 'x' };
    const [hers, all] = [await make({ ...rule, number: ours }, 'anna'), await make({ ...rule, number: null }, 'admin')];
    const his = await make({ ...rule, number: other }, 'ben');
    const seen: number[] = [];
    for (const { id } of [hers, all]) {
      const path = `/auto-replies/${id}`;
      seen.push(await harness.status('GET', path, undefined, 'ben'));
      seen.push(await harness.status('PATCH', path, { body: 'y' }, 'ben'));
      seen.push(await harness.status('DELETE', path, undefined, 'ben'));
    }
    expect(seen).toEqual([404, 404, 404, 404, 404, 404]);
    const moved = async (number: string | null) => await harness.status('PATCH', `/auto-replies/${his.id}`, { number }, 'ben');
    expect([await moved(ours), await moved(null)]).toEqual([403, 403]);
    const listed = await harness.json<Page<{ id: string }>>('GET', '/auto-replies', undefined, 'ben');
    expect([listed.total, listed.items.map(({ id }) => id)]).toEqual([1, [his.id]]);

    const type = { 'Content-Type': 'image/png' };
    const upload = await harness.fetch('/messages/media', 'anna', { method: 'POST', headers: type, body: png });
    const { id: mediaId } = (await upload.json()) as { id: string };
    const asBen = await harness.status('POST', '/messages', { to: theirs, body: 'x', media: [mediaId] }, 'ben');
    expect([upload.status, asBen, (await harness.messages('', 'ben')).total]).toEqual([201, 400, 0]);
    for (const evil of [
      '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
      '<!doctype html><script>1</script>',
    ]) {
      const refused = await harness.fetch('/messages/media', 'anna', { method: 'POST', headers: type, body: evil });
      expect(refused.status).toBe(400);
    }
  });

  it('stop when the far side says STOP, for that pair alone, until START', async () => {
    await harness.receive('STOP');
    expect((await harness.conversations()).items[0]?.optedOutAt).not.toBeNull();
    expect(await harness.status('POST', '/messages', { to: theirs, body: 'Still there?' })).toBe(409);
    const { id } = await harness.send('From another number', {}, 'ben');
    await harness.reach(id, 'delivered');
    await harness.receive('start');
    expect((await harness.conversations()).items[0]?.optedOutAt).toBeNull();
    expect((await harness.reach((await harness.send('Welcome back')).id, 'delivered')).error).toBeNull();
  });

  it('learn of an opt-out that only Twilio knows, and never try again', async () => {
    harness.twilio.state.optOuts.add(`${theirs}|${ours}`);
    const failed = await harness.reach((await harness.send('Hello')).id, 'failed', 'delivered');
    expect(failed).toMatchObject({ state: 'failed', error: { code: 21610, message: expect.stringMatching(/21610/) } });
    expect(await harness.status('POST', '/messages', { to: theirs, body: 'Hello?' })).toBe(409);
    expect(harness.twilio.requests.filter(({ endpoint }) => endpoint === 'messages.create')).toHaveLength(1);
  });

  it('say in plain words why they were not delivered', async () => {
    harness.twilio.state.unregisteredSenders.add(ours);
    const undelivered = await harness.reach((await harness.send('Hello')).id, 'undelivered', 'delivered');
    expect(undelivered.error).toEqual({ code: 30034, message: expect.stringMatching(/[a-z ]{20,}.*30034/) });
  });

  it('say what is wrong with the account', async () => {
    harness.twilio.faults.add({ name: 'account.suspended' });
    const failed = await harness.reach((await harness.send('Hello')).id, 'failed', 'delivered');
    expect(failed.error).toEqual({ code: 20005, message: expect.stringMatching(/[a-z ]{15,}/) });
  });

  it('reach the owner of the number live, and no other user', async () => {
    const heard = new Map<string, string>();
    const streams = await Promise.all(
      ['anna', 'ben'].map(async (who) => {
        const response = await harness.fetch('/events', who);
        const reader = response.body?.getReader();
        heard.set(who, '');
        const reading = (async () => {
          for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
            heard.set(who, (heard.get(who) ?? '') + Buffer.from(read.value).toString());
          }
        })();
        return { reader, reading };
      }),
    );
    await harness.receive('For Anna');
    await harness.until(async () => (heard.get('anna')?.includes('message.received') === true ? true : undefined));
    expect(heard.get('ben')).not.toContain('message');
    await Promise.all(streams.map(async ({ reader }) => await reader?.cancel()));
    await Promise.all(streams.map(({ reading }) => reading));
  });

  it('go to a number as it was pasted, and are found by a plus that the browser did not escape', async () => {
    const pasted = `\u202a${theirs.slice(0, 2)}\u00a0${theirs.slice(2, 5)}\u2011${theirs.slice(5)}\u202c`;
    expect(await harness.send('Hello', { to: pasted })).toMatchObject({ farNumber: theirs });
    expect(await harness.send('Hello again', { to: `tel:${theirs};phone-context=example.org` })).toMatchObject({
      farNumber: theirs,
    });
    expect((await harness.messages(`?farNumber=${theirs}`)).total).toBe(2);
    expect((await harness.messages(`?number=${ours}`)).total).toBe(2);
    const path = `/messages/conversations?number=${ours}&text=${theirs.slice(0, 5)}`;
    expect(await harness.json<Page<Conversation>>('GET', path, undefined, 'anna')).toMatchObject({ total: 1 });
    const turned = { to: `${theirs.slice(0, 5)}\u202e${theirs.slice(5)}`, body: 'x' };
    expect(await harness.status('POST', '/messages', turned)).toBe(400);
  });

  it('are found by what is asked for, and a conversation is read as a whole', async () => {
    await harness.receive('One');
    await harness.receive('Two 100%');
    const { id } = await harness.send('Three');
    await harness.reach(id, 'delivered');
    const bodies = async (query: string) => (await harness.messages(query)).items.map(({ body }) => body);
    expect(await bodies('?unread=true&order=asc')).toEqual(['One', 'Two 100%']);
    expect(await bodies(`?text=${encodeURIComponent('0%')}`)).toEqual(['Two 100%']);
    expect(await bodies('?state=delivered')).toEqual(['Three']);
    expect(await bodies(`?farNumber=${encodeURIComponent(theirs)}&direction=inbound`)).toHaveLength(2);
    const [conversation] = (await harness.conversations()).items;
    expect(await bodies(`?conversation=${conversation?.id}&unread=false`)).toEqual(['Three']);
    const path = `/messages/conversations/${conversation?.id}`;
    expect((await harness.json<Conversation>('POST', `${path}/read`, undefined, 'anna')).unread).toBe(0);
    expect(await bodies('?unread=true')).toEqual([]);
    expect((await harness.json<Conversation>('GET', path, undefined, 'anna')).lastMessage?.body).toBe('Three');
    expect(await harness.status('GET', '/messages/conversations?unread=true&text=555')).toBe(200);
  });

  it('are found by the name in an address book that the searcher sees, in any spelling of it', async () => {
    await harness.receive('One');
    const name = 'Jürgen Müller';
    await harness.json('POST', '/contacts', { name, numbers: [{ number: theirs }], personId: null });
    const bens = { name: 'Only Ben knows', numbers: [{ number: theirs }], personId: harness.persons.get('ben')?.id };
    await harness.json('POST', '/contacts', bens);
    const found = async (text: string, who = 'anna') => {
      const path = `/messages/conversations?text=${encodeURIComponent(text)}`;
      return (await harness.json<Page<Conversation>>('GET', path, undefined, who)).items.map(({ farName }) => farName);
    };
    expect(await found('MULLER')).toEqual([name]);
    expect(await found('ü')).toEqual([name]);
    expect(await found('555 0123')).toEqual([name]);
    expect(await found('Ben knows')).toEqual([]);
    expect(await found('Müller', 'ben')).toEqual([]);
  });

  it('count as unread again for whoever wants to come back to them', async () => {
    await harness.send('Nothing came in');
    const [conversation] = (await harness.conversations()).items;
    const path = `/messages/conversations/${conversation?.id}`;
    const mark = async (what: 'read' | 'unread') =>
      (await harness.json<Conversation>('POST', `${path}/${what}`, undefined, 'anna')).unread;
    expect(await mark('unread')).toBe(0);
    await harness.receive('One');
    await harness.receive('Two');
    expect([await mark('read'), await mark('unread'), await mark('unread')]).toEqual([0, 1, 1]);
    expect((await harness.messages('?unread=true')).items.map(({ body }) => body)).toEqual(['Two']);
    expect(await harness.status('POST', `${path}/unread`, undefined, 'ben')).toBe(404);
  });

  it('go out once by their Idempotency-Key, also after a restart that lost the reply', async () => {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': 'text-of-anna' };
    const body = JSON.stringify({ to: theirs, body: 'Only once, with a key' });
    const ask = () => harness.fetch('/messages', 'anna', { method: 'POST', headers, body });
    const first = await ask();
    expect(first.status).toBe(201);
    const { id } = (await first.json()) as Message;
    await harness.close();
    await harness.open();
    expect(await (await ask()).json()).toMatchObject({ id });
    await harness.close();
    // As after a kill between the message and its reply.
    const { db } = openDatabase({
      path: join(harness.folder, 'gosip.db'),
      log: createLog({ level: 'silent' }),
      clock: harness.clock,
    });
    expect(db.prepare('UPDATE done_once SET reply = NULL').run().changes).toBe(1);
    db.close();
    await harness.open();
    expect((await ask()).status).toBe(409);
    await harness.reach(id, 'delivered', 'sent');
    expect((await harness.messages('?direction=outbound')).total).toBe(1);
  });

  it('are sent once, although the same request comes again', async () => {
    const request = { to: theirs, body: 'Only once', requestId: 'panel-1' };
    const [first, second] = await Promise.all([harness.send('', request), harness.send('', request)]);
    expect(second).toMatchObject({ id: first.id, requestId: 'panel-1' });
    await harness.reach(first.id, 'delivered');
    expect((await harness.send('', request)).id).toBe(first.id);
    expect(harness.outgoing).toEqual(['Only once']);
    expect(await harness.status('POST', '/messages', { ...request, body: 'Something else' })).toBe(409);
  });

  it('show the code that somebody signs in with, of what came in alone', async () => {
    await harness.receive('Your code is 482 913');
    await harness.send('My code is 482 913');
    const codes = (await harness.messages('?order=asc')).items.map(({ oneTimeCode }) => oneTimeCode);
    expect(codes).toEqual(['482913', null]);
  });

  it('are for the eyes of the owner of the number, and of administrators where it has none', async () => {
    await harness.receive('For Anna');
    const asked = async (query: string) => {
      const { total } = await harness.json<Page<Conversation>>('GET', `/messages/conversations${query}`);
      return total;
    };
    expect([await asked(''), await asked('?mine=true')]).toEqual([1, 0]);
    expect((await harness.json<Page<Message>>('GET', '/messages?mine=true')).total).toBe(0);
    const { items } = await harness.json<Page<{ id: string; number: string }>>('GET', '/dids');
    await harness.json('PATCH', `/dids/${items.find(({ number }) => number === ours)?.id}`, { ownerPersonId: null });
    expect([await asked('?mine=true'), await asked(`?mine=true&number=${ours}`)]).toEqual([1, 1]);
    expect(await asked(`?mine=true&number=${other}`)).toBe(0);
  });

  it('can be sent from the numbers that their sender is told of', async () => {
    type Numbers = { items: { number: string; personId: string | null }[]; canSend: boolean; canSendMedia: boolean };
    const numbers = await harness.json<Numbers>('GET', '/messages/numbers', undefined, 'ben');
    expect(numbers).toMatchObject({ canSend: true, canSendMedia: true });
    expect(numbers.items.map(({ number }) => number)).toEqual([other]);
    const all = await harness.json<Numbers>('GET', '/messages/numbers');
    expect(all.items.map(({ number }) => number)).toEqual([ours, other]);
  });

  it('are answered by themselves, seldom, and never for a keyword of the carriers or a short code', async () => {
    const rule = { trigger: 'after_hours', hours: [], body: 'We are away', quietMinutes: 60 };
    const { id } = await harness.json<{ id: string }>('POST', '/auto-replies', { ...rule, number: ours }, 'anna');
    await harness.receive('Hello?');
    await harness.until(async () => (harness.outgoing.length === 1 ? true : undefined));
    await harness.receive('Anybody?');
    await harness.receive('HELP');
    const short = harness.twilio.sendSmsFrom('72345', ours, { body: 'Your code is 1' });
    await harness.until(async () => ((await harness.messages('?farNumber=72345')).total === 1 ? true : undefined));
    await short;
    expect(harness.outgoing).toEqual(['We are away']);
    const replies = (await harness.messages('?direction=outbound')).items;
    expect(replies.map(({ autoReplyId }) => autoReplyId)).toEqual([id]);
    harness.clock.advance(61 * 60_000);
    await harness.receive('Still nobody?');
    await harness.until(async () => (harness.outgoing.length === 2 ? true : undefined));
    await harness.json('PATCH', `/auto-replies/${id}`, { enabled: false }, 'anna');
    harness.clock.advance(61 * 60_000);
    await harness.receive('Hm');
    expect((await harness.messages('?direction=outbound')).total).toBe(2);
    expect(await harness.status('DELETE', `/auto-replies/${id}`)).toBe(204);
  });

  it('are kept once, however often Twilio reports them', async () => {
    harness.twilio.faults.add({ name: 'callback.duplicate', endpoint: 'sms', count: 1 });
    await harness.receive('Once');
    await harness.receive('Twice');
    expect((await harness.messages()).total).toBe(2);
    expect((await harness.conversations()).items[0]?.unread).toBe(2);
  });

  it('that came while the house was away are fetched, with their pictures', async () => {
    await harness.send('Before');
    await harness.until(async () => (harness.outgoing.length === 1 ? true : undefined));
    await harness.close();
    harness.clock.advance(3_600_000);
    const away = await harness.twilio.sendSmsFrom(theirs, ours, {
      body: 'Missed you',
      media: [{ contentType: 'image/png', bytes: png }],
    });
    expect(away.status).toBeUndefined();
    harness.clock.advance(3_600_000);
    await harness.open();
    const message = await harness.until(async () => {
      const [one] = (await harness.messages('?direction=inbound')).items;
      return one?.media[0]?.state === 'stored' ? one : undefined;
    });
    expect(message).toMatchObject({ body: 'Missed you', media: [{ contentType: 'image/png', bytes: png.length }] });
  });

  it('refuse what can never be sent', async () => {
    const refused = async (body: object) => await harness.status('POST', '/messages', body);
    expect(await refused({ to: '12345', body: 'x' })).toBe(400);
    expect(await refused({ to: ours, body: 'x' })).toBe(400);
    expect(await refused({ to: theirs, body: '  ' })).toBe(400);
    expect(await refused({ to: theirs, body: 'x'.repeat(1601) })).toBe(400);
    expect(await refused({ to: theirs, body: 'x', media: ['med_none'] })).toBe(400);
    expect(await refused({ to: theirs, from: '+15555550000', body: 'x' })).toBe(403);
    expect((await harness.messages()).total).toBe(0);
    expect(harness.outgoing).toEqual([]);
  });
});

describe('messages of a house, one after the other', () => {
  let harness: Harness;
  let before = { outgoing: 0, taken: 0, requests: 0 };
  /** Whom nothing was sent to yet: where a message may have gone out, that decides. */
  let to = '';
  let tests = 0;
  const requests = () => harness.twilio.requests.filter(({ endpoint }) => endpoint === 'messages.create');
  const taken = () => harness.twilio.faults.taken.slice(before.taken);
  beforeAll(async () => {
    harness = await Harness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());
  beforeEach(() => {
    harness.twilio.faults.clear();
    tests += 1;
    to = `+155555601${String(tests).padStart(2, '0')}`;
    before = { outgoing: harness.outgoing.length, taken: harness.twilio.faults.taken.length, requests: requests().length };
  });

  it.each(['image/x-png', 'image/jpg', 'Image/PNG; name=a.png', 'application/octet-stream'])(
    'take a picture that the uploader calls %s by its bytes',
    async (name) => {
      const request = { method: 'POST', headers: { 'Content-Type': name }, body: png };
      const response = await harness.fetch('/messages/media', 'anna', request);
      expect(await response.json()).toMatchObject({ contentType: 'image/png' });
    },
  );

  it.each([
    ['a country that is not allowed', 21408],
    ['a number without SMS', 21614],
    ['a trial account', 21608],
  ])('say in plain words why Twilio refused them: %s', async (_, code) => {
    harness.twilio.setFarPhone(to, { messages: { kind: 'refused', code } });
    const failed = await harness.reach((await harness.send('Hello', { to })).id, 'failed', 'delivered');
    expect(failed).toMatchObject({ state: 'failed', error: { code, message: expect.stringMatching(/[a-z ]{15,}/) } });
    expect(requests()).toHaveLength(before.requests + 1);
  });

  it.each<[string, readonly { name: FaultName; [more: string]: unknown }[]]>([
    ['too many requests', [{ name: 'rest.429', count: 3, retryAfterSeconds: 2 }]],
    ['too many requests, without a word on how long', [{ name: 'rest.429', count: 3 }]],
    ['a fault of Twilio’s before the work was done', [{ name: 'rest.5xx', count: 2 }]],
    ['a fault of Twilio’s after it', [{ name: 'rest.5xx', isProcessed: true, count: 1 }]],
    ['a page of an edge after it', [{ name: 'rest.5xx', status: 502, html: true, isProcessed: true, count: 1 }]],
    ['no answer before the work was done', [{ name: 'rest.timeout', count: 1 }]],
    ['no answer after it', [{ name: 'rest.timeout', isProcessed: true, count: 1 }]],
    ['a reset before the work was done', [{ name: 'rest.reset', count: 1 }]],
    ['a reset after it', [{ name: 'rest.reset', isProcessed: true, count: 1 }]],
    ['credentials that are refused for a while', [{ name: 'rest.401-after-rotation', count: 2 }]],
    [
      'a clock that is wrong',
      [
        { name: 'clock.skew', delayMs: -420_000 },
        { name: 'rest.reset', isProcessed: true, count: 1 },
      ],
    ],
  ])('are sent once and in order in spite of %s', async (_, faults) => {
    for (const { name, ...fault } of faults) {
      const endpoint = name === 'clock.skew' ? {} : { endpoint: 'messages.create' };
      harness.twilio.faults.add({ name, ...endpoint, ...fault });
    }
    const sent = [await harness.send('one', { to }), await harness.send('two', { to }), await harness.send('three', { to })];
    for (const { id } of sent) expect((await harness.reach(id, 'delivered', 'failed', 'unknown')).state).toBe('delivered');
    expect(harness.outgoing.slice(before.outgoing)).toEqual(['one', 'two', 'three']);
    const happened = new Set(taken().map(({ name }) => name));
    expect(faults.map(({ name }) => name).filter((name) => name !== 'clock.skew' && !happened.has(name))).toEqual([]);
  });

  it.each<[string, FaultName]>([
    ['twice', 'callback.duplicate'],
    ['late', 'callback.delay'],
    ['in another order', 'callback.reorder'],
    ['before the request was answered', 'callback.before-rest-response'],
  ])('end delivered when reports come %s', async (_, name) => {
    harness.twilio.faults.add({ name, endpoint: 'message-status', delayMs: 500, count: 6 });
    const sent = [await harness.send('one', { to }), await harness.send('two', { to }), await harness.send('three', { to })];
    for (const { id } of sent) expect((await harness.reach(id, 'delivered')).state).toBe('delivered');
    harness.clock.advance(2000);
    await harness.twilio.settled();
    for (const { id } of sent) expect((await harness.json<Message>('GET', `/messages/${id}`)).state).toBe('delivered');
    expect(taken().map((taken) => taken.name)).toContain(name);
  });

  it('end delivered when no report comes, by a look at Twilio’s list', async () => {
    harness.twilio.faults.add({ name: 'callback.drop', endpoint: 'message-status' });
    expect((await harness.reach((await harness.send('one', { to })).id, 'delivered')).state).toBe('delivered');
  });
});
