import type { OngoingCall } from '#calls/ongoing-call.ts';
import type { CallerLeg, LegListener, OutgoingLeg, RingTarget } from '#calls/ports.ts';
import type { Verdict } from '#calls/verdict.ts';
import { AwaitedSide } from './awaited-side.ts';
import { Bridge } from './bridge.ts';
import type { Side, TransferUnderway } from './bridge.ts';
import { ringTarget } from './incoming-call.ts';
import type { CallParts } from './incoming-call.ts';
import { MediaPaths, statusOfRefusal } from './media-path.ts';
import { reInvite } from './re-invite.ts';
import type { ReferProgress } from './refer-progress.ts';
import type { CallingSide, Ring } from './ring.ts';
import { statusOf } from './sip-status.ts';

type Transfer = {
  readonly bridge: Bridge;
  /** The phone that ordered the transfer. */
  readonly from: Side;
  readonly other: Side;
  readonly progress: ReferProgress;
};

const maxForwards = 69;

/**
 * The party of a blind transfer as the caller of the new call. The new phone makes the offer, and the party's answer to it comes
 * by re-INVITE (RFC 3725 section 4.1), so neither gets a session description that is out of date.
 */
export class TransferredParty implements CallerLeg, CallingSide, TransferUnderway {
  readonly offer = '';
  readonly maxForwards = maxForwards;
  readonly paths: MediaPaths;
  readonly #parts: CallParts;
  readonly #transfer: Transfer;
  #call: OngoingCall | undefined;
  #joined: Bridge | undefined;
  #isOver = false;
  #isOrphaned = false;

  constructor(parts: CallParts, transfer: Transfer) {
    this.#parts = parts;
    this.#transfer = transfer;
    const { dialog, end } = transfer.other;
    this.paths = new MediaPaths(parts, { call: dialog.callId, caller: end });
    this.paths.lost = (why) => why === 'made-room' && this.#call?.stop('room');
  }

  get sipCallId(): string {
    return this.#transfer.other.dialog.callId;
  }

  get address(): string {
    return '';
  }

  set call(call: OngoingCall) {
    this.#call = call;
  }

  ring(target: RingTarget, listener: LegListener): OutgoingLeg {
    return ringTarget(this.#parts, this, { target, listener });
  }

  progress(status: number): void {
    this.#transfer.progress.told(status === 183 ? 180 : status);
  }

  /** A NOTIFY tells a status and no more. */
  mayTryAgainIn(): void {}

  join(ring: Ring): void {
    const { other } = this.#transfer;
    const { path } = ring;
    this.paths.keep(path);
    ring.dialog.owner = new AwaitedSide(() => this.#calleeGone());
    path.offer(ring.answerBody, 'callee', (offered) => {
      if (offered.kind === 'refused') {
        this.#refused(ring, statusOfRefusal(offered));
        return;
      }
      reInvite(this.#parts.clock, other.dialog, {
        offer: offered.sdp,
        listener: {
          accepted: (body, acknowledge) => {
            acknowledge('');
            path.answer(body, (given) => {
              const sdp = given.kind === 'sdp' ? given.sdp : undefined;
              ring.dialog.localSdp = sdp ?? '';
              ring.acknowledge(sdp);
              this.#connected(ring);
            });
          },
          refused: (status) => this.#refused(ring, status),
        },
      });
    });
  }

  #refused(ring: Ring, status: number): void {
    ring.acknowledge(undefined);
    ring.dialog.bye();
    this.#call?.hungUp({ result: 'failed', reason: status === 503 ? 'no-media' : 'media-refused' });
    this.#failed(status);
  }

  reject(verdict: Verdict): void {
    this.#failed(statusOf(verdict));
  }

  hangUp(): void {
    this.#joined?.end(undefined);
  }

  /** The phone that ordered the transfer has hung up; its party stays for the new call. */
  orphaned(): void {
    this.#isOrphaned = true;
    if (this.#isOver) this.#transfer.other.dialog.bye();
  }

  /** The party has hung up. */
  partyGone(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.paths.close();
    this.#call?.callerGone();
  }

  #calleeGone(): void {
    this.#call?.hungUp({ result: 'answered', reason: 'callee-hung-up' });
    this.#failed(480);
  }

  #connected(ring: Ring): void {
    const { bridge, from, other, progress } = this.#transfer;
    if (this.#isOver) {
      this.paths.close();
      ring.dialog.bye();
      return;
    }
    this.#isOver = true;
    const callee = this.#call?.record.callee ?? other.party;
    const joined = new Bridge(this.#parts, other, {
      ...{ dialog: ring.dialog, device: ring.device, party: callee, end: ring.destination.end },
    });
    joined.call = this.#call;
    joined.path = ring.path;
    this.#joined = joined;
    bridge.letGo({ result: 'answered', reason: 'transferred' });
    progress.finished(200);
    from.dialog.bye();
  }

  /** The first call goes on as it was, where the phone is still there. */
  #failed(status: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.paths.close();
    const { bridge, other, progress } = this.#transfer;
    bridge.transferSettled();
    progress.finished(status);
    if (this.#isOrphaned) other.dialog.bye();
  }
}
