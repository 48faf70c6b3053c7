import { domainToASCII } from 'node:url';

/** The address with its domain as the DNS has it (RFC 5891): few servers take another one, and Postmark none. What stands before the @ stays. */
export function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  return `${address.slice(0, at)}${domainToASCII(domain) || domain}`;
}
