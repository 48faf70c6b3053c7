import { randomBytes } from 'node:crypto';
import type { Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import type { OngoingCall } from '#calls/ongoing-call.ts';
import type { CallerLeg, LegListener, OutgoingLeg, RingTarget } from '#calls/ports.ts';
import type { Verdict } from '#calls/verdict.ts';
import { answer } from './answer.ts';
import { Bridge } from './bridge.ts';
import type { BridgeParts, Side } from './bridge.ts';
import { SipDialog } from './dialog.ts';
import type { DialogOwner } from './dialog.ts';
import { numberOf, parseNameAddr, tagOf, tokens } from './headers.ts';
import { answerEarlyUpdate } from './in-call.ts';
import { capabilities } from './capabilities.ts';
import { MediaPath, MediaPaths, statusOfRefusal } from './media-path.ts';
import type { MediaEnd, MediaOutcome } from './media-port.ts';
import { Ring } from './ring.ts';
import type { CallingSide, Destination, RingParts } from './ring.ts';
import type { TimerAnswer } from './session-timer.ts';
import { answerTimer } from './session-timer.ts';
import { statusOf } from './sip-status.ts';
import type { IncomingRequest, Responder } from './srf-types.ts';

export type CallParts = RingParts &
  BridgeParts & {
    readonly log: Log;
    /** Where a target is reached. */
    readonly destinationOf: (target: RingTarget) => Destination | undefined;
  };

/** What the INVITE showed before a call was made of it; see `readInvite`. */
export type Invite = {
  readonly request: IncomingRequest;
  readonly response: Responder;
  readonly timer: Exclude<TimerAnswer, { kind: 'too-small' }>;
  readonly maxForwards: number;
};

export type InviteReading =
  | { readonly kind: 'invite'; readonly invite: Invite }
  | { readonly kind: 'refuse'; readonly status: number; readonly reason?: string; readonly headers: Record<string, string> };

/** From the answer of a phone to ours: what the relay needs at most, twice. */
const answerMs = 20_000;

/** Hops a call may still take when it leaves us. */
const defaultMaxForwards = 70;

/** Checks of RFC 3261 section 8.2 that need no knowledge of who calls. */
export function readInvite(
  request: IncomingRequest,
  response: Responder,
  rules: { sessionSeconds: number; extensions: ReadonlySet<string> },
): InviteReading {
  const { headers } = request;
  const refuse = (status: number, extra: Record<string, string> = {}) => ({ kind: 'refuse', status, headers: extra }) as const;
  if (headers['contact'] === undefined) return { ...refuse(400), reason: 'Missing Contact Header' };
  if (tagOf(headers['from']) === undefined) return { ...refuse(400), reason: 'Missing From Tag' };
  const maxForwards = numberOf(headers['max-forwards']) ?? defaultMaxForwards;
  if (maxForwards < 1) return refuse(483);
  const unknown = tokens(headers['require']).filter((tag) => !rules.extensions.has(tag));
  if (unknown.length > 0) return refuse(420, { Unsupported: unknown.join(', ') });
  const hasBody = (request.body ?? '') !== '';
  if (hasBody && headers['content-encoding'] !== undefined) return refuse(415, { 'Accept-Encoding': 'identity' });
  const timer = answerTimer(headers, rules.sessionSeconds);
  if (timer.kind === 'too-small') return refuse(422, { 'Min-SE': String(timer.minSeconds) });
  return { kind: 'invite', invite: { request, response, timer, maxForwards: maxForwards - 1 } };
}

/** Who is to get what an INVITE rings, in place of the phone that sent it. */
export type Heir = {
  progress(status: number): void;
  /** A leg was answered; it is not acknowledged where the caller made no offer. */
  answered(ring: Ring): void;
  ended(status: number): void;
};

type From = {
  readonly device: Device | undefined;
  readonly end: MediaEnd;
  /** The network goes on with a caller whom nobody takes, unless it hears that the house is busy or does not want the call. */
  readonly isTakenBack?: boolean;
};

/** Busy and declined: after these a network tries nothing else (RFC 3261 section 16.7 of 6xx, and Twilio of 486). */
const endsTheCall: ReadonlySet<number> = new Set([486, 600, 603]);

/** The caller's side of a call: one incoming INVITE until its final response, then one side of a bridge. */
export class IncomingCall implements CallerLeg, CallingSide, DialogOwner {
  readonly dialog: SipDialog;
  readonly offer: string;
  readonly maxForwards: number;
  readonly device: Device | undefined;
  readonly paths: MediaPaths;
  readonly #parts: CallParts;
  readonly #isTakenBack: boolean;
  readonly end: MediaEnd;
  readonly #invite: Invite;
  #call: OngoingCall | undefined;
  #bridge: Bridge | undefined;
  #heir: Heir | undefined;
  #isOver = false;
  #isRingingTold = false;
  #retrySeconds: number | undefined;
  #limit: Timer | undefined;

  constructor(parts: CallParts, invite: Invite, from: From) {
    const { request } = invite;
    this.#parts = parts;
    this.#invite = invite;
    this.device = from.device;
    this.end = from.end;
    this.#isTakenBack = from.isTakenBack ?? false;
    this.offer = request.body ?? '';
    this.maxForwards = invite.maxForwards;
    this.dialog = new SipDialog(parts.connection, {
      role: 'uas',
      callId: request.headers['call-id'] ?? '',
      localTag: randomBytes(8).toString('hex'),
      remoteTag: tagOf(request.headers['from']) ?? '',
    });
    this.paths = new MediaPaths(parts, { call: this.dialog.callId, caller: from.end });
    this.paths.lost = (why) => why === 'made-room' && this.#call?.stop('room');
    this.dialog.remoteSdp = this.offer;
    this.dialog.learnAllow(request.headers);
    this.dialog.remoteTarget = parseNameAddr(request.headers['contact'] ?? '')?.uri ?? request.uri;
    if (invite.timer.kind === 'agreed') this.dialog.sessionExpires = invite.timer.own;
    this.dialog.owner = this;
    request.on('cancel', () => this.#gone());
    request.on('update', (update: IncomingRequest, response: Responder) => answerEarlyUpdate(update, response));
  }

  get sipCallId(): string {
    return this.dialog.callId;
  }

  get address(): string {
    const { protocol, source_address: address, source_port: port } = this.#invite.request;
    return `${protocol} ${address}:${port}`;
  }

  /** The call made of this INVITE. */
  set call(call: OngoingCall) {
    this.#call = call;
  }

  ring(target: RingTarget, listener: LegListener): OutgoingLeg {
    return ringTarget(this.#parts, this, { target, listener });
  }

  /** A request inside the dialog before the answer. */
  request(_dialog: SipDialog, request: IncomingRequest, response: Responder): void {
    if (request.method === 'UPDATE') answerEarlyUpdate(request, response);
    else answer(response, 481);
  }

  /** A caller may end its early dialog by BYE too; its INVITE still wants an answer (RFC 3261 sections 15 and 15.1.2). */
  bye(_dialog: SipDialog, _request: IncomingRequest, done: () => void): void {
    done();
    this.#gone();
    answer(this.#invite.response, 487);
  }

  /** Whether its own phone takes no answer any more. */
  get isGone(): boolean {
    return this.#isOver;
  }

  /** Whether it rings, for its own phone. */
  get isRinging(): boolean {
    return !this.#isOver && this.#bridge === undefined && this.#heir === undefined && this.#call !== undefined;
  }

  /** From now on what it rings is for another; its own phone may hang up. */
  giveTo(heir: Heir): void {
    this.#heir = heir;
    if (this.#isRingingTold) heir.progress(180);
  }

  /** It is its phone's own again; where that has hung up, the call ends. */
  takeBack(): void {
    this.#heir = undefined;
    if (!this.#isOver) return;
    this.paths.close();
    this.#call?.callerGone();
  }

  /** Another has what it rang: that is the end of it here. */
  handOver(): void {
    this.#leave(487, { result: 'answered', reason: 'transferred' });
  }

  /** Who had answered is gone before anybody got to talk. */
  drop(): void {
    this.#leave(480, { result: 'answered', reason: 'callee-hung-up' });
  }

  #leave(status: number, verdict: Verdict): void {
    this.#heir = undefined;
    this.#call?.hungUp(verdict);
    this.refuse(status);
    this.paths.close();
  }

  sideOf(ring: Ring): Side {
    return { dialog: ring.dialog, device: ring.device, party: this.#calleeParty(ring), end: ring.destination.end };
  }

  progress(status: number, body: string | undefined): void {
    this.#heir?.progress(status);
    if (this.#isOver || this.#bridge !== undefined) return;
    const hasMedia = body !== undefined && body !== '' && this.offer !== '';
    // A second plain 180 says nothing new; of several phones the caller hears one ringing.
    if (!hasMedia && this.#isRingingTold) return;
    const isReliable = tokens(this.#invite.request.headers['require']).includes('100rel');
    // 181 and 182 do not ring yet. The next reliable response had to wait for their PRACK (RFC 3262 section 3).
    const isNews = !hasMedia && (status === 181 || status === 182);
    if (isNews && isReliable) return;
    this.#isRingingTold = !isNews;
    answer(this.#invite.response, hasMedia || status !== 183 ? status : 180, {
      headers: { ...this.#toTag, ...capabilities, ...(isReliable ? { Require: '100rel' } : {}) },
      ...(hasMedia ? { body } : {}),
    });
  }

  mayTryAgainIn(seconds: number): void {
    this.#retrySeconds = Math.min(seconds, this.#retrySeconds ?? seconds);
  }

  join(ring: Ring): void {
    if (this.#heir !== undefined) {
      this.#heir.answered(ring);
      return;
    }
    const { dialog } = this;
    const { path } = ring;
    const callee = this.sideOf(ring);
    const caller: Side = { dialog, device: this.device, party: this.#callerParty(), end: this.end };
    const bridge = new Bridge(this.#parts, caller, callee);
    bridge.call = this.#call;
    bridge.path = path;
    this.#bridge = bridge;
    // Whatever goes wrong between here and the answer: it comes.
    this.#limit = this.#parts.clock.after(answerMs, () => this.#refuseAnswered(500, { result: 'failed', reason: 'internal' }));
    this.paths.keep(path);
    const given = (outcome: MediaOutcome) => this.#given(outcome, bridge);
    if (this.offer !== '') {
      path.answer(ring.answerBody, given);
      return;
    }
    dialog.expectAck((body) => {
      dialog.remoteSdp = body;
      path.answer(body, (outcome) => {
        const sdp = outcome.kind === 'sdp' ? outcome.sdp : undefined;
        ring.dialog.localSdp = sdp ?? '';
        ring.acknowledge(sdp);
      });
    });
    path.offer(ring.answerBody, 'callee', given);
  }

  /** What the caller is to be answered is known, or that there is no way for the sound. */
  #given(outcome: MediaOutcome, bridge: Bridge): void {
    if (outcome.kind === 'sdp' && !bridge.isOver) {
      this.dialog.localSdp = outcome.sdp;
      this.#answer(outcome.sdp, bridge);
      return;
    }
    if (outcome.kind === 'refused' && this.#isForHelp(outcome, bridge)) {
      this.#answerForHelp(bridge);
      return;
    }
    // The called side may have hung up meanwhile.
    const isRefused = outcome.kind === 'refused' && outcome.why === 'bad-sdp';
    const verdict = { result: 'failed', reason: isRefused ? 'media-refused' : 'no-media' } as const;
    this.#refuseAnswered(outcome.kind === 'sdp' ? 480 : statusOfRefusal(outcome), verdict);
  }

  #isForHelp({ why }: Extract<MediaOutcome, { kind: 'refused' }>, bridge: Bridge): boolean {
    return this.#call?.isEmergency === true && why !== 'over' && this.offer !== '' && !bridge.isOver;
  }

  /** Help has answered, and the relay is gone: the call stands, and its sound is taken to the next relay. */
  #answerForHelp(bridge: Bridge): void {
    this.paths.close();
    bridge.path = new MediaPath();
    this.dialog.localSdp = bridge.callee.dialog.remoteSdp;
    this.#answer(this.dialog.localSdp, bridge);
    this.#parts.relayGone(bridge);
  }

  /** Somebody has answered, and the caller cannot be told. */
  #refuseAnswered(status: number, verdict: Verdict): void {
    this.#limit?.cancel();
    this.dialog.drop();
    answer(this.#invite.response, status);
    this.#bridge?.end(verdict);
  }

  reject(verdict: Verdict): void {
    const said = statusOf(verdict);
    const status = this.#isTakenBack && endsTheCall.has(said) ? 480 : said;
    this.#inherited(status);
    if (this.#isOver) return;
    this.#over();
    const isHinted = this.#retrySeconds !== undefined && (status === 503 || status === 480);
    answer(this.#invite.response, status, isHinted ? { headers: { 'Retry-After': String(this.#retrySeconds) } } : {});
  }

  hangUp(): void {
    if (this.#bridge !== undefined) {
      this.#bridge.end(undefined);
      return;
    }
    this.#inherited(480);
    this.refuse(480);
  }

  #inherited(status: number): void {
    const heir = this.#heir;
    this.#heir = undefined;
    heir?.ended(status);
    if (heir !== undefined) this.paths.close();
  }

  /** Takes the place of one side of a call (RFC 3891): the other side's answer is given, and ours to it follows. */
  answerReplacing(body: string, bridge: Bridge): void {
    this.#bridge = bridge;
    this.#call = bridge.call;
    this.dialog.localSdp = body;
    this.#answer(body, bridge);
  }

  refuse(status: number): void {
    if (this.#isOver) return;
    this.#over();
    answer(this.#invite.response, status);
  }

  #answer(body: string, bridge: Bridge): void {
    const { timer, response } = this.#invite;
    this.#limit?.cancel();
    const done = (error: unknown) => {
      if (!error) return;
      // The caller's CANCEL was faster than the answer.
      this.dialog.drop();
      this.#call?.callerGone();
      bridge.end(undefined);
    };
    const headers = { ...this.#toTag, ...capabilities, ...(timer.kind === 'agreed' ? timer.headers : {}) };
    answer(response, 200, { headers, done, ...(body === '' ? {} : { body }) });
  }

  /** Our first response fixes our tag; drachtio-srf takes it in this form. */
  get #toTag(): Record<string, string> {
    return { To: `tag=${this.dialog.localTag}` };
  }

  #gone(): void {
    if (this.#isOver || this.#bridge !== undefined) return;
    if (this.#heir !== undefined) {
      this.#isOver = true;
      this.dialog.drop();
      return;
    }
    this.#over();
    this.#call?.callerGone();
  }

  #over(): void {
    this.#isOver = true;
    this.paths.close();
    this.dialog.drop();
  }

  #callerParty() {
    return this.#call?.record.caller ?? nobody;
  }

  #calleeParty(ring: Ring) {
    if (ring.device !== undefined) {
      const { id, personId, extension, name } = ring.device;
      return { deviceId: id, personId, number: extension, name };
    }
    return this.#call?.record.callee ?? nobody;
  }
}

const nobody = { deviceId: undefined, personId: undefined, number: '', name: '' };

/** Sends an INVITE to a target; one that has no way fails at once. */
export function ringTarget(
  parts: CallParts,
  caller: CallingSide,
  { target, listener }: { readonly target: RingTarget; readonly listener: LegListener },
): OutgoingLeg {
  const destination = parts.destinationOf(target);
  if (destination === undefined) {
    listener.failed('unreachable', undefined);
    return { sipCallId: '', pass: () => {}, connect: () => {}, cancel: () => {}, release: () => {} };
  }
  const ring = new Ring(parts, caller, {
    ...{ destination, listener, device: target.kind === 'phone' ? target.device : undefined },
    isEmergency: target.kind === 'trunk' && target.isEmergency,
  });
  ring.start();
  return ring;
}
