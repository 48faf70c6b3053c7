import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import type { CallId, MessageId, PersonId, TargetId, VoicemailId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { notificationChannels } from '#contract/notification-kinds.ts';
import type { ChannelId, DeliveryReason } from '#contract/notification-kinds.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { Outbox } from '#storage/outbox.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { ChannelHealth } from './channel-health.ts';
import { Deliveries } from './deliveries.ts';
import type { ChannelsFor } from './deliveries.ts';
import { deliveryHandlers } from './delivery-handler.ts';
import { DeliveryStore } from './delivery-store.ts';
import type { Attempt, Delivery, Outcome } from './kinds/channel.ts';
import type { Told } from './kinds/content.ts';
import { itemIdOf } from './kinds/notification.ts';
import type { Notification } from './kinds/notification.ts';
import { Sending } from './sending.ts';
import type { ToTell } from './to-tell.ts';

// Deliveries, the outbox and its database, with channels that answer what a test lays out.

const log = createLog({ level: 'silent' });
const link = { path: '/x', url: undefined };
const anna = 'person_anna' as PersonId;
const start = new FakeClock().now();
const delivered: Outcome = { kind: 'delivered' };
const down: Outcome = {
  kind: 'temporary',
  reason: 'unreachable',
  detail: 'Nobody there',
  reply: { request: 'POST /', status: 503, reply: 'no' },
};
const never = () => Promise.withResolvers<Outcome>().promise;

let clock: FakeClock;
let opened: OpenedDatabase;
let sent: string[];
let said: string[];
let changed: string[];
let answer: (delivery: Delivery, attempt: Attempt) => Outcome | Promise<Outcome>;
let when: (kind: string) => 'now' | 'drop' | number;
let problems: Partial<Record<ChannelId, DeliveryReason>>;
/** What was heard, or deleted. */
let untold: Map<string, 'gone' | 'obsolete'>;
let gathers: boolean;
let channels: ChannelId[];
let service: 'smtp' | 'postmark';
let found: 'arrived' | 'absent';

beforeEach(() => {
  clock = new FakeClock();
  opened = openDatabase({ path: ':memory:', log, clock });
  opened.db.exec(
    `INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES ('${anna}', 'anna', 'Anna', 'user', 1, 1)`,
  );
  for (const channel of notificationChannels)
    opened.db
      .exec(`INSERT INTO notification_targets (id, person_id, channel, name, address, settings, is_enabled, created_at, changed_at)
      VALUES ('tgt_${channel}', '${anna}', '${channel}', '${channel}', '${channel}', '{}', 1, 1, 1)`);
  [sent, said, changed] = [[], [], []];
  answer = () => delivered;
  when = () => 'now';
  [problems, untold, gathers, channels, service, found] = [{}, new Map(), false, ['ntfy'], 'smtp', 'arrived'];
});
afterEach(() => void opened.db.close());

type House = { readonly deliveries: Deliveries; readonly outbox: Outbox; readonly health: ChannelHealth };

/** As after each start of the house. */
function open(isRestored = false): House {
  const store = new DeliveryStore(opened.db);
  const outbox = new Outbox({ db: opened.db, clock, newId, log, isDurable: true });
  const events = new Events<Facts>(log);
  events.on('delivery.changed', ({ channel, kind, state }) => void changed.push(`${kind} ${channel} ${state}`));
  const health = new ChannelHealth({ onChanged: (channel) => said.push(`${channel}: ${health.failing(channel) ?? 'works'}`) });
  const sending = new Sending({
    channelOf: (id) => ({
      id,
      problem: () => problems[id],
      deliver: async (delivery, attempt) => {
        sent.push(`${(clock.now() - start) / 1000} ${id} ${delivery.told.map(({ kind }) => kind).join('+')}`);
        return await answer(delivery, attempt);
      },
      check: () => Promise.resolve({ steps: [] }),
      lookUp: () => Promise.resolve(found),
    }),
    maxAttachmentBytes: () => 0,
    openTarget: (id) => target(id),
    content: { of: (notification) => untold.get(itemIdOf(notification)) ?? told(notification) },
    languageOf: () => 'en',
    linkOf: () => link,
    clock,
    newId,
    log,
  });
  const handlers = deliveryHandlers({
    ...{ store, sending, health, clock, events },
    canBeAsked: (channel) => channel === 'mail' && service === 'postmark',
    settleTarget: () => {},
  });
  for (const [kind, handler] of handlers) outbox.register(kind, handler);
  const channelsFor: ChannelsFor = ({ notification }) =>
    channels.map((channel) => ({
      target: { id: `tgt_${channel}` as const, channel },
      when: channel === 'mail' ? 'now' : when(notification.kind),
    }));
  const deliveries = new Deliveries({
    ...{ store, outbox, clock, newId, events, log, channelsFor },
    writes: { write: (run) => Promise.resolve(opened.db.transaction(run)()) },
    problemOf: (channel) => problems[channel],
    gathersMails: () => gathers,
    isUrgent: ({ kind, item }) => kind === 'alert' && item.alertId === 'trunk-down',
    tellNow: (id, notification) => sending.tellNow(id, notification),
  });
  deliveries.settleOrphans();
  if (isRestored) outbox.endRestored();
  outbox.start();
  return { deliveries, outbox, health };
}

function target(id: TargetId) {
  const row = opened.db
    .prepare<[string], { channel: ChannelId; is_enabled: number }>('SELECT * FROM notification_targets WHERE id = ?')
    .get(id);
  if (row === undefined) return undefined;
  const { channel, is_enabled } = row;
  return { id, personId: anna, channel, name: '', address: '', settings: {}, secret: undefined, isEnabled: is_enabled === 1 };
}

function told({ kind, item }: Notification): Told {
  const caller = { name: 'Grandmother', number: '+14165550123' };
  if (kind === 'alert') return { ...item, kind, isUrgent: item.alertId === 'trunk-down', link };
  if (kind === 'message') return { kind, at: 0, from: caller, to: '', text: '', media: [], leftOut: 0, link };
  if (kind === 'voicemail' || kind === 'transcript')
    return { kind, at: 0, caller, seconds: 1, transcript: undefined, audio: undefined, link };
  return { kind, at: 0, caller, called: '', link };
}

const missed = (n: number): ToTell =>
  tell({ kind: 'missed-call', item: { callId: `call_${n}` as CallId } }, `call:call_${n}:missed`);
const voicemail = (n: number): ToTell =>
  tell({ kind: 'voicemail', item: { voicemailId: `vm_${n}` as VoicemailId } }, `voicemail:vm_${n}`);
const message = (n: number): ToTell =>
  tell({ kind: 'message', item: { messageId: `msg_${n}` as MessageId } }, `message:msg_${n}`);
const incoming: ToTell = tell({ kind: 'incoming-call', item: { callId: 'call_1' as CallId } }, 'incoming-call:call_1');
const over: ToTell = {
  ...tell({ kind: 'call-over', item: { callId: 'call_1' as CallId } }, 'call-over:call_1'),
  after: 'incoming-call:call_1',
  unless: 'call:call_1:missed',
};

function tell(notification: Notification, dedupe: string): ToTell {
  return { notification, personId: anna, dedupe, isUrgent: false };
}

function states(): readonly string[] {
  return opened.db
    .prepare<[], string>("SELECT kind || ' ' || state || coalesce(' ' || reason, '') FROM deliveries ORDER BY sequence")
    .pluck()
    .all();
}

const settle = async (ms = 0) => {
  await clock.advanceAsync(ms);
  await new Promise((resolve) => setImmediate(resolve));
};

describe('what is told to a person', () => {
  it('reaches each of their targets once, however often it is said, also after a restart', async () => {
    channels = ['mail', 'ntfy'];
    open().deliveries.tell([missed(1), missed(1)]);
    await settle();
    const { deliveries } = open();
    deliveries.tell([missed(1)]);
    await settle(10_000_000);
    expect(sent).toEqual(['0 mail missed-call', '0 ntfy missed-call']);
    expect(states()).toEqual(['missed-call delivered', 'missed-call delivered']);
    expect(changed.filter((one) => one.includes('ntfy'))).toEqual([
      'missed-call ntfy waiting',
      'missed-call ntfy sending',
      'missed-call ntfy delivered',
    ]);
  });

  it('goes nowhere that is not set up, and is kept as failed where the key of the house is lost', async () => {
    channels = ['gotify', 'mail'];
    problems = { gotify: 'not-set-up', mail: 'secret-locked' };
    open().deliveries.tell([missed(1)]);
    await settle();
    expect([sent, states()]).toEqual([[], ['missed-call failed secret-locked']]);
  });

  it('is not told any more where it was heard or deleted before it was sent', async () => {
    answer = () => down;
    const { deliveries } = open();
    deliveries.tell([voicemail(1), message(1)]);
    await settle();
    untold = new Map([
      ['vm_1', 'obsolete'],
      ['msg_1', 'gone'],
    ]);
    await settle(60_000);
    expect(sent).toHaveLength(2);
    expect(states()).toEqual(['voicemail cancelled obsolete', 'message cancelled gone']);
  });

  it('is not sent to a target that was switched off or deleted while it waited', async () => {
    channels = ['ntfy', 'gotify'];
    answer = () => down;
    const { deliveries } = open();
    deliveries.tell([voicemail(1)]);
    await settle();
    opened.db.exec("DELETE FROM notification_targets WHERE id = 'tgt_ntfy'; UPDATE notification_targets SET is_enabled = 0");
    deliveries.cancelWithoutTarget();
    await settle(700_000);
    expect(sent).toHaveLength(2);
    expect(states()).toEqual(['voicemail cancelled no-target', 'voicemail cancelled switched-off']);
  });

  it('goes with the person', async () => {
    answer = () => down;
    const { deliveries, outbox } = open();
    deliveries.tell([voicemail(1)]);
    await settle();
    deliveries.forget(anna);
    opened.db.exec('DELETE FROM users');
    await settle(700_000);
    expect([sent.length, states(), outbox.openByKind().size]).toEqual([1, [], 0]);
  });

  it('is called off for one thing alone', async () => {
    answer = () => down;
    const { deliveries } = open();
    deliveries.tell([voicemail(1), voicemail(2)]);
    await settle();
    deliveries.cancel('vm_1', 'voicemail', 'obsolete');
    answer = () => delivered;
    await settle(20_000);
    expect(states()).toEqual(['voicemail cancelled obsolete', 'voicemail delivered']);
  });
});

describe('each channel is tried again by its own schedule', () => {
  it.each<[ChannelId, readonly number[], string]>([
    ['mail', [0, 300, 1200, 2100], 'failed unreachable'],
    ['gotify', [0, 10, 60], 'dropped unreachable'],
    ['ntfy', [0, 10, 60, 600], 'failed unreachable'],
    ['home-assistant', [0, 30, 120, 600, 3600], 'failed unreachable'],
    ['web-push', [0, 15, 120, 900, 3600, 14_400], 'failed unreachable'],
  ])('%s', async (channel, expected, end) => {
    channels = [channel];
    answer = () => down;
    open().deliveries.tell([voicemail(1)]);
    await settle(20_000_000);
    expect(sent.map((one) => Number(one.split(' ')[0]))).toEqual(expected);
    expect(states()).toEqual([`voicemail ${end}`]);
    expect(opened.db.prepare('SELECT attempts, request, reply FROM deliveries').get()).toEqual({
      attempts: expected.length,
      request: 'POST /',
      reply: '503\nno',
    });
  });

  it.each<ChannelId>(['gotify', 'ntfy', 'home-assistant', 'web-push'])(
    'a call that rings by %s, and after half a minute no more',
    async (channel) => {
      channels = [channel];
      answer = () => down;
      open().deliveries.tell([incoming]);
      await settle(600_000);
      expect(sent.map((one) => Number(one.split(' ')[0]))).toEqual([0, 3, 8]);
      expect(states()).toEqual(['incoming-call dropped unreachable']);
    },
  );

  it('says when the next try is, and why the last one failed', async () => {
    channels = ['mail'];
    answer = () => down;
    const { deliveries } = open();
    deliveries.tell([voicemail(1)]);
    await settle();
    const { items } = deliveries.list({}, { limit: 5, offset: 0, sort: 'createdAt', order: 'desc' });
    expect(items).toMatchObject([
      { state: 'waiting', attempts: 1, nextAt: start + 300_000, reason: 'unreachable', detail: 'Nobody there' },
    ]);
  });

  it('never again what a service refuses for good', async () => {
    answer = () => ({ kind: 'permanent', reason: 'refused-content', detail: 'No' });
    open().deliveries.tell([voicemail(1)]);
    await settle(1_000_000);
    expect([sent.length, states()]).toEqual([1, ['voicemail failed refused-content']]);
  });

  it('at once when its settings are put right', async () => {
    channels = ['mail'];
    answer = () => down;
    const { deliveries, outbox } = open();
    deliveries.tell([voicemail(1)]);
    await settle(60_000);
    answer = () => delivered;
    outbox.hasten('mail');
    await settle();
    expect(sent).toEqual(['0 mail voicemail', '60 mail voicemail']);
  });
});

describe('while it is quiet', () => {
  const morning = start + 8 * 3_600_000;

  it('pushes wait for the morning and are one then, mails do not', async () => {
    channels = ['mail', 'ntfy'];
    when = () => morning;
    const { deliveries } = open();
    deliveries.tell([missed(1), voicemail(1)]);
    deliveries.tell([message(1)]);
    await settle(3_600_000);
    expect(states().filter((one) => one.includes('held'))).toHaveLength(3);
    await settle(8 * 3_600_000);
    expect(sent.filter((one) => one.includes('ntfy'))).toEqual(['28800 ntfy missed-call+voicemail+message']);
    expect(sent.filter((one) => one.includes('mail '))).toHaveLength(3);
    expect(new Set(states().map((one) => one.split(' ')[1]))).toEqual(new Set(['delivered']));
  });

  it('what is heard before the morning is not told then', async () => {
    when = () => morning;
    const { deliveries } = open();
    deliveries.tell([missed(1), voicemail(1)]);
    untold.set('vm_1', 'obsolete');
    await settle(9 * 3_600_000);
    expect(sent).toEqual(['28800 ntfy missed-call']);
    expect(states()).toEqual(['missed-call delivered', 'voicemail cancelled obsolete']);
  });

  it('what waits is told at once, and as one, when do not disturb is switched off', async () => {
    when = () => morning;
    const { deliveries } = open();
    deliveries.tell([missed(1), voicemail(1), message(1)]);
    await settle(60_000);
    when = (kind) => (kind === 'message' ? morning : 'now');
    deliveries.reconsider(anna);
    await settle();
    expect(sent).toEqual(['60 ntfy missed-call+voicemail']);
    await settle(9 * 3_600_000);
    expect(sent).toEqual(['60 ntfy missed-call+voicemail', '28800 ntfy message']);
  });

  it('what waits does so for a day at most, however often do not disturb is switched on', async () => {
    const dayMs = 86_400_000;
    when = () => clock.now() + dayMs;
    const { deliveries } = open();
    deliveries.tell([missed(1)]);
    for (let n = 0; n < 5; n += 1) {
      await settle(4 * 3_600_000);
      deliveries.reconsider(anna);
    }
    await settle(5 * 3_600_000);
    expect(sent).toEqual(['86400 ntfy missed-call']);
  });

  it('what the person does not want at all any more is let go', async () => {
    when = () => morning;
    const { deliveries, outbox } = open();
    deliveries.tell([missed(1)]);
    when = () => 'drop';
    deliveries.reconsider(null);
    expect([states(), outbox.openByKind().size]).toEqual([['missed-call cancelled switched-off'], 0]);
  });

  it('what is held outlives a restart', async () => {
    when = () => morning;
    open().deliveries.tell([missed(1), voicemail(1)]);
    open();
    await settle(9 * 3_600_000);
    expect(sent).toEqual(['28800 ntfy missed-call+voicemail']);
  });
});

describe('mails that are gathered', () => {
  beforeEach(() => {
    channels = ['mail'];
    gathers = true;
  });

  it('are one for what comes within a minute, and one more for what comes later', async () => {
    const { deliveries } = open();
    deliveries.tell([missed(1)]);
    await settle(20_000);
    deliveries.tell([voicemail(1), message(1)]);
    await settle(45_000);
    deliveries.tell([missed(2)]);
    await settle(70_000);
    expect(sent).toEqual(['60 mail missed-call+voicemail+message', '125 mail missed-call']);
  });

  it('never hold up an urgent alert', async () => {
    const item = { alertId: 'trunk-down', about: 'Provider', values: {}, since: start } as const;
    open().deliveries.tell([{ ...tell({ kind: 'alert', item }, 'alert:trunk-down:x:1'), isUrgent: true }]);
    await settle();
    expect(sent).toEqual(['0 mail alert']);
  });

  it('wait for the transcript of a message no less than without one', async () => {
    const { deliveries } = open();
    deliveries.tell([{ ...voicemail(1), notBefore: start + 30_000 }]);
    await settle(10_000);
    deliveries.advance('vm_1', 'voicemail');
    await settle(60_000);
    expect(sent).toEqual(['60 mail voicemail']);
  });
});

describe('a mail that waits for what belongs to it', () => {
  it('goes as soon as that is there, and without it after a while; a push does not wait', async () => {
    channels = ['mail', 'ntfy'];
    const { deliveries } = open();
    const notBefore = start + 30_000;
    deliveries.tell([
      { ...voicemail(1), notBefore },
      { ...voicemail(2), notBefore },
    ]);
    await settle(10_000);
    deliveries.advance('vm_1', 'voicemail');
    await settle(60_000);
    expect(sent).toEqual(['0 ntfy voicemail', '0 ntfy voicemail', '10 mail voicemail', '30 mail voicemail']);
  });
});

describe('a call that rings', () => {
  it('is taken back where it was told when it is answered, silently, and nowhere else', async () => {
    channels = ['ntfy', 'web-push'];
    answer = ({ target: { channel } }) => (channel === 'ntfy' ? down : delivered);
    const silent: boolean[] = [];
    const { deliveries } = open();
    deliveries.tell([incoming]);
    await settle(1_000);
    answer = ({ isSilent }) => (silent.push(isSilent), delivered);
    deliveries.cancel('call_1', 'incoming-call', 'obsolete');
    deliveries.tell([over]);
    await settle(60_000);
    // A push that failed may have arrived all the same: it is taken back too.
    expect(sent.slice(2).toSorted()).toEqual(['1 ntfy call-over', '1 web-push call-over']);
    expect(silent).toEqual([true, true]);
  });

  it('is replaced by the missed call, under the same tag', async () => {
    const tags: string[] = [];
    answer = ({ tag }) => (tags.push(tag), delivered);
    const { deliveries } = open();
    deliveries.tell([incoming]);
    await settle(20_000);
    deliveries.tell([missed(1)]);
    deliveries.tell([over]);
    await settle(1_000);
    expect([sent, tags]).toEqual([
      ['0 ntfy incoming-call', '20 ntfy missed-call'],
      ['call:call_1', 'call:call_1'],
    ]);
  });

  it('is taken back where the missed call waits for the morning', async () => {
    const { deliveries } = open();
    deliveries.tell([incoming]);
    await settle(1_000);
    when = (kind) => (kind === 'missed-call' ? start + 3_600_000 : 'now');
    deliveries.tell([missed(1)]);
    deliveries.tell([over]);
    await settle(1_000);
    expect(sent).toEqual(['0 ntfy incoming-call', '1 ntfy call-over']);
  });

  it('is not told any more once it rings no more', async () => {
    answer = () => down;
    const { deliveries } = open();
    deliveries.tell([incoming]);
    await settle(1_000);
    deliveries.cancel('call_1', 'incoming-call', 'obsolete');
    await settle(60_000);
    expect([sent.length, states()]).toEqual([1, ['incoming-call cancelled obsolete']]);
  });
});

describe('the house is killed', () => {
  const killed = async (channel: ChannelId, isCommitted: boolean) => {
    channels = [channel];
    answer = (_delivery, { commit }) => {
      if (isCommitted) commit();
      return never();
    };
    open().deliveries.tell([voicemail(1)]);
    await settle();
    answer = () => delivered;
    open();
    await settle(40_000);
    return { sent: sent.length, states: states() };
  };
  const once = { sent: 1, states: ['voicemail unknown lost-in-restart'] };
  const again = { sent: 2, states: ['voicemail delivered'] };

  it.each<ChannelId>([...notificationChannels])('before anything arrived by %s: it is sent again', async (channel) => {
    expect(await killed(channel, false)).toEqual(again);
  });

  it.each<[ChannelId, typeof once]>([
    ['mail', once],
    ['gotify', once],
    ['ntfy', once],
    ['home-assistant', again],
    ['web-push', again],
  ])('when it may have arrived by %s: it is sent again only where that does no harm', async (channel, expected) => {
    expect(await killed(channel, true)).toEqual(expected);
  });

  it.each([
    ['arrived', { sent: 1, states: ['voicemail delivered'] }],
    ['absent', again],
  ] as const)('when a mail may have gone to Postmark, which says that it is %s', async (what, expected) => {
    [service, found] = ['postmark', what];
    expect(await killed('mail', true)).toEqual(expected);
  });

  it('a mail server that is lost after the last byte gets the mail again, under the same Message-ID', async () => {
    channels = ['mail'];
    const ids: string[] = [];
    answer = ({ messageId }, { commit }) => {
      ids.push(messageId);
      commit();
      return ids.length === 1 ? { kind: 'temporary', reason: 'cut-off', detail: 'Lost', inDoubt: true } : delivered;
    };
    open().deliveries.tell([voicemail(1)]);
    await settle(400_000);
    expect([ids.length, new Set(ids).size, states()]).toEqual([2, 1, ['voicemail delivered']]);
  });

  it('data of yesterday are restored: what waited in them is not sent a second time', async () => {
    channels = ['mail', 'ntfy'];
    when = () => start + 3_600_000;
    answer = () => down;
    open().deliveries.tell([missed(1)]);
    await settle();
    answer = () => delivered;
    open(true);
    await settle(10_000_000);
    expect([sent.length, states()]).toEqual([1, ['missed-call unknown restored', 'missed-call unknown restored']]);
  });
});

describe('what did not arrive', () => {
  it('is sent again by hand, as the same thing', async () => {
    channels = ['mail'];
    const ids: string[] = [];
    answer = ({ messageId }) => (ids.push(messageId), { kind: 'permanent', reason: 'refused-login', detail: 'No' });
    const { deliveries } = open();
    deliveries.tell([voicemail(1)]);
    await settle();
    const first = deliveries.list({}, { limit: 1, offset: 0, sort: 'createdAt', order: 'desc' }).items[0];
    if (first === undefined) throw new Error('Nothing was told');
    const again = await deliveries.resend(first.id);
    await settle();
    answer = ({ messageId }) => (ids.push(messageId), delivered);
    await deliveries.resend(again.id);
    await settle();
    expect([new Set(ids).size, states()]).toEqual([
      1,
      ['voicemail failed refused-login', 'voicemail failed refused-login', 'voicemail delivered'],
    ]);
    await expect(deliveries.resend(again.id)).resolves.toBeDefined();
    const last = deliveries.list({ state: 'delivered' }, { limit: 1, offset: 0, sort: 'createdAt', order: 'desc' }).items[0];
    await expect(deliveries.resend(last?.id ?? again.id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('in a whole outage is sent again at once, each thing once', async () => {
    channels = ['mail'];
    answer = () => down;
    const { deliveries } = open();
    deliveries.tell([voicemail(1), message(1), missed(1)]);
    await settle(3_000_000);
    answer = () => delivered;
    expect(await deliveries.resendSince(start, 'mail')).toEqual({ resent: 3, left: 0 });
    await settle();
    expect(await deliveries.resendSince(start, 'mail')).toEqual({ resent: 0, left: 0 });
    expect(states().filter((one) => one.endsWith('delivered'))).toHaveLength(3);
  });
});

describe('a channel that does not work', () => {
  it('is said so at the third failure in a row, and when it works again', async () => {
    channels = ['mail'];
    answer = () => down;
    const { deliveries } = open();
    deliveries.tell([voicemail(1), voicemail(2)]);
    await settle();
    expect(said).toEqual([]);
    await settle(300_000);
    expect(said).toEqual(['mail: Nobody there']);
    answer = () => delivered;
    await settle(3_000_000);
    expect(said).toEqual(['mail: Nobody there', 'mail: works']);
  });

  it('is said so at once where somebody has to put it right, and not for one target alone', async () => {
    channels = ['mail'];
    answer = () => ({ kind: 'permanent', reason: 'refused-recipient', detail: 'No such mailbox' });
    const { deliveries, health } = open();
    deliveries.tell([voicemail(1), voicemail(2), voicemail(3)]);
    await settle();
    expect(said).toEqual([]);
    answer = () => ({ kind: 'permanent', reason: 'refused-login', detail: 'Wrong password' });
    deliveries.tell([voicemail(4)]);
    await settle();
    expect([said, health.counts]).toEqual([['mail: Wrong password'], [{ channel: 'mail', state: 'failed', count: 4 }]]);
  });

  it('tells what cannot be kept once, without the outbox', async () => {
    channels = ['mail', 'ntfy'];
    const item = { alertId: 'storage-failed', about: 'database', values: {}, since: start } as const;
    open().deliveries.tellUnkept([{ ...tell({ kind: 'alert', item }, 'x'), isUrgent: true }]);
    await settle(1_000_000);
    expect([sent, states()]).toEqual([['0 mail alert', '0 ntfy alert'], []]);
  });
});
