import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

export type SippOptions = {
  /** The scenario as XML text. */
  readonly scenario: string;
  /** Local address; each sipp gets its own so that no two share a port. */
  readonly address: string;
  readonly port?: number;
  /** `host:port` of the peer; leave out for a scenario that waits for calls. */
  readonly target?: string;
  readonly transport?: 'u1' | 't1' | 'l1' | 'tn';
  readonly calls?: number;
  readonly callsPerSecond?: number;
  readonly args?: readonly string[];
  /** A CSV injection file's text. */
  readonly injection?: string;
  readonly timeoutSeconds?: number;
};

export type Sipp = AsyncDisposable & {
  /** Its working folder, where `-trace_rtt` and the like leave their files; removed at the end. */
  readonly folder: string;
  readonly program: Program;
  /** Resolves when all calls went as the scenario says; rejects with sipp's own words otherwise. */
  readonly passed: Promise<void>;
};

/** Runs one SIPp scenario. */
export async function startSipp(options: SippOptions): Promise<Sipp> {
  const folder = await mkdtemp(join(tmpdir(), 'gosip-sipp-'));
  await writeFile(join(folder, 'scenario.xml'), options.scenario);
  if (options.injection !== undefined) await writeFile(join(folder, 'injection.csv'), options.injection);
  const program = startProgram('sipp', sippArguments(folder, options), { cwd: folder, env: { TERM: 'xterm' } });
  const passed = program.ended.then((code) => {
    if (code !== 0) throw new Error(`sipp ended with ${code}:\n${program.output().slice(-4000)}`);
  });
  passed.catch(() => {});
  return {
    folder,
    program,
    passed,
    async [Symbol.asyncDispose]() {
      await program.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function sippArguments(folder: string, options: SippOptions): string[] {
  const { address, port, target, transport = 'u1', calls = 1, callsPerSecond, injection, timeoutSeconds = 60 } = options;
  return [
    ...['-sf', join(folder, 'scenario.xml'), '-i', address, '-m', String(calls), '-t', transport, '-nostdin'],
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(callsPerSecond === undefined ? [] : ['-r', String(callsPerSecond)]),
    ...(injection === undefined ? [] : ['-inf', join(folder, 'injection.csv')]),
    ...['-timeout', String(timeoutSeconds), '-timeout_error', '-trace_err', '-error_file', join(folder, 'errors.log')],
    ...(options.args ?? []),
    ...(target === undefined ? [] : [target]),
  ];
}
