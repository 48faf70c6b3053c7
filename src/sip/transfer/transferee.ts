import type { OngoingCall } from '#calls/ongoing-call.ts';
import type { CallerLeg, LegListener, OutgoingLeg, RingTarget } from '#calls/ports.ts';
import type { Verdict } from '#calls/verdict.ts';
import { PendingLegOwner } from '#sip/call/pending-leg-owner.ts';
import { Bridge } from '#sip/call/bridge.ts';
import type { Side, PendingTransfer } from '#sip/call/bridge.ts';
import { ringTarget } from '#sip/call/ring-target.ts';
import type { CallDeps } from '#sip/call/ring-target.ts';
import { MediaPaths, statusForRefusal } from '#sip/relay/media-path.ts';
import { reInvite } from '#sip/dialog/re-invite.ts';
import type { ReferProgress } from './refer-progress.ts';
import type { CallerSide, AnsweredLeg } from '#sip/call/outbound-leg.ts';
import { statusOf } from '#sip/message/sip-status.ts';

type BlindTransfer = {
  readonly bridge: Bridge;
  /** The phone that sent REFER. */
  readonly transferor: Side;
  readonly transferee: Side;
  readonly progress: ReferProgress;
};

const maxForwards = 69;

/**
 * The transferee of a blind transfer as the caller of the new call. The target makes the offer, and the transferee answers it by
 * re-INVITE (RFC 3725 section 4.1), so that neither gets a stale session description.
 */
export class Transferee implements CallerLeg, CallerSide, PendingTransfer {
  readonly offer = '';
  readonly maxForwards = maxForwards;
  readonly paths: MediaPaths;
  readonly #deps: CallDeps;
  readonly #transfer: BlindTransfer;
  #call: OngoingCall | undefined;
  #joined: Bridge | undefined;
  #isOver = false;
  #isTransferorGone = false;

  constructor(deps: CallDeps, transfer: BlindTransfer) {
    this.#deps = deps;
    this.#transfer = transfer;
    const { dialog, endpoint } = transfer.transferee;
    this.paths = new MediaPaths(deps, { call: dialog.callId, caller: endpoint });
    this.paths.onLost = (why) => why === 'made-room' && this.#call?.stop('preempted');
  }

  get sipCallId(): string {
    return this.#transfer.transferee.dialog.callId;
  }

  get address(): string {
    return '';
  }

  set call(call: OngoingCall) {
    this.#call = call;
  }

  ring(target: RingTarget, listener: LegListener): OutgoingLeg {
    return ringTarget(this.#deps, this, { target, listener });
  }

  progress(status: number): void {
    this.#transfer.progress.notifyProvisional(status === 183 ? 180 : status);
  }

  /** The NOTIFY of a REFER carries a status line only. */
  setRetryAfter(): void {}

  join(leg: AnsweredLeg): void {
    const { transferee } = this.#transfer;
    this.paths.keep(leg.path);
    leg.dialog.owner = new PendingLegOwner(() => this.#onCalleeGone());
    leg.offerCaller((offered, takeAnswer) => {
      if (offered.kind === 'refused') {
        this.#refused(leg, statusForRefusal(offered));
        return;
      }
      reInvite(this.#deps.clock, transferee.dialog, {
        offer: offered.sdp,
        listener: {
          accepted: (body, acknowledge) => {
            acknowledge('');
            takeAnswer(body, () => this.#connected(leg));
          },
          refused: (status) => this.#refused(leg, status),
        },
      });
    });
  }

  #refused(leg: AnsweredLeg, status: number): void {
    leg.acknowledge(undefined);
    leg.dialog.bye();
    this.#call?.hungUp({ disposition: 'failed', reason: status === 503 ? 'no-media' : 'media-refused' });
    this.#failed(status);
  }

  reject(verdict: Verdict): void {
    this.#failed(statusOf(verdict));
  }

  hangUp(): void {
    this.#joined?.end(undefined);
  }

  /** The transferor has hung up; the transferee stays for the new call. */
  onTransferorGone(): void {
    this.#isTransferorGone = true;
    if (this.#isOver) this.#transfer.transferee.dialog.bye();
  }

  onTransfereeGone(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.paths.close();
    this.#call?.callerGone();
  }

  #onCalleeGone(): void {
    this.#call?.hungUp({ disposition: 'answered', reason: 'callee-hung-up' });
    this.#failed(480);
  }

  #connected(leg: AnsweredLeg): void {
    const { bridge, transferor, transferee, progress } = this.#transfer;
    if (this.#isOver) {
      this.paths.close();
      leg.dialog.bye();
      return;
    }
    this.#isOver = true;
    const callee = this.#call?.record.callee ?? transferee.party;
    const joined = new Bridge(this.#deps, transferee, {
      dialog: leg.dialog,
      device: leg.device,
      party: callee,
      endpoint: leg.destination.endpoint,
    });
    joined.call = this.#call;
    joined.path = leg.path;
    this.#joined = joined;
    bridge.release({ disposition: 'answered', reason: 'transferred' });
    progress.notifyFinal(200);
    transferor.dialog.bye();
  }

  /** The first call goes on unless the transferor is gone. */
  #failed(status: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.paths.close();
    const { bridge, transferee, progress } = this.#transfer;
    bridge.endTransfer();
    progress.notifyFinal(status);
    if (this.#isTransferorGone) transferee.dialog.bye();
  }
}
