import { beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import type { CallId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { Blocklist } from '#routing/blocklist.ts';
import { BlocklistStore } from '#routing/blocklist-store.ts';
import type { RoutingReason } from '#routing/decision.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { CallApproval } from './call-approval.ts';
import { CallApprovalStore } from './call-approval-store.ts';
import { CallApprovals } from './call-approvals.ts';
import type { CallRecord } from './call.ts';

const log = createLog({ level: 'silent' });
const number = '+4915112345678';
const asking: readonly RoutingReason[] = [
  { code: 'child-line-caller', params: { holder: 'person_mia', name: 'Mia' } },
  { code: 'parents-asked', params: {} },
];

let clock: FakeClock;
let db: OpenedDatabase['db'];
let events: Events<Facts>;
let blocklist: Blocklist;
let approvals: CallApprovals;
let told: string[];
let done: string[];
let records: Map<CallId, CallRecord>;
let ringing: Set<CallId>;

function open(): void {
  const writes = new WriteBatch({ db, log, defer: (commit) => commit() });
  const read = { number: (text: string) => text, prefix: (text: string) => text };
  blocklist = new Blocklist({ store: new BlocklistStore(db), writes, clock, newId, log, events: new Events(log), read });
  approvals = new CallApprovals({
    store: new CallApprovalStore(db),
    writes,
    clock,
    newId,
    log,
    events,
    blocklist,
    lines: {
      allow: (lines, allowed) => {
        done.push(`allow ${lines.join()} ${allowed}`);
        return Promise.resolve();
      },
    },
    calls: () => ({
      recordOf: (id) => records.get(id),
      isRinging: (id) => ringing.has(id),
      block: (id) => done.push(`block ${id}`),
      letThrough: (id) => done.push(`let through ${id} ${approvals.linesFor(number).join()}`),
    }),
    parentsOf: () => ['person_mum', 'person_dad'],
  });
}

beforeEach(() => {
  clock = new FakeClock();
  ({ db } = openDatabase({ path: ':memory:', log, clock }));
  db.exec(
    `INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES ('person_mum', 'mum', 'Mum', 'user', 0, 0)`,
  );
  events = new Events<Facts>(log);
  [told, done, records, ringing] = [[], [], new Map(), new Set()];
  events.on('call-approval.changed', ({ personId, state }) => told.push(`${personId} ${state}`));
  open();
  approvals.start();
});

/** What was written is told. */
const flushed = () => new Promise((resolve) => setImmediate(resolve));

/** A call that begins to ring, and the question about it. */
async function calls(id: CallId, from = number, reasons = asking): Promise<CallApproval | undefined> {
  records.set(id, { id, caller: { number: from, name: '' }, reasons } as unknown as CallRecord);
  ringing.add(id);
  events.emit('call.started', { callId: id });
  await flushed();
  return approvals.all().find(({ callId }) => callId === id);
}

function ends(id: CallId): void {
  ringing.delete(id);
  events.emit('call.ended', { callId: id, disposition: 'missed', reason: 'no-answer' });
}

const fromMum = { personId: 'person_mum', by: 'api' } as const;

describe('a caller whom a child’s line does not know', () => {
  it('is asked about while it rings, is missed afterwards, and each parent is told', async () => {
    const asked = (await calls('call_1'))!;
    expect([approvals.stateOf(asked), asked.lines, asked.number]).toEqual(['asked', ['person_mia'], number]);
    ends('call_1');
    expect(approvals.stateOf(asked)).toBe('missed');
    expect(told).toEqual(['person_mum asked', 'person_dad asked', 'person_mum missed', 'person_dad missed']);
  });

  it('is asked about in no call that rings whom it should', async () => {
    expect(await calls('call_1', number, [{ code: 'default', params: {} }])).toBeUndefined();
    // The child's phone was left out, and others ring.
    expect(await calls('call_2', number, asking.slice(0, 1))).toBeUndefined();
    expect(told).toEqual([]);
  });

  it('goes on the list for good', async () => {
    await approvals.answer((await calls('call_1'))!, 'always', fromMum);
    expect(done).toEqual([`allow person_mia ${number}`, 'let through call_1 ']);
    expect(told.slice(2)).toEqual(['person_mum always', 'person_dad always']);
    expect(approvals.all()).toMatchObject([{ answer: 'always', answeredBy: 'person_mum' }]);
  });

  it('is blocked, and refused at once where it still rings', async () => {
    await approvals.answer((await calls('call_1'))!, 'block', fromMum);
    expect([done, blocklist.match(number)?.kind]).toEqual([['block call_1'], 'exact']);
    const second = (await calls('call_2'))!;
    ends('call_2');
    // It was blocked already.
    await approvals.answer(second, 'block', fromMum);
    expect(done).toEqual(['block call_1']);
  });

  it('is let through once by a touch on the panel: this call where it rings', async () => {
    await approvals.answer((await calls('call_1'))!, 'once', fromMum);
    expect(done).toEqual(['let through call_1 person_mia']);
    approvals.use(number);
    expect(approvals.linesFor(number)).toEqual([]);
  });

  it('is let through once afterwards: the next call within a day, also after a restart', async () => {
    const missed = (await calls('call_1'))!;
    ends('call_1');
    await approvals.answer(missed, 'once', fromMum);
    expect(done).toEqual([]);
    open();
    expect(approvals.linesFor(number)).toEqual(['person_mia']);
    expect(approvals.linesFor('+4915100000000')).toEqual([]);
    approvals.use(number);
    open();
    expect(approvals.linesFor(number)).toEqual([]);
    await approvals.answer(missed, 'once', fromMum);
    clock.advance(24 * 3_600_000);
    expect(approvals.linesFor(number)).toEqual([]);
  });

  it('is answered by the key of whoever took the call, which lets no second call through', async () => {
    await calls('call_1');
    approvals.pressed('call_1', '7', 'person_mum');
    approvals.pressed('call_1', '1', 'person_mum');
    await flushed();
    expect(approvals.all()).toMatchObject([{ answer: 'once', answeredBy: 'person_mum' }]);
    expect([done, approvals.linesFor(number)]).toEqual([[], []]);
    ends('call_1');
    expect(told.slice(2)).toEqual(['person_mum once', 'person_dad once']);
  });

  it('who hides the number can be let through, and neither kept nor blocked', async () => {
    const asked = (await calls('call_1', ''))!;
    await expect(approvals.answer(asked, 'always', fromMum)).rejects.toMatchObject({ details: [{ field: 'answer' }] });
    await expect(approvals.answer(asked, 'block', fromMum)).rejects.toMatchObject({ code: 'invalid' });
    await approvals.answer(asked, 'block', { personId: 'person_mum', by: 'key' });
    expect(done).toEqual(['block call_1']);
    await approvals.answer(asked, 'always', { personId: 'person_mum', by: 'key' });
    expect(approvals.all()).toMatchObject([{ answer: 'once' }]);
  });

  it('is nobody to keep where the network gives no number but a name', async () => {
    expect((await calls('call_1', 'anonymous'))?.number).toBe('');
  });

  it('is forgotten with the phone or person whose line it was, and of many the newest are kept', async () => {
    await approvals.answer((await calls('call_1'))!, 'once', fromMum);
    approvals.release('person_mia')();
    expect([approvals.all(), approvals.linesFor(number)]).toEqual([[], []]);
    for (let n = 0; n < 510; n += 1) {
      clock.advance(1000);
      await calls(`call_${n}` as const);
    }
    expect([approvals.all().length, approvals.all()[0]?.callId]).toEqual([500, 'call_509']);
  });
});
