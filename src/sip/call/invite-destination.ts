import type { CallerId } from '#calls/ports.ts';
import { anonymousName, anonymousUri } from '#sip/message/caller-identity.ts';
import type { ChallengeResponder } from '#sip/message/digest-credentials.ts';
import { escapeUser, formatNameAddr } from '#sip/message/headers.ts';
import type { MediaEndpoint } from '#sip/relay/media-port.ts';

/** Where an INVITE goes and on whose behalf. */
export type InviteDestination = {
  readonly uri: string;
  /** Next hop, where it is not the URI's own. */
  readonly proxy: string | undefined;
  readonly from: CallerId;
  /** The URI that From must name, whatever is shown; the shown number's where undefined. */
  readonly account: string | undefined;
  /** Headers beside the usual ones. */
  readonly headers: Record<string, string>;
  readonly credentials: ChallengeResponder | undefined;
  /** The name of the trunk it goes to; undefined for a phone. */
  readonly trunk: string | undefined;
  readonly endpoint: MediaEndpoint;
};

/** The From header without its tag; the engine replaces `localhost` with its own address. */
export function formatFrom({ from: { number, name }, account }: Pick<InviteDestination, 'from' | 'account'>): string {
  if (account !== undefined) return formatNameAddr(name, account);
  if (number === '') return formatNameAddr(anonymousName, anonymousUri);
  return formatNameAddr(name, `sip:${escapeUser(number)}@localhost`);
}
