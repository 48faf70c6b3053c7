import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import type { Party } from '#calls/call.ts';
import type { OngoingCall } from '#calls/ongoing-call.ts';
import type { Verdict } from '#calls/verdict.ts';
import { answer } from './answer.ts';
import type { DialogOwner, SipDialog } from './dialog.ts';
import { Heartbeat } from './heartbeat.ts';
import { InCall } from './in-call.ts';
import { MediaPath } from './media-path.ts';
import type { MediaEnd, MediaRole } from './media-port.ts';
import type { IncomingRequest, Responder } from './srf-types.ts';

/** One side of a connected call: a phone, or else a trunk. */
export type Side = {
  readonly dialog: SipDialog;
  readonly device: Device | undefined;
  readonly party: Party;
  readonly end: MediaEnd;
};

export type BridgeParts = {
  readonly log: Log;
  readonly clock: Clock;
  /** The relay of its sound has died. */
  readonly relayGone: (bridge: Bridge) => void;
  /** REFER: undefined where it is not for us to answer. */
  readonly refer: (
    bridge: Bridge,
    from: Side,
    exchange: { readonly request: IncomingRequest; readonly response: Responder },
  ) => void;
};

/** A blind transfer that one side has ordered and that is not decided yet. */
export type TransferUnderway = {
  /** The side that ordered it is gone. */
  orphaned(): void;
  /** The side that is to be transferred is gone. */
  partyGone(): void;
};

/** Two dialogs whose sides talk to each other. What one sends goes to the other; when one ends, both do. */
export class Bridge implements DialogOwner {
  readonly #parts: BridgeParts;
  readonly #inCall: InCall;
  readonly caller: Side;
  readonly callee: Side;
  call: OngoingCall | undefined;
  #path = new MediaPath();
  readonly #heartbeats: readonly Heartbeat[];
  #transfer: { readonly underway: TransferUnderway; readonly from: Side } | undefined;
  #isOver = false;

  constructor(parts: BridgeParts, caller: Side, callee: Side) {
    this.#parts = parts;
    this.caller = caller;
    this.callee = callee;
    this.#inCall = new InCall({
      held: (isHeld) => this.call?.held(isHeld),
      dead: () => this.end({ result: 'answered', reason: 'session-expired' }),
      path: () => this.#path,
    });
    caller.dialog.owner = this;
    callee.dialog.owner = this;
    // A trunk may drop such questions, and it knows by its own means whether its side is there.
    const phones = [caller, callee].filter(({ device }) => device !== undefined);
    this.#heartbeats = phones.map(({ dialog }) => new Heartbeat(parts.clock, dialog, () => this.#vanished()));
  }

  /** The way of its sound, which ends with it. */
  set path(path: MediaPath) {
    this.#path = path;
    path.lost = (why) => {
      if (why === 'made-room') this.end({ result: 'answered', reason: 'made-room' });
      else this.#parts.relayGone(this);
    };
    if (this.#isOver) path.close();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isTransferring(): boolean {
    return this.#transfer !== undefined;
  }

  /** Until `transferSettled`, the end of the side that ordered it does not end the other one. */
  transferBegun(from: Side, underway: TransferUnderway): void {
    this.#transfer = { from, underway };
  }

  transferSettled(): void {
    this.#transfer = undefined;
  }

  sideOf(dialog: SipDialog): Side {
    return this.caller.dialog === dialog ? this.caller : this.callee;
  }

  otherThan(side: Side): Side {
    return side === this.caller ? this.callee : this.caller;
  }

  request(dialog: SipDialog, request: IncomingRequest, response: Responder): void {
    const from = this.sideOf(dialog);
    if (this.#isOver) this.#requestAfterwards(request, response);
    else if (request.method === 'REFER') this.#parts.refer(this, from, { request, response });
    else if (from.device === undefined && isOrder(request)) answer(response, request.method === 'NOTIFY' ? 489 : 403);
    else this.#inCall.pass({ from: dialog, to: this.otherThan(from).dialog, role: this.roleOf(from) }, { request, response });
  }

  roleOf(side: Side): MediaRole {
    return side === this.caller ? 'caller' : 'callee';
  }

  bye(dialog: SipDialog, request: IncomingRequest, done: () => void): void {
    const isTransferor = this.#transfer?.from.dialog === dialog;
    if (this.#isOver) {
      if (!isTransferor) this.#transfer?.underway.partyGone();
      done();
      return;
    }
    if (this.#transfer !== undefined && isTransferor) {
      this.letGo({ result: 'answered', reason: 'transferred' });
      done();
      this.#transfer.underway.orphaned();
      return;
    }
    this.#transfer?.underway.partyGone();
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
    this.#transfer?.underway.partyGone();
    if (verdict !== undefined) this.call?.hungUp(verdict);
    this.caller.dialog.bye();
    this.callee.dialog.bye();
  }

  /** Lets go of both dialogs, which stay up: others own them from now on. */
  letGo(verdict: Verdict): void {
    if (this.#isOver) return;
    this.#close();
    this.call?.hungUp(verdict);
  }

  /** Nobody ends a call for help but who is in it. */
  #vanished(): void {
    if (this.call?.isEmergency !== true) this.end({ result: 'answered', reason: 'session-expired' });
  }

  #close(): void {
    this.#isOver = true;
    for (const heartbeat of this.#heartbeats) heartbeat.stop();
    this.#path.close();
  }

  /** A party that waits for the end of its transfer is not to believe that its call is gone. */
  #requestAfterwards({ method }: IncomingRequest, response: Responder): void {
    if (this.#transfer === undefined) answer(response, 481);
    else answer(response, method === 'INVITE' || method === 'UPDATE' ? 491 : 200);
  }

  #verdictOf(dialog: SipDialog, request: IncomingRequest): Verdict {
    if (request.source === 'application') {
      const reason = request.headers['reason'] ?? '';
      if (reason.includes('Session timer')) return { result: 'answered', reason: 'session-expired' };
      if (reason.includes('ACK timeout')) return { result: 'failed', reason: 'not-acknowledged' };
    }
    return { result: 'answered', reason: dialog === this.caller.dialog ? 'caller-hung-up' : 'callee-hung-up' };
  }
}

/** Makes phones restart, pick up, or show a text. Those of the house may do that to each other; nobody outside was asked to. */
function isOrder({ method }: IncomingRequest): boolean {
  return method === 'NOTIFY' || method === 'MESSAGE';
}
