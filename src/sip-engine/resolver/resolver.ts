import { familyOf, withoutBrackets } from '../message/addresses.ts';
import type { EngineClock } from '../runtime/clock.ts';
import { systemDnsQueries } from './dns-records.ts';
import type { DnsQueries, Naptr, Srv } from './dns-records.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import type { KnownHost, KnownHosts } from './known-hosts.ts';
import type { Limits } from '../runtime/limits.ts';
import { srvOrder } from './srv-order.ts';
import type { Protocol, Resolver, Target } from '../transport/transport.ts';

// Owns the resolution of a SIP URI to addresses and ports (RFC 3263).
// Called by the transaction layer before each request that has no flow, and when a target failed.
// Must stay true: every query is answered once and in bounded time; the cache and the pending queries are bounded.

export type ResolverOptions = {
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly limits: Pick<Limits, 'dnsQueries'>;
  /** Called before anything else; undefined for names that it does not know. */
  readonly hook?: ((host: string) => readonly string[] | undefined) | undefined;
  /** Looked up after the hook. */
  readonly hosts?: Pick<KnownHosts, 'find'> | undefined;
  readonly queries?: DnsQueries | undefined;
  readonly random?: (() => number) | undefined;
};

type Uri = Parameters<Resolver['resolve']>[0];
type Done = (targets: readonly Target[]) => void;

/** Servers of one name, before the weighted draw. */
type Service = {
  readonly protocol: Protocol;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
  readonly addresses: readonly string[];
};
/** One group per protocol, most preferred first. */
type Answer = { readonly groups: readonly (readonly Service[])[] };
type Query = {
  readonly host: string;
  readonly port: number | undefined;
  readonly protocols: readonly Protocol[];
  readonly mayUseNaptr: boolean;
};

const greyMs = 600_000;
const positiveMs = 30_000;
const negativeMs = 2_000;
const deadlineMs = 12_000;
const maxRemembered = 1_000;
const maxWaitingForOne = 10_000;
const maxServers = 16;
const maxAddresses = 16;
const nothing: Answer = { groups: [] };

export function createResolver(options: ResolverOptions): SipResolver {
  return new SipResolver(options);
}

export class SipResolver implements Resolver {
  readonly #options: ResolverOptions;
  readonly #queries: DnsQueries;
  readonly #random: () => number;
  readonly #pending = new Map<string, ((answer: Answer) => void)[]>();
  readonly #answers = new Map<string, { readonly answer: Answer; readonly until: number }>();
  /** Target → until when it is tried last. */
  readonly #grey = new Map<string, number>();

  constructor(options: ResolverOptions) {
    this.#options = options;
    this.#queries = options.queries ?? systemDnsQueries(options.clock);
    this.#random = options.random ?? Math.random;
  }

  resolve(uri: Uri, protocols: readonly Protocol[], done: Done): void {
    const host = withoutBrackets(uri.maddr ?? uri.host).toLowerCase();
    const [first] = protocols;
    // RFC 6761 section 6.4: such a name never resolves; WebSocket clients put one into their Contact (RFC 7118 appendix B.1).
    if (first === undefined || host === '' || host.endsWith('.invalid')) return done([]);
    if (familyOf(host) !== undefined) return done([{ protocol: first, address: host, port: uri.port ?? defaultPort(first) }]);
    const known = this.#known(host);
    if (known) {
      const port = uri.port ?? this.#fixedHost(host)?.port ?? defaultPort(first);
      return done(this.#sorted(known.map((address) => targetAt(first, address, { port, host }))));
    }
    const mayUseNaptr = uri.transport === undefined;
    this.#lookUp({ host, port: uri.port, protocols, mayUseNaptr }, (answer) => done(this.#targets(answer, host)));
  }

  reportFailure(target: Target): void {
    const key = greyKey(target);
    this.#grey.delete(key);
    if (this.#grey.size >= maxRemembered) dropFirst(this.#grey);
    this.#grey.set(key, this.#options.clock.monotonic() + greyMs);
  }

  stop(): void {
    this.#queries.stop();
    this.#answers.clear();
    this.#grey.clear();
  }

  sizes(): { dnsQueries: number; dnsAnswers: number; greyTargets: number } {
    return { dnsQueries: this.#pending.size, dnsAnswers: this.#answers.size, greyTargets: this.#grey.size };
  }

  #lookUp(query: Query, done: (answer: Answer) => void): void {
    const key = `${query.host} ${query.port ?? ''} ${query.protocols.join()} ${query.mayUseNaptr}`;
    const remembered = this.#answers.get(key);
    if (remembered && remembered.until > this.#options.clock.monotonic()) return done(remembered.answer);
    const waiting = this.#pending.get(key);
    if (waiting && waiting.length < maxWaitingForOne) {
      waiting.push(done);
      return;
    }
    if (waiting || this.#pending.size >= this.#options.limits.dnsQueries) {
      this.#options.log.warn({ host: query.host }, 'Too many DNS lookups are pending');
      return done(nothing);
    }
    this.#pending.set(key, [done]);
    this.#lookUpWithDeadline(query, (answer) => this.#answered(key, answer));
  }

  #answered(key: string, answer: Answer): void {
    const isFound = answer.groups.some((group) => group.some(({ addresses }) => addresses.length > 0));
    if (this.#answers.size >= maxRemembered) dropFirst(this.#answers);
    this.#answers.delete(key);
    this.#answers.set(key, { answer, until: this.#options.clock.monotonic() + (isFound ? positiveMs : negativeMs) });
    const waiting = this.#pending.get(key) ?? [];
    this.#pending.delete(key);
    for (const done of waiting) done(answer);
  }

  /** Calls back exactly once, at the latest after the deadline. */
  #lookUpWithDeadline(query: Query, done: (answer: Answer) => void): void {
    let isDone = false;
    const finish = (answer: Answer): void => {
      if (isDone) return;
      isDone = true;
      deadline.cancel();
      done(answer);
    };
    const deadline = this.#options.clock.after(deadlineMs, () => finish(nothing));
    void this.#lookUpRecords(query).then(finish, (error: unknown) => {
      this.#options.log.error({ host: query.host, error: String(error) }, 'DNS lookup failed unexpectedly');
      finish(nothing);
    });
  }

  /** RFC 3263 section 4: a given port or transport skips steps; else NAPTR, then SRV, then addresses. */
  async #lookUpRecords({ host, port, protocols, mayUseNaptr }: Query): Promise<Answer> {
    const [first] = protocols;
    if (first === undefined) return nothing;
    // A name without a dot is of the local network, which has no service records.
    if (port !== undefined || !host.includes('.'))
      return { groups: [[await this.#byAddress(first, host, port ?? defaultPort(first))]] };
    const services = (mayUseNaptr ? await this.#byNaptr(host, protocols) : undefined) ?? srvNames(host, protocols);
    const groups = await Promise.all(services.map(({ protocol, name }) => this.#bySrv(protocol, name)));
    const found = groups.filter((group) => group.length > 0);
    return { groups: found.length > 0 ? found : [[await this.#byAddress(first, host, defaultPort(first))]] };
  }

  // oxlint-disable-next-line max-params -- protocol, name and port are one target
  async #byAddress(protocol: Protocol, name: string, port: number): Promise<Service> {
    return { protocol, port, priority: 0, weight: 0, addresses: await this.#addresses(name) };
  }

  async #byNaptr(host: string, protocols: readonly Protocol[]): Promise<{ protocol: Protocol; name: string }[] | undefined> {
    const records = await new Promise<readonly Naptr[]>((resolve) => this.#queries.naptr(host, resolve));
    const usable = records
      .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
      .flatMap(({ service, flags, replacement }) => {
        const protocol = naptrServices.get(service.toUpperCase());
        const isUsable = protocol !== undefined && protocols.includes(protocol) && flags.toLowerCase() === 's';
        return isUsable ? [{ protocol, name: replacement }] : [];
      })
      .slice(0, maxServers);
    return usable.length > 0 ? usable : undefined;
  }

  async #bySrv(protocol: Protocol, name: string): Promise<Service[]> {
    const records = await new Promise<readonly Srv[]>((resolve) => this.#queries.srv(name, resolve));
    // RFC 2782: a target of "." means that the service is not available.
    const offered = records.filter(({ name: server }) => server !== '' && server !== '.').slice(0, maxServers);
    return Promise.all(
      offered.map(async ({ name: server, port, priority, weight }) => ({
        protocol,
        port,
        priority,
        weight,
        addresses: await this.#addresses(server),
      })),
    );
  }

  #known(name: string): readonly string[] | undefined {
    const fixed = this.#fixedHost(name);
    if (fixed !== undefined) return [fixed.address];
    return this.#options.hook?.(name) ?? this.#queries.hosts(name) ?? (name === 'localhost' ? ['127.0.0.1', '::1'] : undefined);
  }

  /** Addresses of the hook take precedence. */
  #fixedHost(name: string): KnownHost | undefined {
    return this.#options.hook?.(name) === undefined ? this.#options.hosts?.find(name) : undefined;
  }

  #addresses(name: string): Promise<readonly string[]> {
    const known = this.#known(name.toLowerCase());
    if (known) return Promise.resolve(known);
    return new Promise((resolve) => this.#queries.addresses(name, (found) => resolve(found.slice(0, maxAddresses))));
  }

  #targets({ groups }: Answer, host: string): Target[] {
    const ordered = groups.flatMap((group) =>
      srvOrder(group, this.#random).flatMap(({ protocol, port, addresses }) =>
        addresses.map((address) => targetAt(protocol, address, { port, host })),
      ),
    );
    return this.#sorted(ordered);
  }

  /** Targets that failed recently come last. */
  #sorted(targets: readonly Target[]): Target[] {
    if (this.#grey.size === 0) return [...targets];
    const now = this.#options.clock.monotonic();
    const isGrey = (target: Target): boolean => (this.#grey.get(greyKey(target)) ?? 0) > now;
    return [...targets.filter((target) => !isGrey(target)), ...targets.filter(isGrey)];
  }
}

const naptrServices: ReadonlyMap<string, Protocol> = new Map([
  ['SIP+D2U', 'udp'],
  ['SIP+D2T', 'tcp'],
  ['SIPS+D2T', 'tls'],
  ['SIP+D2W', 'ws'],
  ['SIPS+D2W', 'wss'],
]);

const srvPrefixes: Readonly<Record<Protocol, string | undefined>> = {
  udp: '_sip._udp',
  tcp: '_sip._tcp',
  tls: '_sips._tcp',
  ws: undefined,
  wss: undefined,
};

function srvNames(host: string, protocols: readonly Protocol[]): { protocol: Protocol; name: string }[] {
  return protocols.flatMap((protocol) => {
    const prefix = srvPrefixes[protocol];
    return prefix === undefined ? [] : [{ protocol, name: `${prefix}.${host}` }];
  });
}

/** RFC 3261 section 19.1.2; RFC 7118 section 5.1 for WebSocket. */
function defaultPort(protocol: Protocol): number {
  if (protocol === 'ws') return 80;
  if (protocol === 'wss') return 443;
  return protocol === 'tls' ? 5061 : 5060;
}

/** TLS verifies the certificate against the queried name, not the server found for it (RFC 5922 section 4). */
// oxlint-disable-next-line max-params -- protocol and address read better bare
function targetAt(protocol: Protocol, address: string, { port, host }: { port: number; host: string }): Target {
  return { protocol, address, port, serverName: host };
}

function greyKey({ protocol, address, port }: Target): string {
  return `${protocol} ${address} ${port}`;
}

function dropFirst(map: Map<string, unknown>): void {
  const first = map.keys().next();
  if (!first.done) map.delete(first.value);
}
