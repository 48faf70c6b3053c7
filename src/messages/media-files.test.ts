import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { decideAfterMediaFetch } from './media-fetcher.ts';
import { MediaFiles } from './media-files.ts';

let folder: string;
let files: MediaFiles;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-media-'));
  files = new MediaFiles({ folder, log: createLog({ level: 'silent' }) });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const gif = Buffer.from('GIF89a and so on');
async function* broken() {
  yield gif;
  throw new Error('reset');
}

describe('the files of messages', () => {
  it('are there whole, with the type of their bytes', async () => {
    const chunks = [gif.subarray(0, 3), gif.subarray(3)];
    const result = await files.store({ name: 'a', chunks, bytes: gif.length, maxBytes: 100 });
    expect(result).toEqual({ kind: 'stored', bytes: gif.length, contentType: 'image/gif' });
    expect(await files.readWhole('a')).toEqual(gif);
  });

  it.each([
    ['cut off', { chunks: [gif], bytes: gif.length + 1, maxBytes: 100 }, 'incomplete'],
    ['empty', { chunks: [], bytes: undefined, maxBytes: 100 }, 'incomplete'],
    ['broken on the way', { chunks: broken(), bytes: undefined, maxBytes: 100 }, 'incomplete'],
    ['larger than announced', { chunks: [gif, gif], bytes: gif.length, maxBytes: 100 }, 'incomplete'],
    ['too large', { chunks: [gif, gif], bytes: undefined, maxBytes: gif.length }, 'too-large'],
    ['announced as too large', { chunks: [gif], bytes: 1000, maxBytes: 100 }, 'too-large'],
  ])('are not there at all where what came was %s', async (_, incoming, kind) => {
    expect((await files.store({ name: 'a', ...incoming })).kind).toBe(kind);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are not there where the disk does not take them', async () => {
    writeFileSync(join(folder, 'file'), '');
    const blocked = new MediaFiles({ folder: join(folder, 'file'), log: createLog({ level: 'silent' }) });
    expect((await blocked.store({ name: 'a', chunks: [gif], bytes: undefined, maxBytes: 100 })).kind).toBe('unwritable');
    chmodSync(folder, 0o700);
  });

  it('leave room on the disk for what matters more, and let go of the connection', async () => {
    let isLetGo = false;
    async function* sender() {
      try {
        yield gif;
        yield gif;
      } finally {
        isLetGo = true;
      }
    }
    const tight = new MediaFiles({ folder, log: createLog({ level: 'silent' }), freeBytes: () => Promise.resolve(99_000_000) });
    const result = await tight.store({ name: 'a', chunks: sender(), bytes: undefined, maxBytes: 100 });
    expect([result, isLetGo]).toEqual([{ kind: 'unwritable', message: 'The disk is almost full' }, true]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are swept of what a kill left behind', async () => {
    for (const name of ['med_1', 'med_2', 'med_3.unfinished']) writeFileSync(join(folder, name), 'x');
    await files.sweep((name) => name === 'med_1' || name.startsWith('med_3'));
    expect(readdirSync(folder)).toEqual(['med_1']);
  });
});

describe('after a fetch', () => {
  it.each([
    [{ kind: 'stored', bytes: 1, contentType: 'image/png' }, 0, { kind: 'stored', bytes: 1, contentType: 'image/png' }],
    [{ kind: 'not-yet', message: 'x' }, 0, { kind: 'postpone', delayMs: 2000 }],
    [{ kind: 'not-yet', message: 'x' }, 5, { kind: 'postpone', delayMs: 64_000 }],
    [{ kind: 'not-yet', message: 'x' }, 6, { kind: 'lost' }],
    [{ kind: 'gone', message: 'x' }, 0, { kind: 'lost', problem: 'x' }],
    [{ kind: 'too-large' }, 0, { kind: 'lost' }],
    [{ kind: 'later', message: 'x' }, 20, { kind: 'postpone', delayMs: 3_600_000 }],
    [{ kind: 'later', message: 'x', retryAfterSeconds: 60 }, 0, { kind: 'postpone', delayMs: 60_000 }],
    [{ kind: 'later', message: 'x' }, 59, { kind: 'lost' }],
    [{ kind: 'incomplete', message: 'x' }, 0, { kind: 'postpone', delayMs: 2000 }],
    [{ kind: 'unwritable', message: 'x' }, 1, { kind: 'postpone', delayMs: 4000 }],
  ] as const)('that brought %o, the attempt after %d', (outcome, attempts, expected) => {
    expect(decideAfterMediaFetch(outcome, attempts)).toMatchObject(expected);
  });
});
