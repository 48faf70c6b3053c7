import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { NewId, PersonId, TokenId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Identity, TokenScope } from '#contract/endpoint.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Listed } from '#contract/page.ts';
import { assertAdminLeft, isAdminLeft } from './last-admin.ts';
import type { ApiToken, Role, TokenQuery } from './person.ts';
import type { PersonStore } from './person-store.ts';
import { hashOf, newSecret } from './secret.ts';
import type { TokenStore } from './token-store.ts';

const firstTokenName = 'First admin token';
/** `lastUsedAt` is for people who tidy up; it need not cost a write per request. */
const touchEveryMs = 15 * 60_000;
const maxTokens = 1_000;

export type TokensDeps = {
  readonly tokens: TokenStore;
  readonly persons: PersonStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
};

type TokenOptions = { readonly name: string; readonly scope?: TokenScope; readonly expiresAt?: number | undefined };
type TokenInput = TokenOptions & { readonly role?: Role | undefined; readonly personId?: PersonId | undefined };
type NewApiToken = TokenOptions & { readonly role?: Role | undefined; readonly personId?: PersonId | undefined };

/** API tokens: 256 random bits each, kept as a hash. Random bits cannot be guessed, so a fast hash is enough for them. */
export class Tokens {
  readonly #deps: TokensDeps;
  readonly #touched = new Map<TokenId, number>();

  constructor(deps: TokensDeps) {
    this.#deps = deps;
  }

  /** Whom a token's text stands for; `undefined` for one that is not ours or has expired. */
  identify(text: string): Identity | undefined {
    const token = this.#deps.tokens.byHash(hashOf(text));
    if (token === undefined || (token.expiresAt ?? Infinity) <= this.#deps.clock.now()) return undefined;
    this.#touch(token.id);
    const { id, personId, role, scope } = token;
    return { kind: 'token', id: personId ?? id, personId, role, scope };
  }

  list(query: TokenQuery): Listed<ApiToken> {
    return this.#deps.tokens.list(query);
  }

  /**
   * Resolves with the token's text, which is shown this once. Rejects with `invalid` where the person does not exist or the token would
   * have expired already, `conflict` where there are too many.
   */
  create({ personId: given, ...input }: TokenInput): Promise<ApiToken & { readonly token: string }> {
    const { tokens, persons, writes, clock } = this.#deps;
    return writes.write(() => {
      assertFuture(input.expiresAt, clock.now());
      const personId = given === undefined ? undefined : persons.byId(given)?.id;
      if (given !== undefined && personId === undefined) {
        const details = [{ field: 'personId', message: 'is not a person of this house' }];
        throw new AppError('invalid', 'There is no such person', { details });
      }
      if (tokens.count() >= maxTokens) {
        throw new AppError(
          'conflict',
          `There are ${maxTokens} API tokens already: delete some first`,
          because('limit-reached', { max: maxTokens }),
        );
      }
      return this.#insert({ ...input, personId });
    });
  }

  /** Throws `not-found`, or `conflict` where no administrator could sign in any more. */
  delete(id: TokenId): Promise<void> {
    const { tokens, writes } = this.#deps;
    return writes.write(() => {
      const token = tokens.byId(id);
      if (token === undefined) throw new AppError('not-found', 'There is no such API token');
      tokens.delete(token.id);
      assertAdminLeft(this.#deps);
      this.#touched.delete(token.id);
    });
  }

  /** Makes the first token of a new house; `undefined` where an administrator can sign in already. */
  async ensureFirst(): Promise<string | undefined> {
    return isAdminLeft(this.#deps) ? undefined : this.renewFirst();
  }

  /** Replaces the first token where it was lost; the earlier one ends. */
  renewFirst(): Promise<string> {
    return this.#deps.writes.write(() => {
      this.#deps.tokens.deleteNamed(firstTokenName);
      return this.#insert({ name: firstTokenName, role: 'admin' }).token;
    });
  }

  #insert({ name, role, personId, scope = 'all', expiresAt }: NewApiToken): ApiToken & { readonly token: string } {
    const { tokens, clock, newId } = this.#deps;
    const token = `gosip_${newSecret()}`;
    const id = newId('token');
    const ownRole = personId === undefined ? (role ?? 'user') : null;
    tokens.insert({ id, name, hash: hashOf(token), role: ownRole, personId, scope, createdAt: clock.now(), expiresAt });
    const made = tokens.byId(id);
    if (made === undefined) throw new AppError('internal', 'The token was not stored');
    return { ...made, token };
  }

  #touch(id: TokenId): void {
    const { clock } = this.#deps;
    if (clock.monotonic() - (this.#touched.get(id) ?? -Infinity) < touchEveryMs) return;
    this.#touched.set(id, clock.monotonic());
    const now = clock.now();
    // A full disk keeps nobody from signing in.
    this.#deps.writes
      .write(() => this.#deps.tokens.touch(id, now))
      .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'Last use of an API token not stored'));
  }
}

function assertFuture(expiresAt: number | undefined, now: number): void {
  if (expiresAt === undefined || expiresAt > now) return;
  throw new AppError('invalid', 'The token would have expired already', {
    details: [{ field: 'expiresAt', message: 'must be in the future' }],
  });
}
