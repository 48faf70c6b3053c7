import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { readMessage, responseText } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';

// A provider's registrar on loopback: it checks the digest of REGISTER and of calls, which are busy, and can refuse, ask for a longer interval, or
// say nothing.
// Called by tests of trunks.
// Must stay true: it accepts no wrong password, and keeps what it was sent.

export type TrunkRegistrarOptions = {
  readonly address: string;
  readonly username: string;
  readonly password: string;
  /** The name that it wants in answers to challenges; the username by default. */
  readonly authUsername?: string;
};

const realm = 'provider.example';
const nonce = 'n0nce';

export class TrunkRegistrar implements AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Every request with its method, newest last. */
  readonly requests: PeerMessage[] = [];
  /** Contacts of the account that are registered. */
  readonly contacts = new Set<string>();
  password: string;
  /** Says nothing at all. */
  isSilent = false;
  /** In place of a check: a status line such as `403 Account blocked`. */
  refusal: string | undefined;
  /** Asks for at least so many seconds (423). */
  minExpires = 0;
  readonly #authUsername: string;
  readonly #socket: Socket;

  private constructor(socket: Socket, { address, username, password, authUsername = username }: TrunkRegistrarOptions) {
    this.#socket = socket;
    this.address = address;
    this.port = socket.address().port;
    this.#authUsername = authUsername;
    this.password = password;
    socket.on('message', (bytes, from) => this.#receive(readMessage(bytes.toString('latin1')), from));
    socket.on('error', () => {});
  }

  static async start(options: TrunkRegistrarOptions): Promise<TrunkRegistrar> {
    const socket = createSocket('udp4');
    socket.bind(0, options.address);
    await once(socket, 'listening');
    return new TrunkRegistrar(socket, options);
  }

  ofMethod(method: string): readonly PeerMessage[] {
    return this.requests.filter((one) => one.startLine.startsWith(`${method} `));
  }

  #receive(message: PeerMessage, from: { readonly address: string; readonly port: number }): void {
    if (message.startLine.startsWith('SIP/2.0')) return;
    this.requests.push(message);
    const answer = this.isSilent ? undefined : this.#answer(message);
    if (answer !== undefined) this.#socket.send(Buffer.from(answer, 'latin1'), from.port, from.address);
  }

  #answer(message: PeerMessage): string | undefined {
    const [method = ''] = message.startLine.split(' ');
    if (method === 'ACK') return undefined;
    if (method === 'OPTIONS') return responseText(message, '200 OK');
    const digest = `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"`;
    if (method === 'INVITE') {
      const isSigned = this.#isSigned(message, 'Proxy-Authorization');
      if (isSigned) return responseText(message, '486 Busy Here');
      return responseText(message, '407 Proxy Authentication Required', { headers: [`Proxy-Authenticate: ${digest}`] });
    }
    if (method !== 'REGISTER') return responseText(message, '405 Method Not Allowed');
    if (this.refusal !== undefined) return responseText(message, this.refusal);
    if (this.#isSigned(message, 'Authorization')) return this.#registered(message);
    return responseText(message, '401 Unauthorized', { headers: [`WWW-Authenticate: ${digest}`] });
  }

  #registered(message: PeerMessage): string {
    const contact = message.header('Contact');
    const expires = Number(message.header('Expires') ?? 0);
    if (contact === undefined) return responseText(message, '200 OK');
    if (expires > 0 && expires < this.minExpires)
      return responseText(message, '423 Interval Too Brief', { headers: [`Min-Expires: ${this.minExpires}`] });
    if (expires === 0) this.contacts.delete(contact);
    else this.contacts.add(contact);
    return responseText(message, '200 OK', { headers: [`Contact: ${contact};expires=${expires}`] });
  }

  #isSigned(message: PeerMessage, name: 'Authorization' | 'Proxy-Authorization'): boolean {
    const header = message.header(name) ?? '';
    const value = (name: string) => new RegExp(`[ ,]${name}="?([^",]+)`).exec(header)?.[1] ?? '';
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const a1 = md5(`${this.#authUsername}:${realm}:${this.password}`);
    const expected = md5(`${a1}:${nonce}:${value('nc')}:${value('cnonce')}:auth:${md5(`${message.method}:${value('uri')}`)}`);
    return value('username') === this.#authUsername && value('response') === expected;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }
}
