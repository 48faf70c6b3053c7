import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { addressKind, isThisMachine } from './address-verdict.ts';
import { blocked, unreachable } from './fence.ts';
import type { Fence, FenceFailure, Resolve } from './fence.ts';
import type { TimeLimit } from './time-limit.ts';

export type Target = {
  /** A name or a numeric address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly allowsOwnNetwork: boolean;
  /** Anybody on the way could read it: only in the own network. */
  readonly isInClear?: boolean;
};

export type Permitted = { readonly kind: 'permitted'; readonly addresses: readonly string[] };

/** A name may have many; more would only take the time. */
const maxAddresses = 6;

const systemResolve: Resolve = (host) => lookup(host, { all: true });

/**
 * Where to connect to: the name is resolved here, once, and what is connected to are these addresses and never the name. Whoever has the
 * name may answer the next question with another address.
 */
export async function permittedAddresses(target: Target, fence: Fence, limit: TimeLimit): Promise<Permitted | FenceFailure> {
  const { host } = target;
  let found: readonly string[];
  try {
    found = isIP(host) === 0 ? (await limit.race((fence.resolve ?? systemResolve)(host))).map(({ address }) => address) : [host];
  } catch (error) {
    if (limit.signal.aborted) throw error;
    return unreachable('name-unknown', `The name ${host} is not found (${(error as NodeJS.ErrnoException).code ?? 'no code'})`);
  }
  const permitted = found.filter((address) => whyNot(address, target, fence) === undefined);
  if (permitted.length > 0) return { kind: 'permitted', addresses: permitted.slice(0, maxAddresses) };
  const [first] = found;
  if (first === undefined) return unreachable('name-unknown', `The name ${host} has no address`);
  return blocked(`${host === first ? host : `${host} (${first})`} ${whyNot(first, target, fence)}`);
}

function whyNot(address: string, { port, allowsOwnNetwork, isInClear = false }: Target, fence: Fence): string | undefined {
  const kind = addressKind(address);
  if (kind === 'never') return 'is no address that anything may be sent to';
  if (kind === 'own-network' && !allowsOwnNetwork) return 'is in your own network, which is not allowed for it';
  if (fence.ownPorts().includes(port) && isThisMachine(address)) return `is this house itself: port ${port} is one of its own`;
  if (kind === 'outside' && isInClear) return 'is outside your own network, where what is not encrypted could be read by anybody';
  return undefined;
}
