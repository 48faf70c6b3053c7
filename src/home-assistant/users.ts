// Owns what Home Assistant's users may do here, by its own list, which ingress does not carry.
// Called by the ingress listener for every request and every event of a stream.
// Must stay true: who is an administrator there is one here while a list of the last minute says so, and no longer.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { z } from 'zod';
import { validate } from '#contract/validation.ts';
import type { CoreConnection } from './core-connection.ts';
import { CoreError } from './core-connection.ts';

/** As `config/auth/list` has them. */
const userList = z.array(
  z.object({
    id: z.string(),
    name: z.string().nullish(),
    username: z.string().nullish(),
    system_generated: z.boolean().optional(),
    is_owner: z.boolean(),
    is_active: z.boolean(),
    group_ids: z.array(z.string()),
  }),
);

export type HomeAssistantUser = {
  readonly id: string;
  /** As people there see it; the id where there is none. */
  readonly name: string;
  /** Of a program rather than a person, such as the Supervisor. */
  readonly isProgram: boolean;
  readonly isOwner: boolean;
  readonly isActive: boolean;
  readonly groupIds: readonly string[];
};

/** `inactive`: switched off in Home Assistant; `unknown`: removed from it. Neither may come in. */
export type Standing = 'admin' | 'user' | 'read-only' | 'inactive' | 'unknown';

type KnownUsers = { readonly users: ReadonlyMap<string, HomeAssistantUser>; readonly ageMs: number };

const limitMs = 3_000;
const maxAgeMs = 60_000;
/** So that open streams, which wait for nothing, meet a list that is young enough. */
const renewAfterMs = 25_000;
/** Between two requests to Core for a user whom no list has, or after a failure. */
const minGapMs = 2_000;

/**
 * Without a list nobody is more than a reader. An old one, because Core is away, makes nobody an administrator, and keeps out whom it kept out.
 */
export function standingOf(userId: string, known: KnownUsers | undefined): Standing {
  if (known === undefined) return 'read-only';
  const isFresh = known.ageMs <= maxAgeMs;
  const user = known.users.get(userId);
  if (user === undefined) return isFresh ? 'unknown' : 'read-only';
  if (!user.isActive) return 'inactive';
  if (isAdministrator(user)) return isFresh ? 'admin' : 'user';
  return user.groupIds.includes('system-users') ? 'user' : 'read-only';
}

export function isAdministrator({ isOwner, groupIds }: Pick<HomeAssistantUser, 'isOwner' | 'groupIds'>): boolean {
  return isOwner || groupIds.includes('system-admin');
}

/** Rejects with a CoreError where Core is away or refuses. */
export async function listUsers(core: Pick<CoreConnection, 'command'>): Promise<readonly HomeAssistantUser[]> {
  const listed = validate(userList, await core.command({ type: 'config/auth/list' }, limitMs));
  if (listed.kind === 'problems') throw new CoreError('invalid', 'Home Assistant lists its users in another shape');
  return listed.value.map((user) => ({
    id: user.id,
    name: [user.name, user.username].find((name) => name !== undefined && name !== null && name !== '') ?? user.id,
    isProgram: user.system_generated === true,
    isOwner: user.is_owner,
    isActive: user.is_active,
    groupIds: user.group_ids,
  }));
}

export type HomeAssistantUsersDeps = {
  readonly list: () => Promise<readonly HomeAssistantUser[]>;
  readonly clock: Clock;
  readonly log: Log;
};

export class HomeAssistantUsers {
  readonly #deps: HomeAssistantUsersDeps;
  #users: ReadonlyMap<string, HomeAssistantUser> | undefined;
  /** Monotonic. */
  #listedAt = 0;
  #triedAt: number | undefined;
  #reading: Promise<void> | undefined;
  #isFailing = false;

  constructor(deps: HomeAssistantUsersDeps) {
    this.#deps = deps;
  }

  /** Asks Core where what is known is too old or does not name the user. */
  async standingOf(userId: string): Promise<Standing> {
    const known = this.#known();
    const isSure = known !== undefined && known.ageMs <= maxAgeMs && known.users.has(userId);
    if (!isSure) await this.#read();
    return this.standingNow(userId);
  }

  /** By what is known at once; has the list renewed before it is too old. */
  standingNow(userId: string): Standing {
    const known = this.#known();
    if (known === undefined || known.ageMs > renewAfterMs) void this.#read();
    return standingOf(userId, known);
  }

  #known(): KnownUsers | undefined {
    return this.#users === undefined ? undefined : { users: this.#users, ageMs: this.#deps.clock.monotonic() - this.#listedAt };
  }

  /** One request at a time. Never rejects. */
  #read(): Promise<void> {
    const now = this.#deps.clock.monotonic();
    if (this.#reading === undefined && this.#triedAt !== undefined && now - this.#triedAt < minGapMs) return Promise.resolve();
    this.#triedAt = now;
    this.#reading ??= this.#list().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #list(): Promise<void> {
    const { list, clock, log } = this.#deps;
    const askedAt = clock.monotonic();
    try {
      const users = await list();
      this.#users = new Map(users.map((user) => [user.id, user]));
      // What the list says is at least as old as the question.
      this.#listedAt = askedAt;
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        log.warn({ err: error }, 'Home Assistant does not say who its users are: nobody is an administrator by it');
      this.#isFailing = true;
    }
  }
}
