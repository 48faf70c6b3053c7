import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { decode, encode } from './bencode.ts';
import { NgClient } from './ng-client.ts';

/** A stand-in for rtpengine that keeps what it got, and drops or answers as the test says. */
let relay: Socket;
let client: NgClient;
let clock: FakeClock;
let got: { cookie: string; command: unknown }[];
let next: PromiseWithResolvers<void>;
let answer: (cookie: string, count: number) => (string | Buffer)[];

beforeEach(async () => {
  relay = createSocket('udp4');
  relay.bind(0, '127.0.0.1');
  await once(relay, 'listening');
  clock = new FakeClock();
  got = [];
  next = Promise.withResolvers();
  relay.on('message', (bytes, from) => {
    const space = bytes.indexOf(' ');
    const cookie = bytes.toString('utf8', 0, space);
    const values = decode(bytes.subarray(space + 1)) as Map<string, unknown>;
    got.push({ cookie, command: values.get('command') });
    const times = got.filter((one) => one.cookie === cookie).length;
    for (const text of answer(cookie, times)) relay.send(text, from.port, from.address);
    next.resolve();
    next = Promise.withResolvers();
  });
  const server = { address: '127.0.0.1', port: relay.address().port };
  client = new NgClient({ clock, log: createLog({ level: 'silent' }), server });
});
afterEach(() => {
  client.close();
  relay.close();
});

const pong = (cookie: string) => Buffer.concat([Buffer.from(`${cookie} `), encode({ result: 'pong' })]);

test('a command gets the answer that carries its cookie', async () => {
  answer = (cookie) => ['x d6:result5:wronge', 'nonsense', `${cookie} l4:liste`, `${cookie} `, pong(cookie)];
  const reply = await client.request('ping');
  expect(reply).toEqual({ kind: 'reply', values: new Map([['result', 'pong']]) });
  expect(clock.pending).toBe(0);
});

test('a lost command is sent again under the same cookie', async () => {
  answer = (cookie, times) => (times < 3 ? [] : [pong(cookie)]);
  const arrived = next.promise;
  const reply = client.request('ping');
  await arrived;
  const second = next.promise;
  clock.advance(150);
  await second;
  clock.advance(300);
  expect((await reply).kind).toBe('reply');
  expect(new Set(got.map(({ cookie }) => cookie)).size).toBe(1);
  expect(got).toHaveLength(3);
});

test('two commands are answered in the other order', async () => {
  const cookies: string[] = [];
  answer = (cookie) => {
    cookies.push(cookie);
    if (cookies.length < 2) return [];
    return cookies.toReversed().map((one, index) => Buffer.concat([Buffer.from(`${one} `), encode({ result: 'ok', index })]));
  };
  const [first, second] = await Promise.all([client.request('query'), client.request('list')]);
  expect(first.kind === 'reply' && first.values.get('index')).toBe(got[0]?.command === 'query' ? 1 : 0);
  expect(second.kind).toBe('reply');
});

test('an error comes with its words', async () => {
  answer = (cookie) => [
    Buffer.concat([Buffer.from(`${cookie} `), encode({ result: 'error', 'error-reason': 'Unknown call-id' })]),
  ];
  expect(await client.request('query')).toEqual({ kind: 'refused', reason: 'Unknown call-id' });
});

test('a relay that stays silent is given up, and nothing stays behind', async () => {
  answer = () => [];
  const reply = client.request('ping');
  await clock.advanceAsync(150 + 300 + 600 + 1200);
  expect(await reply).toEqual({ kind: 'timeout' });
  expect(clock.pending).toBe(0);
});

test('closing answers what waits, and all that comes later', async () => {
  answer = () => [];
  const reply = client.request('ping');
  client.close();
  expect(await reply).toEqual({ kind: 'timeout' });
  expect(await client.request('ping')).toEqual({ kind: 'timeout' });
});
