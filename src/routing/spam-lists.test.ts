import { beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { fetchPublic } from '#base/ssrf-guard.ts';
import { toE164Prefix } from '#numbers/e164-prefix.ts';
import { toE164 } from '#numbers/e164.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { SealedSecrets } from '#storage/sealed-secrets.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { SpamList } from './spam-list.ts';
import { listFetcher } from './spam-list-source.ts';
import type { FetchedList } from './spam-list-source.ts';
import { SpamListStore } from './spam-list-store.ts';
import { SpamLists } from './spam-lists.ts';
import type { SpamListInput } from './spam-lists.ts';

const log = createLog({ level: 'silent' });
const hourMs = 3_600_000;
const url = 'https://lists.example.org/numbers.csv';

let clock: FakeClock;
let db: OpenedDatabase['db'];
let lists: SpamLists;
/** What the server answers, and what it was asked. */
let answer: FetchedList;
let asked: (readonly [url: string, token: string | undefined])[];

beforeEach(() => {
  clock = new FakeClock();
  ({ db } = openDatabase({ path: ':memory:', log, clock }));
  asked = [];
  answer = list('+4930901820\n');
  lists = new SpamLists({
    store: new SpamListStore(db),
    writes: new WriteBatch({ db, log }),
    clock,
    newId,
    log,
    events: new Events(log),
    secrets: new SealedSecrets(db, 'spam_lists', Buffer.alloc(32, 1)),
    readFor: (country) => ({ number: (text) => toE164(text, country), prefix: (text) => toE164Prefix(text, country) }),
    fetch: async (address, token) => {
      asked.push([address, token]);
      return answer;
    },
  });
});

function list(text: string): FetchedList {
  return { kind: 'ok', bytes: Buffer.from(text) };
}

function create(more: Partial<SpamListInput> = {}, token?: string): Promise<SpamList> {
  const input = { name: 'Reported', url: undefined, country: 'DE', refreshHours: 24, isEnabled: true, ...more };
  return lists.create(input, token);
}

const upload = (id: string, text: string) => lists.upload(id, Buffer.from(text));

describe('a list of reported numbers', () => {
  it.each<[what: string, text: string]>([
    ['numbers alone', '+4930901820\n0900*\n'],
    [
      'a CSV with a column for them',
      'Date,Company_Phone_Number,Subject\n2026-01-01,030 901820,Dropped\n2026-01-01,0900*,Other\n',
    ],
    ['the JSON of a service', '{"numbers":[{"phone":"+4930901820","votes":7},{"phone":"+49900*","votes":9}]}'],
  ])('is read from %s, with beginnings of numbers', async (_what, text) => {
    const { id } = await create();
    expect(await upload(id, text)).toMatchObject({ added: 2, refused: 0 });
    expect(lists.match('+4930901820')).toEqual({ listId: id, name: 'Reported', importedAt: clock.now() });
    expect(lists.match('+499001234567')?.listId).toBe(id);
    expect(lists.match('+4930901821')).toBeUndefined();
    expect(lists.get(id)).toMatchObject({ numbers: 2, importedAt: clock.now(), problem: undefined });
  });

  it('blocks nobody while it is switched off', async () => {
    const { id } = await create({ isEnabled: false });
    await upload(id, '+4930901820');
    expect(lists.match('+4930901820')).toBeUndefined();
    await lists.change(id, { isEnabled: true });
    expect(lists.match('+4930901820')?.listId).toBe(id);
    await lists.delete(id);
    expect(lists.match('+4930901820')).toBeUndefined();
    expect(db.prepare('SELECT count(*) AS n FROM spam_list_numbers').get()).toEqual({ n: 0 });
  });

  it('is replaced as a whole, and stays where a file has no number; bad lines are named', async () => {
    const { id } = await create();
    const report = await upload(id, '+4930901820\nnobody\n+4930901820\n"\n+4*\n');
    expect(report).toEqual({
      added: 1,
      known: 1,
      changed: 0,
      refused: 3,
      problems: [
        { line: 2, message: '"nobody" is not a phone number' },
        { line: 4, message: 'This line cannot be read: a quotation mark is not closed' },
        { line: 5, message: '"+4*" is not a phone number' },
      ],
    });
    await expect(upload(id, '<html>Not found</html>')).rejects.toThrow(/contains no phone numbers/);
    expect(lists.match('+4930901820')?.listId).toBe(id);
    await upload(id, '+4930901821');
    expect(lists.match('+4930901820')).toBeUndefined();
    expect(lists.match('+4930901821')?.listId).toBe(id);
  });

  it('that was cut off on the way in is as if it had not come', async () => {
    const { id } = await create();
    await upload(id, '+4930901820');
    db.prepare('INSERT INTO spam_list_numbers (number, list_id, generation) VALUES (?, ?, ?)').run('+4930901821', id, 2);
    expect(lists.match('+4930901821')).toBeUndefined();
    lists.start();
    await lists.stop();
    expect(db.prepare('SELECT number FROM spam_list_numbers').all()).toEqual([{ number: '+4930901820' }]);
  });

  it('with a hundred thousand numbers costs a call far less than a millisecond', async () => {
    const { id } = await create();
    await upload(id, Array.from({ length: 100_000 }, (_, index) => `+4930${1_000_000 + index}`).join('\n'));
    const times = Array.from({ length: 2_000 }, (_, index) => {
      const from = performance.now();
      lists.match(`+4930${1_099_000 + index}`);
      return performance.now() - from;
    }).toSorted((a, b) => a - b);
    expect(times[1_000]).toBeLessThan(0.2);
    expect(lists.match('+49301099999')?.listId).toBe(id);
  }, 60_000);
});

describe('a list at an address', () => {
  it('is fetched when it is due, and only where somebody switched it on', async () => {
    const on = await create({ url, refreshHours: 12 }, 'hush hush');
    await create({ name: 'Off', url: `${url}?off`, isEnabled: false });
    await lists.refreshDue();
    expect(asked).toEqual([[url, 'hush hush']]);
    clock.jump(11 * hourMs);
    await lists.refreshDue();
    expect(asked).toHaveLength(1);
    clock.jump(hourMs);
    answer = list('+4930901821');
    await lists.refreshDue();
    expect(asked).toHaveLength(2);
    expect(lists.match('+4930901821')?.listId).toBe(on.id);
    expect(JSON.stringify(db.prepare('SELECT * FROM spam_lists').all())).not.toContain('hush');
  });

  it('that fails keeps its numbers, says why, and is tried again within the hour', async () => {
    const { id } = await create({ url });
    await lists.refresh(id);
    const importedAt = clock.now();
    for (const failure of [{ kind: 'failed', problem: 'The server answers with 503' } as const, list(''), list('<html>')]) {
      answer = failure;
      clock.jump(24 * hourMs);
      await lists.refreshDue();
      expect(lists.get(id)).toMatchObject({ importedAt, triedAt: clock.now(), numbers: 1 });
      expect(lists.get(id).problem).toMatch(/^(The server answers with 503|It contains no phone numbers)$/);
      expect(lists.match('+4930901820')?.listId).toBe(id);
    }
    const before = asked.length;
    clock.jump(hourMs);
    answer = list('+4930901820');
    await lists.refreshDue();
    expect(asked).toHaveLength(before + 1);
    expect(lists.get(id).problem).toBeUndefined();
  });

  it('shows its token to no other address', async () => {
    const { id } = await create({ url }, 'secret');
    expect(await lists.change(id, { url: 'https://other.example.org/x' })).toMatchObject({ hasToken: false });
    await lists.refresh(id);
    expect(asked).toEqual([['https://other.example.org/x', undefined]]);
  });
});

describe('fetching a list', () => {
  type Seen = { url: string; authorization: string | undefined };
  const seen: Seen[] = [];
  const fetching = (pages: Record<string, Response>, from = url) => {
    seen.length = 0;
    const get: typeof fetchPublic = async (address, { headers }) => {
      seen.push({ url: address.href, authorization: headers['Authorization'] });
      return pages[address.href] ?? new Response(null, { status: 404 });
    };
    return listFetcher(get)(from, 'secret', new AbortController().signal);
  };
  const to = (location: string) => new Response(null, { status: 302, headers: { location } });

  it('follows a server that moved it, without the token', async () => {
    const found = await fetching({ [url]: to('https://cdn.example.net/x'), 'https://cdn.example.net/x': new Response('+1') });
    expect(found).toEqual({ kind: 'ok', bytes: Buffer.from('+1') });
    expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer secret', undefined]);
  });

  it.each<[what: string, pages: Record<string, Response>, from: string, problem: RegExp]>([
    ['into the house', { [url]: to('https://192.168.1.1/admin') }, url, /192\.168\.1\.1 is not a public server/],
    ['to a name of the house', { [url]: to('https://nas.local/') }, url, /nas\.local is not a public server/],
    ['to another port', { [url]: to('https://lists.example.org:8443/') }, url, /is not a public server/],
    ['to a server without encryption', { [url]: to('http://lists.example.org/') }, url, /is not a public server with https/],
    ['in a circle', { [url]: to(url) }, url, /Too many redirects/],
    ['nowhere', {}, url, /answered 404/],
    ['to who refuses us', { [url]: new Response(null, { status: 401 }) }, url, /denied access \(401\): check the token/],
    ['into the house at once', {}, 'https://127.0.0.1/', /is not a public server/],
    ['to too much', { [url]: new Response(Buffer.alloc(21 * 1024 * 1024)) }, url, /larger than 20 MiB/],
  ])('fails in words where it leads %s', async (_what, pages, from, problem) => {
    expect(await fetching(pages, from)).toMatchObject({ kind: 'failed', problem: expect.stringMatching(problem) as string });
    expect(seen.filter(({ url: address }) => !address.startsWith('https://lists.example.org/'))).toEqual([]);
  });
});
