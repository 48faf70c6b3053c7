import { isoTime } from '#base/clock.ts';
import { givenFields } from '#base/given-fields.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route as ApiRoute } from '#contract/endpoint.ts';
import { answerInMemory } from '#contract/page.ts';
import { changeRoute, createRoute, deleteRoute, getRoute, listRoutes, reorderRoutes } from '#contract/routes.ts';
import type { RouteReply } from '#contract/routes.ts';
import type { PlacedRoute, Routes } from './routes.ts';

export function routeRoutes(routes: Routes): readonly ApiRoute[] {
  return [
    handle(listRoutes, ({ query }) => answerInMemory(query, routes.list(query.number), toReply)),
    handle(createRoute, async ({ body: { enabled, ...rest } }) => toReply(await routes.create({ ...rest, isEnabled: enabled }))),
    handle(reorderRoutes, async ({ body }) => ({ items: (await routes.reorder(body.numberId, body.ids)).map(toReply) })),
    handle(getRoute, ({ params }) => toReply(routes.get(params.id))),
    handle(changeRoute, async ({ params, body: { enabled, ...rest } }) => {
      const change = { ...rest, ...(enabled === undefined ? {} : { isEnabled: enabled }) };
      return toReply(await routes.change(params.id, givenFields(change)));
    }),
    handle(deleteRoute, ({ params }) => routes.delete(params.id)),
  ];
}

function toReply({ route, priority, problems }: PlacedRoute): RouteReply {
  const { id, numberId, name, isEnabled, conditions, action, createdAt } = route;
  // The same data; replies are not typed as read-only.
  const wire = structuredClone({ conditions, action }) as Pick<RouteReply, 'conditions' | 'action'>;
  return {
    id,
    numberId,
    name,
    enabled: isEnabled,
    ...wire,
    priority,
    problems: problems.map((one) => ({ ...one })),
    createdAt: isoTime(createdAt),
  };
}
