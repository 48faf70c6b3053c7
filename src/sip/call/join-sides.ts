import type { Clock } from '#base/clock.ts';
import type { SipDialog } from '#sip/dialog/dialog.ts';
import { statusForRefusal } from '#sip/relay/media-path.ts';
import type { MediaPath } from '#sip/relay/media-path.ts';
import type { MediaOutcome, MediaRole } from '#sip/relay/media-port.ts';
import { reInvite } from '#sip/dialog/re-invite.ts';
import type { AnsweredLeg } from './outbound-leg.ts';
import { refusalOf } from '#sip/message/sdp.ts';

type Side = { readonly dialog: SipDialog };
/** `role`: what the first is in the media path, by default the caller. */
type Sides = { readonly first: Side; readonly second: Side; readonly path: MediaPath; readonly role?: MediaRole };

type JoinListener = {
  /** Each side has the other's session description. */
  joined(): void;
  /** Nothing has changed for either. */
  refused(status: number): void;
};

/** Connects two sides of different calls with each other by re-INVITE (third party call control, RFC 3725 section 4, flow I). */
export function joinSides(
  clock: Clock,
  { first, second, path, role = 'caller' }: Sides,
  { joined, refused }: JoinListener,
): void {
  const accepted = (offer: string, acknowledge: (answer: string) => void) => {
    // On failure the first side keeps the session description it had.
    const before = first.dialog.localSdp;
    const refusedLate = (status: number) => {
      acknowledge(before);
      refused(status);
    };
    const acceptedBySecond = (body: string, acknowledgeSecond: (answer: string) => void) => {
      acknowledgeSecond('');
      path.answer(body, (given) => {
        acknowledge(sdpOf(given, offer));
        joined();
      });
    };
    path.offer(offer, role, (offered) => {
      if (offered.kind === 'refused') refusedLate(statusForRefusal(offered));
      else {
        const listener = { refused: refusedLate, accepted: acceptedBySecond };
        reInvite(clock, second.dialog, { offer: offered.sdp, listener });
      }
    });
  };
  reInvite(clock, first.dialog, { offer: '', listener: { refused, accepted } });
}

/** Where the media relay has no session description, the offer's streams are refused. */
export function sdpOf(outcome: MediaOutcome, offer: string): string {
  return outcome.kind === 'sdp' ? outcome.sdp : refusalOf(offer);
}

/**
 * Connects a side that has been answered with a leg that answers now: what the leg offers is put to the side by re-INVITE, and its answer
 * given to the leg (RFC 3725 section 4.1).
 */
export function takeOver(
  clock: Clock,
  { side, leg }: { readonly side: SipDialog; readonly leg: Pick<AnsweredLeg, 'offerCaller'> },
  { joined, refused }: JoinListener,
): void {
  leg.offerCaller((offered, takeAnswer) => {
    if (offered.kind === 'refused') {
      refused(statusForRefusal(offered));
      return;
    }
    const accepted = (body: string, acknowledge: (answer: string) => void) => {
      acknowledge('');
      takeAnswer(body, joined);
    };
    reInvite(clock, side, { offer: offered.sdp, listener: { accepted, refused } });
  });
}
