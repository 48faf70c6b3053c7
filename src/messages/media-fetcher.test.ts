import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import type { FetchResult } from '#storage/fetch-result.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { MediaFetcher } from './media-fetcher.ts';
import { MediaFiles } from './media-files.ts';
import { MediaStore } from './media-store.ts';

const log = createLog({ level: 'silent' });
const gif = Buffer.from('GIF89a and so on');
const whole = (): FetchResult => ({ kind: 'ok', chunks: Readable.from([gif]), bytes: gif.length });

let folder: string;
let clock: FakeClock;
let opened: OpenedDatabase;
let store: MediaStore;
let fetcher: MediaFetcher;
let fetched: string[];
let settled: string[];
let fetchOne: () => Promise<FetchResult>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-fetcher-'));
  clock = new FakeClock();
  opened = openDatabase({ path: ':memory:', log, clock });
  opened.db.pragma('foreign_keys = OFF');
  store = new MediaStore(opened.db);
  fetched = [];
  settled = [];
  fetchOne = async () => whole();
  fetcher = new MediaFetcher({
    store,
    clock,
    log,
    files: new MediaFiles({ folder, log, freeBytes: async () => 1e12 }),
    writes: new WriteBatch({ db: opened.db, log }),
    source: {
      fetch: (url) => {
        fetched.push(url);
        return fetchOne();
      },
      list: async () => [],
    },
    onSettled: (messageId) => void settled.push(messageId),
  });
  store.insertPending({ id: 'med_1', messageId: 'msg_1', position: 0, sourceUrl: 'https://a/1', at: clock.now() });
});
afterEach(async () => {
  await fetcher.stop();
  opened.db.close();
  rmSync(folder, { recursive: true, force: true });
});

const settles = () => expect.poll(() => settled).toEqual(['msg_1']);

test('pictures are fetched again half a minute after a fault, without another message to remind of them', async () => {
  const { nextDue } = store;
  store.nextDue = () => {
    store.nextDue = nextDue;
    throw new Error('disk I/O error');
  };
  fetcher.start();
  await clock.advanceAsync(29_999);
  expect([fetched, settled]).toEqual([[], []]);
  await clock.advanceAsync(1);
  await settles();
  expect(store.byId('med_1')).toMatchObject({ state: 'stored', contentType: 'image/gif' });
});

test('pictures of which notice comes while others are fetched are fetched once', async () => {
  const { promise, resolve } = Promise.withResolvers<FetchResult>();
  fetchOne = () => promise;
  fetcher.start();
  fetcher.wake();
  fetcher.wake();
  await expect.poll(() => fetched).toEqual(['https://a/1']);
  resolve(whole());
  await settles();
  expect(fetched).toEqual(['https://a/1']);
});

test('pictures that are not there yet are fetched when their time comes, and not after the stop', async () => {
  fetchOne = async () => ({ kind: 'not-yet', message: 'It is not there yet' });
  fetcher.start();
  await expect.poll(() => store.byId('med_1')?.attempts).toBe(1);
  await clock.advanceAsync(1_999);
  expect(fetched).toHaveLength(1);
  await clock.advanceAsync(1);
  await expect.poll(() => store.byId('med_1')?.attempts).toBe(2);
  await fetcher.stop();
  await clock.advanceAsync(3_600_000);
  expect(fetched).toHaveLength(2);
});
