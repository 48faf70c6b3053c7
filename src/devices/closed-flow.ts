import { isIP } from 'node:net';
import { readContactUri } from './contact-uri.ts';
import type { Registration } from './registration.ts';

const tcpPort = 5060;

/**
 * What is left of a binding whose connection has closed; undefined where there is no other way to the phone. We cannot connect to a
 * browser (RFC 7118 section 5), an outbound flow (RFC 5626 section 5.3), a phone without a certificate for its name, or a Contact that
 * only repeats the port of the connection. A phone that listens for TCP at the address it came from is reached there.
 */
export function withoutFlow(binding: Registration): Registration | undefined {
  const { source, contactUri, regId } = binding;
  if (source.protocol !== 'tcp' || regId !== undefined) return undefined;
  const contact = readContactUri(contactUri);
  if (contact === undefined || contact.scheme === 'sips' || !isOwn(contact.host, source.address)) return undefined;
  const transport = contact.params.get('transport');
  const port = contact.port === '' ? tcpPort : Number(contact.port);
  if ((transport !== undefined && transport !== 'tcp') || port === source.port || port === 0) return undefined;
  return { ...binding, source: { ...source, port } };
}

function isOwn(host: string, address: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return isIP(bare) !== 0 && bare === address.toLowerCase();
}
