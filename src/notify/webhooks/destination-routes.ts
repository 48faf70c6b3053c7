import { isoTime } from '#base/clock.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import {
  changeDestination,
  createDestination,
  deleteDestination,
  getDestination,
  listDestinations,
  renewDestinationSecret,
} from '#contract/external.ts';
import { answerPage } from '#contract/page.ts';
import type { Destination } from './destination.ts';
import type { Destinations, WithSecret } from './destinations.ts';

export function destinationRoutes(destinations: Destinations): readonly Route[] {
  return [
    handle(listDestinations, ({ query }) => answerPage(query, (request) => destinations.list(request), toReply)),
    handle(createDestination, async ({ body }) => toReplyWithSecret(await destinations.create(body))),
    handle(getDestination, ({ params }) => toReply(destinations.get(params.id))),
    handle(changeDestination, async ({ params, body: { name, url, allowsPrivate, events, enabled } }) =>
      toReply(
        await destinations.change(params.id, {
          ...(name === undefined ? {} : { name }),
          ...(url === undefined ? {} : { url }),
          ...(allowsPrivate === undefined ? {} : { allowsPrivate }),
          ...(events === undefined ? {} : { events }),
          ...(enabled === undefined ? {} : { enabled }),
        }),
      ),
    ),
    handle(renewDestinationSecret, async ({ params }) => toReplyWithSecret(await destinations.renewSecret(params.id))),
    handle(deleteDestination, ({ params }) => destinations.delete(params.id)),
  ];
}

function toReplyWithSecret({ destination, secret }: WithSecret) {
  return { ...toReply(destination), secret };
}

function toReply({ events, createdAt, changedAt, ...rest }: Destination) {
  return { ...rest, events: [...events], createdAt: isoTime(createdAt), changedAt: isoTime(changedAt) };
}
