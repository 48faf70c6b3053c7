import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { answerInMemory } from '#contract/page.ts';
import {
  changeSpamList,
  createSpamList,
  deleteSpamList,
  getSpamList,
  importSpamList,
  listSpamLists,
  refreshSpamList,
} from '#contract/spam-lists.ts';
import type { SpamList } from './spam-list.ts';
import type { SpamLists } from './spam-lists.ts';

/** `country`: the house's. */
export function spamListRoutes(spamLists: SpamLists, country: string): readonly Route[] {
  return [
    handle(listSpamLists, ({ query }) => answerInMemory(query, spamLists.all(), toReply)),
    handle(createSpamList, async ({ body: { enabled, url, token, ...rest } }) =>
      toReply(
        await spamLists.create(
          { ...rest, country: rest.country ?? country, url: url ?? undefined, isEnabled: enabled },
          token ?? undefined,
        ),
      ),
    ),
    handle(getSpamList, ({ params }) => toReply(spamLists.get(params.id))),
    handle(changeSpamList, async ({ params, body: { enabled, name, url, token, country: itsCountry, refreshHours } }) =>
      toReply(
        await spamLists.change(params.id, {
          ...(name === undefined ? {} : { name }),
          ...(url === undefined ? {} : { url: url ?? undefined }),
          ...(token === undefined ? {} : { token }),
          ...(itsCountry === undefined ? {} : { country: itsCountry }),
          ...(refreshHours === undefined ? {} : { refreshHours }),
          ...(enabled === undefined ? {} : { isEnabled: enabled }),
        }),
      ),
    ),
    handle(deleteSpamList, ({ params }) => spamLists.delete(params.id)),
    handle(importSpamList, ({ params, body }) => spamLists.upload(params.id, body.bytes)),
    handle(refreshSpamList, async ({ params }) => toReply(await spamLists.refresh(params.id))),
  ];
}

function toReply(list: SpamList) {
  return {
    id: list.id,
    name: list.name,
    url: list.url ?? null,
    hasToken: list.hasToken,
    country: list.country,
    refreshHours: list.refreshHours,
    enabled: list.isEnabled,
    numbers: list.numbers,
    importedAt: isoTimeOrNull(list.importedAt),
    triedAt: isoTimeOrNull(list.triedAt),
    problem: list.problem ?? null,
    createdAt: isoTime(list.createdAt),
  };
}
