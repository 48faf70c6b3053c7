import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { MediaFiles } from './media-files.ts';
import { MediaStore } from './media-store.ts';
import { MessageMedia } from './message-media.ts';

const log = createLog({ level: 'silent' });
const gif = Buffer.from('GIF89a and so on');

let folder: string;
let opened: OpenedDatabase;
let freeBytes: number;
let media: MessageMedia;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-uploads-'));
  const clock = new FakeClock();
  opened = openDatabase({ path: ':memory:', log, clock });
  freeBytes = 1e12;
  const files = new MediaFiles({ folder, log, freeBytes: async () => freeBytes });
  const writes = new WriteBatch({ db: opened.db, log });
  media = new MessageMedia({ store: new MediaStore(opened.db), files, writes, clock, newId, log });
});
afterEach(() => {
  opened.db.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a picture is there for its message once it is uploaded', async () => {
  const upload = await media.upload(gif, undefined);
  expect(upload).toMatchObject({ state: 'stored', contentType: 'image/gif', bytes: gif.length, messageId: undefined });
  expect(readdirSync(folder)).toEqual([upload.id]);
});

test.each([
  ['is larger than a message carries', new Uint8Array(5 * 1024 * 1024 + 1), 1e12, 'invalid', 'A message carries 5 MB at most'],
  ['comes while the disk is almost full', gif, 1, 'unavailable', 'The file could not be stored'],
  [
    'is a web page',
    Buffer.from('<!doctype html><script>alert(1)</script>'),
    1e12,
    'invalid',
    'This kind of file cannot be sent in a message',
  ],
])('an upload that %s is refused and leaves nothing behind', async (_what, bytes, free, code, message) => {
  freeBytes = free;
  await expect(media.upload(bytes, undefined)).rejects.toMatchObject({ code, message });
  expect(readdirSync(folder)).toEqual([]);
  expect(opened.db.prepare('SELECT count(*) AS n FROM message_media').get()).toEqual({ n: 0 });
});
