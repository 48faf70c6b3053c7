import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { toneWav } from '#testing/base/wav.ts';
import { AudioFiles } from './audio-files.ts';
import type { AudioFilesOptions, IncomingAudio } from './audio-files.ts';

const log = createLog({ level: 'silent' });
const audio = toneWav({ frequency: 440, seconds: 3 });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-audio-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function filesWith(more: Partial<AudioFilesOptions> = {}): AudioFiles {
  return new AudioFiles({ folder: join(folder, 'audio'), log, ...more });
}

async function* pieces(bytes: Buffer, breaksAfter = Infinity): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) {
    if (at >= breaksAfter) throw new Error('ECONNRESET');
    yield bytes.subarray(at, at + 1000);
  }
}

function incoming(more: Partial<IncomingAudio> = {}): IncomingAudio {
  const usual = { name: 'one.wav', chunks: pieces(audio), bytes: audio.length, maxBytes: 1_000_000, leaveFreeBytes: 0 };
  return { ...usual, ...more };
}

const there = () => {
  try {
    return readdirSync(join(folder, 'audio'));
  } catch {
    return [];
  }
};

describe('AudioFiles', () => {
  it('stores what came, for its owner alone', async () => {
    const result = await filesWith().store(incoming());
    expect(result).toMatchObject({ kind: 'stored', bytes: audio.length, wav: { seconds: 3 } });
    expect(readFileSync(join(folder, 'audio', 'one.wav'))).toEqual(audio);
    expect(statSync(join(folder, 'audio', 'one.wav')).mode & 0o077).toBe(0);
    expect(there()).toEqual(['one.wav']);
  });

  it.each([
    ['fewer bytes than announced', { bytes: audio.length + 1 }],
    ['a connection that breaks', { chunks: pieces(audio, 5000) }],
    ['a file cut in half, announced as such', { chunks: pieces(audio.subarray(0, 20_000)), bytes: 20_000 }],
    ['JSON', { chunks: pieces(Buffer.from('{"status":"completed"}')), bytes: undefined }],
    ['nothing', { chunks: pieces(Buffer.alloc(0)), bytes: 0 }],
    ['more than any recording has', { maxBytes: 10_000 }],
    ['what the caller does not accept', { accepts: () => false }],
  ])('keeps nothing of %s', async (_what, more) => {
    expect(await filesWith().store(incoming(more))).toMatchObject({ kind: 'incomplete' });
    expect(there()).toEqual([]);
  });

  it('stores nothing where too little would stay free, and lets go of the connection', async () => {
    let isOver = false;
    const watched = async function* () {
      try {
        yield* pieces(audio);
      } finally {
        isOver = true;
      }
    };
    const result = await filesWith({ freeBytes: async () => 50_000 }).store(
      incoming({ chunks: watched(), leaveFreeBytes: 40_000 }),
    );
    expect([result.kind, isOver, there()]).toEqual(['no-space', true, []]);
  });

  it.each(['write', 'sync', 'open'] as const)('keeps nothing where the disk is full at %s', async (when) => {
    const full = Object.assign(new Error('No space'), { code: 'ENOSPC' });
    let writes = 0;
    const openToWrite = async (path: string) => {
      if (when === 'open') throw full;
      const file = await open(path, 'w');
      return {
        write: async (chunk: Uint8Array) => {
          if (when === 'write' && (writes += 1) > 3) throw full;
          await file.writeFile(chunk);
        },
        sync: async () => {
          if (when === 'sync') throw full;
        },
        close: () => file.close(),
      };
    };
    expect(await filesWith({ openToWrite }).store(incoming())).toEqual({ kind: 'no-space', message: 'The disk is full' });
    expect(there()).toEqual([]);
  });

  it('throws what else the disk reports, and keeps nothing either', async () => {
    const broken = Object.assign(new Error('I/O'), { code: 'EIO' });
    const openToWrite = () => Promise.reject(broken);
    await expect(filesWith({ openToWrite }).store(incoming())).rejects.toBe(broken);
    expect(there()).toEqual([]);
  });

  it('reads parts, and says what is not there', async () => {
    const files = filesWith();
    await files.store(incoming());
    const file = await files.read('one.wav');
    const chunks: Uint8Array[] = [];
    for await (const chunk of file?.read({ first: 2, last: 5 }) ?? []) chunks.push(chunk);
    expect([file?.bytes, Buffer.concat(chunks)]).toEqual([audio.length, audio.subarray(2, 6)]);
    expect(await files.read('two.wav')).toBeUndefined();
    await files.delete('two.wav');
  });

  it('sweeps away what a kill left behind', async () => {
    const files = filesWith();
    await files.store(incoming());
    writeFileSync(join(folder, 'audio', 'two.wav.unfinished'), 'half');
    writeFileSync(join(folder, 'audio', 'three.wav'), 'unknown');
    expect(await files.sweep((name) => name !== 'three.wav')).toBe(2);
    expect(there()).toEqual(['one.wav']);
  });
});
