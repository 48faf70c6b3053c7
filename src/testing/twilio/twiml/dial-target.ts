import type { SipDirectory } from '#testing/twilio/base/voice-side.ts';
import { isPrivateHost } from '#testing/twilio/base/webhook-address.ts';

export type SipTarget =
  | { readonly kind: 'sip'; readonly uri: string; readonly headers: Readonly<Record<string, string>>; readonly isSecure: boolean }
  | { readonly kind: 'refused'; readonly code: number; readonly about: string };

const passedOn = ['user-to-user', 'remote-party-id', 'p-preferred-identity', 'p-called-party-id'];

/** Reads the content of a Sip noun, and refuses what Twilio refuses. */
export function readSipTarget(text: string, directory: SipDirectory): SipTarget {
  const refused = (code: number, about: string): SipTarget => ({ kind: 'refused', code, about });
  const [uri = '', ...rest] = text.split('?');
  const header = rest.join('?');
  if (uri.length >= 255) return refused(13_243, 'the SIP address is too long');
  if (header.length >= 1024) return refused(13_253, 'the SIP headers are too long');
  const found = /^sip:(?:([^@;?\s]+)@)?([^;:?\s]+)(?::\d+)?((?:;[^\s?]*)?)$/i.exec(uri);
  if (found === null) return refused(13_243, `${uri} is no SIP address`);
  const [, user, host = '', parameters = ''] = found;
  const name = host.toLowerCase();
  if (/\.sip\.[a-z0-9-]+\.twilio\.com$/.test(name)) return refused(32_220, 'an edge may not stand in the host name');
  if (name.endsWith('.sip.twilio.com')) {
    if (user === undefined) return refused(32_223, 'the address of a SIP Domain needs a user');
    if (directory.domain(name) === undefined) return refused(13_255, `${name} is not a SIP Domain of this account`);
  } else if (isPrivateHost(name)) return refused(13_254, `${host} is not public`);
  const headers = readHeaders(header);
  if (headers === undefined) return refused(13_252, 'a SIP header may not be sent');
  return { kind: 'sip', uri, headers, isSecure: /;secure=true(?:;|$)/i.test(parameters) };
}

function readHeaders(text: string): Readonly<Record<string, string>> | undefined {
  const headers: Record<string, string> = {};
  for (const part of text.split('&')) {
    if (part === '') continue;
    const [name = '', ...value] = part.split('=');
    if (!/^x-[\w.-]+$/i.test(name) && !passedOn.includes(name.toLowerCase())) return undefined;
    try {
      headers[canonical(name)] = decodeURIComponent(value.join('='));
    } catch {
      return undefined;
    }
  }
  return headers;
}

function canonical(name: string): string {
  return name.replaceAll(/(^|-)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** Callers who are not to be known, and what else is no number to call back. */
const withheld = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253']);

/** Why a caller number may not be shown to the telephone network, as Twilio's code; undefined when it may. */
export function callerIdRefusal(
  callerId: string,
  parent: { readonly from: string; readonly to: string },
  directory: SipDirectory,
): number | undefined {
  if (withheld.has(callerId)) return 13_247;
  if (!/^\+[1-9]\d{6,14}$/.test(callerId)) return 13_247;
  if (directory.ownsCallerId(callerId)) return undefined;
  // Of a call that came by SIP, From and To prove nothing.
  const isTelephone = !parent.from.startsWith('sip:');
  return isTelephone && (callerId === parent.from || callerId === parent.to) ? undefined : 13_214;
}
