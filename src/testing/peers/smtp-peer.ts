// A mail server in this process: takes mails as its settings say, keeps them as a mail program reads them, and fails as it is told to.
// Called by the tests of mail.
// Must stay true: what it keeps was read by other code than wrote it; a mail that it did not answer for is not among `mails`.
import { readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import type { TestCertificate } from '#testing/base/tls-certificate.ts';

export type ReceivedMail = {
  /** The envelope. */
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly isEncrypted: boolean;
  readonly raw: Buffer;
  readonly mail: ParsedMail;
};

export type SmtpStep = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data' | 'message';

/**
 * `reply`: refused with it, such as `[451, '4.7.1 Come back later']`. `drop`: the connection ends; at `data` in the middle of the mail, at
 * `message` behind its last dot. `stall`: nothing more is said. `times`: how often; always without it.
 */
export type SmtpPeerFault = {
  readonly at: SmtpStep;
  readonly does: 'drop' | 'stall' | readonly [code: number, text: string];
  times?: number;
};

export type SmtpPeerOptions = {
  readonly security: 'tls' | 'starttls' | 'none';
  readonly certificate?: TestCertificate;
  /** By default `house` with `right`; null: nobody can log in. */
  readonly login?: { readonly user: string; readonly password: string } | null;
  /** In bytes, announced; larger ones are refused. */
  readonly size?: number;
  readonly port?: number;
};

type Callback = (error?: Error | null) => void;

export class SmtpPeer implements AsyncDisposable {
  readonly mails: ReceivedMail[] = [];
  /** What was said to it, but logins and mails themselves, where nothing is encrypted. */
  readonly commands: string[] = [];
  fault: SmtpPeerFault | undefined;
  connections = 0;
  /** How often it fell silent as it was told to. */
  stalled = 0;
  /** Called with each mail that was taken, before the reply. */
  onMail: ((mail: ReceivedMail) => void) | undefined;
  readonly #server: SMTPServer;
  readonly #sockets = new Map<number, Socket>();
  readonly #talking = new Set<number>();

  private constructor(options: SmtpPeerOptions) {
    const { user, password } = options.login ?? { user: 'house', password: 'right' };
    const disabled = [...(options.security === 'starttls' ? [] : ['STARTTLS']), ...(options.login === null ? ['AUTH'] : [])];
    this.#server = new SMTPServer({
      ...tlsOf(options),
      disabledCommands: disabled,
      authOptional: options.login === null,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 100,
      ...(options.size === undefined ? {} : { size: options.size, rejectOversized: true }),
      onConnect: (session, done) => this.#at('connect', session, done),
      onMailFrom: (_address, session, done) => {
        this.#talking.add(session.remotePort);
        this.#at('mail', session, done);
      },
      onRcptTo: (_address, session, done) => this.#at('rcpt', session, done),
      onAuth: (auth, session, done) =>
        this.#at('auth', session, (error) => {
          if (error instanceof Error) return done(error);
          const isRight = auth.username === user && auth.password === password;
          return isRight ? done(null, { user }) : done(refusal([535, '5.7.8 Authentication credentials invalid']));
        }),
      onData: (stream, session, done) => void this.#take(stream, session, done),
    });
    this.#server.on('error', () => {});
    this.#server.server.on('connection', (socket: Socket) => {
      this.connections += 1;
      const port = socket.remotePort ?? 0;
      this.#sockets.set(port, socket);
      this.#talking.add(port);
      socket.on('data', (chunk: Buffer) => this.#hear(chunk.toString()));
      socket.once('close', () => {
        this.#sockets.delete(port);
        this.#talking.delete(port);
      });
    });
  }

  static async start(options: SmtpPeerOptions): Promise<SmtpPeer> {
    const peer = new SmtpPeer(options);
    await new Promise<void>((done) => peer.#server.listen(options.port ?? 0, '127.0.0.1', done));
    return peer;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** How many are open; by its own count, since STARTTLS takes away whoever listens to a socket. */
  get open(): number {
    return this.#server.connections.size;
  }

  /** Whether somebody is about to send a mail. */
  get isTalking(): boolean {
    return this.#talking.size > 0;
  }

  /** Ends what is open, as a server does that is started anew. */
  dropAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Not the sockets below TLS by hand: after a failed handshake that ends the process.
    await new Promise<void>((done) => this.#server.close(done));
  }

  #hear(said: string): void {
    this.commands.push(...said.split('\r\n').filter((line) => /^(?:EHLO|MAIL|RCPT|RSET|QUIT)\b/.test(line)));
  }

  #at(step: SmtpStep, session: SMTPServerSession, done: Callback): void {
    const { fault } = this;
    if (fault?.at !== step || fault.times === 0) return done();
    if (fault.times !== undefined) fault.times -= 1;
    if (fault.does === 'drop') this.#sockets.get(session.remotePort)?.destroy();
    else if (fault.does === 'stall') this.stalled += 1;
    else done(refusal(fault.does));
  }

  async #read(stream: SMTPServerDataStream, session: SMTPServerSession, done: Callback): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of stream) {
        chunks.push(chunk as Buffer);
        if (this.fault?.at !== 'data') continue;
        this.#at('data', session, done);
        // What it sends beyond is not read.
        await new Promise((ended) => stream.once('close', ended));
      }
    } catch {
      return undefined;
    }
    return Buffer.concat(chunks);
  }

  async #take(stream: SMTPServerDataStream, session: SMTPServerSession, done: Callback): Promise<void> {
    const raw = await this.#read(stream, session, done);
    if (raw === undefined) return;
    if (stream.sizeExceeded) return done();
    const { mailFrom, rcptTo } = session.envelope;
    const received = {
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      user: session.user as string | undefined,
      isEncrypted: session.secure,
      raw,
      mail: await simpleParser(raw),
    };
    this.#at('message', session, (error) => {
      if (error instanceof Error) return done(error);
      this.mails.push(received);
      this.onMail?.(received);
      this.#talking.delete(session.remotePort);
      done();
    });
  }
}

function tlsOf({ security, certificate }: SmtpPeerOptions): Readonly<Record<string, unknown>> {
  const own =
    certificate === undefined ? {} : { key: readFileSync(certificate.keyFile), cert: readFileSync(certificate.certFile) };
  return { secure: security === 'tls', ...own };
}

function refusal([responseCode, text]: readonly [number, string]): Error {
  return Object.assign(new Error(text), { responseCode });
}
