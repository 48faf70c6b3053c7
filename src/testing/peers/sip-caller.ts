import { randomBytes } from 'node:crypto';
import type { SipPeer } from './sip-peer.ts';
import { responseText, sipText } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';

export type CallerOptions = {
  /** As Via names it: UDP, TCP, TLS, WS, WSS. */
  readonly via?: string;
  readonly user?: string;
  /** The Request-URI and To. */
  readonly target: string;
};

type Extras = { readonly headers?: readonly string[]; readonly body?: string; readonly uri?: string };

/** Writes the requests of one peer in one dialog, so that a script needs to name only what it is about. */
export class SipCaller {
  readonly callId = `${random()}@peer`;
  readonly fromTag = random();
  readonly peer: SipPeer;
  /** Where requests of the dialog go: our target until a 2xx names a Contact. */
  remoteUri: string;
  to: string;
  routes: readonly string[] = [];
  readonly #via: string;
  readonly #user: string;
  #cseq = 0;
  #branch = '';
  #inviteUri = '';

  constructor(peer: SipPeer, { via = 'UDP', user = 'alice', target }: CallerOptions) {
    this.peer = peer;
    this.#via = via;
    this.#user = user;
    this.remoteUri = target;
    this.to = `<${target}>`;
  }

  /** What Via and Contact say; a browser knows no address of its own (RFC 7118 section 5). */
  get host(): string {
    return this.#via.startsWith('WS') ? 'df7jal23ls0d.invalid' : this.peer.host;
  }

  get contact(): string {
    const transport = this.#via === 'UDP' ? '' : `;transport=${this.#via.toLowerCase()}`;
    return `<sip:${this.#user}@${this.host}${transport}>`;
  }

  /** Sends a request with the next CSeq number and a new branch; returns its text, for a retransmission. */
  send(method: string, { headers = [], body = '', uri = this.remoteUri }: Extras = {}): string {
    this.#cseq += 1;
    this.#branch = `z9hG4bK${random()}`;
    if (method === 'INVITE') this.#inviteUri = uri;
    return this.#sendLines(method, { headers, body, uri });
  }

  invite({ headers = [], body = '', ...more }: Extras = {}): string {
    const type = body === '' ? [] : ['Content-Type: application/sdp'];
    return this.send('INVITE', { headers: [`Contact: ${this.contact}`, ...type, ...headers], body, ...more });
  }

  /** CANCEL of the last INVITE. */
  cancel(headers: readonly string[] = []): string {
    return this.#sendLines('CANCEL', { headers, body: '', uri: this.#inviteUri });
  }

  /** ACK to the final response of the last INVITE; a 2xx also sets where the dialog goes on. */
  ack(response: PeerMessage, extras: Extras = {}): string {
    if (response.status >= 300) {
      const dialogTo = this.to;
      this.to = response.header('To') ?? this.to;
      const text = this.#sendLines('ACK', { headers: [], body: '', uri: this.#inviteUri, ...extras });
      this.to = dialogTo;
      return text;
    }
    this.learn(response);
    this.#branch = `z9hG4bK${random()}`;
    return this.#sendLines('ACK', { headers: [], body: '', uri: this.remoteUri, ...extras });
  }

  /** Takes tag, target and routes from a response that makes a dialog. */
  learn(response: PeerMessage): void {
    this.to = response.header('To') ?? this.to;
    this.remoteUri = /<([^>]+)>/.exec(response.header('Contact') ?? '')?.[1] ?? this.remoteUri;
    this.routes = response.headers('Record-Route').toReversed();
  }

  /** Answers a request of the other side. */
  respond(
    request: PeerMessage,
    statusLine: string,
    more: { tag?: string; headers?: readonly string[]; body?: string } = {},
  ): void {
    this.peer.send(responseText(request, statusLine, more));
  }

  #sendLines(method: string, { headers = [], body = '', uri = '' }: Extras): string {
    const text = sipText(
      [
        `${method} ${uri} SIP/2.0`,
        `Via: SIP/2.0/${this.#via} ${this.host};branch=${this.#branch}`,
        'Max-Forwards: 70',
        ...this.routes.map((route) => `Route: ${route}`),
        `From: <sip:${this.#user}@peer.example>;tag=${this.fromTag}`,
        `To: ${this.to}`,
        `Call-ID: ${this.callId}`,
        `CSeq: ${this.#cseq} ${method}`,
        ...headers,
      ],
      body,
    );
    this.peer.send(text);
    return text;
  }
}

function random(): string {
  return randomBytes(8).toString('hex');
}
