import { createHash, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { defaultLimits } from '#sip-engine/runtime/limits.ts';
import { SipMessage } from '#sip-engine/message/message.ts';
import { parseMessage } from '#sip-engine/message/parse.ts';
import { serialize } from '#sip-engine/message/serialize.ts';

export type SimulatedPhoneOptions = {
  readonly address: string;
  readonly username: string;
  readonly password: string;
  readonly registrar: { readonly host: string; readonly port: number };
  /** Milliseconds between retransmissions; 500 by default (RFC 3261 T1). */
  readonly retryMs?: number;
  /**
   * What it does when it is called. `ring` leaves it ringing until `answer`, `decline` or the caller's CANCEL; `answer-and-hang-up` says BYE
   * as soon as its answer is acknowledged.
   */
  readonly incomingCallAction?: 'answer' | 'answer-and-hang-up' | 'ring' | 'busy' | 'decline';
  /** Where it wants its audio (UDP, PCMU and key presses by RFC 4733); nowhere by default. */
  readonly rtpPort?: number;
  /** How long it rings before it answers; not at all by default. */
  readonly answersAfterMs?: () => number;
};

type CallState = 'calling' | 'ringing' | 'answered' | 'ended';

/** What a caller wants to hear while its request is under way, and whether it still wants anything. */
type RequestWatcher = { readonly provisional?: (response: SipMessage) => void; readonly isOver?: () => boolean };

/** One call as a phone sees it. Events: `state` (CallState). */
export class PhoneCall extends EventEmitter<{ state: [CallState] }> {
  state: CallState = 'calling';
  /** Final status of an outgoing call that was not answered, or 0. */
  status = 0;
  readonly invite: SipMessage;
  remoteTarget: string;
  localTag = randomBytes(6).toString('hex');
  remoteHeader = '';
  /** The SDP the other side sent. */
  remoteSdp = '';
  sequence = 1;
  routes: string[] = [];
  /** Every final response to the INVITE, challenges apart, as status and To tag, each once. */
  readonly finals = new Set<string>();
  /** To be cancelled as soon as that is allowed. */
  isCancelRequested = false;
  /** It has said 200: a CANCEL comes too late. */
  hasAnswered = false;
  /** A provisional response came: a CANCEL may follow (RFC 3261 section 9.1). */
  hasProvisional = false;

  constructor(invite: SipMessage, remoteTarget: string) {
    super();
    this.invite = invite;
    this.remoteTarget = remoteTarget;
  }

  enter(state: CallState): void {
    this.state = state;
    this.emit('state', state);
  }

  /** Resolves when the call reaches this state, rejects after the limit. */
  async reached(state: CallState, limitSeconds = 20): Promise<void> {
    const signal = AbortSignal.timeout(limitSeconds * 1000);
    while (this.state !== state) {
      try {
        await once(this, 'state', { signal });
      } catch {
        throw new Error(`The call stayed "${this.state}" (status ${this.status}) and was not "${state}" after ${limitSeconds} s`);
      }
    }
  }
}

/** A SIP phone without audio, over UDP: registers with digest, calls, answers. For tests and the demonstration. */
export class SimulatedPhone implements AsyncDisposable {
  readonly calls: PhoneCall[] = [];
  readonly #options: SimulatedPhoneOptions;
  readonly #socket: Socket;
  readonly #byCallId = new Map<string, PhoneCall>();
  /** For answers that come again. */
  readonly #acks = new Map<string, SipMessage>();
  readonly #refusals = new WeakMap<PhoneCall, SipMessage>();
  readonly #waiting = new Map<string, (response: SipMessage) => void>();
  readonly #incoming = new EventEmitter<{ call: [PhoneCall] }>();
  /** `performance.now()` at the last response received. */
  lastResponseAt = 0;
  /** Dead to the world: takes no notice of anything it is sent. */
  isDead = false;
  #isClosed = false;
  #cseq = 1;

  private constructor(options: SimulatedPhoneOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    socket.on('message', (bytes) => this.#receive(bytes));
    socket.on('error', () => {});
  }

  static async start(options: SimulatedPhoneOptions): Promise<SimulatedPhone> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, options.address, resolve);
    });
    return new SimulatedPhone(options, socket);
  }

  get contact(): string {
    const { address, port } = this.#socket.address();
    return `sip:${this.#options.username}@${address}:${port}`;
  }

  /** Returns the final status after answering one challenge. */
  async register(expiresSeconds = 3600): Promise<number> {
    const { host, port } = this.#options.registrar;
    const request = this.#request('REGISTER', `sip:${host}:${port}`, { to: this.#ownAddress() });
    request.append('contact', `<${this.contact}>`);
    request.append('expires', String(expiresSeconds));
    const response = await this.#withDigest(request);
    return response.status;
  }

  /** Calls an extension or number, or the registrar itself where nothing is dialled; the returned call shows its state. */
  call(dialled: string): PhoneCall {
    const { host, port } = this.#options.registrar;
    const target = `sip:${dialled === '' ? '' : `${dialled}@`}${host}:${port}`;
    const invite = this.#request('INVITE', target, { to: `<${target}>` });
    this.#describe(invite);
    const call = new PhoneCall(invite, target);
    this.addCall(call);
    void this.#withDigest(invite, {
      provisional: ({ status }) => {
        call.hasProvisional = true;
        if (status >= 180 && call.state === 'calling') call.enter('ringing');
        if (call.isCancelRequested) this.#cancel(call);
      },
      isOver: () => call.isCancelRequested,
    }).then((response) => this.onFinalResponse(call, response));
    return call;
  }

  /** The next call that comes in. */
  async incomingCall(limitSeconds = 20): Promise<PhoneCall> {
    const [call] = (await once(this.#incoming, 'call', { signal: AbortSignal.timeout(limitSeconds * 1000) })) as [PhoneCall];
    return call;
  }

  answer(call: PhoneCall): void {
    const response = this.#responseTo(call.invite, 200, { reason: 'OK', tag: call.localTag });
    this.#describe(response);
    call.hasAnswered = true;
    this.#send(response);
    const resend = setInterval(() => {
      if (call.state === 'ringing') this.#send(response);
      else clearInterval(resend);
    }, this.#options.retryMs ?? 500);
    resend.unref();
  }

  decline(call: PhoneCall, status = 603, reason = 'Decline'): void {
    const refusal = this.#responseTo(call.invite, status, { reason, tag: call.localTag });
    this.#refusals.set(call, refusal);
    this.#send(refusal);
    call.enter('ended');
  }

  /** Sends a call that rings to another place, such as `<sip:22@house>`. */
  redirect(call: PhoneCall, contact: string): void {
    const response = this.#responseTo(call.invite, 302, { reason: 'Moved Temporarily', tag: call.localTag });
    response.append('contact', contact);
    this.#send(response);
    call.enter('ended');
  }

  /** Offers the same again inside an answered call, and returns the final status. */
  async reInvite(call: PhoneCall): Promise<number> {
    const invite = new SipMessage({ method: 'INVITE', requestUri: call.remoteTarget });
    this.#addDialogHeaders(invite, call);
    this.#describe(invite);
    const response = await this.#exchange(invite);
    if (response.status < 300) this.#acknowledge(call, response);
    return response.status;
  }

  /** CANCEL before the answer, BYE after it; returns the final status of the call or of the BYE. */
  async hangup(call: PhoneCall): Promise<number> {
    if (call.state !== 'answered') {
      call.isCancelRequested = true;
      if (call.hasProvisional) this.#cancel(call);
      await call.reached('ended');
      return call.status;
    }
    const bye = new SipMessage({ method: 'BYE', requestUri: call.remoteTarget });
    this.#addDialogHeaders(bye, call);
    call.enter('ended');
    return (await this.#exchange(bye)).status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  addCall(call: PhoneCall): void {
    this.calls.push(call);
    this.#byCallId.set(call.invite.callId, call);
  }

  #cancel(call: PhoneCall): void {
    void this.#exchange(this.requestLikeInvite(call.invite, 'CANCEL'));
  }

  #ownAddress(): string {
    const { host } = this.#options.registrar;
    return `<sip:${this.#options.username}@${host}>`;
  }

  #request(method: string, requestUri: string, { to }: { to: string }): SipMessage {
    const request = new SipMessage({ method, requestUri });
    request.append('via', this.#via());
    request.append('max-forwards', '70');
    request.append('from', `${this.#ownAddress()};tag=${randomBytes(6).toString('hex')}`);
    request.append('to', to);
    request.append('call-id', randomBytes(12).toString('hex'));
    request.append('cseq', `${this.#cseq++} ${method}`);
    return request;
  }

  #via(): string {
    const { address, port } = this.#socket.address();
    return `SIP/2.0/UDP ${address}:${port};rport;branch=z9hG4bK${randomBytes(8).toString('hex')}`;
  }

  #describe(message: SipMessage): void {
    message.append('contact', `<${this.contact}>`);
    this.#addSdp(message);
  }

  #addSdp(message: SipMessage): void {
    const { address } = this.#socket.address();
    message.set('content-type', 'application/sdp');
    message.body = Buffer.from(
      [
        'v=0',
        `o=- 1 1 IN IP4 ${address}`,
        's=-',
        `c=IN IP4 ${address}`,
        't=0 0',
        `m=audio ${this.#options.rtpPort ?? 40_000} RTP/AVP 0 101`,
        'a=rtpmap:101 telephone-event/8000',
        'a=fmtp:101 0-15',
        'a=sendrecv',
        '',
      ].join('\r\n'),
    );
  }

  /** CANCEL, and ACK to a failure, repeat the INVITE's identity (RFC 3261 sections 9.1 and 17.1.1.3). */
  requestLikeInvite(invite: SipMessage, method: string, to = invite.get('to') ?? ''): SipMessage {
    const twin = new SipMessage({ method, requestUri: invite.requestUri });
    for (const key of ['via', 'max-forwards', 'from', 'call-id']) twin.append(key, invite.get(key) ?? '');
    twin.append('to', to);
    twin.append('cseq', `${invite.cseq?.number ?? 1} ${method}`);
    return twin;
  }

  #addDialogHeaders(request: SipMessage, call: PhoneCall): void {
    const isCaller = call.invite.get('via')?.includes(this.contact.split('@')[1] ?? '') ?? false;
    request.append('via', this.#via());
    request.append('max-forwards', '70');
    for (const route of call.routes) request.append('route', route);
    request.append('from', isCaller ? (call.invite.get('from') ?? '') : `${call.invite.get('to')};tag=${call.localTag}`);
    request.append('to', call.remoteHeader);
    request.append('call-id', call.invite.callId);
    call.sequence = Math.max(call.sequence, call.invite.cseq?.number ?? 1) + (request.method === 'ACK' ? 0 : 1);
    request.append('cseq', `${call.sequence} ${request.method}`);
  }

  onFinalResponse(call: PhoneCall, response: SipMessage): void {
    call.status = response.status;
    if (response.status >= 300) {
      call.enter('ended');
      return;
    }
    call.remoteHeader = response.get('to') ?? '';
    call.remoteTarget = uriOf(response.get('contact')) ?? call.remoteTarget;
    call.remoteSdp = response.body.toString();
    call.routes = response.getAll('record-route').toReversed();
    this.#acknowledge(call, response);
    call.enter('answered');
  }

  #acknowledge(call: PhoneCall, response: SipMessage): void {
    const ack = new SipMessage({ method: 'ACK', requestUri: call.remoteTarget });
    this.#addDialogHeaders(ack, call);
    this.#send(ack);
    this.#acks.set(keyOf(response), ack);
  }

  async #withDigest(request: SipMessage, watch: RequestWatcher = {}): Promise<SipMessage> {
    const first = await this.#exchange(request, watch.provisional);
    if (watch.isOver?.() || !this.#answerChallenge(request, first)) return first;
    const second = await this.#exchange(request, watch.provisional);
    // A nonce that died meanwhile is no wrong password (RFC 7616 section 3.3).
    const isStale = challengeOf(second)?.includes('stale=true') ?? false;
    if (!isStale || watch.isOver?.() || !this.#answerChallenge(request, second)) return second;
    return this.#exchange(request, watch.provisional);
  }

  /** Makes the request the next one, with credentials; false where there is nothing to answer. */
  #answerChallenge(request: SipMessage, response: SipMessage): boolean {
    const challenge = challengeOf(response);
    if (challenge === undefined) return false;
    request.set(response.status === 401 ? 'authorization' : 'proxy-authorization', this.#digest(request, challenge));
    request.set('via', this.#via());
    request.set('cseq', `${this.#cseq++} ${request.method}`);
    return true;
  }

  #digest({ method, requestUri }: SipMessage, challenge: string): string {
    const value = (name: string) => challenge.match(new RegExp(`${name}="([^"]*)"`, 'i'))?.[1] ?? '';
    const { username, password } = this.#options;
    const [realm, nonce, cnonce] = [value('realm'), value('nonce'), randomBytes(8).toString('hex')];
    const ha1 = md5(`${username}:${realm}:${password}`);
    const response = md5(`${ha1}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${requestUri}`)}`);
    return (
      `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${requestUri}", response="${response}", ` +
      `algorithm=MD5, qop=auth, nc=00000001, cnonce="${cnonce}"`
    );
  }

  /** Sends until something answers, and resolves with the final response; a failed INVITE is acknowledged. */
  #exchange(request: SipMessage, onProvisional?: (response: SipMessage) => void): Promise<SipMessage> {
    return new Promise((resolve) => {
      const key = keyOf(request);
      const resend = setInterval(() => this.#send(request), this.#options.retryMs ?? 500);
      const giveUp = setTimeout(() => finish(new SipMessage({ status: 408, reason: 'Request Timeout' })), 40_000);
      const finish = (response: SipMessage) => {
        clearInterval(resend);
        clearTimeout(giveUp);
        this.#waiting.delete(key);
        resolve(response);
      };
      this.#waiting.set(key, (response) => {
        clearInterval(resend);
        if (response.status < 200) return onProvisional?.(response);
        if (request.method === 'INVITE' && response.status >= 300) {
          const ack = this.requestLikeInvite(request, 'ACK', response.get('to'));
          this.#acks.set(key, ack);
          this.#send(ack);
        }
        finish(response);
      });
      this.#send(request);
    });
  }

  #receive(bytes: Buffer): void {
    if (this.isDead) return;
    const result = parseMessage(bytes, defaultLimits);
    if (result.kind !== 'message') return;
    const { message } = result;
    if (message.isRequest) this.onRequest(message);
    else this.onResponse(message);
  }

  onResponse(message: SipMessage): void {
    this.lastResponseAt = performance.now();
    this.recordFinal(message);
    const key = keyOf(message);
    const ack = this.#acks.get(key);
    this.#waiting.get(key)?.(message);
    // Not the first one: our ACK was lost.
    if (ack !== undefined && message.status >= 200) this.#send(ack);
  }

  recordFinal(message: SipMessage): void {
    const call = this.#byCallId.get(message.callId);
    const isOfInvite = call !== undefined && message.get('cseq') === call.invite.get('cseq');
    if (isOfInvite && message.status >= 200 && challengeOf(message) === undefined) {
      call.finals.add(`${message.status} ${message.toTag}`);
    }
  }

  onRequest(request: SipMessage): void {
    const call = this.#byCallId.get(request.callId);
    if (request.method === 'INVITE' && call === undefined) return this.onInvite(request);
    if (request.method === 'INVITE' && request.toTag === undefined) return this.onInviteRetransmission(call);
    if (request.method === 'ACK') {
      if (call?.state === 'ringing') this.onAck(call);
      return;
    }
    const response = this.#responseTo(request, 200, { reason: 'OK', tag: call?.localTag });
    if (request.method === 'INVITE') this.#describe(response);
    this.#send(response);
    if (call === undefined) return;
    if (request.method === 'BYE') call.enter('ended');
    if (request.method === 'CANCEL' && call.state === 'ringing' && !call.hasAnswered)
      this.decline(call, 487, 'Request Terminated');
  }

  onAck(call: PhoneCall): void {
    call.enter('answered');
    if (this.#options.incomingCallAction === 'answer-and-hang-up') void this.hangup(call);
  }

  #answerIn(call: PhoneCall, milliseconds: number): void {
    if (milliseconds === 0) this.answer(call);
    else setTimeout(() => call.state === 'ringing' && this.answer(call), milliseconds);
  }

  /** Sent again because our answer was lost, or is still to be given. */
  onInviteRetransmission(call: PhoneCall | undefined): void {
    if (call === undefined) return;
    const refusal = this.#refusals.get(call);
    if (refusal !== undefined) this.#send(refusal);
    else if (!call.hasAnswered) this.sendRinging(call);
  }

  onInvite(invite: SipMessage): void {
    const call = new PhoneCall(invite, uriOf(invite.get('contact')) ?? '');
    call.remoteHeader = invite.get('from') ?? '';
    call.remoteSdp = invite.body.toString();
    call.routes = invite.getAll('record-route');
    this.addCall(call);
    call.enter('ringing');
    const { incomingCallAction = 'answer' } = this.#options;
    if (incomingCallAction === 'busy') this.decline(call, 486, 'Busy Here');
    else if (incomingCallAction === 'decline') this.decline(call);
    else this.sendRinging(call);
    this.#incoming.emit('call', call);
    if (incomingCallAction.startsWith('answer')) this.#answerIn(call, this.#options.answersAfterMs?.() ?? 0);
  }

  sendRinging({ invite, localTag }: PhoneCall): void {
    this.#send(this.#responseTo(invite, 180, { reason: 'Ringing', tag: localTag }));
  }

  #responseTo(request: SipMessage, status: number, { reason, tag }: { reason: string; tag: string | undefined }): SipMessage {
    const response = new SipMessage({ status, reason });
    for (const via of request.getAll('via')) response.append('via', via);
    for (const route of request.getAll('record-route')) response.append('record-route', route);
    response.append('from', request.get('from') ?? '');
    const to = request.get('to') ?? '';
    response.append('to', tag === undefined || to.includes(';tag=') ? to : `${to};tag=${tag}`);
    response.append('call-id', request.callId);
    response.append('cseq', request.get('cseq') ?? '');
    return response;
  }

  #send(message: SipMessage): void {
    // What is still repeated ends with the phone.
    if (this.#isClosed) return;
    const { host, port } = this.#options.registrar;
    // A phone behind the exchange sends everything there: the exchange is in the path of every call.
    this.#socket.send(serialize(message), port, host, () => {});
  }
}

function keyOf(message: SipMessage): string {
  return `${message.callId} ${message.get('cseq')}`;
}

function challengeOf(response: SipMessage): string | undefined {
  if (response.status !== 401 && response.status !== 407) return undefined;
  const challenges = response.getAll(response.status === 401 ? 'www-authenticate' : 'proxy-authenticate');
  return challenges.find((text) => /MD5/i.test(text));
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function uriOf(header: string | undefined): string | undefined {
  return header?.match(/<([^>]+)>/)?.[1] ?? header?.split(';')[0];
}
