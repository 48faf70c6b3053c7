import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import type { Party } from '#calls/call.ts';
import type { OngoingCall } from '#calls/ongoing-call.ts';
import type { Verdict } from '#calls/verdict.ts';
import { respond } from './respond.ts';
import type { DialogOwner, SipDialog } from './dialog.ts';
import { DialogKeepalive } from './dialog-keepalive.ts';
import { InDialogForwarder } from './in-dialog-forwarder.ts';
import { MediaPath } from './media-path.ts';
import type { MediaEndpoint, MediaRole } from './media-port.ts';
import type { SrfRequest, Responder } from './srf-types.ts';

/** One side of a connected call: a phone, or else a trunk. */
export type Side = {
  readonly dialog: SipDialog;
  readonly device: Device | undefined;
  readonly party: Party;
  readonly endpoint: MediaEndpoint;
};

export type BridgeDeps = {
  readonly log: Log;
  readonly clock: Clock;
  /** The relay of its sound has died. */
  readonly onRelayGone: (bridge: Bridge) => void;
  /** REFER: undefined where it is not for us to answer. */
  readonly onRefer: (
    bridge: Bridge,
    from: Side,
    exchange: { readonly request: SrfRequest; readonly response: Responder },
  ) => void;
};

/** A blind transfer that one side has ordered and that is not decided yet. */
export type PendingTransfer = {
  /** The side that ordered it is gone. */
  onTransferorGone(): void;
  /** The side that is to be transferred is gone. */
  onTransfereeGone(): void;
};

/** Two dialogs whose sides talk to each other. What one sends goes to the other; when one ends, both do. */
export class Bridge implements DialogOwner {
  readonly #deps: BridgeDeps;
  readonly #inDialogForwarder: InDialogForwarder;
  readonly caller: Side;
  readonly callee: Side;
  call: OngoingCall | undefined;
  #path = new MediaPath();
  readonly #keepalives: readonly DialogKeepalive[];
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
    caller.dialog.owner = this;
    callee.dialog.owner = this;
    // A trunk may drop such questions, and it knows by its own means whether its side is there.
    const phones = [caller, callee].filter(({ device }) => device !== undefined);
    this.#keepalives = phones.map(({ dialog }) => new DialogKeepalive(deps.clock, dialog, () => this.#vanished()));
  }

  /** The way of its sound, which ends with it. */
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

  /** Until `endTransfer`, the end of the side that ordered it does not end the other one. */
  beginTransfer(from: Side, pending: PendingTransfer): void {
    this.#transfer = { from, pending };
  }

  endTransfer(): void {
    this.#transfer = undefined;
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
    // The record first: what a phone is told has been written.
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

  /** Lets go of both dialogs, which stay up: others own them from now on. */
  release(verdict: Verdict): void {
    if (this.#isOver) return;
    this.#close();
    this.call?.hungUp(verdict);
  }

  /** Nobody ends a call for help but who is in it. */
  #vanished(): void {
    if (this.call?.isEmergency !== true) this.end({ disposition: 'answered', reason: 'session-expired' });
  }

  #close(): void {
    this.#isOver = true;
    for (const keepalive of this.#keepalives) keepalive.stop();
    this.#path.close();
  }

  /** A party that waits for the end of its transfer is not to believe that its call is gone. */
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

/** Makes phones restart, pick up, or show a text. Those of the house may do that to each other; nobody outside was asked to. */
function isDeviceControl({ method }: SrfRequest): boolean {
  return method === 'NOTIFY' || method === 'MESSAGE';
}
