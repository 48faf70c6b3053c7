import type { Clock } from '#base/clock.ts';
import { PendingLegOwner } from '#sip/call/pending-leg-owner.ts';
import type { Bridge, Side, PendingTransfer } from '#sip/call/bridge.ts';
import type { ReplacementCaller, InboundLeg } from '#sip/call/inbound-leg.ts';
import { joinSides } from '#sip/call/join-sides.ts';
import type { MediaPath } from '#sip/relay/media-path.ts';
import type { ReferProgress } from './refer-progress.ts';
import type { AnsweredLeg } from '#sip/call/outbound-leg.ts';

type SemiAttendedTransferDeps = {
  readonly clock: Clock;
  /** The call between transferor and transferee. */
  readonly bridge: Bridge;
  readonly transferor: Side;
  /** The transferor's second call, which still rings. */
  readonly consultation: InboundLeg;
  readonly progress: ReferProgress;
  readonly pathTo: (second: Side) => MediaPath;
  readonly join: (second: Side, path: MediaPath) => void;
};

/**
 * A semi-attended transfer: an attended transfer whose target still rings. When the target answers, it is connected with the transferee.
 * The transferor may hang up before; until then a failed transfer leaves it with both of its calls.
 */
export class SemiAttendedTransfer implements PendingTransfer, ReplacementCaller {
  readonly #deps: SemiAttendedTransferDeps;
  readonly #transferee: Side;
  #answered: AnsweredLeg | undefined;
  #isOver = false;
  #isTransferorGone = false;

  constructor(deps: SemiAttendedTransferDeps) {
    this.#deps = deps;
    this.#transferee = deps.bridge.otherThan(deps.transferor);
  }

  progress(status: number): void {
    this.#deps.progress.notifyProvisional(status === 183 ? 180 : status);
  }

  answered(leg: AnsweredLeg): void {
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

  /** The second call has ended without an answer, or was ended from here. */
  ended(status: number): void {
    this.#settle(status);
    this.#answered?.dialog.bye();
  }

  /** The transferor has hung up; the transferee waits for the answer. */
  onTransferorGone(): void {
    this.#isTransferorGone = true;
    if (this.#isOver) this.#transferee.dialog.bye();
  }

  /** The transferee has hung up: the second call belongs to the transferor again, if it is still there. */
  onTransfereeGone(): void {
    if (!this.#settle(487)) return;
    if (this.#answered === undefined) this.#deps.consultation.reclaim();
    else this.#returnToTransferor(this.#answered);
  }

  #joined(join: () => void): void {
    const { bridge, transferor, consultation, progress } = this.#deps;
    this.#isOver = true;
    bridge.release({ disposition: 'answered', reason: 'transferred' });
    consultation.endAsTransferred();
    join();
    progress.notifyFinal(200);
    transferor.dialog.bye();
  }

  /** A side has hung up while the two were being connected. */
  #tooLate(leg: AnsweredLeg, path: MediaPath): void {
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

  /** Ends the transfer without success: the first call goes on unless the transferor is gone. False where it was over already. */
  #settle(status: number): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    const { bridge, progress } = this.#deps;
    bridge.endTransfer();
    progress.notifyFinal(status);
    if (this.#isTransferorGone) this.#transferee.dialog.bye();
    return true;
  }

  #returnToTransferor(leg: AnsweredLeg): void {
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
