import { randomBytes } from 'node:crypto';
import type { Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import type { OngoingCall } from '#calls/ongoing-call.ts';
import type { CallerLeg, LegListener, OutgoingLeg, RingTarget } from '#calls/ports.ts';
import type { Verdict } from '#calls/verdict.ts';
import { respond } from './respond.ts';
import { Bridge } from './bridge.ts';
import type { BridgeDeps, Side } from './bridge.ts';
import { SipDialog } from './dialog.ts';
import type { DialogOwner } from './dialog.ts';
import { parseHeaderInteger, parseNameAddr, tagOf, tokens } from './headers.ts';
import { respondToEarlyUpdate } from './in-dialog-forwarder.ts';
import { capabilities } from './capabilities.ts';
import { MediaPath, MediaPaths, statusForRefusal } from './media-path.ts';
import type { MediaEndpoint, MediaOutcome } from './media-port.ts';
import { OutboundLeg } from './outbound-leg.ts';
import type { CallerSide, InviteDestination, OutboundLegDeps } from './outbound-leg.ts';
import type { TimerNegotiation } from './session-timer.ts';
import { negotiateTimer } from './session-timer.ts';
import { statusOf } from './sip-status.ts';
import type { SrfRequest, Responder } from './srf-types.ts';

export type CallDeps = OutboundLegDeps &
  BridgeDeps & {
    readonly log: Log;
    /** Where a target is reached. */
    readonly destinationOf: (target: RingTarget) => InviteDestination | undefined;
  };

/** What the INVITE showed before a call was made of it; see `readInvite`. */
export type Invite = {
  readonly request: SrfRequest;
  readonly response: Responder;
  readonly timer: Exclude<TimerNegotiation, { kind: 'too-small' }>;
  readonly maxForwards: number;
};

export type InviteResult =
  | { readonly kind: 'invite'; readonly invite: Invite }
  | { readonly kind: 'refuse'; readonly status: number; readonly reason?: string; readonly headers: Record<string, string> };

/** From the answer of a phone to ours: what the relay needs at most, twice. */
const answerTimeoutMs = 20_000;

/** Hops a call may still take when it leaves us. */
const defaultMaxForwards = 70;

/** Checks of RFC 3261 section 8.2 that need no knowledge of who calls. */
export function readInvite(
  request: SrfRequest,
  response: Responder,
  rules: { sessionSeconds: number; extensions: ReadonlySet<string> },
): InviteResult {
  const { headers } = request;
  const refuse = (status: number, extra: Record<string, string> = {}) => ({ kind: 'refuse', status, headers: extra }) as const;
  if (headers['contact'] === undefined) return { ...refuse(400), reason: 'Missing Contact Header' };
  if (tagOf(headers['from']) === undefined) return { ...refuse(400), reason: 'Missing From Tag' };
  const maxForwards = parseHeaderInteger(headers['max-forwards']) ?? defaultMaxForwards;
  if (maxForwards < 1) return refuse(483);
  const unknown = tokens(headers['require']).filter((tag) => !rules.extensions.has(tag));
  if (unknown.length > 0) return refuse(420, { Unsupported: unknown.join(', ') });
  const hasBody = (request.body ?? '') !== '';
  if (hasBody && headers['content-encoding'] !== undefined) return refuse(415, { 'Accept-Encoding': 'identity' });
  const timer = negotiateTimer(headers, rules.sessionSeconds);
  if (timer.kind === 'too-small') return refuse(422, { 'Min-SE': String(timer.minSeconds) });
  return { kind: 'invite', invite: { request, response, timer, maxForwards: maxForwards - 1 } };
}

/** Who is to get what an INVITE rings, in place of the phone that sent it. */
export type ReplacementCaller = {
  progress(status: number): void;
  /** A leg was answered; it is not acknowledged where the caller made no offer. */
  answered(leg: OutboundLeg): void;
  ended(status: number): void;
};

type CallerOrigin = {
  readonly device: Device | undefined;
  readonly endpoint: MediaEndpoint;
  /** The network goes on with a caller whom nobody takes, unless it hears that the house is busy or does not want the call. */
  readonly failsOver?: boolean;
};

/** Busy and declined: after these a network tries nothing else (RFC 3261 section 16.7 of 6xx, and Twilio of 486). */
const noFailoverStatuses: ReadonlySet<number> = new Set([486, 600, 603]);

/** The caller's side of a call: one incoming INVITE until its final response, then one side of a bridge. */
export class InboundLeg implements CallerLeg, CallerSide, DialogOwner {
  readonly dialog: SipDialog;
  readonly offer: string;
  readonly maxForwards: number;
  readonly device: Device | undefined;
  readonly paths: MediaPaths;
  readonly #deps: CallDeps;
  readonly #failsOver: boolean;
  readonly endpoint: MediaEndpoint;
  readonly #invite: Invite;
  #call: OngoingCall | undefined;
  #bridge: Bridge | undefined;
  #replacementCaller: ReplacementCaller | undefined;
  #isOver = false;
  #isRingingSent = false;
  #retrySeconds: number | undefined;
  #negotiateTimer: Timer | undefined;

  constructor(deps: CallDeps, invite: Invite, from: CallerOrigin) {
    const { request } = invite;
    this.#deps = deps;
    this.#invite = invite;
    this.device = from.device;
    this.endpoint = from.endpoint;
    this.#failsOver = from.failsOver ?? false;
    this.offer = request.body ?? '';
    this.maxForwards = invite.maxForwards;
    this.dialog = new SipDialog(deps.connection, {
      role: 'uas',
      callId: request.headers['call-id'] ?? '',
      localTag: randomBytes(8).toString('hex'),
      remoteTag: tagOf(request.headers['from']) ?? '',
    });
    this.paths = new MediaPaths(deps, { call: this.dialog.callId, caller: from.endpoint });
    this.paths.onLost = (why) => why === 'made-room' && this.#call?.stop('room');
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

  get address(): string {
    const { protocol, source_address: address, source_port: port } = this.#invite.request;
    return `${protocol} ${address}:${port}`;
  }

  /** The call made of this INVITE. */
  set call(call: OngoingCall) {
    this.#call = call;
  }

  ring(target: RingTarget, listener: LegListener): OutgoingLeg {
    return ringTarget(this.#deps, this, { target, listener });
  }

  /** A request inside the dialog before the answer. */
  request(_dialog: SipDialog, request: SrfRequest, response: Responder): void {
    if (request.method === 'UPDATE') respondToEarlyUpdate(request, response);
    else respond(response, 481);
  }

  /** A caller may end its early dialog by BYE too; its INVITE still wants an answer (RFC 3261 sections 15 and 15.1.2). */
  bye(_dialog: SipDialog, _request: SrfRequest, done: () => void): void {
    done();
    this.#onCallerGone();
    respond(this.#invite.response, 487);
  }

  /** Whether its own phone takes no answer any more. */
  get isGone(): boolean {
    return this.#isOver;
  }

  /** Whether it rings, for its own phone. */
  get isRinging(): boolean {
    return !this.#isOver && this.#bridge === undefined && this.#replacementCaller === undefined && this.#call !== undefined;
  }

  /** From now on what it rings is for another; its own phone may hang up. */
  handOverTo(replacementCaller: ReplacementCaller): void {
    this.#replacementCaller = replacementCaller;
    if (this.#isRingingSent) replacementCaller.progress(180);
  }

  /** It is its phone's own again; where that has hung up, the call ends. */
  reclaim(): void {
    this.#replacementCaller = undefined;
    if (!this.#isOver) return;
    this.paths.close();
    this.#call?.callerGone();
  }

  /** Another has what it rang: that is the end of it here. */
  endAsTransferred(): void {
    this.#leave(487, { disposition: 'answered', reason: 'transferred' });
  }

  /** Who had answered is gone before anybody got to talk. */
  drop(): void {
    this.#leave(480, { disposition: 'answered', reason: 'callee-hung-up' });
  }

  #leave(status: number, verdict: Verdict): void {
    this.#replacementCaller = undefined;
    this.#call?.hungUp(verdict);
    this.refuse(status);
    this.paths.close();
  }

  sideOf(leg: OutboundLeg): Side {
    return { dialog: leg.dialog, device: leg.device, party: this.#calleeParty(leg), endpoint: leg.destination.endpoint };
  }

  progress(status: number, body: string | undefined): void {
    this.#replacementCaller?.progress(status);
    if (this.#isOver || this.#bridge !== undefined) return;
    const hasMedia = body !== undefined && body !== '' && this.offer !== '';
    // A second plain 180 says nothing new; of several phones the caller hears one ringing.
    if (!hasMedia && this.#isRingingSent) return;
    const isReliable = tokens(this.#invite.request.headers['require']).includes('100rel');
    // 181 and 182 do not ring yet. The next reliable response had to wait for their PRACK (RFC 3262 section 3).
    const isInformational = !hasMedia && (status === 181 || status === 182);
    if (isInformational && isReliable) return;
    this.#isRingingSent = !isInformational;
    respond(this.#invite.response, hasMedia || status !== 183 ? status : 180, {
      headers: { ...this.#toTag, ...capabilities, ...(isReliable ? { Require: '100rel' } : {}) },
      ...(hasMedia ? { body } : {}),
    });
  }

  setRetryAfter(seconds: number): void {
    this.#retrySeconds = Math.min(seconds, this.#retrySeconds ?? seconds);
  }

  join(leg: OutboundLeg): void {
    if (this.#replacementCaller !== undefined) {
      this.#replacementCaller.answered(leg);
      return;
    }
    const { dialog } = this;
    const { path } = leg;
    const callee = this.sideOf(leg);
    const caller: Side = { dialog, device: this.device, party: this.#callerParty(), endpoint: this.endpoint };
    const bridge = new Bridge(this.#deps, caller, callee);
    bridge.call = this.#call;
    bridge.path = path;
    this.#bridge = bridge;
    // Whatever goes wrong between here and the answer: it comes.
    this.#negotiateTimer = this.#deps.clock.after(answerTimeoutMs, () =>
      this.#refuseAnswered(500, { disposition: 'failed', reason: 'internal' }),
    );
    this.paths.keep(path);
    const given = (outcome: MediaOutcome) => this.#onMediaAnswer(outcome, bridge);
    if (this.offer !== '') {
      path.answer(leg.answerBody, given);
      return;
    }
    dialog.expectAck((body) => {
      dialog.remoteSdp = body;
      path.answer(body, (outcome) => {
        const sdp = outcome.kind === 'sdp' ? outcome.sdp : undefined;
        leg.dialog.localSdp = sdp ?? '';
        leg.acknowledge(sdp);
      });
    });
    path.offer(leg.answerBody, 'callee', given);
  }

  /** What the caller is to be answered is known, or that there is no way for the sound. */
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
    // The called side may have hung up meanwhile.
    const isRefused = outcome.kind === 'refused' && outcome.why === 'bad-sdp';
    const verdict = { disposition: 'failed', reason: isRefused ? 'media-refused' : 'no-media' } as const;
    this.#refuseAnswered(outcome.kind === 'sdp' ? 480 : statusForRefusal(outcome), verdict);
  }

  #isEmergencyAnswer({ why }: Extract<MediaOutcome, { kind: 'refused' }>, bridge: Bridge): boolean {
    return this.#call?.isEmergency === true && why !== 'over' && this.offer !== '' && !bridge.isOver;
  }

  /** Help has answered, and the relay is gone: the call stands, and its sound is taken to the next relay. */
  #answerEmergency(bridge: Bridge): void {
    this.paths.close();
    bridge.path = new MediaPath();
    this.dialog.localSdp = bridge.callee.dialog.remoteSdp;
    this.#answer(this.dialog.localSdp, bridge);
    this.#deps.onRelayGone(bridge);
  }

  /** Somebody has answered, and the caller cannot be told. */
  #refuseAnswered(status: number, verdict: Verdict): void {
    this.#negotiateTimer?.cancel();
    this.dialog.drop();
    respond(this.#invite.response, status);
    this.#bridge?.end(verdict);
  }

  reject(verdict: Verdict): void {
    const said = statusOf(verdict);
    const status = this.#failsOver && noFailoverStatuses.has(said) ? 480 : said;
    this.#endReplacement(status);
    if (this.#isOver) return;
    this.#over();
    const isHinted = this.#retrySeconds !== undefined && (status === 503 || status === 480);
    respond(this.#invite.response, status, isHinted ? { headers: { 'Retry-After': String(this.#retrySeconds) } } : {});
  }

  hangUp(): void {
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

  /** Takes the place of one side of a call (RFC 3891): the other side's answer is given, and ours to it follows. */
  answerWithReplaces(body: string, bridge: Bridge): void {
    this.#bridge = bridge;
    this.#call = bridge.call;
    this.dialog.localSdp = body;
    this.#answer(body, bridge);
  }

  refuse(status: number): void {
    if (this.#isOver) return;
    this.#over();
    respond(this.#invite.response, status);
  }

  #answer(body: string, bridge: Bridge): void {
    const { timer, response } = this.#invite;
    this.#negotiateTimer?.cancel();
    const done = (error: unknown) => {
      if (!error) return;
      // The caller's CANCEL was faster than the answer.
      this.dialog.drop();
      this.#call?.callerGone();
      bridge.end(undefined);
    };
    const headers = { ...this.#toTag, ...capabilities, ...(timer.kind === 'agreed' ? timer.headers : {}) };
    respond(response, 200, { headers, done, ...(body === '' ? {} : { body }) });
  }

  /** Our first response fixes our tag; drachtio-srf takes it in this form. */
  get #toTag(): Record<string, string> {
    return { To: `tag=${this.dialog.localTag}` };
  }

  #onCallerGone(): void {
    if (this.#isOver || this.#bridge !== undefined) return;
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
    this.paths.close();
    this.dialog.drop();
  }

  #callerParty() {
    return this.#call?.record.caller ?? unknownParty;
  }

  #calleeParty(leg: OutboundLeg) {
    if (leg.device !== undefined) {
      const { id, personId, extension, name } = leg.device;
      return { deviceId: id, personId, number: extension, name };
    }
    return this.#call?.record.callee ?? unknownParty;
  }
}

const unknownParty = { deviceId: undefined, personId: undefined, number: '', name: '' };

/** Sends an INVITE to a target; one that has no way fails at once. */
export function ringTarget(
  deps: CallDeps,
  caller: CallerSide,
  { target, listener }: { readonly target: RingTarget; readonly listener: LegListener },
): OutgoingLeg {
  const destination = deps.destinationOf(target);
  if (destination === undefined) {
    listener.failed('unreachable', undefined);
    return { sipCallId: '', pass: () => {}, connect: () => {}, cancel: () => {}, release: () => {} };
  }
  const leg = new OutboundLeg(deps, caller, {
    destination,
    listener,
    device: target.kind === 'phone' ? target.device : undefined,
    isEmergency: target.kind === 'trunk' && target.isEmergency,
  });
  leg.start();
  return leg;
}
