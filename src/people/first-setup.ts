// Owns how the first administrator comes into a house without people: by a token that is shown once.
// Called by app at the start, and by http through auth-routes.ts.
// Must stay true: it closes with the first administrator who has a password, for good, whoever is removed later.
import { timingSafeEqual } from 'node:crypto';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { FirstSetupStore } from './first-setup-store.ts';
import type { LoginLockouts } from './login-lockouts.ts';
import { assertGoodPassword } from './password-rules.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { People } from './people.ts';
import type { Person } from './person.ts';
import { hashOf, newSecret } from './secret.ts';

export type FirstSetupDeps = {
  readonly firstSetup: FirstSetupStore;
  readonly people: People;
  readonly hasher: PasswordHasher;
  readonly lockouts: LoginLockouts;
  readonly writes: WriteBatch;
  readonly events: Events<Facts>;
};

export type FirstAdmin = {
  readonly token: string;
  readonly username: string;
  readonly name: string;
  readonly password: string;
};

export class FirstSetup {
  readonly #deps: FirstSetupDeps;

  constructor(deps: FirstSetupDeps) {
    this.#deps = deps;
  }

  get isOpen(): boolean {
    return this.#deps.firstSetup.state().kind === 'open';
  }

  /** The token to show, on the first start of a house; `isLost` makes another one while setup is open. */
  async tokenToShow(isLost: boolean): Promise<string | undefined> {
    const { firstSetup, writes } = this.#deps;
    const { kind } = firstSetup.state();
    if (kind === 'closed' || (kind === 'open' && !isLost)) return undefined;
    const token = newSecret();
    await writes.write(() => firstSetup.open(hashOf(token)));
    return token;
  }

  /**
   * Makes the first administrator. Rejects with `conflict` once there is one, `unauthorized` for a wrong token, `rate-limited` where the
   * address sent too many, `invalid` for a bad password.
   */
  async run({ token, username, name, password }: FirstAdmin, address: string): Promise<Person> {
    const { people, hasher, firstSetup, lockouts, writes, events } = this.#deps;
    this.#assertOpen();
    const from = { source: address, kind: 'password' } as const;
    const proved = await lockouts.attempt(from, async () => this.#isToken(token) || undefined);
    if (proved === undefined)
      throw new AppError(
        'unauthorized',
        'This is not the setup token that GoSIP showed at its first start',
        because('wrong-setup-token'),
      );
    assertGoodPassword(password, { username, name }, 'password');
    const hash = await hasher.hash(password);
    const first = await writes.write(() => {
      this.#assertOpen();
      const admin = people.insertAdmin({ username, name }, hash);
      if (firstSetup.state().kind !== 'closed') throw new Error('Setup is open although there is an administrator');
      return admin;
    });
    events.emit('person.created', { personId: first.id });
    return first;
  }

  #isToken(token: string): boolean {
    const state = this.#deps.firstSetup.state();
    return state.kind === 'open' && timingSafeEqual(hashOf(token), state.tokenHash);
  }

  #assertOpen(): void {
    if (this.isOpen) return;
    throw new AppError('conflict', 'This house has been set up: sign in, or ask its administrator', because('set-up-already'));
  }
}
