import { z } from 'zod';

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const ipv6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/;
const name =
  /^(?=.{1,253}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$/;

/** A server of SIP: a name, or an address without brackets. */
export const sipHost = z
  .string()
  .trim()
  .max(253)
  .refine((text) => isHost(text), 'must be a server such as sip.example.org, or its address');

/** The same with a port behind it or not; an IPv6 address before a port stands in brackets. */
export const sipHostPort = z
  .string()
  .trim()
  .max(260)
  .refine((text) => isHostPort(text), 'must be a server such as proxy.example.org or proxy.example.org:5060');

/** An address or a block of addresses. */
export const cidrBlock = z
  .string()
  .trim()
  .refine((text) => isBlock(text), 'must be an address or a block such as 203.0.113.0/29');

/** A name, or an address without brackets. */
export function isHost(text: string): boolean {
  // All digits and dots are meant as an address.
  return /^[\d.]+$/.test(text) ? ipv4.test(text) : isIpv6(text) || name.test(text);
}

function isHostPort(text: string): boolean {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return false;
  if (bracketed !== undefined) return isIpv6(bracketed);
  return plain === undefined ? isIpv6(text) : isHost(plain);
}

function isBlock(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const most = ipv4.test(address) ? 32 : isIpv6(address) ? 128 : 0;
  if (most === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

function isIpv6(text: string): boolean {
  return ipv6.test(text) && URL.canParse(`http://[${text}]`);
}
