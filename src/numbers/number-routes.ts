import { isoTime } from '#base/clock.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { answerPage } from '#contract/page.ts';
import { changeNumber, createNumber, deleteNumber, getNumber, listNumbers, listOwnNumbers } from '#contract/numbers.ts';
import type { OurNumber } from './number.ts';
import type { Numbers } from './numbers.ts';

export function numberRoutes(numbers: Numbers): readonly Route[] {
  return [
    handle(listNumbers, ({ query }) =>
      answerPage(query, (request) => numbers.list({ ...request, personId: query.person }), toReply),
    ),
    handle(listOwnNumbers, ({ identity }) => ({
      items: identity?.personId === undefined ? [] : numbers.ofPerson(identity.personId).map(toReply),
    })),
    handle(getNumber, ({ params }) => toReply(numbers.get(params.id))),
    handle(createNumber, async ({ body }) =>
      toReply(await numbers.create({ ...body, ownerPersonId: body.ownerPersonId ?? undefined })),
    ),
    handle(changeNumber, async ({ params, body: { name, ownerPersonId, voiceEnabled } }) =>
      toReply(
        await numbers.change(params.id, {
          ...(name === undefined ? {} : { name }),
          ...(ownerPersonId === undefined ? {} : { ownerPersonId: ownerPersonId ?? undefined }),
          ...(voiceEnabled === undefined ? {} : { voiceEnabled }),
        }),
      ),
    ),
    handle(deleteNumber, ({ params }) => numbers.delete(params.id)),
  ];
}

function toReply(number: OurNumber) {
  return {
    id: number.id,
    number: number.number,
    name: number.name,
    ownerPersonId: number.ownerPersonId ?? null,
    voiceEnabled: number.voiceEnabled,
    createdAt: isoTime(number.createdAt),
  };
}
