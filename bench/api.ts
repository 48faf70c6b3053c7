import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { newId } from '../src/base/ids.ts';
import { House } from '../src/testing/harness/house.ts';
import { percentile } from './load.ts';
import type { Row } from './row.ts';

const records = 100_000;
const lists: Record<string, string> = {
  'newest calls': '/cdrs',
  'one number': '/cdrs?number=%2B16135551234',
  'text in names': '/cdrs?text=Name%20999',
  'page 500 of 100': '/cdrs?page=500&per_page=100',
};

/** The API with a long history: reading lists of call records, and adding a device. */
export async function benchApi(): Promise<Row[]> {
  await using house = await House.start();
  writeHistory(join(house.dataDirectory, 'gosip.db'));
  const rows: Row[] = [];
  for (const [name, path] of Object.entries(lists)) {
    const times = await timed(200, () => house.api('GET', path));
    rows.push(rowOf(`API GET with ${records.toLocaleString('en')} call records: ${name}`, times, '< 10 ms (must: 200)'));
  }
  let extension = 3000;
  const posts = await timed(100, () => house.addDevice(String(extension++)));
  rows.push(rowOf('API POST: a new device, stored', posts, '< 20 ms (must: 500)'));
  return rows;
}

function rowOf(what: string, times: readonly number[], aim: string): Row {
  return { what, measured: `p50 ${percentile(times, 0.5).toFixed(1)} ms, p95 ${percentile(times, 0.95).toFixed(1)} ms`, aim };
}

async function timed(count: number, run: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}

function writeHistory(file: string): void {
  const db = new BetterSqlite3(file);
  const insert = db.prepare(
    `INSERT INTO cdrs (id, direction, started_at, answered_at, ended_at, disposition, reason, dialled,
       caller_number, caller_name, callee_number, callee_name)
     VALUES (?, 'inbound', ?, ?, ?, 'answered', 'caller-hung-up', ?, ?, ?, '21', 'Kitchen')`,
  );
  const first = Date.now() - records * 60_000;
  db.transaction(() => {
    for (let index = 0; index < records; index += 1) {
      const start = first + index * 60_000;
      const caller = `+1613555${String(index % 5000).padStart(4, '0')}`;
      insert.run(newId('call'), start, start + 5000, start + 40_000, '+14165550123', caller, `Name ${index}`);
    }
  })();
  db.close();
}
