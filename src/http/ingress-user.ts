// Owns who makes a request that comes through Home Assistant's ingress.
// Called by ingress-view.ts for every request of the ingress listener, upgrades among them.
// Must stay true: only what the Supervisor itself wrote counts. It filters what a browser sends by the exact spelling of a header's name alone,
// and a differently spelled one takes the place of its own: any other spelling, and more than one, is an attempt to be somebody else.
import { AppError } from '#base/errors.ts';
import { normalizeAddress } from '#base/private-address.ts';

export type IngressUser = {
  /** The user's id in Home Assistant. */
  readonly userId: string;
  /** Their login name, which a user need not have. */
  readonly loginName: string | undefined;
  readonly displayName: string | undefined;
  /** Where the browser sees our root, such as `/api/hassio_ingress/<token>`. */
  readonly path: string | undefined;
};

export type ReceivedIngress = {
  /** Names and values by turns, spelled as they came (IncomingMessage.rawHeaders). */
  readonly rawHeaders: readonly string[];
  /** The address of the connection itself. */
  readonly peer: string;
};

/** Throws `forbidden` unless the Supervisor at `supervisor` names exactly one user. */
export function ingressUser({ rawHeaders, peer }: ReceivedIngress, supervisor: string): IngressUser {
  if (normalizeAddress(peer) !== supervisor) throw new AppError('forbidden', 'Only Home Assistant may connect here');
  const userId = theOnly('X-Remote-User-Id', rawHeaders);
  const loginName = theOnly('X-Remote-User-Name', rawHeaders);
  const displayName = theOnly('X-Remote-User-Display-Name', rawHeaders);
  const path = theOnly('X-Ingress-Path', rawHeaders);
  if (userId === undefined) throw new AppError('forbidden', 'Home Assistant does not say who you are: open this page anew');
  if (!/^[0-9a-f]{32}$/.test(userId)) throw ambiguous('X-Remote-User-Id');
  // It becomes a part of pages and links.
  if (path !== undefined && !/^\/api\/hassio_ingress\/[A-Za-z0-9_-]+$/.test(path)) throw ambiguous('X-Ingress-Path');
  return { userId, loginName, displayName, path };
}

/** The value of a header that is there once and spelled like this; undefined where it is not there. Throws `forbidden` for all else. */
function theOnly(name: string, rawHeaders: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const found = rawHeaders.flatMap((spelling, index) =>
    index % 2 === 0 && spelling.toLowerCase() === wanted ? [{ spelling, value: rawHeaders[index + 1] ?? '' }] : [],
  );
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined || first.spelling !== name) throw ambiguous(name);
  // Node.js reads each byte as a character; Home Assistant writes UTF-8.
  return Buffer.from(first.value, 'latin1').toString('utf8');
}

function ambiguous(name: string): AppError {
  return new AppError('forbidden', `The header ${name} is not as Home Assistant writes it`);
}
