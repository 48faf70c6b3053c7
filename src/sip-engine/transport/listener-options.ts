import { networkInterfaces } from 'node:os';
import { familyOf, isLoopback, parseNetwork, withBrackets, withoutBrackets } from '../message/addresses.ts';
import type { Network } from '../message/addresses.ts';
import type { Protocol } from './transport.ts';

/** One address to listen on, as configured. */
export type ListenerOptions = {
  readonly protocol: Protocol;
  /** Numeric without brackets; `*` for every address of the machine, `0.0.0.0` and `::` for every one of that family. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** What Via, Contact and Record-Route say instead of the bound address: an address (without brackets) or a name. */
  readonly externalHost?: string | undefined;
  readonly externalPort?: number | undefined;
  /** Networks reached directly through this listener; `own` are those of the machine's own interface. Default: `own`, none with an external host. */
  readonly localNetworks?: readonly string[] | undefined;
  /** Further public names of this listener. */
  readonly names?: readonly string[] | undefined;
  /** TCP and TLS only: connections are opened from here and none is accepted; the port is the one in Via and Contact. */
  readonly isDialOnly?: boolean | undefined;
};

export type ListenerParse =
  | { readonly kind: 'listeners'; readonly listeners: readonly ListenerOptions[] }
  | { readonly kind: 'problem'; readonly text: string };

const protocols: ReadonlyMap<string, Protocol> = new Map([
  ['udp', 'udp'],
  ['tcp', 'tcp'],
  ['tls', 'tls'],
  ['ws', 'ws'],
  ['wss', 'wss'],
]);

const example = 'write it like udp:127.0.0.1:5060, tls:[::1]:5061 or udp:*';

/**
 * Reads `udp:127.0.0.1:5060`, `tcp:[::1]:5060`, `udp,tcp:*:5060`, `tls:*`, `*` (UDP and TCP on every address), and the URI form
 * `sip:127.0.0.1:5060;transport=udp,tcp`. Ports default to 5060, and 5061 for TLS; WS and WSS need one.
 */
export function parseListener(text: string): ListenerParse {
  const trimmed = text.trim();
  const uri = /^sips?:/i.test(trimmed) ? fromUriForm(trimmed) : trimmed;
  const colon = uri.indexOf(':');
  const hasProtocol = colon > 0 && /^[a-z,]+$/i.test(uri.slice(0, colon));
  const wanted = (hasProtocol ? uri.slice(0, colon) : 'udp,tcp').toLowerCase().split(',');
  const address = parseHostPort(hasProtocol ? uri.slice(colon + 1) : uri);
  if (address === undefined) return { kind: 'problem', text: `"${text}" is not an address to listen on: ${example}.` };
  const listeners: ListenerOptions[] = [];
  for (const name of wanted) {
    const protocol = protocols.get(name);
    if (protocol === undefined)
      return { kind: 'problem', text: `"${text}" names no known transport (udp, tcp, tls, ws, wss): ${example}.` };
    const port = address.port ?? defaultPort(protocol);
    if (port === undefined) return { kind: 'problem', text: `"${text}" needs a port: ${protocol} has no usual one.` };
    listeners.push({ protocol, host: address.host, port });
  }
  return { kind: 'listeners', listeners };
}

function fromUriForm(text: string): string {
  const [address = '', ...params] = text.split(';');
  const transport = params.map((param) => /^transport=(.+)$/i.exec(param)?.[1]).find((value) => value !== undefined);
  const isSecure = /^sips:/i.test(address);
  return `${transport ?? (isSecure ? 'tls' : 'udp,tcp')}:${address.slice(address.indexOf(':') + 1)}`;
}

function parseHostPort(text: string): { host: string; port: number | undefined } | undefined {
  const match = /^(\*|\[[0-9a-f:.]+\]|[0-9.]+)(?::(\d{1,5}))?$/i.exec(text);
  const written = match?.[1];
  if (written === undefined) return undefined;
  const host = withoutBrackets(written);
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if ((host !== '*' && familyOf(host) === undefined) || (port !== undefined && port > 65_535)) return undefined;
  if (familyOf(host) === 6 && !written.startsWith('[')) return undefined;
  return { host, port };
}

/** The default port of a URI; for WS and WSS those are 80 and 443 (RFC 7118 section 5.1), which are not meant for listening. */
function defaultPort(protocol: Protocol): number | undefined {
  if (protocol === 'tls') return 5061;
  return protocol === 'udp' || protocol === 'tcp' ? 5060 : undefined;
}

export type InterfaceAddress = { readonly address: string; readonly cidr: string | null };

/** The machine's addresses, without link-local ones: they need a zone, which a SIP URI cannot have. */
export function interfaceAddresses(): InterfaceAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => !/^fe[89ab]/i.test(address));
}

export function isSecure({ protocol }: Pick<ListenerOptions, 'protocol'>): boolean {
  return protocol === 'tls' || protocol === 'wss';
}

/** True for every address of the machine, or of one family. */
export function isWildcard({ host }: Pick<ListenerOptions, 'host'>): boolean {
  return host === '*' || host === '0.0.0.0' || host === '::';
}

/**
 * One entry per address: a socket bound to the wildcard would lose the local address of a request, from which its response must be sent. The
 * external host is kept only where it fits: same family, and not loopback.
 */
export function expandListener(options: ListenerOptions, addresses: readonly InterfaceAddress[]): ListenerOptions[] {
  if (!isWildcard(options)) return [options];
  const family = familyOf(options.host);
  return addresses
    .filter(({ address }) => family === undefined || familyOf(address) === family)
    .map(({ address }) => {
      const externalFamily = options.externalHost === undefined ? undefined : familyOf(options.externalHost);
      const isFit = !isLoopback(address) && (externalFamily === undefined || externalFamily === familyOf(address));
      return { ...options, host: address, externalHost: isFit ? options.externalHost : undefined };
    });
}

/** The networks that are reached directly from a listener's address. */
export function localNetworksOf(options: ListenerOptions, addresses: readonly InterfaceAddress[]): Network[] {
  const wanted = options.localNetworks ?? (options.externalHost === undefined ? ['own'] : []);
  const texts = wanted.flatMap((text) => (text === 'own' ? ownNetworks(options.host, addresses) : [text]));
  return texts.map(parseNetwork).filter((network) => network !== undefined);
}

function ownNetworks(address: string, addresses: readonly InterfaceAddress[]): string[] {
  if (address.startsWith('127.')) return ['127.0.0.0/8'];
  const own = addresses.find((candidate) => candidate.address === address);
  return own?.cidr ? [own.cidr] : [address];
}

/** `UDP 127.0.0.1:5060`, for messages. */
export function describeListener(options: { protocol: Protocol; host: string; port: number }): string {
  return `${options.protocol.toUpperCase()} ${withBrackets(options.host)}:${options.port}`;
}
