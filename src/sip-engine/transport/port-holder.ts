import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Protocol } from './transport.ts';

/** The program that has a local port open, such as `kamailio (process 123)`, if Linux lets us see it; else undefined. */
export function portHolder(protocol: Protocol, port: number): string | undefined {
  const tables = protocol === 'udp' ? ['udp', 'udp6'] : ['tcp', 'tcp6'];
  const inodes = new Set(tables.flatMap((table) => inodesOf(readText(`/proc/net/${table}`), port, protocol === 'udp')));
  if (inodes.size === 0) return undefined;
  const processId = readNames('/proc').find((name) => /^\d+$/.test(name) && hasSocket(name, inodes));
  if (processId === undefined) return undefined;
  return `${programName(processId)} (process ${processId})`;
}

/** From the command line: Node names its main thread `MainThread`, so `comm` has nothing else. */
function programName(processId: string): string {
  const [command = ''] = readText(`/proc/${processId}/cmdline`).split('\0');
  return basename(command) || readText(`/proc/${processId}/comm`).trim() || 'a program';
}

const listening = '0A';

function inodesOf(table: string, port: number, isUdp: boolean): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${wanted}`) && (isUdp || state === listening))
    .map((columns) => columns[9] ?? '')
    .filter((inode) => inode !== '' && inode !== '0');
}

function hasSocket(processId: string, inodes: ReadonlySet<string>): boolean {
  return readNames(`/proc/${processId}/fd`).some((name) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${processId}/fd/${name}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    } catch {
      return false;
    }
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function readNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
