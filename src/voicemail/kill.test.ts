import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileCacheEnvironment } from '#testing/kill/compile-cache.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { readWavHead } from './wav.ts';

const rounds = 8;
const perRound = 6;
const folder = mkdtempSync(join(tmpdir(), 'gosip-voicemail-kill-'));
const writer = join(import.meta.dirname, '../testing/kill/voicemail-writer.ts');
const random = seededRandom(20_261_121);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the writer; kills it after so many lines and a little more, or lets it end. Returns what it said. */
async function run(round: number, killAfter: number | undefined): Promise<readonly string[]> {
  const child = spawn(process.execPath, [writer, folder, String(round * perRound), String(perRound)], {
    env: compileCacheEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (more: string) => (complaint += more));
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    if (killAfter !== undefined && text.split('\n').length > killAfter) child.kill('SIGKILL');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== null && code !== 0) throw new Error(complaint);
  return text.split('\n').slice(0, -1);
}

test('a kill at any moment loses no message, keeps none half, and shows none twice', async () => {
  const announced = new Set<string>();
  const shown = new Set<string>();
  const note = (lines: readonly string[]) => {
    for (const line of lines) {
      if (line.startsWith('announced ')) announced.add(line.slice('announced '.length));
      else if (line.startsWith('RE')) shown.add(line);
    }
  };
  for (let round = 0; round < rounds; round += 1) note(await run(round, 1 + random(perRound * 2)));
  note(await run(rounds, undefined));

  await using harness = new VoicemailHarness({ folder });
  const sids = harness.externalIds();
  expect(new Set(sids).size).toBe(sids.length);
  expect([...announced, ...shown].filter((sid) => !sids.includes(sid))).toEqual([]);
  const names = harness.voicemails().map(({ recordingId }) => `${recordingId}.wav`);
  expect(harness.files().toSorted()).toEqual(names.toSorted());
  for (const name of names) {
    const bytes = readFileSync(join(folder, 'voicemail', name));
    expect(readWavHead(bytes, bytes.length)).toMatchObject({ seconds: 5, isTruncated: false });
  }
}, 120_000);
