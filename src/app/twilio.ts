// Composes what the bridge to Twilio stands on: its settings, and the connection to the account.
// Called by app.ts.
// Must stay true: without an account nothing of it does anything.
import type { Keys } from '#devices/key-file.ts';
import type { Outbox } from '#storage/outbox.ts';
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

type TwilioDeps = Pick<AppContext, 'options' | 'clock' | 'onClockStep' | 'log' | 'stack'> & {
  readonly storage: Pick<Storage, 'db'>;
  readonly keys: Keys;
  readonly outbox: Outbox;
};

export function composeTwilio({
  options,
  storage,
  keys,
  clock,
  onClockStep,
  log: root,
  outbox,
  stack,
}: TwilioDeps): TwilioServices {
  const log = root.child({ room: 'twilio' });
  const store = new TwilioSettingsStore({ db: storage.db, sealingKey: keys.seal, clock });
  const settings = new LiveTwilioSettings({ store, clock, publicUrl: options.twilio.publicUrl });
  stack.defer(onClockStep((byMs) => settings.clockSet(byMs)));
  const http = new TwilioHttp({ clock, apiBase: options.twilio.apiBase });
  stack.defer(() => http.close());
  const connection = new TwilioConnection({ settings, http, log });
  // What waited for the right credentials need not wait for longer.
  stack.defer(settings.onChange(() => outbox.retryNow('Twilio')));
  return { settings, connection, outbox, face: faceOf({}) };
}
