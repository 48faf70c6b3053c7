import { randomBytes } from 'node:crypto';
import type { Timer } from '#base/clock.ts';
import type { Device } from '#devices/device.ts';
import type { CallerLeg, ConnectedCall, LegListener, OutgoingLeg, PlacedCall, RingTarget } from '#calls/ports.ts';
import type { Verdict } from '#calls/verdict.ts';
import { respond } from '#sip/message/respond.ts';
import { AnsweredCaller } from './answered-caller.ts';
import { Bridge } from './bridge.ts';
import type { Side } from './bridge.ts';
import { CallerVoice } from './caller-voice.ts';
import type { Heard } from './caller-voice.ts';
import { SipDialog } from '#sip/dialog/dialog.ts';
import type { DialogOwner } from '#sip/dialog/dialog.ts';
import { parseNameAddr, tagOf } from '#sip/message/headers.ts';
import { respondToEarlyUpdate } from '#sip/dialog/in-dialog-forwarder.ts';
import type { Invite } from '#sip/message/invite.ts';
import { InviteResponder } from './invite-responder.ts';
import { MediaPath, MediaPaths, statusForRefusal } from '#sip/relay/media-path.ts';
import type { MediaEndpoint, MediaOutcome } from '#sip/relay/media-port.ts';
import type { CallerSide, AnsweredLeg } from './outbound-leg.ts';
import { calleeParty, callerParty } from './parties.ts';
import { ringTarget } from './ring-target.ts';
import type { CallDeps } from './ring-target.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';

/** From the callee's answer to ours: the longest the media relay takes, twice. */
const answerTimeoutMs = 20_000;

/** Takes over the ringing call of an INVITE from the phone that sent it (semi-attended transfer). */
export type ReplacementCaller = {
  progress(status: number): void;
  /** A leg has answered; not acknowledged yet where the caller made no offer. */
  answered(leg: AnsweredLeg): void;
  ended(status: number): void;
};

type CallerOrigin = {
  readonly device: Device | undefined;
  readonly endpoint: MediaEndpoint;
  /** See `InviteResponder`. */
  readonly failsOver?: boolean;
};

/** The caller's side of an inbound or internal call: one incoming INVITE until its final response, then one side of a bridge. */
export class InboundLeg implements CallerLeg, CallerSide, DialogOwner {
  readonly dialog: SipDialog;
  readonly address: string;
  readonly offer: string;
  readonly maxForwards: number;
  readonly device: Device | undefined;
  readonly paths: MediaPaths;
  readonly voice: CallerVoice;
  readonly #deps: CallDeps;
  readonly endpoint: MediaEndpoint;
  readonly #responder: InviteResponder;
  #call: PlacedCall | undefined;
  #bridge: Bridge | undefined;
  /** Where the house has answered: who the caller is from then on. */
  #answered: AnsweredCaller | undefined;
  #replacementCaller: ReplacementCaller | undefined;
  #isOver = false;
  #negotiateTimer: Timer | undefined;

  constructor(deps: CallDeps, invite: Invite, from: CallerOrigin) {
    const { request } = invite;
    this.#deps = deps;
    this.device = from.device;
    this.endpoint = from.endpoint;
    this.address = `${request.protocol} ${request.source_address}:${request.source_port}`;
    this.offer = request.body ?? '';
    this.maxForwards = invite.maxForwards;
    this.dialog = new SipDialog(deps.connection, {
      role: 'uas',
      callId: request.headers['call-id'] ?? '',
      localTag: randomBytes(8).toString('hex'),
      remoteTag: tagOf(request.headers['from']) ?? '',
    });
    this.#responder = new InviteResponder(invite, { localTag: this.dialog.localTag, failsOver: from.failsOver ?? false });
    this.paths = new MediaPaths(deps, { call: this.dialog.callId, caller: from.endpoint });
    this.paths.onLost = (why) => why === 'made-room' && this.#call?.stop('preempted');
    this.voice = new CallerVoice(deps, this);
    this.dialog.remoteSdp = this.offer;
    this.dialog.learnAllow(request.headers);
    this.dialog.remoteTarget = parseNameAddr(request.headers['contact'] ?? '')?.uri ?? request.uri;
    if (invite.timer.kind === 'agreed') this.dialog.sessionExpires = invite.timer.ownSessionExpires;
    this.dialog.owner = this;
    request.on('cancel', () => this.#onCallerGone());
    request.on('update', (update: SrfRequest, response: Responder) => respondToEarlyUpdate(update, response));
  }

  get sipCallId(): string {
    return this.dialog.callId;
  }

  get connected(): ConnectedCall | undefined {
    return this.#answered?.connected ?? this.#bridge;
  }

  /** The call that this INVITE began. */
  set call(call: PlacedCall) {
    this.#call = call;
  }

  ring(target: RingTarget, listener: LegListener): OutgoingLeg {
    return ringTarget(this.#deps, this.#answered ?? this, { target, listener });
  }

  sendEarly(sdp: string): boolean {
    if (this.#isOver || this.#responder.hasSentMedia) return false;
    this.#responder.progress(183, sdp);
    return true;
  }

  sendAnswer(sdp: string, heard: Heard): void {
    const { dialog, device, endpoint, paths, maxForwards, voice } = this;
    const call = () => this.#call;
    this.#answered = new AnsweredCaller(this.#deps, { dialog, device, endpoint, paths, maxForwards, voice, call }, heard);
    this.#responder.answer(sdp, (error) => {
      if (error) this.#answered?.abandon();
    });
  }

  /** A request inside the early dialog. */
  request(_dialog: SipDialog, request: SrfRequest, response: Responder): void {
    if (request.method === 'UPDATE') respondToEarlyUpdate(request, response);
    else respond(response, 481);
  }

  /** A caller may end its early dialog by BYE too; its INVITE still needs a final response (RFC 3261 sections 15 and 15.1.2). */
  bye(_dialog: SipDialog, _request: SrfRequest, done: () => void): void {
    done();
    this.#onCallerGone();
    this.#responder.refuse(487);
  }

  /** Whether the calling phone no longer takes an answer. */
  get isGone(): boolean {
    return this.#isOver;
  }

  /** Whether it still rings, on behalf of the calling phone. */
  get isRinging(): boolean {
    const isTaken = this.#bridge !== undefined || this.#replacementCaller !== undefined || this.#answered !== undefined;
    return !this.#isOver && !isTaken && this.#call !== undefined;
  }

  /** From now on it rings on behalf of another party; the calling phone may hang up. */
  handOverTo(replacementCaller: ReplacementCaller): void {
    this.#replacementCaller = replacementCaller;
    if (this.#responder.isRingingSent) replacementCaller.progress(180);
  }

  /** The call belongs to the calling phone again; where that has hung up, it ends. */
  reclaim(): void {
    this.#replacementCaller = undefined;
    if (!this.#isOver) return;
    this.paths.close();
    this.#call?.callerGone();
  }

  /** Its callee talks to the transferred party: this leg is over. */
  endAsTransferred(): void {
    this.#leave(487, { disposition: 'answered', reason: 'transferred' });
  }

  /** The callee answered, and hung up before it was connected. */
  drop(): void {
    this.#leave(480, { disposition: 'answered', reason: 'callee-hung-up' });
  }

  #leave(status: number, verdict: Verdict): void {
    this.#replacementCaller = undefined;
    this.#call?.hungUp(verdict);
    this.refuse(status);
    this.paths.close();
  }

  sideOf(leg: AnsweredLeg): Side {
    return { dialog: leg.dialog, device: leg.device, party: calleeParty(leg, this.#call), endpoint: leg.destination.endpoint };
  }

  progress(status: number, body: string | undefined): void {
    this.#replacementCaller?.progress(status);
    if (this.#isOver || this.#bridge !== undefined) return;
    this.#responder.progress(status, body);
  }

  setRetryAfter(seconds: number): void {
    this.#responder.setRetryAfter(seconds);
  }

  join(leg: AnsweredLeg): void {
    if (this.#replacementCaller !== undefined) {
      this.#replacementCaller.answered(leg);
      return;
    }
    const { dialog } = this;
    const { path } = leg;
    const callee = this.sideOf(leg);
    const caller: Side = { dialog, device: this.device, party: callerParty(this.#call), endpoint: this.endpoint };
    const bridge = new Bridge(this.#deps, caller, callee);
    bridge.call = this.#call;
    bridge.path = path;
    this.#bridge = bridge;
    // Whatever goes wrong from here on: the caller gets a final response.
    this.#negotiateTimer = this.#deps.clock.after(answerTimeoutMs, () =>
      this.#refuseAnswered(500, { disposition: 'failed', reason: 'internal' }),
    );
    this.voice.close();
    this.paths.keep(path);
    leg.answerCaller(dialog, (outcome) => this.#onMediaAnswer(outcome, bridge));
  }

  /** The session description for the caller is known, or the media relay has none. */
  #onMediaAnswer(outcome: MediaOutcome, bridge: Bridge): void {
    if (outcome.kind === 'sdp' && !bridge.isOver) {
      this.dialog.localSdp = outcome.sdp;
      this.#answer(outcome.sdp, bridge);
      return;
    }
    if (outcome.kind === 'refused' && this.#isEmergencyAnswer(outcome, bridge)) {
      this.#answerEmergency(bridge);
      return;
    }
    // The callee may have hung up meanwhile.
    const isRefused = outcome.kind === 'refused' && outcome.why === 'bad-sdp';
    const verdict = { disposition: 'failed', reason: isRefused ? 'media-refused' : 'no-media' } as const;
    this.#refuseAnswered(outcome.kind === 'sdp' ? 480 : statusForRefusal(outcome), verdict);
  }

  #isEmergencyAnswer({ why }: Extract<MediaOutcome, { kind: 'refused' }>, bridge: Bridge): boolean {
    return this.#call?.isEmergency === true && why !== 'over' && this.offer !== '' && !bridge.isOver;
  }

  /** An emergency call was answered after the media relay died: it stays up, and its media moves to the next relay. */
  #answerEmergency(bridge: Bridge): void {
    this.paths.close();
    bridge.path = new MediaPath();
    this.dialog.localSdp = bridge.callee.dialog.remoteSdp;
    this.#answer(this.dialog.localSdp, bridge);
    this.#deps.onRelayGone(bridge);
  }

  /** The callee has answered, but no answer can be made for the caller. */
  #refuseAnswered(status: number, verdict: Verdict): void {
    this.#negotiateTimer?.cancel();
    this.dialog.drop();
    this.#responder.refuse(status);
    this.#bridge?.end(verdict);
  }

  reject(verdict: Verdict): void {
    if (this.#answered !== undefined) {
      this.#answered.hangUp();
      return;
    }
    const status = this.#responder.statusFor(verdict);
    this.#endReplacement(status);
    if (this.#isOver) return;
    this.#over();
    this.#responder.refuseWithRetryAfter(status);
  }

  hangUp(): void {
    if (this.#answered !== undefined) {
      this.#answered.hangUp();
      return;
    }
    if (this.#bridge !== undefined) {
      this.#bridge.end(undefined);
      return;
    }
    this.#endReplacement(480);
    this.refuse(480);
  }

  #endReplacement(status: number): void {
    const replacementCaller = this.#replacementCaller;
    this.#replacementCaller = undefined;
    replacementCaller?.ended(status);
    if (replacementCaller !== undefined) this.paths.close();
  }

  /** Takes the place of one side of a call (RFC 3891); `body` is the other side's answer. */
  answerWithReplaces(body: string, bridge: Bridge): void {
    this.#bridge = bridge;
    this.#call = bridge.call;
    this.dialog.localSdp = body;
    this.#answer(body, bridge);
  }

  refuse(status: number): void {
    if (this.#isOver) return;
    this.#over();
    this.#responder.refuse(status);
  }

  #answer(body: string, bridge: Bridge): void {
    this.#negotiateTimer?.cancel();
    this.#responder.answer(body, (error) => {
      if (!error) return;
      this.dialog.drop();
      this.#call?.callerGone();
      bridge.end(undefined);
    });
  }

  #onCallerGone(): void {
    if (this.#isOver || this.#bridge !== undefined || this.#answered !== undefined) return;
    if (this.#replacementCaller !== undefined) {
      this.#isOver = true;
      this.dialog.drop();
      return;
    }
    this.#over();
    this.#call?.callerGone();
  }

  #over(): void {
    this.#isOver = true;
    this.voice.close();
    this.paths.close();
    this.dialog.drop();
  }
}
