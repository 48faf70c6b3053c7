import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { compileCacheEnvironment } from '#testing/kill/compile-cache.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';

const program = join(import.meta.dirname, '../testing/kill/outbox-sender.ts');
const items = 150;

describe('the outbox of a process that is killed again and again', () => {
  it.each([1, 2, 3])(
    'does everything once and in order, or says that it failed (seed %i)',
    { timeout: 120_000 },
    async (seed) => {
      const directory = mkdtempSync(join(tmpdir(), 'gosip-outbox-'));
      try {
        const serviceFile = join(directory, 'service');
        const random = seededRandom(seed);
        let kills = 0;
        for (let run = 0; ; run += 1) {
          // More and more lines, so that the last run is not killed.
          const isOver = await runUntil({
            directory,
            serviceFile,
            seed: seed * 1000 + run,
            maxLines: 1 + random(10 + run * 10),
          });
          if (isOver) break;
          kills += 1;
        }
        const done = readFileSync(serviceFile, 'utf8').trim().split('\n');
        const states = readStates(join(directory, 'gosip.db'));
        expect(kills).toBeGreaterThan(2);
        expect(new Set(done).size).toBe(done.length);
        expect(
          states
            .filter(({ state }) => state === 'done')
            .map(({ line }) => line)
            .toSorted(),
        ).toEqual(done.toSorted());
        expect(states.filter(({ state }) => state !== 'done' && state !== 'failed')).toEqual([]);
        for (let key = 0; key < 7; key += 1) {
          const order = done.filter((line) => line.startsWith(`k${key} `)).map((line) => Number(line.split(' ')[1]));
          expect(order).toEqual(order.toSorted((one, other) => one - other));
        }
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );
});

type Run = { readonly directory: string; readonly serviceFile: string; readonly seed: number; readonly maxLines: number };

/** Whether the program came to its end before it had said so many lines. */
async function runUntil({ directory, serviceFile, seed, maxLines }: Run): Promise<boolean> {
  const child = spawn(process.execPath, [program, directory, String(seed), String(items), serviceFile], {
    env: compileCacheEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1;
    if (lines >= maxLines) child.kill('SIGKILL');
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === null && code !== 0) throw new Error(`The program ended with ${code}`);
  return signal === null;
}

function readStates(path: string): readonly { readonly line: string; readonly state: string }[] {
  const db = new SqliteDatabase(path, { readonly: true });
  try {
    return db
      .prepare<[], { line: string; state: string }>("SELECT order_key || ' ' || (payload ->> 'n') AS line, state FROM outbox")
      .all();
  } finally {
    db.close();
  }
}
