import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export type Program = AsyncDisposable & {
  readonly pid: number;
  /** All it has printed so far, both streams. */
  output(): string;
  /** Types into it. */
  write(text: string): void;
  /** Resolves when the output matches; rejects with the output when the program ends first or the limit is over. */
  printed(pattern: RegExp, limitSeconds?: number): Promise<RegExpMatchArray>;
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  stop(signal?: NodeJS.Signals): Promise<void>;
};

export type ProgramOptions = { readonly cwd?: string; readonly env?: Record<string, string>; readonly input?: string };

/** Starts a program of the machine; a missing one is a clear error, never a skipped test. */
export function startProgram(command: string, args: readonly string[], options: ProgramOptions = {}): Program {
  requireProgram(command);
  const child = spawn(command, [...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  if (options.input !== undefined) child.stdin.end(options.input);
  let text = '';
  let hasEnded = false;
  const watchers = new Set<() => void>();
  const notice = () => watchers.forEach((watch) => watch());
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      notice();
    });
  }
  const ended = endOf(child).then((code) => {
    hasEnded = true;
    notice();
    return code;
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!hasEnded) child.kill(signal);
    const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(killer);
  };
  return {
    pid: child.pid ?? 0,
    output: () => text,
    write: (typed) => void child.stdin.write(typed),
    ended,
    stop,
    printed(pattern, limitSeconds = 30) {
      return new Promise((resolve, reject) => {
        const settle = (finish: () => void) => {
          watchers.delete(watch);
          clearTimeout(limit);
          finish();
        };
        const watch = () => {
          const found = text.match(pattern);
          if (found !== null) settle(() => resolve(found));
          else if (hasEnded) settle(() => reject(new Error(`${command} ended before it printed ${pattern}:\n${text}`)));
        };
        const limit = setTimeout(
          () => settle(() => reject(new Error(`${command} did not print ${pattern} in ${limitSeconds} s:\n${text}`))),
          limitSeconds * 1000,
        );
        watchers.add(watch);
        watch();
      });
    },
    [Symbol.asyncDispose]: () => stop(),
  };
}

function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}

const debianPackages: Record<string, string> = {
  sipp: 'sip-tester',
  baresip: 'baresip',
  kamailio: 'kamailio',
  openssl: 'openssl',
  rtpengine: 'rtpengine-daemon',
  faketime: 'faketime',
};

/** Fails with the command that installs what is missing. */
export function requireProgram(command: string): void {
  if (command.includes('/')) return;
  if (spawnSync('sh', ['-c', 'command -v "$0"', command], { stdio: 'ignore' }).status === 0) return;
  const name = debianPackages[command] ?? command;
  throw new Error(
    `${command} is not installed. On Debian or Ubuntu: sudo apt-get install -y ${name} (script/test does it as root)`,
  );
}
