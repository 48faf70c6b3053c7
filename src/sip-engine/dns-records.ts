import { Resolver as NodeResolver, lookup } from 'node:dns';
import { readFileSync, statSync } from 'node:fs';
import type { EngineClock } from './clock.ts';
import { familyOf } from './addresses.ts';

export type Naptr = {
  readonly order: number;
  readonly preference: number;
  readonly service: string;
  readonly flags: string;
  readonly replacement: string;
};
export type Srv = { readonly priority: number; readonly weight: number; readonly port: number; readonly name: string };

/** The questions that RFC 3263 asks. Each answers exactly once, with nothing when the name has no such record or DNS does not answer. */
export type DnsQueries = {
  /** From the hosts file; undefined when the name is not in it. */
  readonly hosts: (name: string) => readonly string[] | undefined;
  readonly naptr: (name: string, done: (records: readonly Naptr[]) => void) => void;
  readonly srv: (name: string, done: (records: readonly Srv[]) => void) => void;
  /** A and AAAA. */
  readonly addresses: (name: string, done: (addresses: readonly string[]) => void) => void;
  /** Gives up what is under way. */
  readonly stop: () => void;
};

const queryMs = 2_000;
const tries = 2;

/** The system's DNS servers and hosts file. */
export function systemQueries(clock: Pick<EngineClock, 'now'>): DnsQueries {
  const dns = new NodeResolver({ timeout: queryMs, tries });
  return {
    hosts: hostsFile(clock),
    naptr: (name, done) => dns.resolveNaptr(name, (error, records) => done(error ? [] : records)),
    srv: (name, done) => dns.resolveSrv(name, (error, records) => done(error ? [] : records)),
    // The system's own way also knows mDNS names, search domains and whatever else this machine is set up for.
    addresses: (name, done) =>
      lookup(name, { all: true }, (error, found) => done(error ? [] : found.map(({ address }) => address))),
    stop: () => dns.cancel(),
  };
}

const hostsPath = '/etc/hosts';
const recheckMs = 5_000;

/** Reads the file again when it has changed, looking at most every few seconds. */
function hostsFile(clock: Pick<EngineClock, 'now'>): (name: string) => readonly string[] | undefined {
  let table: ReadonlyMap<string, readonly string[]> = new Map();
  let checkedAt = -Infinity;
  let changedAt = -1;
  return (name) => {
    const now = clock.now();
    if (now - checkedAt >= recheckMs) {
      checkedAt = now;
      const stats = statSync(hostsPath, { throwIfNoEntry: false });
      if (stats && stats.mtimeMs !== changedAt) {
        changedAt = stats.mtimeMs;
        table = readHosts();
      }
    }
    return table.get(name);
  };
}

function readHosts(): ReadonlyMap<string, readonly string[]> {
  try {
    return parseHosts(readFileSync(hostsPath, 'utf8'));
  } catch {
    return new Map();
  }
}

/** Lower-case name → its addresses, in the order of the file. */
export function parseHosts(text: string): Map<string, string[]> {
  const table = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.split('#')[0]?.trim().split(/\s+/) ?? [];
    if (familyOf(address) === undefined) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      const addresses = table.get(key) ?? [];
      if (!addresses.includes(address)) addresses.push(address);
      table.set(key, addresses);
    }
  }
  return table;
}
