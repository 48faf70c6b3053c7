import { respond } from './respond.ts';
import type { Responder } from './srf-types.ts';

/** Our capabilities, in INVITEs and responses (RFC 3261 section 20.5). */
export const capabilities: Readonly<Record<string, string>> = {
  Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY, MESSAGE, PRACK',
  Supported: 'timer, replaces',
  'User-Agent': 'GoSIP',
};

/** Option tags that a request may require of us (RFC 3261 section 8.2.2.3). */
export const supportedExtensions: ReadonlySet<string> = new Set(['timer', 'replaces', '100rel', 'path', 'outbound', 'gruu']);

/** Answers OPTIONS, the keep-alive of many phones (RFC 3261 section 11.2). */
export function respondToOptions(response: Responder): void {
  respond(response, 200, { headers: { ...capabilities, Accept: 'application/sdp' } });
}
