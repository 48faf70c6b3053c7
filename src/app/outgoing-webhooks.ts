// Composes what tells the destinations of webhooks what happens in the house.
// Called by app.ts.
// Must stay true: secrets are sealed with the house's key; nothing is told before every room is there.
import { randomBytes } from 'node:crypto';
import type { Route } from '#contract/endpoint.ts';
import type { Fence } from '#notify/fence/fence.ts';
import { destinationRoutes } from '#notify/webhooks/destination-routes.ts';
import { DestinationStore } from '#notify/webhooks/destination-store.ts';
import type { DestinationId } from '#notify/webhooks/destination.ts';
import { Destinations } from '#notify/webhooks/destinations.ts';
import { WebhookDeliveries } from '#notify/webhooks/webhook-deliveries.ts';
import { WebhookDeliveryStore } from '#notify/webhooks/webhook-delivery-store.ts';
import type { WebhookDelivery, WebhookState } from '#notify/webhooks/webhook-delivery.ts';
import { WebhookFeed } from '#notify/webhooks/webhook-feed.ts';
import { webhookHandler, webhookKind } from '#notify/webhooks/webhook-handler.ts';
import type { WebhookEnd } from '#notify/webhooks/webhook-handler.ts';
import { webhookRoutes } from '#notify/webhooks/webhook-routes.ts';
import { webhookSchedule } from '#notify/webhooks/webhook-schedule.ts';
import type { Outbox } from '#storage/outbox.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import packageFile from '../../package.json' with { type: 'json' };
import type { AppContext, RoomFace, Storage } from './context.ts';
import { eventItems } from './event-items.ts';
import { faceOf } from './face.ts';

type OutgoingWebhooksDeps = Pick<AppContext, 'clock' | 'newId' | 'events' | 'log' | 'stack'> & {
  readonly storage: Pick<Storage, 'db' | 'writes'>;
  readonly secrets: SealedSecrets;
  /** The secrets before them. */
  readonly oldSecrets: SealedSecrets;
  readonly outbox: Outbox;
  readonly fence: Fence;
};

export type OutgoingWebhooksRoom = {
  readonly face: RoomFace;
  /** `routes`: by which is read what an event is about. */
  readonly start: (routes: readonly Route[]) => void;
  /** How many deliveries ended how since the start; `dropped`: events that were not queued. */
  readonly counts: () => Readonly<Record<WebhookEnd | 'dropped', number>>;
};

export function composeOutgoingWebhooks(deps: OutgoingWebhooksDeps): OutgoingWebhooksRoom {
  const { storage, secrets, oldSecrets, outbox, fence, clock, newId, events, stack } = deps;
  const { db, writes } = storage;
  const log = deps.log.child({ room: 'notify' });
  const store = new WebhookDeliveryStore(db);
  const destinationStore = new DestinationStore(db);
  const destinations = new Destinations({
    ...{ store: destinationStore, writes, clock, newId, secrets, oldSecrets },
    newKey: () => randomBytes(32),
    callOff: (destinationId, reason) => {
      for (const id of store.openOf(destinationId)) outbox.withdraw(id);
      store.endOpen({ destinationId, state: 'cancelled', reason, now: clock.now() });
    },
    onChanged: (destinationId: DestinationId) => events.emit('webhook-destination.changed', { destinationId }),
  });
  const onChanged = ({ id, destinationId }: Pick<WebhookDelivery, 'id' | 'destinationId'>, state: WebhookState) =>
    events.emit('webhook-delivery.changed', { destinationId, deliveryId: id, state });
  const secretsOf = (id: DestinationId) => destinations.secretsOf(id);
  const counts = { delivered: 0, failed: 0, unknown: 0, dropped: 0 };
  const count = (state: WebhookEnd) => void (counts[state] += 1);
  const sending = { fence, clock, version: packageFile.version, secretsOf, store, destinations, writes, log, onChanged };
  outbox.register(webhookKind, { ...webhookHandler({ ...sending, count }), schedule: webhookSchedule });
  const deliveries = new WebhookDeliveries({ ...sending, outbox, newId });
  const stopping = new AbortController();
  stack.defer(() => stopping.abort(new Error('The house stops')));
  let routes: readonly Route[] = [];
  const feed = new WebhookFeed({
    ...{ events, destinations, destinationStore, store, outbox, writes, clock, newId, log },
    itemOf: eventItems(() => routes),
    onDropped(dropped) {
      counts.dropped += dropped;
      log.warn({ dropped }, 'Events were not told to webhooks: too many wait already');
    },
  });
  const start = (all: readonly Route[]) => {
    routes = all;
    stack.defer(feed.start());
  };
  const own = destinationRoutes(destinations, (id) => store.lastOf(id));
  return { start, counts: () => counts, face: faceOf({ routes: [...own, ...webhookRoutes(deliveries, stopping.signal)] }) };
}
