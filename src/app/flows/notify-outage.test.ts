import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { minute, OutageHouse } from '#testing/harness/outage-house.ts';

// Mail server, Gotify and a program are away at once, while people go on calling and writing; on a clock that stands still until it is moved.
const hour = 60 * minute;
const hookSeconds = [0, 30, 120, 480, 1800, 5400, 14_400, 32_400, 57_600, 86_400];

describe('an outage of everything by which people are told', { timeout: 240_000 }, () => {
  let house: OutageHouse;
  beforeEach(async () => {
    house = await OutageHouse.start();
  }, 120_000);
  afterEach(() => house[Symbol.asyncDispose]());

  const triesOf = (all: readonly { readonly id: string }[]) => all.map(({ id }) => house.tries.get(id));
  const pick = (all: readonly { readonly state: string; readonly reason: string | null; readonly attempts: number }[]) =>
    all.map(({ state, reason, attempts }) => [state, reason, attempts]);
  const mails = () => house.mail.mails.map(({ mail }) => mail.subject ?? '');
  const metrics = async () => (await house.fetch('/system/metrics')).text();
  /** What the program took, by their ids. */
  const taken = (since: number) => house.program.requests.slice(since).map(({ headers }) => String(headers['webhook-id']));
  const resendAll = (since: number) =>
    house.json('POST', '/notifications/deliveries/resend', { since: new Date(since).toISOString() });

  it('of an hour: each comes exactly when it is promised, is given up when it is promised, and arrives once', async () => {
    const began = house.clock.now();
    await house.breakAll();
    await house.call({ speaks: false });
    await house.walk(30 * minute);
    await house.call({ speaks: true });
    await house.walk(20 * minute);
    expect(await house.alerts()).toEqual(['mail']);
    await house.text('Where is everybody?');
    await house.walk(9 * minute);
    const failed = house.program.requests.length;
    expect(await house.told('mail')).toMatchObject([
      { kind: 'missed-call', state: 'failed', reason: 'unreachable', attempts: 4, canResend: true },
      { kind: 'voicemail', state: 'waiting', reason: 'unreachable' },
      { kind: 'message', state: 'waiting', reason: 'unreachable' },
    ]);
    expect(pick(await house.told('gotify'))).toEqual(Array(3).fill(['dropped', 'busy', 3]));
    await house.mendAll();
    await house.walk(2 * hour);

    const mail = await house.told('mail');
    expect(pick(mail)).toEqual([
      ['failed', 'unreachable', 4],
      ['delivered', null, 4],
      ['delivered', null, 3],
    ]);
    expect(triesOf(mail)).toEqual([
      [0, 300, 1200, 2100],
      [0, 300, 1200, 2100],
      [0, 300, 1200],
    ]);
    expect(triesOf(await house.told('gotify'))).toEqual(Array(3).fill([0, 10, 60]));
    const hooks = await house.hooks();
    expect(hooks.map(({ state }) => state)).toEqual(Array(hooks.length).fill('delivered'));
    for (const { id } of hooks) expect(house.tries.get(id)).toEqual(hookSeconds.slice(0, house.tries.get(id)?.length));
    expect(taken(failed).toSorted()).toEqual(hooks.map(({ id }) => id).toSorted());
    expect(await house.alerts()).toEqual([]);
    expect(await metrics()).toContain('gosip_notifications_total{channel="gotify",outcome="dropped"} 3');
    expect(await metrics()).toContain(`gosip_webhook_deliveries_total{outcome="delivered"} ${hooks.length}`);

    const pushes = house.gotify.requests.length;
    expect(mails()).toHaveLength(2);
    expect(await resendAll(began)).toEqual({ resent: 4, left: 0 });
    await house.settle();
    expect(new Set(mails()).size).toBe(3);
    expect([mails().length, house.gotify.requests.length - pushes]).toEqual([3, 3]);
    expect(await resendAll(began)).toEqual({ resent: 0, left: 0 });
  });

  it('of a day: a program is told for a day, what was given up is shown and comes by hand, once', async () => {
    const began = house.clock.now();
    await house.breakAll();
    await house.text('In the morning');
    await house.walk(12 * hour);
    await house.call({ speaks: true });
    await house.walk(13 * hour);
    const failed = house.program.requests.length;
    expect(pick(await house.told('mail'))).toEqual(Array(2).fill(['failed', 'unreachable', 4]));
    expect(await house.alerts()).toEqual(['mail']);
    await house.mendAll();
    await house.walk(48 * hour);
    const hooks = await house.hooks();
    const [first, ...others] = hooks;
    expect(pick([first!])).toEqual([['failed', 'busy', 10]]);
    expect(triesOf(hooks)).toEqual([hookSeconds, ...others.map(() => hookSeconds.slice(0, 9))]);
    expect(others.map(({ state }) => state)).toEqual(Array(others.length).fill('delivered'));
    expect(taken(failed).toSorted()).toEqual(others.map(({ id }) => id).toSorted());
    expect([mails().length, house.gotify.requests.length]).toEqual([0, 6]);
    // Nobody tried since: that it works is known by what arrives.
    expect(await house.alerts()).toEqual(['mail']);
    expect(await resendAll(began)).toEqual({ resent: 4, left: 0 });
    await house.json('POST', `/external/${house.destination}/deliveries/${first?.id}/resend`);
    await house.settle();
    expect([new Set(mails()).size, mails().length, house.gotify.requests.length]).toEqual([2, 2, 8]);
    expect(taken(failed).at(-1)).toBe(first?.id);
    expect(await house.alerts()).toEqual([]);
  });

  it('with restarts in between: nothing is forgotten, nothing comes twice, and no try is counted anew', async () => {
    await house.breakAll();
    await house.text('Before the first restart');
    for (const pause of [3 * minute, 10 * minute, 4 * minute]) {
      await house.close();
      house.clock.suspend(pause);
      await house.open();
      await house.settle();
      await house.walk(minute);
    }
    await house.mendAll();
    await house.walk(24 * hour);
    const [mail, push, hook] = [await house.told('mail'), await house.told('gotify'), await house.hooks()];
    expect([pick(mail), pick(push)]).toEqual([[['delivered', null, 3]], [['dropped', 'busy', 3]]]);
    expect(hook.map(({ state }) => state)).toEqual(['delivered']);
    expect(mails()).toHaveLength(1);
    expect(house.gotify.requests).toHaveLength(3);
    expect(house.program.requests.length).toBe(hook[0]?.attempts);
  });

  it('in a backup that is restored: nothing is sent again, and each says that nobody knows', async () => {
    await house.breakAll();
    await house.text('While nobody is there');
    const headers = { 'Content-Type': 'application/json' };
    const saved = await house.fetch('/system/backup', 'admin', { method: 'POST', headers, body: '{}' });
    const backup = await saved.arrayBuffer();
    await house.mendAll();
    await house.walk(2 * hour);
    await house.text('After the backup');
    const sent = () => [mails().length, house.gotify.requests.length, house.program.requests.length];
    const before = sent();
    const tar = { 'Content-Type': 'application/x-tar' };
    expect((await house.fetch('/system/restore', 'admin', { method: 'POST', headers: tar, body: backup })).status).toBe(200);
    expect((await house.fetch('/system/restore/apply', 'admin', { method: 'POST' })).status).toBe(202);
    await house.close();
    await house.open();
    // What came after the backup is fetched from Twilio again.
    const messages = async () => (await house.json<{ total: number }>('GET', '/messages')).total;
    await house.until(async () => (await messages()) === 2 || undefined);
    await house.walk(24 * hour);
    for (const channel of ['mail', 'gotify'])
      expect(pick(await house.told(channel))).toEqual([
        ['unknown', 'restored', 1],
        ['unknown', 'restored', 0],
      ]);
    // To a program it is new: the house had lost it, and knows it by another id.
    expect(pick(await house.hooks())).toEqual([
      ['unknown', 'restored', 1],
      ['delivered', null, 1],
    ]);
    expect(sent()).toEqual(before.map((count, index) => (index === 2 ? count + 1 : count)));
    const [, late] = await house.told('mail');
    await house.json('POST', `/notifications/deliveries/${late?.id}/resend`);
    await house.text('After the restore');
    expect([mails().length, house.gotify.requests.length]).toEqual([before[0]! + 2, before[1]! + 1]);
  });
});
