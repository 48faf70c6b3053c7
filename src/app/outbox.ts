// Composes the queue of everything that goes out to services on the internet, and what is known of how full it is.
// Called by app.ts, before the rooms that send.
// Must stay true: it starts only after every room has named its handlers.
import { Outbox } from '#storage/outbox.ts';
import { outboxHealth } from '#storage/outbox-health.ts';
import { outboxAlerts } from '#system/storage-alerts.ts';
import type { Storage, AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

type OutboxDeps = Pick<AppContext, 'clock' | 'newId' | 'log' | 'events' | 'stack'> & {
  readonly storage: Pick<Storage, 'db' | 'mode'>;
};

export type OutboxRoom = { readonly outbox: Outbox; readonly face: RoomFace };

/** Of these a failure is said as one of the outbox; the others say it themselves. */
const services = ['Twilio'];

export function composeOutbox({ storage, clock, newId, log, events, stack }: OutboxDeps): OutboxRoom {
  const outbox = new Outbox({
    db: storage.db,
    clock,
    newId,
    log: log.child({ room: 'outbox' }),
    isDurable: storage.mode === 'normal',
    onFailing: (service, failures, reason) => events.emit('outbox.failing', { service, failures, reason }),
    onRecovered: (service) => events.emit('outbox.recovered', { service }),
  });
  stack.defer(() => outbox.stop());
  const problemOf = (service: string) => outbox.problemOf(service);
  const face = faceOf({
    alerts: outboxAlerts({ services, problemOf }),
    probes: {
      outbox: () =>
        outboxHealth(
          outbox.openOf(services),
          services.map(problemOf).find((problem) => problem !== undefined),
        ),
    },
  });
  return { outbox, face };
}
