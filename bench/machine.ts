import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { spawnSync } from 'node:child_process';

/** One line about hardware and versions, so that figures can be compared. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const sipp = /v[\d.]+/.exec(spawnSync('sipp', ['-v'], { encoding: 'utf8' }).stdout)?.[0] ?? 'unknown';
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} × ${model}, ${gibibytes} GiB, Linux ${release()}, Node ${process.version}, SIPp ${sipp}`;
}

/** Resident memory of a process in MB (10⁶ bytes). */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0);
  return Math.round((kibibytes * 1024) / 1e6);
}

/** Processor seconds a process has used so far, user and system together. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
