import { isIPv4 } from 'node:net';
import type { AddressRange } from '#testing/twilio/base/voice-side.ts';

export const edges = ['ashburn', 'umatilla', 'dublin', 'frankfurt', 'tokyo', 'singapore', 'sydney', 'sao-paulo'];

export type TwilioName = {
  readonly kind: 'domain' | 'trunk';
  /** Without the edge: `home.sip.twilio.com`, `home.pstn.twilio.com`. */
  readonly name: string;
  readonly edge: string | undefined;
};

/** Reads `{name}.sip.twilio.com`, `{name}.pstn.twilio.com`, and both with an edge before `twilio.com`. */
export function domainName(host: string): TwilioName | undefined {
  const parts = host.toLowerCase().split('.');
  if (parts.slice(-2).join('.') !== 'twilio.com' || (parts.length !== 4 && parts.length !== 5)) return undefined;
  const [name = '', product = '', third = ''] = parts;
  const edge = parts.length === 5 ? third : undefined;
  if ((product !== 'sip' && product !== 'pstn') || name === '' || (edge !== undefined && !edges.includes(edge))) return undefined;
  return { kind: product === 'sip' ? 'domain' : 'trunk', name: `${name}.${product}.twilio.com`, edge };
}

export function isInRanges(address: string, ranges: readonly AddressRange[]): boolean {
  const number = toNumber(address);
  return (
    number !== undefined &&
    ranges.some((range) => {
      const base = toNumber(range.address);
      const shift = 2 ** (32 - range.prefix);
      return base !== undefined && Math.floor(base / shift) === Math.floor(number / shift);
    })
  );
}

function toNumber(address: string): number | undefined {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (!isIPv4(plain)) return undefined;
  return plain.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
