// Composes who looks after the house: administrators by their role here, and by what Home Assistant says of the user they are linked to.
// Called by notify.ts.
// Must stay true: who was one when Home Assistant was last asked is one while it is away, or nobody would be told that it is.
import type { PersonId } from '#base/ids.ts';
import type { CoreConnection } from '#home-assistant/core-connection.ts';
import { isAdministrator, listUsers } from '#home-assistant/users.ts';
import type { People } from '#people/people.ts';
import { HouseFacts } from '#storage/house-facts.ts';
import type { AppContext, Storage } from './context.ts';

export type AdministratorDeps = Pick<AppContext, 'clock' | 'log' | 'stack'> & {
  readonly storage: Pick<Storage, 'db' | 'writes'>;
  readonly people: Pick<People, 'all'>;
  /** Undefined where the house has no Home Assistant. */
  readonly core: CoreConnection | undefined;
};

const askEveryMs = 10 * 60_000;

/** Cheap: by what is known. */
export function composeAdministrators({
  storage,
  people,
  core,
  clock,
  log: root,
  stack,
}: AdministratorDeps): () => readonly PersonId[] {
  const facts = new HouseFacts(storage.db);
  const log = root.child({ room: 'home-assistant' });
  let known = new Set(core === undefined ? [] : (JSON.parse(facts.get('administrators') ?? '[]') as string[]));
  if (core !== undefined) {
    const ask = async () => {
      const users = await listUsers(core);
      const ids = users.filter((user) => user.isActive && !user.isProgram && isAdministrator(user)).map(({ id }) => id);
      const isNew = ids.length !== known.size || ids.some((id) => !known.has(id));
      known = new Set(ids);
      if (isNew) await storage.writes.write(() => facts.set('administrators', JSON.stringify(ids)));
    };
    const tryToAsk = () => {
      if (core.isConnected)
        ask().catch((error: unknown) => log.info({ err: error }, 'Who administers Home Assistant is not known anew'));
    };
    stack.defer(core.onConnected(tryToAsk));
    const timer = clock.every(askEveryMs, tryToAsk);
    stack.defer(() => timer.cancel());
  }
  return () =>
    people
      .all()
      .filter(
        ({ role, homeAssistantUserId }) =>
          role === 'admin' || (homeAssistantUserId !== undefined && known.has(homeAssistantUserId)),
      )
      .map(({ id }) => id);
}
