import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { childEnvironment } from './child-environment.ts';

export type RtpengineOptions = {
  /** UDP ports for RTP, inclusive. */
  readonly ports: { readonly min: number; readonly max: number };
  /** For tests: the program's name or path. */
  readonly program?: string;
};

/** `address`: the local address for RTP. `controlPort`: on 127.0.0.1. */
type RtpengineLaunch = RtpengineOptions & { readonly address: string; readonly controlPort: number };

/** The exit code where the program is not installed. */
export const missingExitCode = 127;

/**
 * The kernel terminates the relay when this process dies, even of SIGKILL (PR_SET_PDEATHSIG). Without setpriv it starts without that.
 */
const launcher = `command -v "$0" >/dev/null || exit ${missingExitCode}
command -v setpriv >/dev/null && exec setpriv --pdeathsig TERM "$0" "$@"
exec "$0" "$@"`;

/** Starts rtpengine with its control port (ng protocol) on 127.0.0.1; its log comes by stderr. */
export function spawnRtpengine({ address, ports, controlPort, program = 'rtpengine' }: RtpengineLaunch): ChildProcess {
  const flags = [
    '--config-file=none',
    '--foreground',
    '--log-stderr',
    '--no-log-timestamps',
    '--log-level=4',
    '--table=-1',
    `--listen-ng=127.0.0.1:${controlPort}`,
    `--interface=${address}`,
    `--port-min=${ports.min}`,
    `--port-max=${ports.max}`,
    '--num-threads=2',
    '--delete-delay=0',
    // We delete calls ourselves; these time-outs catch leftovers. A held call may be silent for hours.
    '--timeout=14400',
    '--silent-timeout=43200',
    '--offer-timeout=900',
    // DSCP EF (RFC 3246); RTP from another port than announced is followed once its source is stable.
    '--tos=184',
    '--endpoint-learning=heuristic',
  ];
  return spawn('/bin/sh', ['-c', launcher, program, ...flags], { stdio: ['ignore', 'ignore', 'pipe'], env: childEnvironment() });
}

/** Settles with the exit code, the signal or the error of the start. */
export function exitOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve(child.exitCode ?? child.signalCode ?? 'unknown');
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}
