import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#base/errors.ts';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import { endpoint, handle } from '#contract/endpoint.ts';
import type { Identity } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import { idempotencyMs } from '#contract/idempotency.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { tokenView } from '#testing/harness/http-identities.ts';
import { KeptReplies } from './kept-replies.ts';
import type { RepliesOnDisk } from './kept-replies.ts';
import { LiveStream } from './live.ts';
import { HttpServer } from './server.ts';

const anna: Identity = { kind: 'token', id: 'person_1', personId: 'person_1', role: 'user' };
const people: Readonly<Record<string, Identity>> = { anna, ben: { ...anna, id: 'person_2', personId: 'person_2' } };

const reply = z.object({ id: z.string(), name: z.string() });
const shared = { method: 'POST', access: 'user', summary: '', body: z.strictObject({ name: z.string() }), reply } as const;
const make = endpoint({ ...shared, id: 'make', path: '/things', status: 201 });
const look = endpoint({ ...shared, id: 'look', path: '/looks' });

describe('a request that makes something', () => {
  const log = createLog({ level: 'silent' });
  let clock: FakeClock;
  let server: HttpServer;
  let made: string[];
  let opened: PromiseWithResolvers<void>;

  async function makeOne(name: string) {
    if (name === 'taken') throw new AppError('conflict', 'Taken');
    const id = `thing_${made.push(name)}`;
    await opened.promise;
    return { id, name };
  }

  beforeEach(async () => {
    clock = new FakeClock();
    made = [];
    opened = Promise.withResolvers();
    opened.resolve();
    const audience = { ownerOfDevice: () => undefined, personsOfCall: () => [], personsOfEscalation: () => [] };
    const live = new LiveStream({ events: new Events<Facts>(log), clock, log, positionKey: Buffer.alloc(16, 7), audience });
    const routes = [make, look].map((one) => handle(one, ({ body }) => makeOne(body.name)));
    const view = tokenView((token) => people[token]);
    server = new HttpServer({ host: '127.0.0.1', port: 0, version: '1', routes, view, live, clock, log, isReplyStrict: true });
    await server.start();
  });
  afterEach(() => server.stop());

  type Ask = { readonly name?: string; readonly key?: string | undefined; readonly as?: string; readonly path?: string };

  async function ask({ name = 'Lamp', key = 'key-of-lamp', as = 'anna', path = 'things' }: Ask = {}) {
    const headers = { Authorization: `Bearer ${as}`, 'Content-Type': 'application/json', 'Idempotency-Key': key };
    const url = `http://127.0.0.1:${server.address.port}/api/${path}`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ name }) });
    const body = (await answer.json()) as { id?: string; error?: { code: string; reason?: string } };
    return { status: answer.status, id: body.id, code: body.error?.code, reason: body.error?.reason };
  }

  /** The line breaks after the house has begun, before it answers. */
  async function loseReply() {
    opened = Promise.withResolvers();
    const socket = connect(server.address.port, '127.0.0.1');
    const body = '{"name":"Lamp"}';
    socket.write(
      `POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer anna\r\nIdempotency-Key: key-of-lamp\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await expect.poll(() => made).toEqual(['Lamp']);
    socket.destroy();
    await once(socket, 'close');
  }

  it('makes it once where its reply was lost and it is sent again', async () => {
    await loseReply();
    const again = ask();
    opened.resolve();
    expect(await again).toMatchObject({ status: 201, id: 'thing_1' });
    expect(await ask({ key: '"key-of-lamp"' })).toMatchObject({ status: 201, id: 'thing_1' });
    expect(made).toEqual(['Lamp']);
  });

  it('is refused where its key was that of something else', async () => {
    await ask();
    expect(await ask({ name: 'Desk' })).toMatchObject({ status: 409, code: 'CONFLICT', reason: 'made-already' });
    expect(made).toEqual(['Lamp']);
  });

  it('is nobody else’s, and not that of another endpoint', async () => {
    await ask();
    expect(await ask({ as: 'ben' })).toMatchObject({ id: 'thing_2' });
    expect(await ask({ path: 'looks' })).toMatchObject({ status: 200, id: 'thing_3' });
    expect(await ask({ path: 'looks' })).toMatchObject({ status: 200, id: 'thing_4' });
  });

  it('may be tried again after it was refused, and is a new one after an hour', async () => {
    expect(await ask({ name: 'taken' })).toMatchObject({ status: 409, reason: undefined });
    expect(await ask()).toMatchObject({ id: 'thing_1' });
    clock.advance(idempotencyMs);
    expect(await ask()).toMatchObject({ id: 'thing_2' });
  });

  it.each(['short', 'has a blank in it', 'x'.repeat(65)])('is refused with %j as its key', async (key) => {
    expect(await ask({ key })).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(made).toEqual([]);
  });
});

describe('replies that are kept', () => {
  it('are no more than fit, the oldest going first', async () => {
    const kept = new KeptReplies(new FakeClock());
    const rest = { asked: '', isDoneOnce: false, personId: undefined };
    const text = 'x'.repeat(1024 * 1024);
    for (let n = 0; n < 6; n += 1) await kept.once({ key: `${n}`, ...rest }, async () => text);
    expect(await kept.once({ key: '5', ...rest }, async () => 'new')).toBe(text);
    expect(await kept.once({ key: '0', ...rest }, async () => 'new')).toBe('new');
    for (let n = 0; n < 1_000; n += 1) await kept.once({ key: `small ${n}`, ...rest }, async () => '');
    expect(await kept.once({ key: '5', ...rest }, async () => 'new')).toBe('new');
  });
});

describe('a request that must not be done twice, after a restart', () => {
  const sms = { key: 'anna sendMessage key-of-sms', asked: 'hello', isDoneOnce: true, personId: undefined };
  let rows: Map<string, { asked: string; reply: string | undefined }>;
  let sent: number;
  const onDisk: RepliesOnDisk = {
    find: (key) => rows.get(key),
    begin: ({ key, asked }) => void rows.set(key, { asked, reply: undefined }),
    end: (key, reply) => void rows.set(key, { asked: rows.get(key)?.asked ?? '', reply }),
    forget: async (key) => void rows.delete(key),
  };
  const start = () => new KeptReplies(new FakeClock(), onDisk);
  const send = async () => `sms ${(sent += 1)}`;
  beforeEach(() => {
    rows = new Map();
    sent = 0;
  });

  it('has the same reply and is not done again', async () => {
    expect(await start().once(sms, send)).toBe('sms 1');
    expect(await start().once(sms, send)).toBe('sms 1');
    await expect(start().once({ ...sms, asked: 'other' }, send)).rejects.toMatchObject({ code: 'conflict' });
    expect(sent).toBe(1);
  });

  it('is refused where nobody knows what it was answered', async () => {
    void start().once(sms, () => new Promise(() => (sent += 1)));
    await expect(start().once(sms, send)).rejects.toMatchObject({ code: 'conflict' });
    expect(sent).toBe(1);
  });

  it('is done where it was refused before', async () => {
    const refuse = () => Promise.reject(new AppError('conflict', 'Opted out'));
    await expect(start().once(sms, refuse)).rejects.toThrow('Opted out');
    expect(await start().once(sms, send)).toBe('sms 1');
  });

  it('of another kind leaves nothing on the disk: its reply may hold a password', async () => {
    expect(await start().once({ ...sms, isDoneOnce: false }, send)).toBe('sms 1');
    expect(rows.size).toBe(0);
  });
});
