import { isIP } from 'node:net';
import { withoutBrackets } from '../message/addresses.ts';

/** The address of a name without DNS; the port applies to URIs without one. */
export type KnownHost = { readonly address: string; readonly port: number | undefined };

/** Reads `192.0.2.1`, `192.0.2.1:5061`, `2001:db8::1` and `[2001:db8::1]:5061`. */
export function parseKnownHost(text: string): KnownHost | undefined {
  if (isIP(text) !== 0) return { address: text, port: undefined };
  const match = /^(\[[0-9a-fA-F:.]+\]|[0-9.]+)(?::(\d{1,5}))?$/.exec(text);
  const address = withoutBrackets(match?.[1] ?? '');
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (isIP(address) === 0 || (port !== undefined && (port < 1 || port > 65_535))) return undefined;
  return { address, port };
}

/** Names with static addresses instead of DNS; `*.example.org` stands for every name below example.org. */
export class KnownHosts {
  readonly #hosts = new Map<string, KnownHost>();

  constructor(hosts: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(hosts)) {
      const host = parseKnownHost(text);
      if (host !== undefined) this.#hosts.set(name.toLowerCase(), host);
    }
  }

  /** The longest match wins. */
  find(name: string): KnownHost | undefined {
    if (this.#hosts.size === 0) return undefined;
    const exact = this.#hosts.get(name);
    if (exact !== undefined) return exact;
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      const found = this.#hosts.get(`*${name.slice(dot)}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
