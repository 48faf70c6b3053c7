// Composes the queue of everything that goes out to services on the internet, and what is known of how full it is.
// Called by app.ts, before the rooms that send.
// Must stay true: it starts only after every room has named its handlers.
import { smsKind } from '#messages/outgoing-messages.ts';
import { Outbox } from '#storage/outbox.ts';
import { outboxHealth } from '#storage/outbox-health.ts';
import { outboxAlerts } from '#system/storage-alerts.ts';
import { recordingDeletionKind } from '#twilio/sync/recording-deletion.ts';
import type { Storage, AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

type OutboxDeps = Pick<AppContext, 'clock' | 'newId' | 'log' | 'events' | 'stack'> & {
  readonly storage: Pick<Storage, 'db' | 'mode' | 'isRestored'>;
};

export type OutboxRoom = {
  readonly outbox: Outbox;
  /** After every room has named its handlers. */
  readonly start: () => void;
  readonly face: RoomFace;
};

/** Of these what waits in restored data goes on: nobody is told twice by it but whoever was written to on that day. */
const askedBeforeRepeat = [smsKind, recordingDeletionKind];
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
  return {
    outbox,
    start() {
      if (storage.isRestored) outbox.endRestored(askedBeforeRepeat);
      outbox.start();
    },
    face,
  };
}
