import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { newId } from '#base/ids.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { openDatabase } from './database.ts';
import type { OpenedDatabase } from './database.ts';
import { Outbox } from './outbox.ts';
import type { OutboxOptions } from './outbox.ts';
import type { AttemptOutcome, LookUpOutcome, OutboxEnd, OutboxItem } from './outbox-item.ts';

const log = createLog({ level: 'silent' });
type Sms = { readonly text: string };

/** A service whose answers the test lays out beforehand, and what it was asked. */
class Service {
  readonly asked: string[] = [];
  readonly ended: string[] = [];
  readonly answers: (AttemptOutcome | Error | Promise<AttemptOutcome>)[] = [];
  readonly looks: LookUpOutcome[] = [];
  readonly #clock: FakeClock;
  readonly #startMs: number;

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.#startMs = clock.now();
  }

  get handler() {
    return {
      service: 'Twilio',
      attempt: async ({ payload }: OutboxItem<Sms>) => {
        this.#note(payload.text);
        const answer = await this.answers.shift();
        if (answer instanceof Error) throw answer;
        return answer ?? { kind: 'done' as const };
      },
      whenInDoubt: async ({ payload }: OutboxItem<Sms>) => {
        this.#note(`look for ${payload.text}`);
        return this.looks.shift() ?? { kind: 'found' as const };
      },
      settle: ({ payload }: OutboxItem<Sms>, { state, result, code }: OutboxEnd) => {
        this.ended.push(
          [payload.text, state, result, code]
            .map((part) => (part === undefined ? '' : ` ${part as string}`))
            .join('')
            .trim(),
        );
      },
    };
  }

  #note(what: string): void {
    this.asked.push(`${Math.round((this.#clock.now() - this.#startMs) / 100) / 10} ${what}`);
  }
}

describe('the outbox', () => {
  let clock: FakeClock;
  let opened: OpenedDatabase;
  let service: Service;
  let alerts: string[];

  beforeEach(() => {
    clock = new FakeClock();
    opened = openDatabase({ path: ':memory:', log, clock });
    service = new Service(clock);
    alerts = [];
  });

  afterEach(() => void opened.db.close());

  function open(change: Partial<OutboxOptions> = {}): Outbox {
    const outbox = new Outbox({
      db: opened.db,
      clock,
      newId,
      log,
      isDurable: true,
      random: () => 0.5,
      onFailing: (name, failures, reason) => alerts.push(`${name} failed ${failures} times: ${reason}`),
      onRecovered: (name) => alerts.push(`${name} is there again`),
      ...change,
    });
    outbox.register('sms', service.handler);
    outbox.start();
    return outbox;
  }

  const sms = (text: string, orderKey = 'a') => ({ kind: 'sms', orderKey, payload: { text } });

  it('does what it is given and hands the result to the room with the end', async () => {
    const outbox = open();
    service.answers.push({ kind: 'done', result: 'SM1' });
    const id = outbox.enqueue(sms('hello'));
    await clock.advanceAsync(0);
    expect(service.ended).toEqual(['hello done SM1']);
    expect(outbox.get(id)).toMatchObject({ state: 'done', failures: 0, payload: { text: 'hello' } });
  });

  it('keeps or loses an item with the transaction it was given in', async () => {
    const outbox = open();
    const failing = opened.db.transaction(() => {
      outbox.enqueue(sms('lost'));
      throw new Error('undone');
    });
    expect(failing).toThrow('undone');
    opened.db.transaction(() => outbox.enqueue(sms('kept')))();
    await clock.advanceAsync(1000);
    expect(service.asked).toEqual(['0 kept']);
  });

  it('retries three times, from one second to thirty, and gives up', async () => {
    const outbox = open();
    for (let n = 0; n < 4; n += 1) service.answers.push({ kind: 'retry', message: 'busy', code: 20500 });
    outbox.enqueue(sms('x'));
    await clock.advanceAsync(60_000);
    expect(service.asked).toEqual(['0 x', '1 x', '6.5 x', '36.5 x']);
    expect(service.ended).toEqual(['x failed 20500']);
  });

  it('waits as long as a 429 says and does not count it', async () => {
    const outbox = open();
    for (let n = 0; n < 5; n += 1) service.answers.push({ kind: 'limited', message: 'slowly', retryAfterSeconds: 10 });
    outbox.enqueue(sms('x'));
    await clock.advanceAsync(51_000);
    expect(service.asked).toEqual(['0 x', '10 x', '20 x', '30 x', '40 x', '50 x']);
    expect(outbox.list({ limit: 1 })).toMatchObject([{ state: 'done', failures: 0 }]);
    expect(alerts).toEqual([]);
  });

  it('waits longer from one 429 without a time to the next', async () => {
    const outbox = open();
    for (let n = 0; n < 3; n += 1) service.answers.push({ kind: 'limited', message: 'slowly' });
    outbox.enqueue(sms('x'));
    await clock.advanceAsync(60_000);
    expect(service.asked).toEqual(['0 x', '1 x', '6.5 x', '36.5 x']);
  });

  it('lets no other conversation through while the service wants to be left alone', async () => {
    const outbox = open();
    service.answers.push({ kind: 'limited', message: 'slowly', retryAfterSeconds: 10 });
    outbox.enqueue(sms('x', 'a'));
    await clock.advanceAsync(0);
    outbox.enqueue(sms('y', 'b'));
    await clock.advanceAsync(9_900);
    expect(service.asked).toEqual(['0 x']);
    await clock.advanceAsync(200);
    expect(service.asked.toSorted()).toEqual(['0 x', '10 x', '10 y']);
  });

  it('keeps the order of a conversation through failures, while others go on', async () => {
    const outbox = open();
    service.answers.push({ kind: 'retry', message: '' });
    for (const text of ['a1', 'a2', 'a3']) outbox.enqueue(sms(text, 'a'));
    for (const text of ['b1', 'b2']) outbox.enqueue(sms(text, 'b'));
    await clock.advanceAsync(5_000);
    expect(service.asked).toEqual(['0 a1', '0 b1', '0 b2', '1 a1', '1 a2', '1 a3']);
  });

  it('looks before it repeats, and does not repeat what is found', async () => {
    const outbox = open();
    service.answers.push({ kind: 'ambiguous', message: 'no answer' });
    service.looks.push({ kind: 'found', result: 'SM1' });
    outbox.enqueue(sms('x'));
    await clock.advanceAsync(60_000);
    expect(service.asked).toEqual(['0 x', '1 look for x']);
    expect(service.ended).toEqual(['x done SM1']);
  });

  it('repeats what is absent for half a minute', async () => {
    const outbox = open();
    service.answers.push({ kind: 'ambiguous', message: 'no answer' });
    service.looks.push({ kind: 'absent' }, { kind: 'absent' });
    outbox.enqueue(sms('x'));
    await clock.advanceAsync(60_000);
    expect(service.asked).toEqual(['0 x', '1 look for x', '30 look for x', '30 x']);
    expect(service.ended).toEqual(['x done']);
  });

  it('treats an exception of a handler as in doubt', async () => {
    const outbox = open();
    service.answers.push(new Error('a fault of ours'));
    outbox.enqueue(sms('x'));
    await clock.advanceAsync(2_000);
    expect(service.asked).toEqual(['0 x', '1 look for x']);
  });

  it('alerts at the third failure in a row, once, and reports recovery', async () => {
    const outbox = open();
    for (let n = 0; n < 5; n += 1) service.answers.push({ kind: 'unreachable', message: 'no way' });
    outbox.enqueue(sms('x'));
    await clock.advanceAsync(5_000);
    expect(alerts).toEqual([]);
    await clock.advanceAsync(5_000);
    expect(alerts).toEqual(['Twilio failed 3 times: no way']);
    expect(outbox.problemOf('Twilio')).toBe('no way');
    await clock.advanceAsync(120_000);
    expect(alerts).toEqual(['Twilio failed 3 times: no way', 'Twilio is there again']);
    expect(service.ended).toEqual(['x done']);
    expect(outbox.problemOf('Twilio')).toBeUndefined();
  });

  it('waits for a service that cannot be reached until it is too late', async () => {
    const outbox = open();
    for (let n = 0; n < 100; n += 1) service.answers.push({ kind: 'unreachable', message: 'no way' });
    outbox.enqueue({ ...sms('x'), giveUpAfterSeconds: 300 });
    await clock.advanceAsync(299_000);
    expect(outbox.counts()).toMatchObject({ waiting: 1, failed: 0 });
    await clock.advanceAsync(60_000);
    expect(outbox.list({ limit: 1 })).toMatchObject([{ state: 'failed', message: 'It could not be sent in time: no way' }]);
  });

  it('attempts at once when the service is known to be available again', async () => {
    const outbox = open();
    service.answers.push({ kind: 'limited', message: '', retryAfterSeconds: 3000 });
    outbox.enqueue(sms('x'));
    await clock.advanceAsync(0);
    outbox.enqueue(sms('y', 'b'));
    outbox.retryNow('Twilio');
    await clock.advanceAsync(0);
    expect(service.asked).toEqual(['0 x', '0 y']);
  });

  it('looks up what was on its way when the last process ended, and sends the rest in order', async () => {
    const first = open();
    const { promise } = Promise.withResolvers<AttemptOutcome>();
    service.answers.push(promise);
    first.enqueue(sms('on its way'));
    first.enqueue(sms('next'));
    await clock.advanceAsync(0);
    expect(first.counts()).toMatchObject({ attempting: 1, waiting: 1 });
    // The first one is as good as killed: nothing of it goes on.
    clock.advance(100);
    const second = open();
    expect(second.counts()).toMatchObject({ doubtful: 1, waiting: 1 });
    await clock.advanceAsync(0);
    expect(service.asked).toEqual(['0 on its way', '0.1 look for on its way', '0.1 next']);
  });

  it('sends nothing where nothing is kept', async () => {
    const outbox = open({ isDurable: false });
    expect(() => outbox.enqueue(sms('x'))).toThrow('nothing can be saved');
    await clock.advanceAsync(0);
    expect(service.asked).toEqual([]);
  });

  it('takes back what was never attempted, and only that', async () => {
    const outbox = open();
    service.answers.push({ kind: 'retry', message: '' });
    const tried = outbox.enqueue(sms('x'));
    const behind = outbox.enqueue(sms('y'));
    await clock.advanceAsync(0);
    expect([outbox.cancel(tried), outbox.cancel(behind)]).toEqual([false, true]);
    await clock.advanceAsync(5_000);
    expect(service.asked).toEqual(['0 x', '1 x']);
  });

  it('has no more than two requests on their way', async () => {
    const outbox = open();
    const open1 = Promise.withResolvers<AttemptOutcome>();
    const open2 = Promise.withResolvers<AttemptOutcome>();
    service.answers.push(open1.promise, open2.promise);
    for (const key of ['a', 'b', 'c']) outbox.enqueue(sms(key, key));
    await clock.advanceAsync(0);
    expect(service.asked).toEqual(['0 a', '0 b']);
    open1.resolve({ kind: 'done' });
    await clock.advanceAsync(0);
    expect(service.asked).toEqual(['0 a', '0 b', '0 c']);
  });

  it('lets go of what ended two weeks ago', async () => {
    const outbox = open();
    const id = outbox.enqueue(sms('x'));
    await clock.advanceAsync(0);
    await clock.advanceAsync(13 * 86_400_000);
    expect(outbox.get(id)).toBeDefined();
    await clock.advanceAsync(2 * 86_400_000);
    expect(outbox.get(id)).toBeUndefined();
  });

  it('ends an item whose room fails to note its end, and does not send it again', async () => {
    const outbox = open();
    outbox.register('sms', {
      ...service.handler,
      settle: () => {
        throw new Error('a fault of ours');
      },
    });
    const id = outbox.enqueue(sms('x'));
    await clock.advanceAsync(60_000);
    expect(service.asked).toEqual(['0 x']);
    expect(outbox.get(id)?.state).toBe('done');
  });

  it('stops after what is on its way has ended', async () => {
    const outbox = open();
    const { promise, resolve } = Promise.withResolvers<AttemptOutcome>();
    service.answers.push(promise);
    outbox.enqueue(sms('x'));
    outbox.enqueue(sms('y'));
    await clock.advanceAsync(0);
    const stopping = outbox.stop();
    resolve({ kind: 'done' });
    await stopping;
    await clock.advanceAsync(60_000);
    expect(service.asked).toEqual(['0 x']);
    expect(service.ended).toEqual(['x done']);
    expect(clock.pending).toBe(0);
  });
});
