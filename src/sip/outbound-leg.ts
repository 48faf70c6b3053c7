import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import type { LegOutcome } from '#calls/call.ts';
import type { CancelReason, LegListener, OutgoingLeg, CallerId, Redirection } from '#calls/ports.ts';
import { anonymousName, anonymousUri } from './caller-identity.ts';
import { SipDialog } from './dialog.ts';
import type { ChallengeResponder } from './dialog.ts';
import { escapeUser, formatNameAddr, parseHeaderInteger, parseNameAddr, tagOf } from './headers.ts';
import { respondToEarlyUpdate } from './in-dialog-forwarder.ts';
import { capabilities } from './capabilities.ts';
import { receivedFrom, statusForRefusal } from './media-path.ts';
import { MediaPath } from './media-path.ts';
import type { MediaPaths } from './media-path.ts';
import type { MediaRelayPort, MediaEndpoint, MediaOutcome } from './media-port.ts';
import { refusalOf } from './sdp.ts';
import { parseRedirection } from './redirect.ts';
import { timerAgreed, timerOffer } from './session-timer.ts';
import { outcomeOfStatus } from './sip-status.ts';
import type { SrfConnection } from './srf-connection.ts';
import type { SrfResponse, SendAck, SrfSentRequest } from './srf-types.ts';

/** Where an INVITE goes and on whose behalf. */
export type InviteDestination = {
  readonly uri: string;
  /** Next hop, where it is not the URI's own. */
  readonly proxy: string | undefined;
  readonly from: CallerId;
  /** The URI that From must name, whatever is shown; the shown number's where undefined. */
  readonly account: string | undefined;
  /** Headers beside the usual ones. */
  readonly headers: Record<string, string>;
  readonly credentials: ChallengeResponder | undefined;
  /** The name of the trunk it goes to; undefined for a phone. */
  readonly trunk: string | undefined;
  readonly endpoint: MediaEndpoint;
};

/** The side the call comes from: a phone's INVITE, or the party of a transfer. */
export type CallerSide = {
  /** Its session description; empty where the called side is to make the offer (RFC 3264 section 5, late offer). */
  readonly offer: string;
  readonly maxForwards: number;
  /** The ways of its sound to those it calls. */
  readonly paths: MediaPaths;
  progress(status: number, body: string | undefined): void;
  /** Somebody it calls wants to be left alone for so long (Retry-After, RFC 3261 section 20.33). */
  setRetryAfter(seconds: number): void;
  /** Joins with a leg that has answered. */
  join(leg: OutboundLeg): void;
};

export type OutboundLegDeps = {
  readonly connection: SrfConnection;
  readonly clock: Clock;
  readonly log: Log;
  readonly sessionSeconds: number;
  readonly media: MediaRelayPort;
  /** A trunk wants no calls for so long. */
  readonly onTrunkBackOff: (trunk: string, seconds: number) => void;
};

const cancelReasonHeaders: Readonly<Record<CancelReason, string | undefined>> = {
  elsewhere: 'SIP;cause=200;text="Call completed elsewhere"',
  'no-answer': 'SIP;cause=480;text="No answer"',
  'caller-gone': undefined,
  house: 'SIP;cause=480;text="Ended by the house"',
  unregistered: 'SIP;cause=480;text="Ended by the house"',
};

const maxTries = 3;

type OutboundLegOptions = {
  readonly destination: InviteDestination;
  readonly listener: LegListener;
  readonly device: Device | undefined;
  readonly isEmergency?: boolean;
};

/** One outgoing INVITE, from the first byte to its answer or end. */
export class OutboundLeg implements OutgoingLeg {
  readonly dialog: SipDialog;
  readonly destination: InviteDestination;
  /** The phone that rings; undefined for a trunk. */
  readonly device: Device | undefined;
  readonly #isEmergency: boolean;
  readonly #deps: OutboundLegDeps;
  readonly #caller: CallerSide;
  readonly #listener: LegListener;
  #sent: SrfSentRequest | undefined;
  #cancelled: CancelReason | undefined;
  #progress: SrfResponse | undefined;
  #ack: SendAck | undefined;
  #answerBody = '';
  #offer = '';
  #path: MediaPath;
  #isOver = false;
  #tries = 0;

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
    this.#isEmergency = isEmergency;
    this.#path = caller.paths.to(destination.endpoint, { isEmergency });
  }

  get sipCallId(): string {
    return this.dialog.callId;
  }

  /** The session description of the 2xx: an answer, or the offer where ours was left out. */
  get answerBody(): string {
    return this.#answerBody;
  }

  /** The way of its sound. */
  get path(): MediaPath {
    return this.#path;
  }

  start(): void {
    this.#prepare({});
  }

  pass(status: number, withMedia: boolean): void {
    // What comes in a provisional response to an INVITE without an offer cannot be answered yet.
    const body = withMedia && this.#caller.offer !== '' ? (this.#progress?.body ?? '') : '';
    if (body === '') this.#caller.progress(status, undefined);
    else this.#path.answer(body, (given) => this.#caller.progress(status, given.kind === 'sdp' ? given.sdp : undefined));
  }

  connect(): void {
    this.#caller.join(this);
  }

  cancel(why: CancelReason): void {
    if (this.#isOver || this.#cancelled !== undefined) return;
    this.#cancelled = why;
    if (this.#sent !== undefined) this.#sendCancel(this.#sent);
  }

  release(why: CancelReason): void {
    this.acknowledge(undefined);
    const reason = cancelReasonHeaders[why];
    this.dialog.bye(reason === undefined ? {} : { Reason: reason });
  }

  /** Sends the ACK, with the answer where the 2xx held the offer; without one the streams are refused. Only the first counts. */
  acknowledge(answer: string | undefined): void {
    const ack = this.#ack;
    this.#ack = undefined;
    if (ack === undefined) return;
    if (this.#caller.offer !== '') ack({});
    else ack({ body: answer === undefined || answer === '' ? refusalOf(this.#answerBody) : answer });
  }

  /** Asked again for every INVITE: the answer to the last one may have shown another address of ours. */
  #prepare(extra: Record<string, string>): void {
    this.#path.offer(this.#caller.offer, 'caller', (offered) => this.#offered(offered, extra));
  }

  #offered(offered: MediaOutcome, extra: Record<string, string>): void {
    if (this.#cancelled !== undefined) this.#fail(487);
    else if (offered.kind === 'sdp') {
      this.#offer = offered.sdp;
      this.dialog.localSdp = offered.sdp;
      this.#send(extra);
    } else if (this.#mayGoDirectly(offered.why)) {
      if (this.#isEmergency) this.#deps.log.error('A call for help goes out without the relay: its sound may not find a way');
      else this.#deps.log.warn('A call goes without the relay');
      this.#path = new MediaPath();
      this.#prepare(extra);
    } else this.#fail(statusForRefusal(offered), offered.why === 'no-relay' ? 'no-media' : undefined);
  }

  /** A call for help goes out whatever the relay says, and one between phones where there is none: its sound may find a way. */
  #mayGoDirectly(why: Extract<MediaOutcome, { kind: 'refused' }>['why']): boolean {
    const { isRelayed, hasTrunk, isInterworked } = this.#path;
    if (!isRelayed || why === 'over') return false;
    return this.#isEmergency || (why === 'no-relay' && !hasTrunk && !isInterworked);
  }

  #send(extra: Record<string, string>): void {
    const { uri, proxy, from, account, headers } = this.destination;
    this.#tries += 1;
    this.#deps.connection.send(
      {
        method: 'INVITE',
        uri,
        ...(proxy === undefined ? {} : { proxy }),
        headers: {
          From: `${fromOf(from, account)};tag=${this.dialog.localTag}`,
          'Call-ID': this.dialog.callId,
          'Max-Forwards': String(this.#caller.maxForwards),
          ...capabilities,
          ...timerOffer(this.#deps.sessionSeconds),
          ...headers,
          ...extra,
        },
        ...(this.#offer === '' ? {} : { body: this.#offer }),
      },
      {
        sent: (sent) => {
          this.#sent = sent;
          if (this.#cancelled !== undefined) this.#sendCancel(sent);
        },
        response: (response, ack) => this.#receive(response, ack),
        update: respondToEarlyUpdate,
        failed: (error) => {
          this.#deps.log.debug({ err: error, uri }, 'An INVITE could not be sent');
          this.#fail(503);
        },
      },
    );
  }

  #sendCancel(sent: SrfSentRequest): void {
    const reason = cancelReasonHeaders[this.#cancelled ?? 'caller-gone'];
    try {
      sent.cancel(reason === undefined ? {} : { headers: { Reason: reason } });
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'A CANCEL found the SIP engine gone');
    }
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
    else if (!this.#tryAgain(response)) this.#refused(response);
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
    if (this.#caller.offer !== '') this.acknowledge(undefined);
    else dialog.beforeBye = () => this.acknowledge(undefined);
    this.#listener.answered();
  }

  /** Answers a challenge (RFC 3261 section 22) or a session interval that was too small (RFC 4028 section 7.3). */
  #tryAgain({ status, headers }: SrfResponse): boolean {
    if (this.#cancelled !== undefined || this.#tries >= maxTries) return false;
    const extra = this.#secondTry(status, headers);
    if (extra === undefined) return false;
    const sequence = parseHeaderInteger(this.#sent?.headers['cseq']) ?? 1;
    this.#sent = undefined;
    this.#prepare({ ...extra, CSeq: `${sequence + 1} INVITE` });
    return true;
  }

  #secondTry(status: number, headers: SrfResponse['headers']): Record<string, string> | undefined {
    if (status === 422) return timerOffer(this.#deps.sessionSeconds, parseHeaderInteger(headers['min-se']));
    if (status !== 401 && status !== 407) return undefined;
    const authorization = this.destination.credentials?.(headers, { method: 'INVITE', uri: this.destination.uri });
    return authorization === undefined ? undefined : { [authorization.name]: authorization.value };
  }

  #refused({ status, headers }: SrfResponse): void {
    const { trunk } = this.destination;
    // Who is behind a trunk has no say in where the house calls.
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
    // Nobody else is reached by a trunk's way, and the next trunk may need its ports.
    if (this.destination.trunk !== undefined) this.#path.close();
    const refuser = { isTrunk: this.destination.trunk !== undefined, hasRung: this.#progress !== undefined };
    this.#listener.failed(outcome ?? outcomeOfStatus(status, refuser), status, redirection);
  }
}

/** The From that is shown: the engine puts its own address for `localhost`. */
function fromOf({ number, name }: CallerId, account: string | undefined): string {
  if (account !== undefined) return formatNameAddr(name, account);
  if (number === '') return formatNameAddr(anonymousName, anonymousUri);
  return formatNameAddr(name, `sip:${escapeUser(number)}@localhost`);
}
