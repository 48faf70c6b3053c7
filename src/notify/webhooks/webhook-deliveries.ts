// Owns what was told to destinations, for whoever looks at it, sends it again, or tries a destination.
// Called by its routes.
// Must stay true: what is sent again has the same id and the same bytes, so that a receiver that has it does nothing.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { NewId } from '#base/ids.ts';
import type { ListRequest, Listed } from '#contract/page.ts';
import type { Outbox } from '#storage/outbox.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Destination, DestinationId } from './destination.ts';
import type { Destinations } from './destinations.ts';
import type { WebhookDelivery, WebhookState } from './webhook-delivery.ts';
import type { WebhookDeliveryFilter, WebhookDeliveryStore } from './webhook-delivery-store.ts';
import { webhookBody } from './webhook-event.ts';
import { webhookKind } from './webhook-handler.ts';
import { sendWebhook } from './webhook-sender.ts';
import type { WebhookSenderDeps } from './webhook-sender.ts';

export type WebhookDeliveriesDeps = WebhookSenderDeps & {
  readonly store: WebhookDeliveryStore;
  readonly destinations: Pick<Destinations, 'get'>;
  readonly outbox: Pick<Outbox, 'enqueue' | 'advance'>;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly onChanged: (delivery: Pick<WebhookDelivery, 'id' | 'destinationId'>, state: WebhookState) => void;
};

const betweenTestsMs = 5_000;
const giveUpAfterSeconds = 2 * 86_400;

export class WebhookDeliveries {
  readonly #deps: WebhookDeliveriesDeps;
  /** When each was tried last, by the monotonic time. */
  readonly #testedAt = new Map<DestinationId, number>();

  constructor(deps: WebhookDeliveriesDeps) {
    this.#deps = deps;
  }

  /** Throws `not-found`. */
  list(destinationId: string, filter: WebhookDeliveryFilter, request: ListRequest): Listed<WebhookDelivery> {
    const { id } = this.#deps.destinations.get(destinationId);
    return { items: this.#deps.store.list(id, filter, request), total: this.#deps.store.count(id, filter) };
  }

  /** Throws `not-found`. */
  get(destinationId: string, id: string): WebhookDelivery {
    const found = this.#deps.store.byId(id);
    if (found === undefined || found.destinationId !== destinationId)
      throw new AppError('not-found', 'There is no such delivery');
    return found;
  }

  /** Throws `not-found`, or `conflict` where nothing is sent to its destination. What still waits is tried at once. */
  async resend(destinationId: string, id: string): Promise<WebhookDelivery> {
    const { store, destinations, outbox, writes, clock, onChanged } = this.#deps;
    const destination = destinations.get(destinationId);
    if (!destination.enabled) throw new AppError('conflict', 'This destination is switched off: switch it on first');
    const delivery = await writes.write(() => {
      const before = this.get(destinationId, id);
      const { id: deliveryId } = before;
      if (before.endedAt === undefined) {
        if (before.outboxId !== undefined) outbox.advance([before.outboxId], clock.now());
        store.due(deliveryId, clock.now());
      } else {
        const payload = { deliveryId, destinationId: destination.id };
        store.reopen(
          deliveryId,
          outbox.enqueue({ kind: webhookKind, orderKey: deliveryId, payload, giveUpAfterSeconds }),
          clock.now(),
        );
      }
      return this.get(destinationId, id);
    });
    onChanged(delivery, delivery.state);
    return delivery;
  }

  /** One try now, whether the destination is switched on or not. Throws `not-found`, or `rate-limited`. */
  async test(destinationId: string, signal: AbortSignal): Promise<WebhookDelivery> {
    const { store, destinations, writes, clock, newId, onChanged } = this.#deps;
    const destination = destinations.get(destinationId);
    this.#limit(destination);
    const id = newId('evt');
    const at = clock.now();
    const body = webhookBody({ id, type: 'test', at, data: {} });
    const delivery = {
      id,
      destinationId: destination.id,
      event: 'test',
      body,
      outboxId: undefined,
      state: 'sending',
      createdAt: at,
    } as const;
    await writes.write(() => store.insert(delivery));
    const { outcome, tried } = await sendWebhook(delivery, destination, { ...this.#deps, signal, commit: () => {} });
    const state = outcome.kind === 'delivered' ? 'delivered' : 'failed';
    await writes.write(() => store.progress(id, { state, endedAt: clock.now(), tried }));
    onChanged(delivery, state);
    return this.get(destination.id, id);
  }

  #limit({ id }: Destination): void {
    const now = this.#deps.clock.monotonic();
    const waitMs = (this.#testedAt.get(id) ?? now - betweenTestsMs) + betweenTestsMs - now;
    if (waitMs > 0) {
      const retryAfterSeconds = Math.ceil(waitMs / 1000);
      throw new AppError('rate-limited', 'It was tried a moment ago: wait a few seconds', { retryAfterSeconds });
    }
    this.#testedAt.set(id, now);
  }
}
