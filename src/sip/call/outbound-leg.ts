import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import type { LegOutcome } from '#calls/call.ts';
import type { CancelReason, LegListener, OutgoingLeg, Redirection } from '#calls/ports.ts';
import { SipDialog } from '#sip/dialog/dialog.ts';
import { parseHeaderInteger, parseNameAddr, tagOf } from '#sip/message/headers.ts';
import type { CallerVoice } from './caller-voice.ts';
import { InviteClient, reasonHeaders } from './invite-client.ts';
import type { InviteDestination } from './invite-destination.ts';
import { MediaPath, receivedFrom, statusForRefusal } from '#sip/relay/media-path.ts';
import type { MediaPaths } from '#sip/relay/media-path.ts';
import type { MediaRelayPort, MediaOutcome } from '#sip/relay/media-port.ts';
import { refusalOf } from '#sip/message/sdp.ts';
import { parseRedirection } from '#sip/message/redirect.ts';
import { timerAgreed } from '#sip/message/session-timer.ts';
import { outcomeOfStatus } from '#sip/message/sip-status.ts';
import type { SrfConnection } from '#sip/dialog/srf-connection.ts';
import type { SrfResponse, SendAck } from '#sip/message/srf-types.ts';

/** The side that calls: a phone's or trunk's INVITE, or the transferee. */
export type CallerSide = {
  /** Its session description; empty where the callee is to make the offer (RFC 3264 section 5, late offer). */
  readonly offer: string;
  /** What a trunk is offered by a caller that leaves the offer to its callees: many networks refuse an INVITE without one. */
  readonly offerToTrunk?: string | undefined;
  readonly maxForwards: number;
  /** Its media paths, one per callee. */
  readonly paths: MediaPaths;
  /** The house in its ear; undefined where it cannot hear the house before it is connected. */
  readonly voice?: CallerVoice;
  progress(status: number, body: string | undefined): void;
  /** A callee asked not to be called for so long (Retry-After, RFC 3261 section 20.33). */
  setRetryAfter(seconds: number): void;
  /** Connects it with a leg that has answered. */
  join(leg: AnsweredLeg): void;
};

/** A leg that has answered, as its caller is connected with it. */
export type AnsweredLeg = {
  readonly dialog: SipDialog;
  /** The phone that answered; undefined for a trunk. */
  readonly device: Device | undefined;
  readonly destination: InviteDestination;
  readonly path: MediaPath;
  /** `done` gets the session description for the caller. `caller` is asked for the answer by its ACK where it made no offer. */
  answerCaller(caller: SipDialog | undefined, done: (outcome: MediaOutcome) => void): void;
  /** For a caller that makes no offer: `done` gets that of the leg, and who takes the caller's answer to it. */
  offerCaller(done: (outcome: MediaOutcome, takeAnswer: TakeAnswer) => void): void;
  /** Sends the ACK that is still due. */
  acknowledge(answer: string | undefined): void;
};

/** `done` is called when the leg has the answer. */
export type TakeAnswer = (answer: string, done: () => void) => void;

export type OutboundLegDeps = {
  readonly connection: SrfConnection;
  readonly clock: Clock;
  readonly log: Log;
  readonly sessionSeconds: number;
  readonly media: MediaRelayPort;
  /** A trunk asked for no calls for so long (503 with Retry-After). */
  readonly onTrunkBackOff: (trunk: string, seconds: number) => void;
};

type OutboundLegOptions = {
  readonly destination: InviteDestination;
  readonly listener: LegListener;
  readonly device: Device | undefined;
  readonly isEmergency?: boolean;
};

/** The callee's side of an outbound or internal call: one outgoing INVITE until it is answered or has failed. */
export class OutboundLeg implements OutgoingLeg, AnsweredLeg {
  readonly dialog: SipDialog;
  readonly destination: InviteDestination;
  /** The phone that rings; undefined for a trunk. */
  readonly device: Device | undefined;
  readonly #isEmergency: boolean;
  readonly #deps: OutboundLegDeps;
  readonly #caller: CallerSide;
  readonly #listener: LegListener;
  readonly #invite: InviteClient;
  /** Empty where the callee is to make it. */
  #offer = '';
  #progress: SrfResponse | undefined;
  #ack: SendAck | undefined;
  /** The session description of the 2xx: the answer, or the offer where our INVITE had none. */
  #answerBody = '';
  #path: MediaPath;
  #isOver = false;

  constructor(
    deps: OutboundLegDeps,
    caller: CallerSide,
    { destination, listener, device, isEmergency = false }: OutboundLegOptions,
  ) {
    this.#deps = deps;
    this.#caller = caller;
    this.destination = destination;
    this.#listener = listener;
    this.device = device;
    const identity = { role: 'uac', callId: randomUUID(), localTag: randomBytes(8).toString('hex'), remoteTag: '' } as const;
    this.dialog = new SipDialog(deps.connection, identity);
    this.dialog.credentials = destination.credentials;
    this.#invite = new InviteClient(deps, {
      dialog: this.dialog,
      destination,
      maxForwards: caller.maxForwards,
      onResponse: (response, ack) => this.#receive(response, ack),
      onSendFailure: () => this.#fail(503),
    });
    this.#isEmergency = isEmergency;
    this.#path = caller.paths.to(destination.endpoint, { isEmergency });
  }

  get sipCallId(): string {
    return this.dialog.callId;
  }

  get path(): MediaPath {
    return this.#path;
  }

  start(): void {
    this.#offer = offerTo(this.destination, this.#caller);
    this.#prepare({});
  }

  pass(status: number, withMedia: boolean): void {
    // Early media of an INVITE without an offer cannot be answered yet.
    const body = withMedia && this.#offer !== '' ? (this.#progress?.body ?? '') : '';
    if (body === '') this.#caller.progress(status, undefined);
    else this.#path.answer(body, (given) => this.#caller.progress(status, given.kind === 'sdp' ? given.sdp : undefined));
  }

  connect(): void {
    this.#caller.join(this);
  }

  cancel(why: CancelReason): void {
    if (!this.#isOver) this.#invite.cancel(why);
  }

  release(why: CancelReason): void {
    this.acknowledge(undefined);
    this.dialog.bye(reasonHeaders(why));
  }

  /** Where the caller made no offer, its ACK brings the answer (RFC 3264 section 5). */
  answerCaller(caller: SipDialog | undefined, done: (outcome: MediaOutcome) => void): void {
    if (this.#caller.offer !== '') {
      this.#path.answer(this.#answerBody, done);
      return;
    }
    this.offerCaller((offered, takeAnswer) => {
      caller?.expectAck((body) => {
        caller.remoteSdp = body;
        takeAnswer(body, () => {});
      });
      done(offered);
    });
  }

  offerCaller(done: (outcome: MediaOutcome, takeAnswer: TakeAnswer) => void): void {
    if (this.#offer !== '') {
      this.#path.answer(this.#answerBody, (answered) => done(answered, (answer, taken) => this.#takeLate(answer, taken)));
      return;
    }
    const takeAnswer: TakeAnswer = (answer, taken) =>
      this.#path.answer(answer, (outcome) => {
        const sdp = outcome.kind === 'sdp' ? outcome.sdp : undefined;
        this.dialog.localSdp = sdp ?? '';
        this.acknowledge(sdp);
        taken();
      });
    this.#path.offer(this.#answerBody, 'callee', (offered) => done(offered, takeAnswer));
  }

  /** The leg has a description of the caller already, which may have moved to another port since. */
  #takeLate(answer: string, taken: () => void): void {
    this.#path.restore('callee', { offer: this.#answerBody, answer });
    taken();
  }

  /** Sends the ACK, with the answer where the 2xx held the offer; without one its streams are refused. Only the first call counts. */
  acknowledge(answer: string | undefined): void {
    const ack = this.#ack;
    this.#ack = undefined;
    if (ack === undefined) return;
    if (this.#offer !== '') ack({});
    else ack({ body: answer === undefined || answer === '' ? refusalOf(this.#answerBody) : answer });
  }

  /** The media relay is asked again for every INVITE: the last response may have shown another public address. */
  #prepare(extra: Record<string, string>): void {
    this.#path.offer(this.#offer, 'caller', (offered) => this.#offered(offered, extra));
  }

  #offered(offered: MediaOutcome, extra: Record<string, string>): void {
    if (this.#invite.isCancelled) this.#fail(487);
    else if (offered.kind === 'sdp') {
      this.dialog.localSdp = offered.sdp;
      this.#invite.send(offered.sdp, extra);
    } else if (this.#mayGoDirectly(offered.why)) {
      const call = this.dialog.callId;
      if (this.#isEmergency) this.#deps.log.error({ call }, 'Emergency call sent without media relay; it may have no audio');
      else this.#deps.log.warn({ call }, 'Call sent without media relay; it may have no audio');
      this.#path = new MediaPath();
      this.#prepare(extra);
    } else this.#fail(statusForRefusal(offered), offered.why === 'no-relay' ? 'no-media' : undefined);
  }

  /** An emergency call goes out whatever the media relay says; so does one between phones where there is no relay. */
  #mayGoDirectly(why: Extract<MediaOutcome, { kind: 'refused' }>['why']): boolean {
    const { isRelayed, hasTrunk, isInterworked } = this.#path;
    if (!isRelayed || why === 'over') return false;
    return this.#isEmergency || (why === 'no-relay' && !hasTrunk && !isInterworked);
  }

  #receive(response: SrfResponse, ack: SendAck): void {
    const seen = this.destination.trunk === undefined ? undefined : receivedFrom(response.headers);
    if (seen !== undefined) this.#deps.media.learnPublicAddress(this.destination.trunk ?? '', seen);
    if (this.#isOver) return;
    if (response.status === 100) this.#listener.trying();
    else if (response.status < 200) {
      this.#progress = response;
      this.dialog.remoteTag = tagOf(response.headers['to']) ?? this.dialog.remoteTag;
      this.#listener.progressed(response.status, (response.body ?? '') !== '');
    } else if (response.status < 300) this.#answered(response, ack);
    else this.#retryOrFail(response);
  }

  #answered(response: SrfResponse, ack: SendAck): void {
    this.#isOver = true;
    this.#ack = ack;
    this.#answerBody = response.body ?? '';
    const { dialog } = this;
    dialog.remoteTag = tagOf(response.headers['to']) ?? '';
    dialog.remoteTarget = parseNameAddr(response.headers['contact'] ?? '')?.uri ?? this.destination.uri;
    dialog.remoteSdp = this.#answerBody;
    dialog.learnAllow(response.headers);
    dialog.sessionExpires = timerAgreed(response.headers);
    if (this.#offer !== '') this.acknowledge(undefined);
    else dialog.beforeBye = () => this.acknowledge(undefined);
    this.#listener.answered();
  }

  #retryOrFail(response: SrfResponse): void {
    const headers = this.#invite.retryHeaders(response);
    if (headers === undefined) this.#refused(response);
    else this.#prepare(headers);
  }

  #refused({ status, headers }: SrfResponse): void {
    const { trunk } = this.destination;
    // A trunk must not make us call somewhere else: its redirections are not followed.
    const isTrunk = trunk !== undefined;
    const seconds = parseHeaderInteger(headers['retry-after']);
    if (seconds !== undefined && (status === 503 || status === 480)) {
      if (isTrunk && status === 503) this.#deps.onTrunkBackOff(trunk, seconds);
      this.#caller.setRetryAfter(seconds);
    }
    this.#fail(status, undefined, isTrunk ? undefined : parseRedirection(status, headers, this.#progress !== undefined));
  }

  #fail(status: number, outcome?: LegOutcome, redirection?: Redirection): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.dialog.drop();
    // No other callee shares the media path to a trunk, and the next trunk may need its ports.
    if (this.destination.trunk !== undefined) this.#path.close();
    const refuser = { isTrunk: this.destination.trunk !== undefined, hasRung: this.#progress !== undefined };
    this.#listener.failed(outcome ?? outcomeOfStatus(status, refuser), status, redirection);
  }
}

/** What a callee is offered; empty where it is to make the offer. */
export function offerTo({ trunk }: InviteDestination, { offer, offerToTrunk = '' }: CallerSide): string {
  return offer === '' && trunk !== undefined ? offerToTrunk : offer;
}
