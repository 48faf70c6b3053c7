import { inUrl, machineAddresses, reachable, registrarPlaces } from './reachable.ts';

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
  for (const [index, place] of registrarLines(at.sip, addresses).entries()) {
    lines.push(`  ${(index === 0 ? 'Phones register at' : '').padEnd(20)} ${place}`);
  }
  const panel = `http://${inUrl(apiHost)}:${at.http.port}/`;
  const api = `${panel}api`;
  lines.push(`  ${'Panel'.padEnd(20)} ${panel}`);
  lines.push(`  ${'API'.padEnd(20)} ${api}   (described at ${api}/docs)`);
  if (at.publicHttp !== undefined) {
    const [host = '127.0.0.1'] = reachable(at.publicHttp.host, addresses);
    lines.push(
      `  ${'Twilio comes in at'.padEnd(20)} http://${inUrl(host)}:${at.publicHttp.port}   (the public URL must lead there)`,
    );
  }
  lines.push(...tokenLines('Admin token', { token: at.adminToken, file: at.adminTokenFile }));
  lines.push(...tokenLines('Setup token', { token: at.setupToken, file: at.setupTokenFile }));
  if (at.setupToken !== undefined) lines.push(`${' '.repeat(23)}makes the first administrator, in the panel`);
  for (const warning of at.warnings) lines.push(`  ATTENTION            ${warning}`);
  return lines;
}

function tokenLines(name: string, { token, file }: { token: string | undefined; file: string | undefined }): readonly string[] {
  const title = `  ${name.padEnd(20)} `;
  if (file !== undefined) return [`${title}is in the file ${file}   (delete the file when you have it)`];
  return token === undefined ? [] : [`${title}${token}   (shown this once; script/server --new-admin-token makes another)`];
}

/** One line per address and port, with the protocols spoken there: `192.0.2.5:5060 (udp, tcp)`. */
function registrarLines(listen: readonly string[], addresses: readonly string[]): string[] {
  return registrarPlaces(listen, addresses).map(
    ({ address, port, protocols }) => `${inUrl(address)}:${port} (${protocols.join(', ')})`,
  );
}
