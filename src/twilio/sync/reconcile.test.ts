import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { Watermarks } from '#storage/watermarks.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { CallQuery, MessageQuery, RecordingQuery, TwilioClient } from '#twilio/api/client.ts';
import { Reconciler } from './reconcile.ts';
import type { TwilioCall, TwilioMessage, TwilioRecording } from '#twilio/api/records.ts';
import type { TwilioFailure, TwilioResult } from '#twilio/api/result.ts';

const minute = 60_000;
const log = createLog({ level: 'silent' });
let clock: FakeClock;
let there: { calls: TwilioCall[]; recordings: TwilioRecording[]; messages: TwilioMessage[] };
let taken: string[];
let asked: string[];
let failure: TwilioFailure | undefined;
let hasAccount: boolean;
let sinkFails: boolean;
let reconcile: Reconciler;

/** Newest first, since then, at most the limit, as Twilio lists. */
function listed<Item>(items: readonly Item[], atOf: (item: Item) => number, { after = 0, limit = 50 }) {
  return items
    .filter((item) => atOf(item) >= after)
    .toSorted((a, b) => atOf(b) - atOf(a))
    .slice(0, limit);
}

async function answer<Item>(what: string, find: () => readonly Item[]): Promise<TwilioResult<readonly Item[]>> {
  asked.push(what);
  return failure ?? { kind: 'ok', value: find() };
}

const client = {
  credentials: { accountSid: 'AC1', username: 'AC1', password: 'x' },
  listCalls: ({ startedAfter: after = 0, limit = 50 }: CallQuery) =>
    answer('calls', () => listed(there.calls, (one) => one.startedAt ?? 0, { after, limit })),
  listRecordings: ({ createdAfter: after = 0, limit = 50 }: RecordingQuery) =>
    answer('recordings', () => listed(there.recordings, (one) => one.createdAt ?? 0, { after, limit })),
  listMessages: ({ sentAfter: after = 0, limit = 50 }: MessageQuery) =>
    answer('messages', () => listed(there.messages, (one) => one.sentAt ?? 0, { after, limit })),
} as unknown as TwilioClient;

function make(watermarks: Watermarks): Reconciler {
  const take = (sid: string) => {
    if (sinkFails || sid === 'SM-odd') throw new Error('The disk is full');
    taken.push(sid);
  };
  return new Reconciler({
    connection: { client: () => (hasAccount ? client : undefined), request: (run) => run(client) },
    watermarks,
    clock,
    log,
    periodSeconds: 180,
    random: () => 0.5,
    sinks: { call: ({ sid }) => take(sid), recording: ({ sid }) => take(sid), message: ({ sid }) => take(sid) },
  });
}

let watermarks: Watermarks;

beforeEach(() => {
  clock = new FakeClock();
  there = { calls: [], recordings: [], messages: [] };
  taken = [];
  asked = [];
  failure = undefined;
  hasAccount = true;
  sinkFails = false;
  watermarks = new Watermarks(openDatabase({ path: ':memory:', log, clock }).db);
  reconcile = make(watermarks);
});

const recording = (sid: string, createdAt: number, status = 'completed') => ({ sid, createdAt, status }) as TwilioRecording;
const message = (sid: string, sentAt: number, status = 'received') => ({ sid, sentAt, status }) as TwilioMessage;
const call = (sid: string, startedAt: number, status = 'completed') => ({ sid, startedAt, status }) as TwilioCall;

describe('the look at what Twilio has', () => {
  it('takes nothing from before the account was set up, and everything after, oldest first, calls first', async () => {
    there.recordings.push(recording('RE-old', clock.now() - 5 * minute));
    await reconcile.run();
    expect(taken).toEqual([]);
    clock.advance(minute);
    there.messages.push(message('SM1', clock.now()));
    there.recordings.push(recording('RE2', clock.now()), recording('RE1', clock.now() - 1000));
    there.calls.push(call('CA1', clock.now() - 2000));
    await reconcile.run();
    expect(taken).toEqual(['CA1', 'RE1', 'RE2', 'SM1']);
  });

  it('misses nothing of an account that was set up while the clock was ahead, once it is set right', async () => {
    const right = clock.now();
    clock.jump(8 * 3_600_000);
    await reconcile.run();
    there.messages.push(message('SM1', right + minute));
    clock.advance(60 * minute);
    reconcile.clockSet(-8 * 3_600_000);
    clock.jump(-8 * 3_600_000);
    await reconcile.run();
    expect(taken).toEqual(['SM1']);
  });

  it('finds after a downtime what came meanwhile, also after a restart', async () => {
    await reconcile.run();
    clock.advance(minute);
    there.messages.push(message('SM1', clock.now()));
    clock.advance(3 * 86_400_000);
    await make(watermarks).run();
    expect(taken).toEqual(['SM1']);
    clock.advance(60 * minute);
    there.messages.push(message('SM2', clock.now()));
    await make(watermarks).run();
    taken = [];
    await make(watermarks).run();
    expect(taken).toEqual(['SM2']);
  });

  it('does not trust the clock of the house, which may be months ahead after a start', async () => {
    await reconcile.run();
    clock.advance(minute);
    const right = clock.now();
    clock.advance(90 * 86_400_000);
    there.messages.push(message('SM1', right));
    await reconcile.run();
    there.messages.push(message('SM2', right + minute));
    await reconcile.run();
    expect(taken).toEqual(['SM1', 'SM1', 'SM2']);
  });

  it('looks again at what was not over, however long it took', async () => {
    await reconcile.run();
    clock.advance(minute);
    const begunAt = clock.now();
    there.recordings.push(recording('RE1', begunAt, 'in-progress'));
    await reconcile.run();
    clock.advance(120 * minute);
    await reconcile.run();
    there.recordings[0] = recording('RE1', begunAt, 'completed');
    taken = [];
    clock.advance(3 * minute);
    await reconcile.run();
    expect(taken).toEqual(['RE1']);
    there.recordings.push(recording('RE2', clock.now()));
    await reconcile.run();
    taken = [];
    await reconcile.run();
    expect(taken).toEqual(['RE2']);
  });

  it('brings again what could not be kept', async () => {
    await reconcile.run();
    clock.advance(minute);
    there.messages.push(message('SM1', clock.now()));
    sinkFails = true;
    await reconcile.run();
    expect(reconcile.health()).toMatchObject({ status: 'degraded', message: expect.stringContaining('could not be stored') });
    clock.advance(600 * minute);
    sinkFails = false;
    await reconcile.run();
    expect([taken, reconcile.health().status]).toEqual([['SM1'], 'ok']);
  });

  it('goes on with the others where one cannot be kept, and lets go of it after some hours', async () => {
    await reconcile.run();
    clock.advance(minute);
    there.recordings.push(recording('RE1', clock.now()));
    there.messages.push(message('SM-odd', clock.now()), message('SM1', clock.now() + 1));
    await reconcile.run();
    expect([taken, reconcile.health().message]).toEqual([
      ['RE1', 'SM1'],
      'Twilio could not be read: An item could not be stored',
    ]);
    clock.advance(360 * minute);
    there.messages.push(message('SM2', clock.now()));
    await reconcile.run();
    await reconcile.run();
    expect([taken.slice(-1), reconcile.health().status]).toEqual([['SM2'], 'ok']);
  });

  it('asks nothing without an account, and begins when there is one', async () => {
    hasAccount = false;
    reconcile.start();
    await clock.advanceAsync(10 * minute);
    expect(asked).toEqual([]);
    hasAccount = true;
    await clock.advanceAsync(4 * minute);
    expect(asked.slice(0, 3)).toEqual(['calls', 'recordings', 'messages']);
    await reconcile.stop();
    expect(clock.pending).toBe(0);
  });

  it('comes every few minutes, waits as long as a 429 says, and ever longer while Twilio fails', async () => {
    reconcile.start();
    await clock.advanceAsync(0);
    await clock.advanceAsync(180_000);
    expect(asked.length).toBe(6);
    failure = { kind: 'limited', status: 429, code: 20429, message: 'Busy', retryAfterSeconds: 1000 };
    await clock.advanceAsync(180_000);
    expect([asked.length, reconcile.health().message]).toEqual([7, 'Twilio could not be read: Busy']);
    await clock.advanceAsync(999_000);
    expect(asked.length).toBe(7);
    failure = { ...failure, retryAfterSeconds: undefined };
    await clock.advanceAsync(1000);
    expect(asked.length).toBe(8);
    await clock.advanceAsync(719_000);
    expect(asked.length).toBe(8);
    failure = undefined;
    await clock.advanceAsync(1000);
    expect([asked.length, reconcile.health().status]).toEqual([11, 'ok']);
    await reconcile.stop();
  });

  it('is not done twice at a time', async () => {
    await Promise.all([reconcile.run(), reconcile.run()]);
    expect(asked.length).toBe(3);
  });
});
