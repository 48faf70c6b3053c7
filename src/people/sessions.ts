// Owns the sessions of people who signed in by password: 24 hours each, counted from its last use.
// Called by login, by http for every request with a session's cookie, and through auth-routes.ts.
// Must stay true: the secret is with the browser alone; what ends a session ends it at once.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { NewId, PersonId, SessionId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { ApiClient, Identity } from '#contract/endpoint.ts';
import type { Listed } from '#contract/page.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { PersonStore } from './person-store.ts';
import { hashOf, newSecret } from './secret.ts';
import type { Session, SessionQuery } from './session.ts';
import type { SessionStore } from './session-store.ts';

const sessionMs = 24 * 3_600_000;
/** Using it need not cost a write per request. */
const touchEveryMs = 60_000;
/** A person's browsers and phones; one more ends the one that was used longest ago. */
const maxPerPerson = 30;
const maxUserAgent = 200;

export type SessionsDeps = {
  readonly sessions: SessionStore;
  readonly persons: PersonStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
};

/** `isExtended`: the browser is to keep its cookie for another 24 hours. */
export type IdentifiedSession = { readonly identity: Identity; readonly isExtended: boolean };

export class Sessions {
  readonly #deps: SessionsDeps;
  readonly #touched = new Map<SessionId, number>();

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  /** Resolves with the secret for the browser. */
  async begin(personId: PersonId, { address, userAgent }: ApiClient): Promise<string> {
    const { sessions, writes, clock, newId } = this.#deps;
    const secret = newSecret();
    await writes.write(() => {
      const now = clock.now();
      const times = { createdAt: now, lastUsedAt: now, expiresAt: now + sessionMs };
      sessions.deleteExpired(now);
      sessions.deleteOldestOf(personId, maxPerPerson - 1);
      const session = { id: newId('session'), personId, address, userAgent: userAgent.slice(0, maxUserAgent), ...times };
      sessions.insert(session, hashOf(secret));
    });
    return secret;
  }

  /** Whose session it is; `undefined` for one that is over. `isActivity` extends it. */
  identify(secret: string, isActivity: boolean): IdentifiedSession | undefined {
    const { sessions, persons, clock } = this.#deps;
    const session = sessions.bySecretHash(hashOf(secret));
    if (session === undefined || session.expiresAt <= clock.now()) return undefined;
    const person = persons.byId(session.personId);
    if (person === undefined) return undefined;
    const isExtended = isActivity && this.#extend(session);
    const { id, role } = person;
    return { identity: { kind: 'session', id, personId: id, role, sessionId: session.id }, isExtended };
  }

  list(query: SessionQuery): Listed<Session> {
    return this.#deps.sessions.list({ ...query, now: this.#deps.clock.now() });
  }

  /** Ends one: a user their own, an administrator any. Rejects with `not-found`, also for that of somebody else. */
  end(id: string, by: Pick<Identity, 'role' | 'personId'>): Promise<void> {
    const { sessions, writes } = this.#deps;
    return writes.write(() => {
      const session = sessions.byId(id);
      if (session === undefined || (by.role !== 'admin' && session.personId !== by.personId)) {
        throw new AppError('not-found', 'There is no such session');
      }
      sessions.delete(session.id);
      this.#touched.delete(session.id);
    });
  }

  endAllOf(personId: PersonId): Promise<void> {
    return this.#deps.writes.write(() => this.#deps.sessions.deleteOf(personId));
  }

  #extend({ id, expiresAt }: Session): boolean {
    const { sessions, writes, clock, log } = this.#deps;
    if (expiresAt - clock.now() > sessionMs - touchEveryMs || this.#isTouched(id)) return false;
    this.#touched.set(id, clock.monotonic());
    const now = clock.now();
    // A full disk ends no session before its time.
    writes
      .write(() => sessions.touch(id, now, now + sessionMs))
      .catch((error: unknown) => log.warn({ err: error }, 'Last use of a session not stored'));
    return true;
  }

  /** Whether that is being written down. Kept in the order of use. */
  #isTouched(wanted: SessionId): boolean {
    for (const [id, used] of this.#touched) {
      if (this.#deps.clock.monotonic() - used < touchEveryMs) break;
      this.#touched.delete(id);
    }
    return this.#touched.has(wanted);
  }
}
