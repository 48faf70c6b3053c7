type ContactUri = {
  readonly scheme: 'sip' | 'sips';
  readonly user: string;
  readonly host: string;
  readonly port: string;
  readonly params: ReadonlyMap<string, string>;
  readonly headers: string;
};

const maxUriLength = 1024;

/** Parses a SIP or SIPS URI as far as the registrar needs it. Undefined for any other, and for one without a host. */
export function readContactUri(text: string): ContactUri | undefined {
  if (text.length > maxUriLength) return undefined;
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
  if (scheme !== 'sip' && scheme !== 'sips') return undefined;
  // The user part may contain ; and ? so the @ comes first (RFC 3261 section 19.1.1).
  const at = text.indexOf('@', colon);
  const rest = text.slice(at === -1 ? colon + 1 : at + 1);
  const question = rest.indexOf('?');
  const [hostPort = '', ...params] = (question === -1 ? rest : rest.slice(0, question)).split(';');
  const portColon = hostPort.endsWith(']') ? -1 : hostPort.lastIndexOf(':');
  const host = (portColon === -1 ? hostPort : hostPort.slice(0, portColon)).toLowerCase();
  const port = portColon === -1 ? '' : hostPort.slice(portColon + 1);
  if (!isHost(host) || !/^\d{0,5}$/.test(port)) return undefined;
  return {
    scheme,
    user: at === -1 ? '' : decoded(text.slice(colon + 1, at)),
    host,
    port,
    params: new Map(params.map(readParam)),
    headers: question === -1 ? '' : rest.slice(question),
  };
}

/** The user part of a SIP URI without its password, decoded; empty where there is none. */
export function uriUser(text: string): string {
  const user = readContactUri(text)?.user ?? '';
  const colon = user.indexOf(':');
  return colon === -1 ? user : user.slice(0, colon);
}

/** These must agree even where only one side has them (RFC 3261 section 19.1.4). */
const decisiveParams = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** Whether two contacts are the same by the rules for comparing URIs (RFC 3261 section 19.1.4). */
export function isSameContact(left: string, right: string): boolean {
  if (left === right) return true;
  const [one, other] = [readContactUri(left), readContactUri(right)];
  if (one === undefined || other === undefined) return false;
  if (one.scheme !== other.scheme || one.user !== other.user || one.host !== other.host || one.port !== other.port) return false;
  if (one.headers !== other.headers) return false;
  if (decisiveParams.some((name) => one.params.get(name) !== other.params.get(name))) return false;
  return [...one.params].every(([name, value]) => (other.params.get(name) ?? value) === value);
}

function readParam(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals === -1) return [text.toLowerCase(), ''];
  return [text.slice(0, equals).toLowerCase(), decoded(text.slice(equals + 1)).toLowerCase()];
}

function isHost(text: string): boolean {
  return /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+(?:%[a-z0-9]+)?\])$/.test(text);
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
