import type { Clock } from '#base/clock.ts';
import { AwaitedSide } from './awaited-side.ts';
import type { Bridge, Side, TransferUnderway } from './bridge.ts';
import type { Heir, IncomingCall } from './incoming-call.ts';
import { joinSides } from './join-sides.ts';
import type { MediaPath } from './media-path.ts';
import type { ReferProgress } from './refer-progress.ts';
import type { Ring } from './ring.ts';

type Given = {
  readonly clock: Clock;
  /** The call of the phone that ordered the transfer and the party to be transferred. */
  readonly bridge: Bridge;
  readonly from: Side;
  /** The phone's other call, which still rings. */
  readonly consultation: IncomingCall;
  readonly progress: ReferProgress;
  readonly pathTo: (second: Side) => MediaPath;
  readonly join: (second: Side, path: MediaPath) => void;
};

/**
 * A transfer to somebody whose phone still rings: it rings on, and when it is answered the two are joined. The phone that ordered it may
 * hang up before; as long as it has not, a transfer that fails leaves it with both of its calls.
 */
export class RingingTransfer implements TransferUnderway, Heir {
  readonly #given: Given;
  readonly #party: Side;
  #answered: Ring | undefined;
  #isOver = false;
  #isOrphaned = false;

  constructor(given: Given) {
    this.#given = given;
    this.#party = given.bridge.otherThan(given.from);
  }

  /** The phone that is rung tells how far it is. */
  progress(status: number): void {
    this.#given.progress.told(status === 183 ? 180 : status);
  }

  answered(ring: Ring): void {
    const { clock, consultation, pathTo, join } = this.#given;
    this.#answered = ring;
    ring.acknowledge(undefined);
    const second = consultation.sideOf(ring);
    ring.dialog.owner = new AwaitedSide(() => this.#calleeGone());
    const path = pathTo(second);
    joinSides(
      clock,
      { first: this.#party, second, path },
      {
        joined: () => {
          if (this.#isOver || ring.dialog.isOver || this.#party.dialog.isOver) this.#tooLate(ring, path);
          else this.#joined(() => join(second, path));
        },
        refused: (status) => {
          path.close();
          if (this.#settle(status)) this.#backToPhone(ring);
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
  orphaned(): void {
    this.#isOrphaned = true;
    if (this.#isOver) this.#party.dialog.bye();
  }

  /** The party has hung up: who is rung is the phone's own affair again, where it is still there. */
  partyGone(): void {
    if (!this.#settle(487)) return;
    if (this.#answered === undefined) this.#given.consultation.takeBack();
    else this.#backToPhone(this.#answered);
  }

  #joined(join: () => void): void {
    const { bridge, from, consultation, progress } = this.#given;
    this.#isOver = true;
    bridge.letGo({ result: 'answered', reason: 'transferred' });
    consultation.handOver();
    join();
    progress.finished(200);
    from.dialog.bye();
  }

  /** Somebody has hung up while the others were being joined: there is nobody left to talk to. */
  #tooLate(ring: Ring, path: MediaPath): void {
    const { bridge, consultation } = this.#given;
    path.close();
    this.#settle(480);
    ring.dialog.bye();
    consultation.drop();
    if (bridge.isOver) this.#party.dialog.bye();
  }

  #calleeGone(): void {
    if (this.#settle(480)) this.#given.consultation.drop();
  }

  /** The phone's first call goes on as it was, where the phone is still there. Tells whether that was still open. */
  #settle(status: number): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    const { bridge, progress } = this.#given;
    bridge.transferSettled();
    progress.finished(status);
    if (this.#isOrphaned) this.#party.dialog.bye();
    return true;
  }

  #backToPhone(ring: Ring): void {
    const { consultation } = this.#given;
    if (consultation.isGone || consultation.offer === '') {
      ring.dialog.bye();
      consultation.drop();
      return;
    }
    consultation.takeBack();
    consultation.join(ring);
  }
}
