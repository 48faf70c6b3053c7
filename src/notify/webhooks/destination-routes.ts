import { isoTime, isoTimeOrNull } from '#base/clock.ts';
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
import { givenFields } from '#base/given-fields.ts';
import type { Destination, DestinationId } from './destination.ts';
import type { Destinations, WithSecret } from './destinations.ts';
import type { WebhookDelivery } from './webhook-delivery.ts';

/** `lastOf`: the newest delivery of a destination that was tried. */
export function destinationRoutes(
  destinations: Destinations,
  lastOf: (id: DestinationId) => WebhookDelivery | undefined,
): readonly Route[] {
  const toReply = (destination: Destination) => replyOf(destination, lastOf(destination.id));
  const withSecret = ({ destination, secret }: WithSecret) => ({ ...toReply(destination), secret });
  return [
    handle(listDestinations, ({ query }) => answerPage(query, (request) => destinations.list(request), toReply)),
    handle(createDestination, async ({ body }) => withSecret(await destinations.create(body))),
    handle(getDestination, ({ params }) => toReply(destinations.get(params.id))),
    handle(changeDestination, async ({ params, body }) => toReply(await destinations.change(params.id, givenFields(body)))),
    handle(renewDestinationSecret, async ({ params, body }) =>
      withSecret(await destinations.renewSecret(params.id, body.keepsOldFor)),
    ),
    handle(deleteDestination, ({ params }) => destinations.delete(params.id)),
  ];
}

function replyOf({ events, ...destination }: Destination, last: WebhookDelivery | undefined) {
  return {
    ...destination,
    events: [...events],
    switchedOffBecause: destination.switchedOffBecause ?? null,
    oldSecretUntil: isoTimeOrNull(destination.oldSecretUntil),
    lastDelivery:
      last === undefined
        ? null
        : { id: last.id, state: last.state, reason: last.reason ?? null, at: isoTime(last.endedAt ?? last.createdAt) },
    createdAt: isoTime(destination.createdAt),
    changedAt: isoTime(destination.changedAt),
  };
}
