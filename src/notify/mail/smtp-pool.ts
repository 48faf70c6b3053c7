import type { Clock, Timer } from '#base/clock.ts';
import type { FencedAttempt } from '../fence/fence.ts';
import type { SmtpLimits } from './smtp-options.ts';
import { SmtpSession } from './smtp-session.ts';
import type { FailedSession, OpenedSession, SmtpAccess } from './smtp-session.ts';

const maxIdle = 2;
/** Servers close a connection that sends too many. */
const maxMails = 50;
/** Shorter than the patience of any server. */
const idleMs = 20_000;

type Idle = { readonly session: SmtpSession; readonly timer: Timer };

/** Keeps connections to one mail server for the next mails. */
export class SmtpPool {
  readonly #access: SmtpAccess;
  readonly #limits: SmtpLimits;
  readonly #clock: Clock;
  readonly #idle: Idle[] = [];
  #isClosed = false;

  constructor(access: SmtpAccess, limits: SmtpLimits, clock: Clock) {
    this.#access = access;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** `isKept`: it was used before, and the server may have ended it meanwhile. Never rejects. */
  async take(attempt: FencedAttempt, isNew = false): Promise<(OpenedSession & { readonly isKept: boolean }) | FailedSession> {
    const kept = isNew ? undefined : this.#idle.pop();
    kept?.timer.cancel();
    if (kept?.session.isOver === false) return { kind: 'session', session: kept.session, isKept: true };
    if (kept !== undefined) return await this.take(attempt);
    const opened = await SmtpSession.open(this.#access, this.#limits, attempt);
    return opened.kind === 'session' ? { ...opened, isKept: false } : opened;
  }

  /** For one that is ready for another mail. */
  giveBack(session: SmtpSession): void {
    if (session.isOver) return;
    if (this.#isClosed || session.mails >= maxMails || this.#idle.length >= maxIdle) return session.quit();
    const timer = this.#clock.after(idleMs, () => {
      this.#idle.splice(
        this.#idle.findIndex((one) => one.session === session),
        1,
      );
      session.quit();
    });
    this.#idle.push({ session, timer });
  }

  /** Those in use are closed when they are given back. */
  close(): void {
    this.#isClosed = true;
    for (const { session, timer } of this.#idle.splice(0)) {
      timer.cancel();
      session.close();
    }
  }
}
