import type { CallerLeg, ConnectedCall, LegListener, OutgoingLeg, PlacedCall, RingTarget, TransferredLeg } from '#calls/ports.ts';
import type { Verdict } from '#calls/verdict.ts';
import { PendingLegOwner } from './pending-leg-owner.ts';
import { Bridge } from './bridge.ts';
import type { Side, PendingTransfer } from './bridge.ts';
import { ringTarget } from './ring-target.ts';
import type { CallDeps } from './ring-target.ts';
import { MediaPaths } from '#sip/relay/media-path.ts';
import { takeOver } from './join-sides.ts';
import type { CallerSide, AnsweredLeg } from './outbound-leg.ts';
import { activeOf } from '#sip/message/sdp.ts';
import { statusOf } from '#sip/message/sip-status.ts';

/** What the transferee is connected with until the target answers. */
export type TransferOrigin = {
  /** A provisional status of the new call. */
  progress(status: number): void;
  /** The transferee talks to the target: whoever it talked to before is let go. */
  succeeded(): void;
  /** The new call is over, and the transferee is where it was. */
  failed(status: number, verdict: Verdict): void;
};

type TransfereeOptions = { readonly transferee: Side; readonly origin: TransferOrigin };

const maxForwards = 69;

/**
 * A connected side as the caller of a new call: the transferee of a blind transfer, or the phone for which the house dials. A phone that
 * is called makes the offer, and the transferee answers it by re-INVITE (RFC 3725 section 4.1), so that neither gets a stale session
 * description. A trunk gets the last description of the transferee, whose media goes through the relay then.
 */
export class Transferee implements CallerLeg, CallerSide, PendingTransfer, TransferredLeg {
  readonly offer = '';
  readonly maxForwards = maxForwards;
  readonly paths: MediaPaths;
  call: PlacedCall | undefined;
  readonly #deps: CallDeps;
  readonly #transferee: Side;
  readonly #origin: TransferOrigin;
  #joined: Bridge | undefined;
  #isOver = false;
  #isTransferorGone = false;

  constructor(deps: CallDeps, { transferee, origin }: TransfereeOptions) {
    this.#deps = deps;
    this.#transferee = transferee;
    this.#origin = origin;
    const { dialog, endpoint } = transferee;
    this.paths = new MediaPaths(deps, { call: dialog.callId, caller: endpoint });
    this.paths.onLost = (why) => why === 'made-room' && this.call?.stop('preempted');
  }

  get sipCallId(): string {
    return this.#transferee.dialog.callId;
  }

  get address(): string {
    return '';
  }

  get connected(): ConnectedCall | undefined {
    return this.#joined;
  }

  /** A browser needs an offer of its own (RFC 8829), so it is not given what answers another. */
  get offerToTrunk(): string | undefined {
    const { dialog, endpoint } = this.#transferee;
    return endpoint.isBrowser ? undefined : activeOf(dialog.remoteSdp);
  }

  ring(target: RingTarget, listener: LegListener): OutgoingLeg {
    return ringTarget(this.#deps, this, { target, listener });
  }

  progress(status: number): void {
    this.#origin.progress(status === 183 ? 180 : status);
  }

  /** The NOTIFY of a REFER carries a status line only. */
  setRetryAfter(): void {}

  join(leg: AnsweredLeg): void {
    this.paths.keep(leg.path);
    leg.dialog.owner = new PendingLegOwner(() => this.#onCalleeGone());
    const sides = { side: this.#transferee.dialog, leg };
    takeOver(this.#deps.clock, sides, { joined: () => this.#connected(leg), refused: (status) => this.#refused(leg, status) });
  }

  #refused(leg: AnsweredLeg, status: number): void {
    leg.acknowledge(undefined);
    leg.dialog.bye();
    const verdict = { disposition: 'failed', reason: status === 503 ? 'no-media' : 'media-refused' } as const;
    this.call?.hungUp(verdict);
    this.#failed(status, verdict);
  }

  reject(verdict: Verdict): void {
    this.#failed(statusOf(verdict), verdict);
  }

  hangUp(): void {
    this.#joined?.end(undefined);
  }

  /** The transferor has hung up; the transferee stays for the new call. */
  onTransferorGone(): void {
    this.#isTransferorGone = true;
    if (this.#isOver) this.#transferee.dialog.bye();
  }

  onTransfereeGone(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.paths.close();
    this.call?.callerGone();
  }

  #onCalleeGone(): void {
    const verdict = { disposition: 'answered', reason: 'callee-hung-up' } as const;
    this.call?.hungUp(verdict);
    this.#failed(480, verdict);
  }

  #connected(leg: AnsweredLeg): void {
    if (this.#isOver) {
      this.paths.close();
      leg.dialog.bye();
      return;
    }
    this.#isOver = true;
    const callee = this.call?.record.callee ?? this.#transferee.party;
    const joined = new Bridge(this.#deps, this.#transferee, {
      dialog: leg.dialog,
      device: leg.device,
      party: callee,
      endpoint: leg.destination.endpoint,
    });
    joined.call = this.call;
    joined.path = leg.path;
    this.#joined = joined;
    this.#origin.succeeded();
  }

  #failed(status: number, verdict: Verdict): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.paths.close();
    this.#origin.failed(status, verdict);
    if (this.#isTransferorGone) this.#transferee.dialog.bye();
  }
}
