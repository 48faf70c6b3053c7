import { networkInterfaces } from 'node:os';

export type Listening = {
  /** Such as `udp:0.0.0.0:5060`; empty where phones register at an engine of its own. */
  readonly sip: readonly string[];
  readonly http: { readonly host: string; readonly port: number };
  /** Where the internet comes in; undefined while nothing is open to it. */
  readonly publicHttp?: { readonly host: string; readonly port: number } | undefined;
  readonly adminToken: string | undefined;
  /** Makes the first administrator; shown once. */
  readonly setupToken?: string | undefined;
  /** What the person who runs the house must know, one sentence each. */
  readonly warnings: readonly string[];
};

/** With the files that hold the tokens, where they are not to be printed. */
type Banner = Listening & { readonly adminTokenFile?: string | undefined; readonly setupTokenFile?: string | undefined };

/** What a newcomer needs to see on the screen, as lines. `addresses` are those of this machine. */
export function bannerLines(at: Banner, addresses: readonly string[] = machineAddresses()): string[] {
  const [apiHost = '127.0.0.1'] = reachable(at.http.host, addresses);
  const lines = ['GoSIP is ready'];
  for (const [index, place] of registrarAddresses(at.sip, addresses).entries()) {
    lines.push(`  ${(index === 0 ? 'Phones register at' : '').padEnd(20)} ${place}`);
  }
  const api = `http://${inUrl(apiHost)}:${at.http.port}/api`;
  lines.push(`  ${'API'.padEnd(20)} ${api}   (described at ${api}/docs)`);
  if (at.publicHttp !== undefined) {
    const [host = '127.0.0.1'] = reachable(at.publicHttp.host, addresses);
    lines.push(
      `  ${'Twilio comes in at'.padEnd(20)} http://${inUrl(host)}:${at.publicHttp.port}   (the public URL must lead there)`,
    );
  }
  lines.push(...tokenLines('Admin token', { token: at.adminToken, file: at.adminTokenFile }));
  lines.push(...tokenLines('Setup token', { token: at.setupToken, file: at.setupTokenFile }));
  if (at.setupToken !== undefined) lines.push(`${' '.repeat(23)}makes the first administrator: POST ${api}/system/setup`);
  for (const warning of at.warnings) lines.push(`  ATTENTION            ${warning}`);
  return lines;
}

function tokenLines(name: string, { token, file }: { token: string | undefined; file: string | undefined }): readonly string[] {
  const title = `  ${name.padEnd(20)} `;
  if (file !== undefined) return [`${title}is in the file ${file}   (delete the file when you have it)`];
  return token === undefined ? [] : [`${title}${token}   (shown this once; script/server --new-admin-token makes another)`];
}

/** One line per address and port, with the protocols spoken there: `192.0.2.5:5060 (udp, tcp)`; loopback only where there is nothing else. */
function registrarAddresses(listen: readonly string[], addresses: readonly string[]): string[] {
  const protocolsAt = new Map<string, string[]>();
  for (const one of listen) {
    const protocol = one.slice(0, one.indexOf(':'));
    const port = one.slice(one.lastIndexOf(':') + 1);
    const host = one.slice(protocol.length + 1, one.length - port.length - 1).replace(/^\[|\]$/g, '');
    for (const address of reachable(host, addresses)) {
      const place = `${inUrl(address)}:${port}`;
      protocolsAt.set(place, [...(protocolsAt.get(place) ?? []), protocol]);
    }
  }
  const places = [...protocolsAt].map(([place, protocols]) => `${place} (${protocols.join(', ')})`);
  const outside = places.filter((place) => !/^(127\.|\[::1\])/.test(place));
  return outside.length > 0 ? outside : places;
}

/** 0.0.0.0 cannot be dialled: then the addresses of this machine are shown. */
function reachable(host: string, addresses: readonly string[]): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const fitting = addresses.filter((address) => address.includes(':') === (host === '::'));
  return fitting.length > 0 ? fitting.slice(0, 3) : [host === '::' ? '::1' : '127.0.0.1'];
}

function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function machineAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return all.filter((one) => !one.internal && !one.address.startsWith('fe80:')).map((one) => one.address);
}
