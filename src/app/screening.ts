// Composes what is known against callers: the blocklist, and lists of numbers that others reported.
// Called by app.ts, before calls, which ask it about every caller.
// Must stay true: a user learns the numbers of their own calls and messages alone.
import { AppError } from '#base/errors.ts';
import type { CallId, MessageId } from '#base/ids.ts';
import type { CallRecord } from '#calls/call.ts';
import { personsOfCall } from '#calls/persons-of-call.ts';
import type { PersonsOfCallDeps } from '#calls/persons-of-call.ts';
import type { Identity } from '#contract/endpoint.ts';
import type { Message } from '#messages/message.ts';
import type { Numbers } from '#numbers/numbers.ts';
import { toE164Prefix } from '#numbers/e164-prefix.ts';
import { Blocklist } from '#routing/blocklist.ts';
import { blocklistRoutes } from '#routing/blocklist-routes.ts';
import { BlocklistStore } from '#routing/blocklist-store.ts';
import { spamListRoutes } from '#routing/spam-list-routes.ts';
import { listFetcher } from '#routing/spam-list-source.ts';
import { SpamListStore } from '#routing/spam-list-store.ts';
import { SpamLists } from '#routing/spam-lists.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';
import { numberReader } from './read-number.ts';

export type ScreeningRoom = { readonly blocklist: Blocklist; readonly spamLists: SpamLists; readonly face: RoomFace };

type ScreeningDeps = AppContext & {
  readonly storage: Storage;
  readonly numbers: Numbers;
  readonly secrets: SealedSecrets;
  /** What is made later; asked when somebody blocks a past call or message. */
  readonly calls: () => PersonsOfCallDeps & { readonly cdrs: { get(callId: CallId): CallRecord | undefined } };
  readonly messageOf: (messageId: MessageId) => Message | undefined;
};

export function composeScreening(deps: ScreeningDeps): ScreeningRoom {
  const { options, storage, numbers, calls, messageOf, clock, newId, log } = deps;
  const { country } = options.house;
  const store = new BlocklistStore(storage.db);
  const blocklist = new Blocklist({
    store,
    writes: storage.writes,
    clock,
    newId,
    log: log.child({ room: 'routing' }),
    events: deps.events,
    read: { number: numberReader(country), prefix: (text) => toE164Prefix(text, country) },
  });
  const farNumberOfCall = (callId: CallId, identity: Identity | undefined) => {
    const record = calls().cdrs.get(callId);
    if (record === undefined || !maySee(identity, personsOfCall(callId, calls())))
      throw refusal('callId', 'is not the id of a call of yours');
    return farNumberOf(record);
  };
  const farNumberOfMessage = (messageId: MessageId, identity: Identity | undefined) => {
    const message = messageOf(messageId);
    const owner = message === undefined ? undefined : numbers.byNumber(message.ourNumber)?.ownerPersonId;
    if (message === undefined || !maySee(identity, [owner])) throw refusal('messageId', 'is not the id of a message of yours');
    return message.farNumber;
  };
  const spamLists = startSpamLists(deps);
  const routes = [
    ...blocklistRoutes({ blocklist, store, farNumberOfCall, farNumberOfMessage }),
    ...spamListRoutes(spamLists, country.toUpperCase()),
  ];
  return { blocklist, spamLists, face: faceOf({ routes }) };
}

function startSpamLists({ storage, secrets, clock, newId, log, events, stack }: ScreeningDeps): SpamLists {
  const spamLists = new SpamLists({
    store: new SpamListStore(storage.db),
    writes: storage.writes,
    clock,
    newId,
    log: log.child({ room: 'routing' }),
    events,
    secrets,
    readFor: (country) => ({ number: numberReader(country), prefix: (text) => toE164Prefix(text, country) }),
    fetch: listFetcher(),
  });
  stack.defer(() => spamLists.stop());
  // What is fetched into memory alone would be fetched again at every start.
  if (storage.mode === 'normal') spamLists.start();
  return spamLists;
}

function maySee(identity: Identity | undefined, persons: readonly (string | undefined)[]): boolean {
  return identity?.role === 'admin' || (identity?.personId !== undefined && persons.includes(identity.personId));
}

function farNumberOf({ direction, caller, callee }: CallRecord): string {
  if (direction === 'internal') throw refusal('callId', 'was a call between phones of the house');
  const { number } = direction === 'outbound' ? callee : caller;
  if (number === '') throw refusal('callId', 'was a call whose caller hid the number: it cannot be blocked');
  return number;
}

function refusal(field: string, message: string): AppError {
  return new AppError('invalid', 'There is no number to block', { details: [{ field, message }] });
}
