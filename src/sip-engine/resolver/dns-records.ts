import { Resolver as NodeResolver, lookup } from 'node:dns';
import { readFileSync, statSync } from 'node:fs';
import type { EngineClock } from '../runtime/clock.ts';
import { familyOf } from '../message/addresses.ts';

export type Naptr = {
  readonly order: number;
  readonly preference: number;
  readonly service: string;
  readonly flags: string;
  readonly replacement: string;
};
export type Srv = { readonly priority: number; readonly weight: number; readonly port: number; readonly name: string };

/** The lookups of RFC 3263. Each calls back exactly once, with nothing when the name has no such record or DNS does not answer. */
export type DnsQueries = {
  /** From the hosts file; undefined when the name is not in it. */
  readonly hosts: (name: string) => readonly string[] | undefined;
  readonly naptr: (name: string, done: (records: readonly Naptr[]) => void) => void;
  readonly srv: (name: string, done: (records: readonly Srv[]) => void) => void;
  /** A and AAAA. */
  readonly addresses: (name: string, done: (addresses: readonly string[]) => void) => void;
  /** Aborts pending queries. */
  readonly stop: () => void;
};

const queryMs = 2_000;
const tries = 2;

/** The system's hosts file and DNS servers, or these servers (`127.0.0.1:53`). */
export function systemDnsQueries(clock: Pick<EngineClock, 'monotonic'>, servers?: readonly string[]): DnsQueries {
  const dns = new NodeResolver({ timeout: queryMs, tries });
  if (servers) dns.setServers(servers);
  return {
    hosts: hostsFile(clock),
    naptr: (name, done) => dns.resolveNaptr(name, (error, records) => done(error ? [] : records)),
    srv: (name, done) => dns.resolveSrv(name, (error, records) => done(error ? [] : records)),
    addresses: systemAddresses(dns),
    stop: () => dns.cancel(),
  };
}

/** Each takes one of the four threads that Node's file operations share. */
const maxSystemLookups = 2;

/**
 * A and AAAA from DNS; where those are empty, the system resolver, which also knows mDNS names, search domains and whatever else this machine
 * is configured for.
 */
function systemAddresses(dns: NodeResolver): DnsQueries['addresses'] {
  let lookups = 0;
  const querySystem = (name: string, done: (addresses: readonly string[]) => void): void => {
    if (lookups >= maxSystemLookups) return done([]);
    lookups += 1;
    lookup(name, { all: true }, (error, found) => {
      lookups -= 1;
      done(error ? [] : found.map(({ address }) => address));
    });
  };
  return (name, done) => {
    const found: Record<4 | 6, readonly string[] | undefined> = { 4: undefined, 6: undefined };
    const answered = (family: 4 | 6, addresses: readonly string[]): void => {
      found[family] = addresses;
      if (found[4] === undefined || found[6] === undefined) return;
      const all = [...found[4], ...found[6]];
      if (all.length > 0) done(all);
      else querySystem(name, done);
    };
    dns.resolve4(name, (error, addresses) => answered(4, error ? [] : addresses));
    dns.resolve6(name, (error, addresses) => answered(6, error ? [] : addresses));
  };
}

const hostsPath = '/etc/hosts';
const recheckMs = 5_000;

/** Reads the file again when it has changed, checking at most every few seconds. */
function hostsFile(clock: Pick<EngineClock, 'monotonic'>): (name: string) => readonly string[] | undefined {
  let table: ReadonlyMap<string, readonly string[]> = new Map();
  let checkedAt = -Infinity;
  let changedAt = -1;
  return (name) => {
    const now = clock.monotonic();
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
