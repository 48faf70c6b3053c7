import { sdp, sipText } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import type { SipSide } from './sip-side.ts';
import { authorization, domain } from './sip-side-harness.ts';

let branches = 0;

type RegisterOptions = { readonly expires?: number | undefined; readonly contact?: string; readonly callId?: string };

/** A house made of text: what a careful PBX writes, byte by byte, with every line open to a test's mischief. */
export class ScriptedPbx implements AsyncDisposable {
  readonly peer: SipPeer;
  readonly #transport: 'UDP' | 'TCP' | 'TLS';
  #cseq = 1;

  private constructor(peer: SipPeer, transport: 'UDP' | 'TCP' | 'TLS') {
    this.peer = peer;
    this.#transport = transport;
  }

  static async open(side: SipSide, transport: 'UDP' | 'TCP' | 'TLS' = 'UDP'): Promise<ScriptedPbx> {
    const target = { address: side.address, port: transport === 'TLS' ? side.tlsPort : side.port };
    if (transport === 'UDP') return new ScriptedPbx(await SipPeer.udp({ target }), transport);
    return new ScriptedPbx(await (transport === 'TCP' ? SipPeer.tcp(target) : SipPeer.tls(target)), transport);
  }

  get contact(): string {
    const parameter = this.#transport === 'UDP' ? '' : `;transport=${this.#transport.toLowerCase()}`;
    return `sip:pbx@${this.peer.host}${parameter}`;
  }

  get sdp(): string {
    return sdp(this.peer.address);
  }

  via(): string {
    branches += 1;
    return `Via: SIP/2.0/${this.#transport} ${this.peer.host};branch=z9hG4bKhouse${branches};rport`;
  }

  request(
    method: string,
    uri: string,
    more: { lines?: readonly string[]; body?: string; callId?: string; from?: string } = {},
  ): string {
    this.#cseq += 1;
    const lines = [
      `${method} ${uri} SIP/2.0`,
      this.via(),
      'Max-Forwards: 70',
      `From: ${more.from ?? `<sip:pbx@${domain}>`};tag=house`,
      `To: <${method === 'REGISTER' ? `sip:pbx@${domain}` : uri}>`,
      `Call-ID: ${more.callId ?? 'house-call@127.0.0.1'}`,
      `CSeq: ${this.#cseq} ${method}`,
      ...(more.lines ?? []),
      ...(method === 'INVITE' ? ['Content-Type: application/sdp'] : []),
    ];
    return sipText(lines, more.body ?? (method === 'INVITE' ? this.sdp : ''));
  }

  async register({ expires = 3600, contact = `<${this.contact}>`, callId = 'reg' }: RegisterOptions = {}): Promise<PeerMessage> {
    const uri = `sip:${domain}`;
    const lines = [`Contact: ${contact}`, `Expires: ${expires}`];
    this.peer.send(this.request('REGISTER', uri, { lines, callId }));
    const challenge = await this.peer.expect(407);
    const login = authorization(challenge, { method: 'REGISTER', uri });
    this.peer.send(this.request('REGISTER', uri, { lines: [...lines, login], callId }));
    return this.peer.expect((message) => message.status !== 0);
  }

  /** A response that copies what it must, Record-Route among it. */
  respond(
    request: PeerMessage,
    statusLine: string,
    more: { lines?: readonly string[]; body?: string; vias?: readonly string[] } = {},
  ): void {
    const to = request.header('To') ?? '';
    const isTagged = to.includes('tag=') || statusLine.startsWith('100');
    const lines = [
      `SIP/2.0 ${statusLine}`,
      ...(more.vias ?? request.headers('Via')).map((via) => `Via: ${via}`),
      ...request.headers('Record-Route').map((route) => `Record-Route: ${route}`),
      `From: ${request.header('From') ?? ''}`,
      `To: ${to}${isTagged ? '' : ';tag=house'}`,
      `Call-ID: ${request.header('Call-ID') ?? ''}`,
      `CSeq: ${request.header('CSeq') ?? ''}`,
      ...(more.lines ?? [`Contact: <${this.contact}>`]),
      ...(more.body === undefined ? [] : ['Content-Type: application/sdp']),
    ];
    this.peer.send(sipText(lines, more.body ?? ''));
  }

  /** A request inside the dialog that an INVITE of Twilio's made. */
  inDialog(
    method: string,
    invite: PeerMessage,
    more: { uri?: string; routes?: readonly string[]; lines?: readonly string[]; body?: string } = {},
  ): string {
    this.#cseq += 1;
    const contact = /<([^>]*)>/.exec(invite.header('Contact') ?? '')?.[1] ?? '';
    const lines = [
      `${method} ${more.uri ?? contact} SIP/2.0`,
      this.via(),
      ...(more.routes ?? invite.headers('Record-Route')).map((route) => `Route: ${route}`),
      'Max-Forwards: 70',
      `From: ${invite.header('To') ?? ''};tag=house`,
      `To: ${invite.header('From') ?? ''}`,
      `Call-ID: ${invite.header('Call-ID') ?? ''}`,
      `CSeq: ${this.#cseq} ${method}`,
      `Contact: <${this.contact}>`,
      ...(more.lines ?? []),
      ...(more.body === undefined ? [] : ['Content-Type: application/sdp']),
    ];
    return sipText(lines, more.body ?? '');
  }

  /** ACK of a response to our own INVITE, or of the 2xx with `routes` and `uri`. */
  ack(
    invite: string,
    response: PeerMessage,
    more: { uri?: string; routes?: readonly string[]; sameBranch?: boolean } = {},
  ): void {
    const [start = '', via = ''] = invite.split('\r\n');
    const lines = [
      `ACK ${more.uri ?? start.split(' ')[1] ?? ''} SIP/2.0`,
      more.sameBranch === false ? this.via() : via,
      ...(more.routes ?? []).map((route) => `Route: ${route}`),
      'Max-Forwards: 70',
      `From: ${response.header('From') ?? ''}`,
      `To: ${response.header('To') ?? ''}`,
      `Call-ID: ${response.header('Call-ID') ?? ''}`,
      `CSeq: ${(response.header('CSeq') ?? '').split(' ')[0] ?? ''} ACK`,
    ];
    this.peer.send(sipText(lines));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer[Symbol.asyncDispose]();
  }
}
