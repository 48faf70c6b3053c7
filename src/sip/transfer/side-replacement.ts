import type { Clock } from '#base/clock.ts';
import type { Bridge, Side } from '#sip/call/bridge.ts';
import type { InboundLeg } from '#sip/call/inbound-leg.ts';
import { sdpOf } from '#sip/call/join-sides.ts';
import { statusForRefusal } from '#sip/relay/media-path.ts';
import type { MediaPath } from '#sip/relay/media-path.ts';
import type { MediaOutcome } from '#sip/relay/media-port.ts';
import { reInvite } from '#sip/dialog/re-invite.ts';
import { refusalOf } from '#sip/message/sdp.ts';

type SideReplacementDeps = {
  readonly clock: Clock;
  readonly bridge: Bridge;
  /** The INVITE with Replaces. */
  readonly leg: InboundLeg;
  readonly replaced: Side;
  /** From the new phone to the remaining side. */
  readonly path: MediaPath;
  /** Bridges the new phone with the remaining side. */
  readonly join: () => Bridge;
};

type SendAnswer = (answer: string) => void;

/** For a re-INVITE that restores the previous session. */
const acceptUnchanged = { accepted: (_body: string, acknowledge: SendAnswer) => acknowledge(''), refused: () => {} };

/** An INVITE with Replaces (RFC 3891) under way: the remaining side is re-invited with the new phone's session description, then joined. */
export class SideReplacement {
  readonly #deps: SideReplacementDeps;
  readonly #remaining: Side;
  readonly #previousSdp: string;

  constructor(deps: SideReplacementDeps) {
    this.#deps = deps;
    this.#remaining = deps.bridge.otherThan(deps.replaced);
    this.#previousSdp = this.#remaining.dialog.localSdp;
  }

  start(): void {
    const { bridge, clock, leg, path, replaced } = this.#deps;
    const listener = {
      accepted: (body: string, acknowledge: SendAnswer) => this.#accepted(body, acknowledge),
      refused: (status: number) => this.#refuse(status),
    };
    path.offer(leg.offer, bridge.roleOf(replaced), (offered) => {
      if (offered.kind === 'refused') this.#refuse(statusForRefusal(offered));
      else reInvite(clock, this.#remaining.dialog, { offer: offered.sdp, listener });
    });
  }

  #accepted(body: string, acknowledge: SendAnswer): void {
    const { bridge, leg, path } = this.#deps;
    const done = (outcome: MediaOutcome) => {
      if (outcome.kind === 'refused') {
        acknowledge(leg.offer === '' ? refusalOf(body) : '');
        this.#refuse(statusForRefusal(outcome));
        return;
      }
      if (leg.offer !== '') acknowledge('');
      else leg.dialog.expectAck((given) => path.answer(given, (answer) => acknowledge(sdpOf(answer, body))));
      this.#connect(outcome.sdp);
    };
    if (leg.offer === '') path.offer(body, bridge.roleOf(this.#remaining), done);
    else path.answer(body, done);
  }

  #connect(body: string): void {
    const { bridge, clock, join, leg, replaced } = this.#deps;
    // Either has hung up meanwhile: the call goes on as it was.
    if (bridge.isOver || leg.isGone) {
      this.#refuse(481);
      if (!bridge.isOver) reInvite(clock, this.#remaining.dialog, { offer: this.#previousSdp, listener: acceptUnchanged });
      return;
    }
    bridge.release({ disposition: 'answered', reason: 'replaced' });
    leg.answerWithReplaces(body, join());
    replaced.dialog.bye();
  }

  #refuse(status: number): void {
    this.#deps.path.close();
    this.#deps.leg.refuse(status);
  }
}
