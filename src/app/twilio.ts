// Composes what the bridge to Twilio stands on: its settings, the connection to the account, and the queue of what goes out.
// Called by app.ts.
// Must stay true: without an account nothing of it does anything; the queue starts only after every room has named its handlers.
import type { Keys } from '#devices/key-file.ts';
import { Outbox } from '#storage/outbox.ts';
import { outboxHealth } from '#storage/outbox-health.ts';
import { outboxAlerts } from '#system/storage-alerts.ts';
import { TwilioSettingsStore } from '#twilio/setup/settings-store.ts';
import { TwilioConnection } from '#twilio/api/connection.ts';
import { TwilioHttp } from '#twilio/api/http.ts';
import { LiveTwilioSettings } from '#twilio/api/settings.ts';
import type { Storage, AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type TwilioServices = {
  readonly settings: LiveTwilioSettings;
  readonly connection: TwilioConnection;
  readonly outbox: Outbox;
  readonly face: RoomFace;
};

type TwilioDeps = AppContext & { readonly storage: Storage; readonly keys: Keys };

/** Made before the rooms that send; `outbox.start()` is called when all of them are there. */
export function composeTwilio({
  options,
  storage,
  keys,
  clock,
  onClockStep,
  newId,
  log: root,
  events,
  stack,
}: TwilioDeps): TwilioServices {
  const log = root.child({ room: 'twilio' });
  const store = new TwilioSettingsStore({ db: storage.db, sealingKey: keys.seal, clock });
  const settings = new LiveTwilioSettings({ store, clock, publicUrl: options.twilio.publicUrl });
  stack.defer(onClockStep((byMs) => settings.clockSet(byMs)));
  const http = new TwilioHttp({ clock, apiBase: options.twilio.apiBase });
  stack.defer(() => http.close());
  const connection = new TwilioConnection({ settings, http, log });
  const outbox = new Outbox({
    db: storage.db,
    clock,
    newId,
    log: root.child({ room: 'outbox' }),
    isDurable: storage.mode === 'normal',
    onFailing: (service, failures, reason) => events.emit('outbox.failing', { service, failures, reason }),
    onRecovered: (service) => events.emit('outbox.recovered', { service }),
  });
  stack.defer(() => outbox.stop());
  // What waited for the right credentials need not wait for longer.
  stack.defer(settings.onChange(() => outbox.retryNow('Twilio')));
  const face = faceOf({
    alerts: outboxAlerts({ services: ['Twilio'], problemOf: (service) => outbox.problemOf(service) }),
    probes: { outbox: () => outboxHealth(outbox.counts(), outbox.problemOf('Twilio')) },
  });
  return { settings, connection, outbox, face };
}
