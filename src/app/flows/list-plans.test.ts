import SqliteDatabase from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { AnyEndpoint } from '#contract/endpoint.ts';
import { migrate } from '#storage/migrate.ts';
import { ApiHouse } from '#testing/harness/api-house.ts';

// Every list of the contract, by each of its orders and filters, as an admin and as a person: each statement that it sends to the database is
// asked for its plan, and none may read a table that grows with the years from one end to the other.

/** What a house has of these stays on a page or two, so that they may be read whole; every other table counts as one that grows. */
const bounded = [
  'devices',
  'users',
  'api_tokens',
  'dids',
  'ring_groups',
  'routes',
  'auto_replies',
  'spam_lists',
  'address_books',
  'trunks',
];
const boundedToo = [
  'webhook_destinations',
  'notification_targets',
  'told_alerts',
  'escalation_chains',
  'sessions',
  'login_attempts',
  'call_permissions',
  'child_lines',
];

type Sent = { readonly sql: string; readonly given: readonly unknown[] };
let sent: Sent[] = [];
let house: ApiHouse;
let db: SqliteDatabase.Database;
let endRecording = () => {};
/** Values of filters that are ids or have a form. */
let samples: Readonly<Record<string, string>> = {};
/** Where a list is that is of something. */
let places: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  endRecording = recordStatements();
  house = await ApiHouse.start();
  db = new SqliteDatabase(':memory:');
  migrate(db);
  const idOf = async (path: string) => ((await list(path)) as { items: { id: string }[] }).items.at(-1)?.id ?? '';
  const [person, device, did] = [await idOf('/users'), await idOf('/devices'), await idOf('/dids')];
  const hook = { name: 'Program', url: 'https://hook.example/', events: ['call.started'] };
  const { id: destination } = await house.ask<{ id: string }>('POST', '/external', hook);
  places = { '/external/:id/deliveries': `/external/${destination}/deliveries` };
  samples = { person, personId: person, device, 'GET /routes number': did, number: '+14165550123', farNumber: '+14165550123' };
});
afterAll(async () => {
  endRecording();
  db.close();
  await house[Symbol.asyncDispose]();
});

/** What any connection of this process reads from now on. */
function recordStatements(): () => void {
  const some = new SqliteDatabase(':memory:');
  const prototype = Object.getPrototypeOf(some.prepare('SELECT 1')) as Record<string, (...given: unknown[]) => unknown>;
  some.close();
  const ends = ['all', 'get', 'iterate'].map((method) => {
    const original = prototype[method];
    if (original === undefined) throw new Error(`There is no ${method} of a statement`);
    prototype[method] = function (this: Statement, ...given) {
      sent.push({ sql: this.source, given });
      return original.apply(this, given);
    };
    return () => void (prototype[method] = original);
  });
  return () => ends.forEach((end) => end());
}

async function list(path: string, token = house.token): Promise<unknown> {
  const response = await fetch(`${house.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Along an index a page is full after a few rows, and a count is a fraction of the table. An index made for one request reads it all. */
function wholeReads({ sql, given }: Sent): readonly string[] {
  const plan = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...given);
  return plan.flatMap(({ detail }) => {
    if (detail.includes('AUTOMATIC')) return [`${detail}: ${sql}`];
    const [, alias = '', how = ''] = /^SCAN (\w+)(.*)/.exec(detail) ?? [];
    if (alias === '' || /USING (?:COVERING )?INDEX/.test(how) || how.includes('VIRTUAL TABLE') || alias === 'json_each')
      return [];
    const table = new RegExp(`(?:FROM|JOIN) (\\w+)(?: AS)? ${alias}\\b`).exec(sql)?.[1] ?? alias;
    const isBounded = [alias, table].some((name) => bounded.includes(name) || boundedToo.includes(name));
    return isBounded || alias === 'CONSTANT' ? [] : [`${detail}: ${sql}`];
  });
}

type Shape = { readonly enum?: readonly string[]; readonly format?: string; readonly $ref?: string };
type Query = { readonly properties?: Readonly<Record<string, Shape>>; readonly $defs?: Readonly<Record<string, Shape>> };
const paging = ['page', 'per_page', 'sort', 'order'];

function queryOf({ query }: AnyEndpoint): Readonly<Record<string, Shape>> {
  if (query === undefined) return {};
  const { properties = {}, $defs = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' }) as unknown as Query;
  const named = ({ $ref, ...shape }: Shape): Shape => ({
    ...shape,
    ...($ref === undefined ? {} : $defs[$ref.replace('#/$defs/', '')]),
  });
  return Object.fromEntries(Object.entries(properties).map(([name, shape]) => [name, named(shape)]));
}

function sampleOf(where: string, name: string, { enum: values, format }: Shape): readonly string[] {
  if (values !== undefined) return values;
  if (format === 'date-time') return ['2026-01-01T00:00:00Z'];
  return [samples[`${where} ${name}`] ?? samples[name] ?? 'abc'];
}

/** The query strings of a list: each filter alone, by each of its values, and all of them at once, in every order. */
function queriesOf(one: AnyEndpoint): readonly string[] {
  const { sort, order, ...rest } = queryOf(one);
  const filters = Object.entries(rest).filter(([name]) => !paging.includes(name));
  const given = filters.map(([name, shape]) => sampleOf(`GET ${one.path}`, name, shape).map((value) => [name, value] as const));
  const all = given.flatMap((values) => values.slice(0, 1));
  const combinations = [[], ...given.flat().map((pair) => [pair]), ...(all.length > 1 ? [all] : [])];
  return combinations.flatMap((pairs) =>
    (sort?.enum ?? []).flatMap((by) =>
      (order?.enum ?? []).map((direction) =>
        new URLSearchParams([
          ...pairs.map(([a, b]) => [a, b] as [string, string]),
          ['sort', by],
          ['order', direction],
        ]).toString(),
      ),
    ),
  );
}

const isList = (one: AnyEndpoint) => one.method === 'GET' && 'per_page' in queryOf(one);

test('no list reads a table that grows from one end to the other, whatever it is filtered and ordered by', async () => {
  const lists = house.app.routes.map(({ endpoint }) => endpoint).filter(isList);
  expect(lists.length).toBeGreaterThan(15);
  const found: string[] = [];
  let statements = 0;
  for (const one of lists) {
    for (const query of queriesOf(one)) {
      for (const token of one.access === 'admin' ? [house.token] : [house.token, house.userToken]) {
        sent = [];
        await list(`${places[one.path] ?? one.path}?${query}`, token);
        statements += sent.length;
        found.push(...sent.flatMap((each) => wholeReads(each)).map((read) => `GET ${one.path}?${query}: ${read}`));
      }
    }
  }
  expect(statements).toBeGreaterThan(lists.length);
  expect([...new Set(found)]).toEqual([]);
}, 180_000);

test('a list that needs an index which is not there would be noticed', () => {
  const sql = 'SELECT * FROM cdrs c WHERE caller_name = ?';
  expect(wholeReads({ sql, given: ['x'] })).toEqual([`SCAN c: ${sql}`]);
  expect(wholeReads({ sql: 'SELECT * FROM devices WHERE name = ?', given: ['x'] })).toEqual([]);
});
