// Options in, app up, wait for a signal, app down. Reached through start.mjs, which checks the version of Node.js.
import { once } from 'node:events';
import { createApp } from './app.ts';
import { AppError } from '#base/errors.ts';
import { bannerLines } from './banner.ts';
import { readOptions } from './options.ts';
import type { Options } from './options.ts';

function say(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  stream.write(lines.map((line) => `${line}\n`).join(''));
}

function fail(lines: readonly string[]): void {
  say(process.stderr, lines);
  process.exitCode = 1;
}

async function run(options: Options, stop: AbortSignal): Promise<void> {
  await using app = await createApp(options, { wantsNewAdminToken: process.argv.includes('--new-admin-token') });
  say(process.stdout, bannerLines(app));
  if (!stop.aborted) await once(stop, 'abort');
}

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

const read = readOptions();
if (read.kind === 'problems') {
  fail(['GoSIP cannot start with these options:', ...read.problems.map((problem) => `  ${problem}`)]);
} else {
  try {
    await run(read.options, stop.signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    fail([`GoSIP cannot start: ${error.message}`]);
  }
}
