import { randomBytes } from 'node:crypto';
import { digestCredentials } from '#sip/message/digest-credentials.ts';
import type { SipPeer } from './sip-peer.ts';
import { responseText, sdp, sipText } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';

type Login = { readonly username: string; readonly password: string };

export type TextPhoneOptions = {
  /** `UDP`, `TCP`, `TLS`, `WS` or `WSS`, as its Via says it. */
  readonly via: string;
  readonly login: Login;
  /** A Contact value in place of its own. */
  readonly contact?: string | undefined;
  /** Parameters behind its own Contact, such as `;+sip.instance="<urn:uuid:…>"`. */
  readonly params?: string;
  /** More lines for its REGISTER, such as Path. */
  readonly lines?: readonly string[];
  /** The Call-ID of its registration; one of its own each time it is started, by default. */
  readonly callId?: string;
  /** The CSeq it begins with. */
  readonly sequence?: number;
};

const domain = '127.0.0.1';

/** A phone by one way in, as text on the wire: it says what a test has it say. */
export class TextPhone {
  readonly peer: SipPeer;
  readonly #options: TextPhoneOptions;
  readonly #callId: string;
  readonly #name = randomBytes(6).toString('hex');
  #sequence: number;

  constructor(peer: SipPeer, options: TextPhoneOptions) {
    this.peer = peer;
    this.#options = options;
    this.#callId = options.callId ?? randomBytes(8).toString('hex');
    this.#sequence = options.sequence ?? 0;
  }

  /** A browser knows no address of its own (RFC 7118 section 5). */
  get #host(): string {
    return this.#options.via.startsWith('WS') ? `${this.#name}.invalid` : this.peer.host;
  }

  get #contact(): string {
    const { via, login, contact, params = '' } = this.#options;
    return `Contact: ${contact ?? `<sip:${login.username}@${this.#host};transport=${via.toLowerCase()}>${params}`}`;
  }

  /** Asks, and answers one challenge. */
  async register(password = this.#options.login.password, readAs?: (challenge: string) => string): Promise<PeerMessage> {
    const { login, lines = [] } = this.#options;
    const uri = `sip:${domain}`;
    const account = `<sip:${login.username}@${domain}>`;
    const common = { from: account, to: account, callId: this.#callId };
    const all = [this.#contact, ...lines];
    const challenge = await this.request('REGISTER', uri, { ...common, lines: all });
    if (challenge.status !== 401) return challenge;
    const authorization = authorizationLine({ ...login, password }, challenge, { method: 'REGISTER', uri, readAs });
    return this.request('REGISTER', uri, { ...common, lines: [...all, authorization] });
  }

  /** As a phone that cannot do SHA-256 and answers all the same. */
  registerByMd5(): Promise<PeerMessage> {
    return this.register(undefined, (challenge) => challenge.replace('SHA-256', 'MD5'));
  }

  /** Makes a call and acknowledges the answer, which it returns. `lines` go into both INVITEs. */
  async call(dialled: string, lines: readonly string[] = []): Promise<PeerMessage> {
    const { login } = this.#options;
    const uri = `sip:${dialled}@${domain}`;
    const callId = randomBytes(8).toString('hex');
    const common = { from: `<sip:${login.username}@${domain}>`, to: `<${uri}>`, callId, body: sdp(domain) };
    const all = [this.#contact, ...lines, 'Content-Type: application/sdp'];
    const challenge = await this.request('INVITE', uri, { ...common, lines: all });
    this.#send('ACK', uri, { ...common, to: challenge.header('To') ?? '', lines: [], body: '', sequence: this.#sequence });
    const proof = authorizationLine(login, challenge, { method: 'INVITE', uri });
    const answer = await this.request('INVITE', uri, { ...common, lines: [...all, proof] });
    const target = /<([^>]+)>/.exec(answer.header('Contact') ?? '')?.[1] ?? uri;
    this.#send('ACK', target, { ...common, to: answer.header('To') ?? '', lines: [], body: '', sequence: this.#sequence });
    return answer;
  }

  /** Answers the next INVITE, with these lines in its 200, and waits for the ACK. */
  async answerCall(lines: readonly string[] = []): Promise<PeerMessage> {
    const invite = await this.peer.skipTo('INVITE');
    const headers = [this.#contact, ...lines, 'Content-Type: application/sdp'];
    this.peer.send(responseText(invite, '200 OK', { headers, body: sdp(domain) }));
    await this.peer.skipTo('ACK');
    return invite;
  }

  /** Hangs up a call it took. */
  hangUp(invite: PeerMessage): Promise<PeerMessage> {
    const uri = /<([^>]+)>/.exec(invite.header('Contact') ?? '')?.[1] ?? '';
    const [from, to] = [`${invite.header('To')};tag=peer`, invite.header('From') ?? ''];
    return this.request('BYE', uri, { from, to, callId: invite.header('Call-ID') ?? '', lines: [] });
  }

  request(method: string, uri: string, given: Omit<Given, 'sequence'>): Promise<PeerMessage> {
    this.#sequence += 1;
    this.#send(method, uri, { ...given, sequence: this.#sequence });
    return this.peer.skipTo((message) => message.status >= 200);
  }

  #send(method: string, uri: string, { from, to, callId, lines, sequence, body = '' }: Given): void {
    this.peer.send(
      sipText(
        [
          `${method} ${uri} SIP/2.0`,
          `Via: SIP/2.0/${this.#options.via} ${this.#host};rport;branch=z9hG4bK${randomBytes(8).toString('hex')}`,
          'Max-Forwards: 70',
          `From: ${from.includes(';tag=') ? from : `${from};tag=1`}`,
          `To: ${to}`,
          `Call-ID: ${callId}`,
          `CSeq: ${sequence} ${method}`,
          ...lines,
        ],
        body,
      ),
    );
  }
}

type Given = {
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly lines: readonly string[];
  readonly sequence: number;
  readonly body?: string;
};

type DigestRequest = {
  readonly method: string;
  readonly uri: string;
  readonly readAs?: ((challenge: string) => string) | undefined;
};

function authorizationLine(login: Login, challenge: PeerMessage, { readAs = (text) => text, ...request }: DigestRequest): string {
  const headers = { 'www-authenticate': readAs(challenge.headers('WWW-Authenticate').join(', ')) };
  const credentials = digestCredentials(login)(headers, request);
  return `${credentials?.name}: ${credentials?.value}`;
}
