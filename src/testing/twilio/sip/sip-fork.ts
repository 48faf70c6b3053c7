import { parseNameAddr } from '#sip-engine/message/fields.ts';
import { SipMessage } from '#sip-engine/message/message.ts';
import { isNumericHost, parseUri } from '#sip-engine/message/uri.ts';
import { addHeaders, addSdp, gateway, twilioAllow } from './sip-build.ts';
import { answerChallenge } from './sip-digest.ts';
import { addVias, EdgeDialog, gatewayContact, recordRoutes } from './sip-edge.ts';
import type { Edge } from './sip-edge.ts';
import { hangupReason } from './sip-leg.ts';
import type { SipMedia } from './sip-media.ts';
import type { WireFlow, SipProtocol } from './sip-wire.ts';
import type { OutboundCall } from '#testing/twilio/base/voice-side.ts';

export type ForkTarget = {
  readonly requestUri: string;
  /** As name-addr, without tag. */
  readonly to: string;
  /** Host of From. */
  readonly fromHost: string;
  readonly flow: () => Promise<WireFlow>;
  /** In-dialog requests go over the flow of the registration; otherwise to the Contact. */
  readonly isRegistered: boolean;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ForkHandlers = {
  readonly onRinging: (response: SipMessage) => void;
  readonly onAnswered: (fork: Fork, response: SipMessage) => void;
  readonly onRefused: (fork: Fork, response: SipMessage) => void;
};

export type ForkOptions = {
  readonly call: OutboundCall;
  readonly target: ForkTarget;
  readonly media: SipMedia;
  readonly callId: string;
  readonly localTag: string;
};

/** One INVITE of an outgoing call, from the gateway over the edge to one place in the house. */
export class Fork {
  readonly media: SipMedia;
  state: 'calling' | 'answered' | 'refused' = 'calling';
  hasAnyResponse = false;
  readonly #edge: Edge;
  readonly options: ForkOptions;
  readonly #handlers: ForkHandlers;
  #invite: SipMessage | undefined;
  #flow: WireFlow | undefined;
  #ack: SipMessage | undefined;
  #sequence = 1;
  #cancel: 'no' | 'wanted' | 'sent' = 'no';
  #cancelHeaders: Readonly<Record<string, string>> = {};

  constructor(edge: Edge, options: ForkOptions, handlers: ForkHandlers) {
    this.#edge = edge;
    this.options = options;
    this.#handlers = handlers;
    this.media = options.media;
  }

  send(flow: WireFlow, login?: [string, string]): void {
    const invite = this.#build(flow.protocol);
    if (login) addHeaders(invite, Object.fromEntries([login]));
    this.#invite = invite;
    this.#flow = flow;
    this.#edge.transactions.request(invite, flow, {
      onProvisional: (response) => this.#provisional(response),
      onFinal: (response) => this.#final(response),
    });
  }

  /** Takes the INVITE back; one that has had no response yet as soon as it has (RFC 3261 section 9.1). */
  cancel(headers: Readonly<Record<string, string>> = hangupReason): void {
    if (this.state !== 'calling' || this.#cancel !== 'no') return;
    this.#cancelHeaders = headers;
    if (this.hasAnyResponse) this.sendCancel();
    else this.#cancel = 'wanted';
  }

  sendCancel(): void {
    const invite = this.#invite;
    if (invite === undefined || this.#flow === undefined) return;
    this.#cancel = 'sent';
    const cancel = new SipMessage({ method: 'CANCEL', requestUri: invite.requestUri });
    cancel.append('via', invite.get('via') ?? '');
    cancel.append('max-forwards', '70');
    for (const key of ['from', 'to', 'call-id']) cancel.append(key, invite.get(key) ?? '');
    cancel.append('cseq', `${this.#sequence} CANCEL`);
    addHeaders(cancel, this.#cancelHeaders);
    this.#edge.transactions.request(cancel, this.#flow, { onFinal: () => {} });
  }

  /** The dialog that a 2xx made, and its ACK sent by default. */
  async confirm(response: SipMessage, { acknowledges = true } = {}): Promise<EdgeDialog> {
    const { call, callId, localTag, target } = this.options;
    const protocol = this.#flow?.protocol ?? 'udp';
    const ours = recordRoutes(this.#edge.wire, protocol);
    const routes = response.getAll('record-route');
    const isCopied = routes.slice(-2).join() === ours.join();
    if (!isCopied) this.#edge.trace.breach(`The 200 does not carry our Record-Route: ${routes.join(', ') || 'none'}`);
    const contact = parseNameAddr(response.get('contact') ?? '')?.uri ?? target.requestUri;
    if (!response.has('contact')) this.#edge.trace.breach('The 200 to INVITE has no Contact');
    const own = isCopied ? routes.slice(0, -2).toReversed() : [];
    const dialog = new EdgeDialog(
      {
        callId,
        localTag,
        remoteTag: response.toTag ?? '',
        local: this.#from(),
        remote: target.to,
        contact: gatewayContact(call.callerId),
        remoteTarget: contact,
        routes: own,
        expectedRoutes: ours,
        sequence: this.#sequence,
      },
      await this.#flowOfDialog(own[0] ?? contact),
    );
    const ack = dialog.request('ACK', this.#edge.wire);
    if (acknowledges) {
      this.#ack = ack;
      dialog.flow.send(ack);
    }
    return dialog;
  }

  async #flowOfDialog(next: string): Promise<WireFlow> {
    const flow = this.#flow as WireFlow;
    if (this.options.target.isRegistered) return flow;
    const uri = parseUri(parseNameAddr(next)?.uri ?? next);
    if (uri === undefined || isNumericHost(uri.host) !== 4) return flow;
    const protocol = (uri.params.get('transport')?.toLowerCase() ?? 'udp') as SipProtocol;
    const remote = { address: uri.host, port: uri.port ?? (protocol === 'tls' ? 5061 : 5060) };
    if (remote.address === flow.remote.address && protocol === flow.protocol && protocol !== 'udp') return flow;
    if (isPrivate(uri.host)) this.#edge.trace.breach(`The Contact ${next} is private: Twilio's ACK and BYE do not arrive`);
    return this.#edge.wire.flowTo(protocol, remote).catch(() => flow);
  }

  #provisional(response: SipMessage): void {
    this.hasAnyResponse = true;
    if (this.#cancel === 'wanted') this.sendCancel();
    if (this.#cancel !== 'no' || response.status === 100) return;
    if (response.has('require')) this.#edge.trace.breach(`The ${response.status} requires ${response.get('require') ?? ''}`);
    this.#handlers.onRinging(response);
  }

  #final(response: SipMessage): void {
    this.hasAnyResponse = true;
    if (this.#ack && this.#flow && response.status < 300) {
      this.#flow.send(this.#ack);
      return;
    }
    if (this.state !== 'calling') return;
    if (response.status < 300) {
      this.state = 'answered';
      this.#handlers.onAnswered(this, response);
      return;
    }
    if (this.#tryLogin(response)) return;
    this.state = 'refused';
    this.#handlers.onRefused(this, response);
  }

  #tryLogin(response: SipMessage): boolean {
    const { credentials } = this.options.call;
    const isChallenge = response.status === 401 || response.status === 407;
    if (!isChallenge || credentials === undefined || this.#sequence > 1 || !this.#invite || !this.#flow) return false;
    const login = answerChallenge(response, this.#invite, credentials);
    if (login === undefined || this.#cancel !== 'no') return false;
    this.#sequence += 1;
    this.send(this.#flow, login);
    return true;
  }

  #from(): string {
    const { call, target } = this.options;
    return `<sip:${call.callerId}@${target.fromHost}>`;
  }

  #build(protocol: SipProtocol): SipMessage {
    const { call, target, callId, localTag } = this.options;
    const { wire, switches, deps } = this.#edge;
    const invite = new SipMessage({ method: 'INVITE', requestUri: target.requestUri });
    for (const route of recordRoutes(wire, protocol)) invite.append('record-route', route);
    addVias(invite, wire, protocol);
    invite.append('max-forwards', '66');
    invite.append('from', `${this.#from()};tag=${localTag}`);
    invite.append('to', target.to);
    invite.append('call-id', callId);
    invite.append('cseq', `${this.#sequence} INVITE`);
    invite.append('contact', `<${gatewayContact(call.callerId)}>`);
    invite.append('user-agent', gateway);
    invite.append('allow', twilioAllow);
    if (switches.sessionTimers === 'offered') addHeaders(invite, { Supported: 'timer', 'Min-SE': '120' });
    addHeaders(invite, { 'X-Twilio-AccountSid': deps.directory.accountSid, 'X-Twilio-CallSid': call.callSid });
    addHeaders(invite, { ...target.headers, ...call.headers });
    addSdp(invite, this.media.offer());
    return invite;
  }
}

function isPrivate(host: string): boolean {
  return host.startsWith('10.') || host.startsWith('192.168.') || /^172\.(1[6-9]|2\d|3[01])\./.test(host);
}
