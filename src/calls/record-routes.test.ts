import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectGarbage } from '#base/collect-garbage.ts';
import { csvStart } from '#base/csv.ts';
import { createLog } from '#base/log.ts';
import type { Identity } from '#contract/endpoint.ts';
import type { StreamReply } from '#contract/file.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { CallSearch } from './call-search.ts';
import { recordRoutes } from './record-routes.ts';

const admin: Identity = { kind: 'token', id: 'token_1', personId: undefined, role: 'admin' };
const eva: Identity = { kind: 'token', id: 'token_2', personId: 'person_eva', role: 'user' };
const nobody: Identity = { kind: 'token', id: 'token_3', personId: undefined, role: 'user' };

type Planted = {
  readonly at: string;
  readonly name?: string;
  readonly direction?: string;
  readonly disposition?: string | null;
  readonly talkMs?: number;
  /** Whose phones it rang, and whose answered. */
  readonly rang?: readonly string[];
  readonly answeredBy?: string;
};

describe('call records together', () => {
  const clock = new FakeClock();
  let db: OpenedDatabase['db'];
  beforeEach(() => {
    ({ db } = openDatabase({ path: ':memory:', log: createLog({ level: 'silent' }), clock }));
  });
  afterEach(() => db.close());

  let planted = 0;
  function plant({
    at,
    name = 'Mum',
    direction = 'inbound',
    disposition = 'answered',
    talkMs = 0,
    rang = [],
    answeredBy,
  }: Planted) {
    planted += 1;
    const id = `call_${String(planted).padStart(6, '0')}`;
    const start = Date.parse(at);
    const answered = disposition === 'answered' ? start + 1000 : null;
    const ended = disposition === null ? null : (answered ?? start) + talkMs;
    db.prepare(
      `INSERT INTO cdrs (id, direction, started_at, answered_at, ended_at, disposition, reason, dialled, caller_number, caller_name,
         callee_number, callee_name) VALUES (?, ?, ?, ?, ?, ?, ?, '21', '+14165550123', ?, '21', 'Kitchen')`,
    ).run(id, direction, start, answered, ended, disposition, disposition === null ? null : 'caller-hung-up', name);
    for (const person of rang) {
      db.prepare(
        `INSERT INTO call_legs (id, cdr_id, role, person_id, name, address, sip_call_id, started_at, answered_at)
         VALUES (?, ?, 'callee', ?, '', '', '', ?, ?)`,
      ).run(`leg_${id}_${person}`, id, person, start, person === answeredBy ? answered : null);
    }
    return id;
  }

  async function ask<Reply>(id: string, query: object, identity: Identity, timeZone = 'UTC'): Promise<Reply> {
    const routes = recordRoutes({ db, search: new CallSearch(db), clock, timeZone });
    const route = routes.find(({ endpoint }) => endpoint.id === id)!;
    const given = { params: {}, query: route.endpoint.query?.parse(query), body: undefined, identity };
    const reply = await route.run(given as never);
    route.endpoint.reply.parse(reply);
    return reply as Reply;
  }

  async function lines(query: object, identity: Identity): Promise<string[]> {
    const { read } = await ask<StreamReply>('exportCallRecords', query, identity);
    let text = '';
    for await (const part of read()) text += part;
    expect(text.startsWith(csvStart)).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
    return text.slice(1, -2).split('\r\n');
  }

  describe('as CSV', () => {
    it('name their columns and hold what the list shows', async () => {
      const id = plant({ at: '2026-11-20T10:00:00Z', talkMs: 61_000 });
      expect(await lines({}, admin)).toEqual([
        'id,direction,startedAt,ringingAt,answeredAt,endedAt,durationSeconds,disposition,reason,callerNumber,callerName,calleeNumber,' +
          'calleeName,dialled,number,trunk,callerDeviceId,callerPersonId,calleeDeviceId,calleePersonId,transferredFrom',
        `${id},inbound,2026-11-20T10:00:00.000Z,,2026-11-20T10:00:01.000Z,2026-11-20T10:01:02.000Z,61,answered,caller-hung-up,` +
          '+14165550123,Mum,21,Kitchen,21,,,,,,,',
      ]);
    });

    it('compute nothing in a spreadsheet that a caller wrote into their name', async () => {
      plant({ at: '2026-11-20T10:00:00Z', name: '=HYPERLINK("http://evil.example";"Mum")' });
      const [, line] = await lines({}, admin);
      expect(line).toContain(`,"'=HYPERLINK(""http://evil.example"";""Mum"")",`);
    });

    it('follow the filters of the list, and the order', async () => {
      const [first, second] = [
        plant({ at: '2026-11-20T10:00:00Z' }),
        plant({ at: '2026-11-21T10:00:00Z', direction: 'internal' }),
      ];
      const ids = async (query: object) => (await lines(query, admin)).slice(1).map((line) => line.split(',')[0]);
      expect(await ids({})).toEqual([second, first]);
      expect(await ids({ order: 'asc' })).toEqual([first, second]);
      expect(await ids({ direction: 'internal' })).toEqual([second]);
      expect(await ids({ to: '2026-11-21T00:00:00+01:00' })).toEqual([first]);
      expect(await ids({ number: ' 14165550123', text: 'mum' })).toEqual([second, first]);
      expect(await ids({ text: 'dad' })).toEqual([]);
    });

    it('show a user their own calls alone', async () => {
      const own = plant({ at: '2026-11-20T10:00:00Z', rang: ['person_eva', 'person_tom'] });
      plant({ at: '2026-11-20T11:00:00Z', rang: ['person_tom'] });
      expect((await lines({}, eva)).slice(1).map((line) => line.split(',')[0])).toEqual([own]);
      expect(await lines({ person: 'person_tom' }, nobody)).toHaveLength(1);
    });

    it('take the same memory for 100,000 calls as for few, and hold nobody up', async () => {
      // Many at the same moment: what tells them apart is the id.
      db.exec(`WITH RECURSIVE n (value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM n LIMIT 100000)
        INSERT INTO cdrs (id, direction, started_at, dialled, caller_number, caller_name, callee_number, callee_name)
        SELECT printf('call_%06d', value), 'internal', 1700000000000 + value / 7 * 1000, '21', '20', 'Hall', '21', 'Kitchen'
        FROM n`);
      const { read } = await ask<StreamReply>('exportCallRecords', {}, admin);
      const seen = new Set<string>();
      const heap: number[] = [];
      let longest = 0;
      for await (const part of read()) {
        longest = Math.max(longest, part.length);
        for (const line of String(part).split('\r\n')) if (line.startsWith('call_')) seen.add(line.slice(0, 11));
        if (seen.size === 10_000 || seen.size === 100_000) {
          collectGarbage();
          heap.push(process.memoryUsage().heapUsed);
        }
      }
      expect(seen.size).toBe(100_000);
      expect(longest).toBeLessThan(100_000);
      // The set itself is some 7 MB; the text is 15.
      expect((heap.at(-1) ?? 0) - (heap[0] ?? 0)).toBeLessThan(12e6);
    });
  });

  describe('counted', () => {
    type Statistics = {
      from: string;
      to: string;
      total: object;
      periods: { date: string; calls: number; talkSeconds: number }[];
      dispositions: object[];
      directions: object[];
      persons: object[];
    };
    const days = (from: string, to: string, more: object = {}) => ({ from, to, ...more });

    it('say how many there were, how they ended, which way they went and whose they were', async () => {
      plant({ at: '2026-11-20T10:00:00Z', talkMs: 60_000, rang: ['person_eva', 'person_tom'], answeredBy: 'person_tom' });
      plant({ at: '2026-11-20T11:00:00Z', disposition: 'missed', rang: ['person_eva'] });
      plant({ at: '2026-11-21T11:00:00Z', direction: 'outbound', talkMs: 1_500, rang: ['person_eva'], answeredBy: 'person_eva' });
      plant({ at: '2026-11-21T12:00:00Z', disposition: null, rang: ['person_eva'] });
      const query = days('2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z');
      const all = await ask<Statistics>('getCallStatistics', query, admin);
      expect(all).toEqual({
        timeZone: 'UTC',
        from: '2026-11-20T00:00:00.000Z',
        to: '2026-11-22T00:00:00.000Z',
        total: { calls: 3, answered: 2, talkSeconds: 62 },
        periods: [
          {
            date: '2026-11-20',
            ...{ calls: 2, answered: 1, talkSeconds: 60 },
            dispositions: [
              { disposition: 'answered', calls: 1 },
              { disposition: 'missed', calls: 1 },
            ],
          },
          { date: '2026-11-21', calls: 1, answered: 1, talkSeconds: 2, dispositions: [{ disposition: 'answered', calls: 1 }] },
        ],
        dispositions: [
          { disposition: 'answered', calls: 2 },
          { disposition: 'missed', calls: 1 },
        ],
        directions: [
          { direction: 'inbound', calls: 2, answered: 1, talkSeconds: 60 },
          { direction: 'outbound', calls: 1, answered: 1, talkSeconds: 2 },
        ],
        persons: [
          { personId: 'person_eva', calls: 3, answered: 1, talkSeconds: 2 },
          { personId: 'person_tom', calls: 1, answered: 1, talkSeconds: 60 },
        ],
      });
    });

    it('tell a user of nobody else', async () => {
      plant({ at: '2026-11-20T10:00:00Z', talkMs: 60_000, rang: ['person_eva', 'person_tom'], answeredBy: 'person_tom' });
      plant({ at: '2026-11-20T11:00:00Z', rang: ['person_tom'] });
      const query = days('2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z');
      const own = await ask<Statistics>('getCallStatistics', query, eva);
      expect(own.total).toMatchObject({ calls: 1 });
      expect(own.persons).toEqual([{ personId: 'person_eva', calls: 1, answered: 0, talkSeconds: 0 }]);
      expect((await ask<Statistics>('getCallStatistics', query, nobody)).total).toMatchObject({ calls: 0 });
    });

    it('end the day at midnight of the house, also on the days with 23 and 25 hours', async () => {
      for (const at of ['2026-10-24T21:59:00Z', '2026-10-24T22:00:00Z', '2026-10-25T22:59:00Z', '2026-10-25T23:00:00Z'])
        plant({ at });
      const query = days('2026-10-24T00:00:00+02:00', '2026-10-27T00:00:00+01:00');
      const { periods } = await ask<Statistics>('getCallStatistics', query, admin, 'Europe/Berlin');
      expect(periods.map(({ date, calls }) => [date, calls])).toEqual([
        ['2026-10-24', 1],
        ['2026-10-25', 2],
        ['2026-10-26', 1],
      ]);
    });

    it('begin the week on Monday, and count only from the time that was asked for', async () => {
      for (const at of ['2026-11-16T00:00:00Z', '2026-11-18T00:00:00Z', '2026-11-22T23:59:59Z', '2026-11-23T00:00:00Z'])
        plant({ at });
      const query = days('2026-11-17T12:00:00Z', '2026-11-24T00:00:00Z', { by: 'week' });
      const { periods } = await ask<Statistics>('getCallStatistics', query, admin);
      expect(periods.map(({ date, calls }) => [date, calls])).toEqual([
        ['2026-11-16', 2],
        ['2026-11-23', 1],
      ]);
    });

    it('reach back 30 days or 12 weeks where nothing else is asked for, and refuse a time without end', async () => {
      const { from, to, periods } = await ask<Statistics>('getCallStatistics', {}, admin);
      expect([Date.parse(to), Date.parse(to) - Date.parse(from)]).toEqual([clock.now(), 30 * 86_400_000]);
      expect(periods.length).toBeGreaterThanOrEqual(30);
      const long = ask('getCallStatistics', days('2000-01-01T00:00:00Z', '2026-01-01T00:00:00Z'), admin);
      await expect(long).rejects.toMatchObject({ code: 'invalid', details: [{ field: 'to' }] });
      expect(
        (await ask<Statistics>('getCallStatistics', days('2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z'), admin)).periods,
      ).toEqual([]);
    });
  });
});
