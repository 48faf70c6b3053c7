import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import type { Party } from '#calls/call.ts';
import type { ConnectedCall, HoldOutcome, PlacedCall, TransferredLeg } from '#calls/ports.ts';
import type { Verdict } from '#calls/verdict.ts';
import { respond } from '#sip/message/respond.ts';
import type { DialogOwner, SipDialog } from '#sip/dialog/dialog.ts';
import { DialogKeepalive } from '#sip/dialog/keepalive.ts';
import { InDialogForwarder } from '#sip/dialog/in-dialog-forwarder.ts';
import { HouseHold } from './house-hold.ts';
import { MediaPath } from '#sip/relay/media-path.ts';
import type { MediaEndpoint, MediaRole } from '#sip/relay/media-port.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';

/** One side of a connected call: a phone, or a trunk (`device` undefined). */
export type Side = {
  readonly dialog: SipDialog;
  readonly device: Device | undefined;
  readonly party: Party;
  readonly endpoint: MediaEndpoint;
};

export type BridgeDeps = {
  readonly log: Log;
  readonly clock: Clock;
  /** The media relay of its call has died. */
  readonly onRelayGone: (bridge: Bridge) => void;
  /** A REFER inside the call. */
  readonly onRefer: (
    bridge: Bridge,
    from: Side,
    exchange: { readonly request: SrfRequest; readonly response: Responder },
  ) => void;
  /** The other side than `from` is to call anew. */
  readonly onTransfer: (bridge: Bridge, from: Side) => TransferredLeg | undefined;
};

/** A transfer that one side has requested and that is not decided yet (RFC 5589). */
export type PendingTransfer = {
  /** The transferor has hung up. */
  onTransferorGone(): void;
  /** The transferee has hung up. */
  onTransfereeGone(): void;
};

/** Two dialogs connected with each other: requests of one side are forwarded to the other, and both end together. */
export class Bridge implements DialogOwner, ConnectedCall {
  readonly #deps: BridgeDeps;
  readonly #inDialogForwarder: InDialogForwarder;
  readonly caller: Side;
  readonly callee: Side;
  call: PlacedCall | undefined;
  #path = new MediaPath();
  readonly #keepalives: readonly DialogKeepalive[];
  readonly #hold: HouseHold;
  #transfer: { readonly pending: PendingTransfer; readonly from: Side } | undefined;
  #isOver = false;

  constructor(deps: BridgeDeps, caller: Side, callee: Side) {
    this.#deps = deps;
    this.caller = caller;
    this.callee = callee;
    this.#inDialogForwarder = new InDialogForwarder({
      onHold: (isHeld) => this.call?.held(isHeld),
      onDialogGone: () => this.end({ disposition: 'answered', reason: 'session-expired' }),
      path: () => this.#path,
    });
    this.#hold = new HouseHold({ clock: deps.clock, caller, callee, path: () => this.#path });
    caller.dialog.owner = this;
    callee.dialog.owner = this;
    // A trunk may ignore OPTIONS, and notices by its own means when its side is gone.
    const phones = [caller, callee].filter(({ device }) => device !== undefined);
    this.#keepalives = phones.map(({ dialog }) => new DialogKeepalive(deps.clock, dialog, () => this.#vanished()));
  }

  /** The media path of the call; closed when the call ends. */
  set path(path: MediaPath) {
    this.#path = path;
    path.onLost = (why) => {
      if (why === 'made-room') this.end({ disposition: 'answered', reason: 'made-room' });
      else this.#deps.onRelayGone(this);
    };
    if (this.#isOver) path.close();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isTransferring(): boolean {
    return this.#transfer !== undefined;
  }

  /** Until `endTransfer`, the transferee stays when the transferor hangs up. */
  beginTransfer(from: Side, pending: PendingTransfer): void {
    this.#transfer = { from, pending };
  }

  endTransfer(): void {
    this.#transfer = undefined;
  }

  transfer(stays: MediaRole): TransferredLeg | undefined {
    if (this.#isOver || this.isTransferring || this.#hold.isChanging) return undefined;
    return this.#deps.onTransfer(this, stays === 'caller' ? this.callee : this.caller);
  }

  async hold(isHeld: boolean): Promise<HoldOutcome> {
    if (this.#isOver) return 'over';
    if (this.isTransferring || this.#inDialogForwarder.isInviting) return 'busy';
    const outcome = await this.#hold.set(isHeld);
    if (this.#isOver) return 'over';
    if (outcome === 'done') this.call?.held(this.#hold.isHeld || this.#hold.isHeldByPhone);
    return outcome;
  }

  sideOf(dialog: SipDialog): Side {
    return this.caller.dialog === dialog ? this.caller : this.callee;
  }

  otherThan(side: Side): Side {
    return side === this.caller ? this.callee : this.caller;
  }

  request(dialog: SipDialog, request: SrfRequest, response: Responder): void {
    const from = this.sideOf(dialog);
    if (this.#isOver) this.#requestAfterwards(request, response);
    else if (request.method === 'REFER') this.#deps.onRefer(this, from, { request, response });
    else if (this.#hold.answer(dialog, request, response)) return;
    else if (from.device === undefined && isDeviceControl(request)) respond(response, request.method === 'NOTIFY' ? 489 : 403);
    else
      this.#inDialogForwarder.forward(
        { from: dialog, to: this.otherThan(from).dialog, role: this.roleOf(from) },
        { request, response },
      );
  }

  roleOf(side: Side): MediaRole {
    return side === this.caller ? 'caller' : 'callee';
  }

  bye(dialog: SipDialog, request: SrfRequest, done: () => void): void {
    const isTransferor = this.#transfer?.from.dialog === dialog;
    if (this.#isOver) {
      if (!isTransferor) this.#transfer?.pending.onTransfereeGone();
      done();
      return;
    }
    if (this.#transfer !== undefined && isTransferor) {
      this.release({ disposition: 'answered', reason: 'transferred' });
      done();
      this.#transfer.pending.onTransferorGone();
      return;
    }
    this.#transfer?.pending.onTransfereeGone();
    const verdict = this.#verdictOf(dialog, request);
    const other = this.otherThan(this.sideOf(dialog));
    this.#close();
    // The record first: it is written before a phone sees the end.
    this.call?.hungUp(verdict);
    done();
    const reason = request.headers['reason'];
    other.dialog.bye(reason === undefined || request.source === 'application' ? {} : { Reason: reason });
  }

  /** Ends both sides. */
  end(verdict: Verdict | undefined): void {
    if (this.#isOver) return;
    this.#close();
    this.#transfer?.pending.onTransfereeGone();
    if (verdict !== undefined) this.call?.hungUp(verdict);
    this.caller.dialog.bye();
    this.callee.dialog.bye();
  }

  /** Ends the bridge, not its dialogs: they have a new owner. */
  release(verdict: Verdict): void {
    if (this.#isOver) return;
    this.#close();
    this.call?.hungUp(verdict);
  }

  /** An emergency call is ended by its sides only. */
  #vanished(): void {
    if (this.call?.isEmergency !== true) this.end({ disposition: 'answered', reason: 'session-expired' });
  }

  #close(): void {
    this.#isOver = true;
    for (const keepalive of this.#keepalives) keepalive.stop();
    this.#path.close();
  }

  /** A transferee that waits for the new call must not get 481, which would end its dialog. */
  #requestAfterwards({ method }: SrfRequest, response: Responder): void {
    if (this.#transfer === undefined) respond(response, 481);
    else respond(response, method === 'INVITE' || method === 'UPDATE' ? 491 : 200);
  }

  #verdictOf(dialog: SipDialog, request: SrfRequest): Verdict {
    if (request.source === 'application') {
      const reason = request.headers['reason'] ?? '';
      if (reason.includes('Session timer')) return { disposition: 'answered', reason: 'session-expired' };
      if (reason.includes('ACK timeout')) return { disposition: 'failed', reason: 'not-acknowledged' };
    }
    return { disposition: 'answered', reason: dialog === this.caller.dialog ? 'caller-hung-up' : 'callee-hung-up' };
  }
}

/** NOTIFY (check-sync, talk) and MESSAGE make phones restart, answer or show a text: allowed between our phones, not from a trunk. */
function isDeviceControl({ method }: SrfRequest): boolean {
  return method === 'NOTIFY' || method === 'MESSAGE';
}
