import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { decodeText } from '#base/decode-text.ts';
import { AppError } from '#base/errors.ts';
import { houseOrOwn, ownerOf } from '#base/owner-of.ts';
import { visiblePerson } from '#base/visible-person.ts';
import type { CallId, MessageId } from '#base/ids.ts';
import {
  blockFromCall,
  blockFromMessage,
  changeBlocklistEntry,
  createBlocklistEntry,
  deleteBlocklistEntry,
  exportBlocklist,
  getBlocklistEntry,
  importBlocklist,
  listBlocklist,
} from '#contract/blocklist.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { answerPage } from '#contract/page.ts';
import type { Blocklist } from './blocklist.ts';
import * as csv from './blocklist-csv.ts';
import type { BlocklistEntry } from './blocklist-entry.ts';
import type { BlocklistStore } from './blocklist-store.ts';

/** The far number of a past call or message. Throws `invalid` where it has none, or is not for this identity. */
export type FarNumberOf<What extends CallId | MessageId> = (id: What, identity: Identity | undefined) => string;

type Deps = {
  readonly blocklist: Blocklist;
  readonly store: Pick<BlocklistStore, 'find'>;
  readonly farNumberOfCall: FarNumberOf<CallId>;
  readonly farNumberOfMessage: FarNumberOf<MessageId>;
};

/** Users block callers of their own calls and messages, for calls to themselves; an admin blocks for the whole house and sees all entries. */
export function blocklistRoutes({ blocklist, store, farNumberOfCall, farNumberOfMessage }: Deps): readonly Route[] {
  const visible = (id: string, identity: Identity | undefined): BlocklistEntry => {
    const found = blocklist.byId(id);
    if (found !== undefined && mayHave(found, identity)) return found;
    throw new AppError('not-found', 'There is no such blocklist entry');
  };
  const block = async (number: string, reason: string, identity: Identity | undefined) => {
    const entry = { kind: 'exact', pattern: number, reason, personId: ownerOf(undefined, identity), isEnabled: true } as const;
    return toReply(await blocklist.create(entry));
  };
  return [
    handle(exportBlocklist, () => ({
      contentType: 'text/csv',
      fileName: 'blocklist.csv',
      read: () => csv.exportBlocklist(blocklist.all()),
    })),
    handle(listBlocklist, ({ query, identity }) => {
      const { person, kind, enabled, text } = query;
      const personId = visiblePerson(identity, person);
      return answerPage(query, (request) => store.find({ personId, kind, isEnabled: enabled, text }, request), toReply);
    }),
    handle(createBlocklistEntry, async ({ body: { enabled, owner, ...rest }, identity }) =>
      toReply(await blocklist.create({ ...rest, personId: houseOrOwn(owner, identity), isEnabled: enabled })),
    ),
    handle(blockFromCall, ({ body, identity }) => block(farNumberOfCall(body.callId, identity), body.reason, identity)),
    handle(blockFromMessage, ({ body, identity }) => block(farNumberOfMessage(body.messageId, identity), body.reason, identity)),
    handle(importBlocklist, ({ body }) => csv.importBlocklist(decodeText(body.bytes), blocklist)),
    handle(getBlocklistEntry, ({ params, identity }) => toReply(visible(params.id, identity))),
    handle(changeBlocklistEntry, async ({ params, body: { enabled, kind, pattern, reason }, identity }) =>
      toReply(
        await blocklist.change(visible(params.id, identity), {
          ...(kind === undefined ? {} : { kind }),
          ...(pattern === undefined ? {} : { pattern }),
          ...(reason === undefined ? {} : { reason }),
          ...(enabled === undefined ? {} : { isEnabled: enabled }),
        }),
      ),
    ),
    handle(deleteBlocklistEntry, ({ params, identity }) => blocklist.delete(visible(params.id, identity))),
  ];
}

function mayHave({ personId }: BlocklistEntry, identity: Identity | undefined): boolean {
  return identity?.role === 'admin' || (personId !== undefined && personId === identity?.personId);
}

function toReply(entry: BlocklistEntry) {
  return {
    id: entry.id,
    kind: entry.kind,
    pattern: entry.pattern,
    reason: entry.reason,
    personId: entry.personId ?? null,
    enabled: entry.isEnabled,
    hits: entry.hits,
    lastHitAt: isoTimeOrNull(entry.lastHitAt),
    createdAt: isoTime(entry.createdAt),
  };
}
