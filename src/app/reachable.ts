// Which addresses others can use to reach what listens here.
import { networkInterfaces } from 'node:os';

/** Where phones register: one address and port with the protocols spoken there, such as `udp`. */
export type RegistrarPlace = { readonly address: string; readonly port: number; readonly protocols: readonly string[] };

/** `listen`: such as `udp:0.0.0.0:5060`. Loopback only where there is nothing else. */
export function registrarPlaces(listen: readonly string[], addresses: readonly string[]): readonly RegistrarPlace[] {
  const places = new Map<string, RegistrarPlace>();
  for (const one of listen) {
    const protocol = one.slice(0, one.indexOf(':'));
    const port = one.slice(one.lastIndexOf(':') + 1);
    const host = one.slice(protocol.length + 1, one.length - port.length - 1).replace(/^\[|\]$/g, '');
    for (const address of reachable(host, addresses)) {
      const key = `${address} ${port}`;
      places.set(key, { address, port: Number(port), protocols: [...(places.get(key)?.protocols ?? []), protocol] });
    }
  }
  const outside = [...places.values()].filter(({ address }) => !/^(?:127\.|::1$)/.test(address));
  return outside.length > 0 ? outside : [...places.values()];
}

/** 0.0.0.0 cannot be dialled: then the addresses of this machine are shown. */
export function reachable(host: string, addresses: readonly string[]): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const fitting = addresses.filter((address) => address.includes(':') === (host === '::'));
  return fitting.length > 0 ? fitting.slice(0, 3) : [host === '::' ? '::1' : '127.0.0.1'];
}

export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

export function machineAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return all.filter((one) => !one.internal && !one.address.startsWith('fe80:')).map((one) => one.address);
}
