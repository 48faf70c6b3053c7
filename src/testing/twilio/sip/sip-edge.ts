import type { Clock } from '#base/clock.ts';
import { parseNameAddr } from '#sip-engine/message/fields.ts';
import { SipMessage } from '#sip-engine/message/message.ts';
import { addHeaders, gateway, newBranch, twilioAllow } from './sip-build.ts';
import type { SipSwitches } from './sip-switches.ts';
import type { SipTrace } from './sip-trace.ts';
import type { SipTransactions } from './sip-transactions.ts';
import type { WireFlow, SipProtocol, SipWire } from './sip-wire.ts';
import type { RtpEndpoint } from '#testing/twilio/rtp/rtp-endpoint.ts';
import type { AudioMixer } from '#testing/twilio/rtp/rtp-audio-mixer.ts';
import type { VoiceSideDeps } from '#testing/twilio/base/voice-side.ts';

/** What every call of the SIP side works with. */
export type Edge = {
  readonly wire: SipWire;
  readonly transactions: SipTransactions;
  readonly trace: SipTrace;
  readonly switches: SipSwitches;
  readonly mixer: AudioMixer;
  readonly deps: VoiceSideDeps;
  /** Real time, for the network. */
  readonly wireClock: Clock;
  /** Dialogs that in-dialog requests are looked up in, by `dialogKey`. */
  readonly dialogs: Map<string, InDialog>;
  /** The media of the last calls, for measuring. */
  readonly endpoints: RtpEndpoint[];
};

export type InDialog = {
  readonly dialog: EdgeDialog;
  readonly receive: (request: SipMessage, respond: (status: number, parts?: ReplyOptions) => void) => void;
  readonly acknowledged: (ack: SipMessage) => void;
};

export type ReplyOptions = { readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

// The gateway behind the edge: this address cannot be reached from outside Twilio, everything has to go by the Record-Route.
const gatewayHost = '172.25.1.2:5060';

export function gatewayContact(user: string): string {
  return `sip:${user}@${gatewayHost};transport=udp`;
}

/** Both sides of the edge, the one towards the house first (as an INVITE to the house carries them). */
export function recordRoutes(wire: SipWire, protocol: SipProtocol): [string, string] {
  const transport = protocol === 'udp' ? '' : `;transport=${protocol}`;
  return [`<sip:${wire.address}:${wire.portOf(protocol)}${transport};r2=on;lr>`, `<sip:${wire.address};r2=on;lr>`];
}

/** The edge's own Via and the gateway's behind it. */
export function addVias(message: SipMessage, wire: SipWire, protocol: SipProtocol): void {
  const port = wire.portOf(protocol);
  message.append('via', `SIP/2.0/${protocol.toUpperCase()} ${wire.address}:${port};branch=${newBranch()}`);
  message.append('via', `SIP/2.0/UDP ${gatewayHost};rport=5060;branch=${newBranch()}`);
}

export type DialogState = {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** From and To without tags, as name-addr. */
  readonly local: string;
  readonly remote: string;
  /** Our Contact. */
  readonly contact: string;
  readonly remoteTarget: string;
  /** Routes of our requests. */
  readonly routes: readonly string[];
  /** Routes that the house's requests must carry. */
  readonly expectedRoutes: readonly string[];
  readonly sequence: number;
};

/** RFC 3261 section 12, seen from the gateway. */
export class EdgeDialog {
  readonly state: DialogState;
  flow: WireFlow;
  #remoteTarget: string;
  #sequence: number;
  #remoteSequence = 0;

  constructor(state: DialogState, flow: WireFlow) {
    this.state = state;
    this.flow = flow;
    this.#remoteTarget = state.remoteTarget;
    this.#sequence = state.sequence;
  }

  request(method: string, wire: SipWire, more: Readonly<Record<string, string>> = {}): SipMessage {
    const { state } = this;
    const request = new SipMessage({ method, requestUri: this.#remoteTarget });
    addVias(request, wire, this.flow.protocol);
    for (const route of state.routes) request.append('route', route);
    request.append('max-forwards', '67');
    request.append('from', `${state.local};tag=${state.localTag}`);
    request.append('to', `${state.remote};tag=${state.remoteTag}`);
    request.append('call-id', state.callId);
    if (method !== 'ACK') this.#sequence += 1;
    request.append('cseq', `${this.#sequence} ${method}`);
    if (method !== 'BYE') request.append('contact', `<${state.contact}>`);
    request.append('user-agent', gateway);
    if (method === 'INVITE') request.append('allow', twilioAllow);
    addHeaders(request, more);
    return request;
  }

  /** A refresh of the remote target by a re-INVITE. */
  refresh(request: SipMessage): void {
    const contact = parseNameAddr(request.get('contact') ?? '')?.uri;
    if (contact !== undefined) this.#remoteTarget = contact;
  }

  /** What makes this request one that Twilio's gateway would never see, or undefined. */
  problemOf(request: SipMessage): string | undefined {
    if (request.requestUri !== this.state.contact) {
      return `its Request-URI is ${request.requestUri} and not our Contact ${this.state.contact}`;
    }
    const routes = request.getAll('route').map(uriOf);
    const expected = this.state.expectedRoutes.map(uriOf);
    if (routes.join() !== expected.join()) return `its Route is ${routes.join(', ') || 'missing'} and not ${expected.join(', ')}`;
    const number = request.cseq?.number ?? 0;
    if (request.method !== 'ACK' && number <= this.#remoteSequence)
      return `its CSeq ${number} is not above ${this.#remoteSequence}`;
    if (request.method !== 'ACK') this.#remoteSequence = number;
    return undefined;
  }
}

function uriOf(route: string): string {
  return parseNameAddr(route)?.uri ?? route;
}

/** By the tags as the house sees them: its own (`remoteTag`) and ours. */
export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId} ${localTag} ${remoteTag}`;
}
