import type { SpammerLists } from './engine-settings.ts';
import type { SipMessage } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';

/** Whether a request looks like a scanner's: its User-Agent, To user or From user contains one of the listed texts. */
export function isSpammer(request: SipMessage, lists: SpammerLists): boolean {
  if (lists.userAgents.length + lists.toUsers.length + lists.fromUsers.length === 0) return false;
  return (
    holdsAny(request.get('user-agent'), lists.userAgents) ||
    holdsAny(parseUri(request.to?.uri ?? '')?.user, lists.toUsers) ||
    holdsAny(parseUri(request.from?.uri ?? '')?.user, lists.fromUsers)
  );
}

function holdsAny(value: string | undefined, texts: readonly string[]): boolean {
  return value !== undefined && texts.some((text) => text !== '' && value.includes(text));
}
