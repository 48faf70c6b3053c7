import type { Clock } from '#base/clock.ts';
import { PendingLegOwner } from './pending-leg-owner.ts';
import type { Bridge, Side, PendingTransfer } from './bridge.ts';
import type { ReplacementCaller, InboundLeg } from './inbound-leg.ts';
import { joinSides } from './join-sides.ts';
import type { MediaPath } from './media-path.ts';
import type { ReferProgress } from './refer-progress.ts';
import type { OutboundLeg } from './outbound-leg.ts';

type SemiAttendedTransferDeps = {
  readonly clock: Clock;
  /** The call of the phone that ordered the transfer and the party to be transferred. */
  readonly bridge: Bridge;
  readonly transferor: Side;
  /** The phone's other call, which still rings. */
  readonly consultation: InboundLeg;
  readonly progress: ReferProgress;
  readonly pathTo: (second: Side) => MediaPath;
  readonly join: (second: Side, path: MediaPath) => void;
};

/**
 * A transfer to somebody whose phone still rings: it rings on, and when it is answered the two are joined. The phone that ordered it may
 * hang up before; as long as it has not, a transfer that fails leaves it with both of its calls.
 */
export class SemiAttendedTransfer implements PendingTransfer, ReplacementCaller {
  readonly #deps: SemiAttendedTransferDeps;
  readonly #transferee: Side;
  #answered: OutboundLeg | undefined;
  #isOver = false;
  #isTransferorGone = false;

  constructor(given: SemiAttendedTransferDeps) {
    this.#deps = given;
    this.#transferee = given.bridge.otherThan(given.transferor);
  }

  /** The phone that is rung tells how far it is. */
  progress(status: number): void {
    this.#deps.progress.notifyProvisional(status === 183 ? 180 : status);
  }

  answered(leg: OutboundLeg): void {
    const { clock, consultation, pathTo, join } = this.#deps;
    this.#answered = leg;
    leg.acknowledge(undefined);
    const second = consultation.sideOf(leg);
    leg.dialog.owner = new PendingLegOwner(() => this.#onCalleeGone());
    const path = pathTo(second);
    joinSides(
      clock,
      { first: this.#transferee, second, path },
      {
        joined: () => {
          if (this.#isOver || leg.dialog.isOver || this.#transferee.dialog.isOver) this.#tooLate(leg, path);
          else this.#joined(() => join(second, path));
        },
        refused: (status) => {
          path.close();
          if (this.#settle(status)) this.#returnToTransferor(leg);
        },
      },
    );
  }

  /** The call that rings has ended without an answer, or the house ended it. */
  ended(status: number): void {
    this.#settle(status);
    this.#answered?.dialog.bye();
  }

  /** The phone that ordered the transfer has hung up; its party waits for the answer. */
  onTransferorGone(): void {
    this.#isTransferorGone = true;
    if (this.#isOver) this.#transferee.dialog.bye();
  }

  /** The party has hung up: who is rung is the phone's own affair again, where it is still there. */
  onTransfereeGone(): void {
    if (!this.#settle(487)) return;
    if (this.#answered === undefined) this.#deps.consultation.reclaim();
    else this.#returnToTransferor(this.#answered);
  }

  #joined(join: () => void): void {
    const { bridge, transferor: from, consultation, progress } = this.#deps;
    this.#isOver = true;
    bridge.release({ disposition: 'answered', reason: 'transferred' });
    consultation.endAsTransferred();
    join();
    progress.notifyFinal(200);
    from.dialog.bye();
  }

  /** Somebody has hung up while the others were being joined: there is nobody left to talk to. */
  #tooLate(leg: OutboundLeg, path: MediaPath): void {
    const { bridge, consultation } = this.#deps;
    path.close();
    this.#settle(480);
    leg.dialog.bye();
    consultation.drop();
    if (bridge.isOver) this.#transferee.dialog.bye();
  }

  #onCalleeGone(): void {
    if (this.#settle(480)) this.#deps.consultation.drop();
  }

  /** The phone's first call goes on as it was, where the phone is still there. Tells whether that was still open. */
  #settle(status: number): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    const { bridge, progress } = this.#deps;
    bridge.endTransfer();
    progress.notifyFinal(status);
    if (this.#isTransferorGone) this.#transferee.dialog.bye();
    return true;
  }

  #returnToTransferor(leg: OutboundLeg): void {
    const { consultation } = this.#deps;
    if (consultation.isGone || consultation.offer === '') {
      leg.dialog.bye();
      consultation.drop();
      return;
    }
    consultation.reclaim();
    consultation.join(leg);
  }
}
