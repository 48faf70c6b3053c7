import { isoTime } from '#base/clock.ts';
import { givenFields } from '#base/given-fields.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { answerInMemory } from '#contract/page.ts';
import { changeRingGroup, createRingGroup, deleteRingGroup, getRingGroup, listRingGroups } from '#contract/ring-groups.ts';
import type { RingGroup } from './ring-group.ts';
import type { RingGroupInput, RingGroups } from './ring-groups.ts';

export function ringGroupRoutes(groups: RingGroups): readonly Route[] {
  const toReply = ({ members, extension, createdAt, ...rest }: RingGroup) => ({
    ...rest,
    extension: extension ?? null,
    members: members.map((member) => ({ ...member })),
    problems: groups.problemsOf({ members, extension, createdAt, ...rest }).map((one) => ({ ...one })),
    createdAt: isoTime(createdAt),
  });
  return [
    handle(listRingGroups, ({ query }) => {
      const byAge = groups.all();
      const sorted = query.sort === 'name' ? byAge.toSorted((a, b) => a.name.localeCompare(b.name)) : byAge;
      return answerInMemory(query, sorted, toReply);
    }),
    handle(createRingGroup, async ({ body: { extension, ...rest } }) =>
      toReply(await groups.create({ ...rest, extension: extension ?? undefined })),
    ),
    handle(getRingGroup, ({ params }) => toReply(groups.get(params.id))),
    handle(changeRingGroup, async ({ params, body: { extension, ...rest } }) => {
      const change: Partial<RingGroupInput> = {
        ...givenFields(rest),
        ...(extension === undefined ? {} : { extension: extension ?? undefined }),
      };
      return toReply(await groups.change(params.id, change));
    }),
    handle(deleteRingGroup, ({ params }) => groups.delete(params.id)),
  ];
}
