import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { openDatabase } from './database.ts';
import type { OpenedDatabase } from './database.ts';
import { Outbox } from './outbox.ts';
import type { AttemptControl, AttemptOutcome, OutboxHandler } from './outbox-item.ts';

// Kinds that say themselves from when on an attempt may be done, and try by a schedule of their own.

const log = createLog({ level: 'silent' });
type Letter = { readonly to: string; readonly service?: string };

let clock: FakeClock;
let opened: OpenedDatabase;
let asked: string[];
let noted: string[];
let alerts: string[];
let answer: (to: string, control: AttemptControl) => AttemptOutcome | Promise<AttemptOutcome>;
const startMs = new FakeClock().now();

beforeEach(() => {
  clock = new FakeClock();
  opened = openDatabase({ path: ':memory:', log, clock });
  [asked, noted, alerts] = [[], [], []];
  answer = () => ({ kind: 'done' });
});
afterEach(() => void opened.db.close());

function open(change: Partial<OutboxHandler<Letter>> = {}): Outbox {
  const outbox = new Outbox({
    db: opened.db,
    clock,
    newId,
    log,
    isDurable: true,
    onFailing: (service, failures) => alerts.push(`${service} failed ${failures} times`),
  });
  const handler: OutboxHandler<Letter> = {
    service: 'mail',
    serviceOf: ({ service }) => service ?? 'mail',
    commits: true,
    schedule: { atSeconds: [0, 300, 1200, 2100] },
    timeoutSeconds: 60,
    whenInDoubt: 'unknown',
    attempt: async ({ payload }, control) => {
      asked.push(`${(clock.now() - startMs) / 1000} ${payload.to}`);
      return await answer(payload.to, control);
    },
    postponed: ({ payload }, { dueAt, report }) =>
      noted.push(`${payload.to} again at ${(dueAt - startMs) / 1000}: ${report as string}`),
    settle: ({ payload }, { state, report }) =>
      noted.push(report === undefined ? `${payload.to} ${state}` : `${payload.to} ${state}: ${report as string}`),
    ...change,
  };
  outbox.register('letter', handler);
  outbox.start();
  return outbox;
}

const letter = (to: string, more: Partial<Letter> = {}) => ({ kind: 'letter', orderKey: to, payload: { to, ...more } });
const never = () => Promise.withResolvers<AttemptOutcome>().promise;

describe('the outbox, of what commits itself', () => {
  it('tries by the schedule from the first attempt on, and hands on what each attempt reports', async () => {
    const outbox = open();
    answer = () => ({ kind: 'retry', message: 'refused', report: 'greylisted' });
    outbox.enqueue(letter('anna'));
    await clock.advanceAsync(3_000_000);
    expect(asked).toEqual(['0 anna', '300 anna', '1200 anna', '2100 anna']);
    expect(noted).toEqual([
      'anna again at 300: greylisted',
      'anna again at 1200: greylisted',
      'anna again at 2100: greylisted',
      'anna failed: greylisted',
    ]);
  });

  it('sends again after a kill what was not committed, as if it had never begun', async () => {
    answer = never;
    open().enqueue(letter('anna'));
    await clock.advanceAsync(0);
    answer = () => ({ kind: 'done' });
    open();
    await clock.advanceAsync(0);
    expect(asked).toEqual(['0 anna', '0 anna']);
    expect(noted).toEqual(['anna done']);
  });

  it('says that it cannot know, and does not send again, what was committed before a kill', async () => {
    answer = (_to, { commit }) => (commit(), never());
    open().enqueue(letter('anna'));
    await clock.advanceAsync(0);
    open();
    await clock.advanceAsync(50_000);
    expect(asked).toEqual(['0 anna']);
    expect(noted).toEqual(['anna unknown']);
  });

  it('sends again after a kill what may be sent twice, committed or not', async () => {
    answer = (_to, { commit }) => (commit(), never());
    open({ whenInDoubt: 'repeat' }).enqueue(letter('anna'));
    await clock.advanceAsync(0);
    answer = () => ({ kind: 'done' });
    open({ whenInDoubt: 'repeat' });
    await clock.advanceAsync(0);
    expect(asked).toEqual(['0 anna', '0 anna']);
  });

  it('ends an attempt that takes too long, even one that does not listen', async () => {
    const outbox = open();
    let signal: AbortSignal | undefined;
    answer = (_to, control) => ((signal = control.signal), never());
    outbox.enqueue(letter('anna'));
    await clock.advanceAsync(59_000);
    expect(signal?.aborted).toBe(false);
    await clock.advanceAsync(5_000);
    expect(signal?.aborted).toBe(true);
    expect(outbox.list({ limit: 1 })).toMatchObject([{ state: 'waiting', failures: 1, message: 'It took too long' }]);
  });

  it('counts no failure for an attempt that the stop interrupts before it is committed', async () => {
    const outbox = open();
    answer = (_to, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ kind: 'retry', message: 'interrupted' }));
      });
    outbox.enqueue(letter('anna'));
    await clock.advanceAsync(0);
    await outbox.stop();
    expect(noted).toEqual([]);
    answer = () => ({ kind: 'done' });
    const next = open();
    await clock.advanceAsync(0);
    expect(next.list({ limit: 1 })).toMatchObject([{ state: 'done', failures: 0 }]);
  });

  it('leaves alone until its time what is not to be sent before, and brings it forward', async () => {
    const outbox = open();
    outbox.enqueue({ ...letter('morning'), notBefore: startMs + 3_600_000 });
    const held = outbox.enqueue({ ...letter('noon'), notBefore: startMs + 7_200_000 });
    await clock.advanceAsync(1_000_000);
    outbox.advance([held], clock.now());
    await clock.advanceAsync(3_000_000);
    expect(asked).toEqual(['1000 noon', '3600 morning']);
  });

  it('tries at once what waits for another try when its service is put right, not what is held', async () => {
    const outbox = open();
    answer = () => ({ kind: 'retry', message: 'wrong password' });
    outbox.enqueue(letter('anna'));
    outbox.enqueue({ ...letter('morning'), notBefore: startMs + 200_000 });
    await clock.advanceAsync(10_000);
    answer = () => ({ kind: 'done' });
    outbox.hasten('mail');
    await clock.advanceAsync(0);
    expect(asked).toEqual(['0 anna', '10 anna']);
  });

  it('withdraws what waits for another try, and not what is on its way', async () => {
    const outbox = open({ timeoutSeconds: 600 });
    answer = (to) => (to === 'anna' ? { kind: 'retry', message: '' } : never());
    const [tried, busy] = [outbox.enqueue(letter('anna')), outbox.enqueue(letter('ben'))];
    await clock.advanceAsync(0);
    expect([outbox.withdraw(tried), outbox.withdraw(busy)]).toEqual([true, false]);
    await clock.advanceAsync(400_000);
    expect(asked).toEqual(['0 anna', '0 ben']);
  });

  it('lets a dead service hold up none but itself, however much waits for it', async () => {
    const outbox = open({ maxInFlight: 2 });
    answer = (to) => (to.startsWith('dead') ? never() : { kind: 'done' });
    for (let n = 0; n < 300; n += 1) outbox.enqueue(letter(`dead${n}`, { service: 'dead' }));
    for (let n = 0; n < 5; n += 1) outbox.enqueue(letter(`alive${n}`, { service: 'alive' }));
    await clock.advanceAsync(0);
    expect(asked.filter((one) => one.includes('alive'))).toHaveLength(5);
    expect(asked.filter((one) => one.includes('dead'))).toHaveLength(2);
  });

  it('counts the failures of each service by itself', async () => {
    const outbox = open();
    answer = (to) => (to === 'anna' ? { kind: 'retry', message: 'no' } : { kind: 'done' });
    outbox.enqueue(letter('anna', { service: 'one' }));
    await clock.advanceAsync(1_000_000);
    outbox.enqueue(letter('ben', { service: 'other' }));
    await clock.advanceAsync(1_000_000);
    expect(alerts).toEqual(['one failed 3 times']);
  });

  it('keeps a flood of one kind or of one service out, and nothing else', () => {
    const outbox = open({ maxOpen: 4, maxOpenOfService: 2 });
    outbox.register('sms', { service: 'Twilio', attempt: () => Promise.resolve({ kind: 'done' }), whenInDoubt: 'repeat' });
    const notBefore = startMs + 1000;
    const give = (to: string, service: string) => outbox.enqueue({ ...letter(to, { service }), notBefore });
    give('a', 'one');
    give('b', 'one');
    expect(() => give('c', 'one')).toThrow('Too much is waiting');
    give('d', 'two');
    give('e', 'two');
    expect(() => give('f', 'three')).toThrow('Too much is waiting');
    outbox.enqueue({ kind: 'sms', orderKey: 'x', payload: {} });
    expect([...outbox.openByKind()]).toEqual([
      ['letter', { waiting: 4, attempting: 0, doubtful: 0 }],
      ['sms', { waiting: 1, attempting: 0, doubtful: 0 }],
    ]);
  });

  it('has room again for as many as have ended', async () => {
    const outbox = open({ maxOpen: 2 });
    for (const to of ['a', 'b']) outbox.enqueue(letter(to));
    expect(() => outbox.enqueue(letter('c'))).toThrow('Too much is waiting');
    await clock.advanceAsync(0);
    outbox.enqueue(letter('c'));
    await clock.advanceAsync(0);
    expect(asked).toEqual(['0 a', '0 b', '0 c']);
  });

  it('sends what was given before anybody had named its service', async () => {
    const first = new Outbox({ db: opened.db, clock, newId, log, isDurable: true });
    first.enqueue(letter('anna'));
    open();
    await clock.advanceAsync(0);
    expect(asked).toEqual(['0 anna']);
  });
});
