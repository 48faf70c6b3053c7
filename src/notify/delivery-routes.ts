import { isoTime, isoTimeOrNull, parseTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { PersonId, TargetId } from '#base/ids.ts';
import { visiblePerson } from '#base/visible-person.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { getDelivery, listDeliveries, resendDeliveries, resendDelivery } from '#contract/notifications.ts';
import { answerPage } from '#contract/page.ts';
import type { Deliveries } from './deliveries.ts';
import { canResend } from './delivery.ts';
import type { KeptDelivery } from './delivery.ts';
import { itemIdOf } from './kinds/notification.ts';

export type DeliveryRoutesDeps = {
  readonly deliveries: Deliveries;
  /** Empty where they are no more. */
  readonly nameOf: (personId: PersonId) => string;
  readonly targetNameOf: (id: TargetId) => string;
};

/** People see what was told them; an admin what was told everybody. */
export function deliveryRoutes({ deliveries, nameOf, targetNameOf }: DeliveryRoutesDeps): readonly Route[] {
  const visible = (id: string, identity: Identity | undefined): KeptDelivery => {
    const found = deliveries.byId(id);
    if (found === undefined || (identity?.role !== 'admin' && found.personId !== identity?.personId))
      throw new AppError('not-found', 'There is no such delivery');
    return found;
  };
  const toReply = (delivery: KeptDelivery) => {
    const { id, notification, personId, channel, targetId, state, reason, detail, attempts } = delivery;
    return {
      id,
      kind: notification.kind,
      itemId: itemIdOf(notification),
      personId,
      personName: nameOf(personId),
      channel,
      targetId: targetId ?? null,
      targetName: targetId === undefined ? '' : targetNameOf(targetId),
      state,
      reason: reason ?? null,
      detail: detail ?? null,
      attempts,
      nextAt: isoTimeOrNull(delivery.nextAt),
      createdAt: isoTime(delivery.createdAt),
      endedAt: isoTimeOrNull(delivery.endedAt),
      canResend: canResend(delivery),
    };
  };
  return [
    handle(listDeliveries, ({ query, identity }) => {
      const { person, kind, channel, state, from, to } = query;
      const personId = visiblePerson(identity, person === 'me' ? identity?.personId : person);
      const filter = { personId, kind, channel, state, from: timeOf(from), to: timeOf(to) };
      return answerPage(query, (request) => deliveries.list(filter, request), toReply);
    }),
    handle(getDelivery, ({ params, identity }) => {
      const found = visible(params.id, identity);
      return { ...toReply(found), request: found.request ?? null, reply: found.reply ?? null };
    }),
    handle(resendDeliveries, ({ body }) => deliveries.resendSince(timeOf(body.since) ?? 0, body.channel)),
    handle(resendDelivery, async ({ params, identity }) => toReply(await deliveries.resend(visible(params.id, identity).id))),
  ];
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTime(text);
}
