import type { Clock } from '#base/clock.ts';
import type { Side } from './bridge.ts';
import { statusForRefusal } from './media-path.ts';
import type { MediaPath } from './media-path.ts';
import type { MediaOutcome } from './media-port.ts';
import { reInvite } from './re-invite.ts';
import { refusalOf } from './sdp.ts';

type Sides = { readonly first: Side; readonly second: Side; readonly path: MediaPath };

type JoinListener = {
  /** Both have the other's session description. */
  joined(): void;
  /** Nothing has changed for either. */
  refused(status: number): void;
};

/** Lets two sides that are connected to somebody else talk to each other, with fresh offers (RFC 3725 section 4, flow I). */
export function joinSides(clock: Clock, { first, second, path }: Sides, { joined, refused }: JoinListener): void {
  const accepted = (offer: string, acknowledge: (answer: string) => void) => {
    // As it was: the answer that the side got before.
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
    path.offer(offer, 'caller', (offered) => {
      if (offered.kind === 'refused') refusedLate(statusForRefusal(offered));
      else {
        const listener = { refused: refusedLate, accepted: acceptedBySecond };
        reInvite(clock, second.dialog, { offer: offered.sdp, listener });
      }
    });
  };
  reInvite(clock, first.dialog, { offer: '', listener: { refused, accepted } });
}

/** Without a way for the sound its offer is refused. */
export function sdpOf(outcome: MediaOutcome, offer: string): string {
  return outcome.kind === 'sdp' ? outcome.sdp : refusalOf(offer);
}
