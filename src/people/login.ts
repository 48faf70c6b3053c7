// Owns how a person signs in and changes their password.
// Called by http through auth-routes.ts.
// Must stay true: who does not exist costs the same time as a wrong password and is answered alike.
import type { PersonId } from '#base/ids.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { ApiClient, Identity } from '#contract/endpoint.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { LoginLockouts } from './login-lockouts.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { assertGoodPassword } from './password-rules.ts';
import type { Person } from './person.ts';
import type { PersonStore } from './person-store.ts';
import type { SessionStore } from './session-store.ts';
import type { Sessions } from './sessions.ts';

export type LoginDeps = {
  readonly persons: PersonStore;
  readonly sessionStore: SessionStore;
  readonly sessions: Sessions;
  readonly hasher: PasswordHasher;
  readonly lockouts: LoginLockouts;
  readonly writes: WriteBatch;
};

type GivenCredentials = { readonly username: string; readonly password: string };
type PasswordChange = { readonly currentPassword: string; readonly newPassword: string };

export type SignedIn = { readonly person: Person; readonly secret: string };

export class Login {
  readonly #deps: LoginDeps;

  constructor(deps: LoginDeps) {
    this.#deps = deps;
  }

  /** Resolves with a session. Rejects with `unauthorized` or `rate-limited`. */
  async logIn({ username, password }: GivenCredentials, client: ApiClient): Promise<SignedIn> {
    const { persons, sessions, lockouts } = this.#deps;
    const id = await lockouts.attempt({ source: client.address, kind: 'password' }, () => this.#check(username, password));
    const person = id === undefined ? undefined : persons.byId(id);
    if (person === undefined) throw new AppError('unauthorized', 'Wrong username or password', because('wrong-password'));
    return { person, secret: await sessions.begin(person.id, client) };
  }

  /**
   * Ends all other sessions of the person. Rejects with `unauthorized` or `rate-limited` for a wrong current password, `invalid` for a
   * bad new one, `conflict` where the person has none.
   */
  async changePassword(
    { currentPassword, newPassword }: PasswordChange,
    identity: Identity | undefined,
    client: ApiClient,
  ): Promise<void> {
    const { persons, sessionStore, hasher, lockouts, writes } = this.#deps;
    const person = identity?.personId === undefined ? undefined : persons.byId(identity.personId);
    if (person === undefined) throw new AppError('conflict', 'This API token belongs to no person, and has no password');
    if (!person.hasPassword)
      throw new AppError('conflict', 'You have no password: an administrator can give you one', because('no-password'));
    assertGoodPassword(newPassword, person, 'newPassword');
    const from = { source: client.address, kind: 'password' } as const;
    const proved = await lockouts.attempt(from, () => this.#check(person.username, currentPassword));
    if (proved === undefined) throw wrongCurrentPassword();
    const hash = await hasher.hash(newPassword);
    await writes.write(() => {
      persons.setPassword(person.id, hash);
      sessionStore.deleteOf(person.id, identity?.sessionId);
    });
  }

  async #check(username: string, password: string): Promise<PersonId | undefined> {
    const found = this.#deps.persons.credentialsOf(username);
    // Of a longer one bcrypt would read the beginning alone.
    const isReadWhole = Buffer.byteLength(password, 'utf8') <= 72 && !password.includes('\0');
    const isRight = await this.#deps.hasher.verify(password, isReadWhole ? found?.hash : undefined);
    return isRight ? found?.id : undefined;
  }
}

/** Not `unauthorized`: the session is valid, and the browser is to keep it. */
function wrongCurrentPassword(): AppError {
  const details = [{ field: 'currentPassword', message: 'is not your password' }];
  return new AppError('invalid', 'The current password is wrong', { details });
}
