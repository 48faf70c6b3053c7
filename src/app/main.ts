// Options in, app up, wait for a signal, app down. Reached through start.mjs, which checks the version of Node.js.
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { AppError } from '#base/errors.ts';
import { createApp } from './app.ts';
import { bannerLines } from './banner.ts';
import { collectStartGarbage } from '#base/collect-garbage.ts';
import { writeTokenFile } from './first-token.ts';
import { readOptions } from '#options/options.ts';
import type { Options } from '#options/options.ts';

const flags = process.argv.slice(2);
const unknownFlags = flags.filter((flag) => flag !== '--new-admin-token');

function fail(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}

async function run(options: Options, stop: AbortSignal): Promise<void> {
  await using app = await createApp(options, { wantsNewAdminToken: flags.length > 0, restart });
  const { dataDirectory } = options;
  const to = { dataDirectory, isTerminal: process.stdout.isTTY };
  const adminTokenFile = writeTokenFile({ ...to, token: app.adminToken, name: 'first-admin-token' });
  const setupTokenFile = writeTokenFile({ ...to, token: app.setupToken, name: 'setup-token' });
  process.stdout.write(`${bannerLines({ ...app, adminTokenFile, setupTokenFile }).join('\n')}\n`);
  // Not only at the end: the next start is a fast one even after a power cut.
  flushCompileCache();
  // The old generation is swept after it grew by a third, not fourfold. Not sooner: under other flags V8 compiles anew what it has compiled
  // already, and of Node.js itself all that was not loaded yet.
  setFlagsFromString('--optimize-for-size');
  collectStartGarbage();
  if (!stop.aborted) await once(stop, 'abort');
}

const stop = new AbortController();
let isRestarting = false;

/** After a restore. */
function restart(): void {
  isRestarting = true;
  stop.abort();
}

/** In the same process, so that whoever started it need not do anything; start.mjs sets again what cannot be set later. */
function beginAnew(): void {
  const path = process.argv[1];
  if (path !== undefined) process.execve?.(process.execPath, [process.execPath, path]);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

const read = readOptions();
if (unknownFlags.length > 0) fail(`GoSIP does not know ${unknownFlags.join(' ')}; it knows --new-admin-token`);
else if (read.kind === 'problems') fail('GoSIP cannot start with these options:', ...read.problems.map((one) => `  ${one}`));
else {
  try {
    await run(read.options, stop.signal);
    if (isRestarting) beginAnew();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    fail(`GoSIP cannot start: ${error.message}`);
  }
}
