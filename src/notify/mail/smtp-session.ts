// Owns one connection to a mail server: made through the fence, encrypted and logged in as the settings say, or not used at all.
// Called by smtp-pool.ts for mails and by smtp-check.ts for checks.
// Must stay true: a password never leaves over a connection that is less protected than the settings ask for, and no mail without the
// login that they ask for; every promise ends, also when the connection does.
import type { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpSettings } from '#contract/mail-settings.ts';
import type { FencedAttempt } from '../fence/fence.ts';
import { fencedSocket } from '../fence/fenced-socket.ts';
import { faultOfError, faultOfFence } from './smtp-fault.ts';
import type { SmtpFault } from './smtp-fault.ts';
import type { CheckStep } from '#contract/notification-kinds.ts';
import { smtpOptions } from './smtp-options.ts';
import type { SmtpLimits, SmtpReply } from './smtp-options.ts';

export type SmtpAccess = { readonly settings: SmtpSettings; readonly password: string | undefined };

/** `size` is an estimate in bytes: a server that takes no such mail says so before it is sent. */
export type Envelope = { readonly from: string; readonly to: string; readonly size: number };

export type OpenedSession = { readonly kind: 'session'; readonly session: SmtpSession };
export type FailedSession = { readonly kind: 'fault'; readonly fault: SmtpFault };

type Done<Value> = (error?: Error | null, value?: Value) => void;

export class SmtpSession {
  /** Mails that were taken or refused over it. */
  mails = 0;
  isOver = false;
  #step: CheckStep = 'greeting';
  readonly #connection: SMTPConnection;
  /** Rejects when the connection ends, whoever ended it. */
  readonly #end: Promise<never>;

  private constructor(connection: SMTPConnection) {
    this.#connection = connection;
    const { promise, reject } = Promise.withResolvers<never>();
    this.#end = promise;
    promise.catch(() => (this.isOver = true));
    connection.on('error', reject);
    // After whoever waits for a reply was told what the last one was.
    connection.once('end', () => setImmediate(() => reject(failure('ECONNECTION', 'The connection was closed'))));
  }

  /** Never rejects. */
  static async open(access: SmtpAccess, limits: SmtpLimits, attempt: FencedAttempt): Promise<OpenedSession | FailedSession> {
    const { host, port, security, allowsOwnNetwork } = access.settings;
    const target = { host, port, allowsOwnNetwork, isInClear: security === 'none', connectMs: limits.connectMs };
    const connected = await fencedSocket(target, attempt);
    if (connected.kind !== 'connected') return { kind: 'fault', fault: faultOfFence(connected) };
    const connection = new SMTPConnection({ ...smtpOptions(access.settings, limits), connection: connected.socket });
    const session = new SmtpSession(connection);
    try {
      await session.until(attempt.signal, session.#begin(access));
      return { kind: 'session', session };
    } catch (error) {
      session.close();
      return { kind: 'fault', fault: faultOfError(error, session.#step) };
    }
  }

  /** Ends the connection when the signal comes before the work is done. */
  async until<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
    const abort = () => this.close();
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await work;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #begin({ settings: { username, security }, password = '' }: SmtpAccess): Promise<void> {
    await this.#ends((done) => this.#connection.connect(done));
    // The library refuses where STARTTLS is required; what is about to be said deserves a second look.
    if (security !== 'none' && !this.#connection.secure) throw failure('ETLS', 'The connection is not encrypted');
    if (username === null) return;
    this.#step = 'login';
    // It would go on without logging in.
    if (!this.#connection.allowsAuth) throw failure('EAUTH', 'The server does not offer to log in');
    await this.#ends((done) => this.#connection.login({ credentials: { user: username, pass: password } }, done));
  }

  /** What the server said when it took the mail. Of `content` nothing is read before the server is ready for it (354). */
  async send(envelope: Envelope, content: Readable): Promise<string> {
    this.mails += 1;
    const addressed = { ...envelope, to: [envelope.to] };
    const sent = await this.#ends<{ readonly response: string }>((done) => this.#connection.send(addressed, content, done));
    return sent?.response ?? '';
  }

  /** Makes it ready for the next mail. */
  async reset(): Promise<void> {
    await this.#ends((done) => this.#connection.reset(done));
  }

  /** The library has no way to say a command of one's own but as the steps of a login of one's own. */
  async command(command: string): Promise<SmtpReply | undefined> {
    let reply: SmtpReply | undefined;
    const hear = (said: SmtpReply) => (reply = said);
    await this.#ends((done) => this.#connection.login({ method: 'COMMAND', command, hear }, done));
    return reply;
  }

  quit(): void {
    if (!this.isOver) this.#connection.quit();
    this.isOver = true;
  }

  close(): void {
    this.isOver = true;
    this.#connection.close();
  }

  async #ends<Value>(start: (done: Done<Value>) => void): Promise<Value | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Value | undefined>();
    start((error, value) => (error instanceof Error ? reject(error) : resolve(value)));
    return await Promise.race([promise, this.#end]);
  }
}

function failure(code: 'ETLS' | 'EAUTH' | 'ECONNECTION', message: string): Error {
  return Object.assign(new Error(message), { code });
}
