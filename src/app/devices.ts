// Composes the room of devices: phones, their registrations, who they are.
// Called by app.ts.
// Must stay true: registrations of before the start are there before the SIP engine is.
import { join } from 'node:path';
import type { DeviceId } from '#base/ids.ts';
import { isLocalAddress } from '#base/own-networks.ts';
import { Authenticator } from '#devices/authenticator.ts';
import { deviceAlerts } from '#devices/device-alerts.ts';
import { DeviceFaults } from '#devices/device-faults.ts';
import { deviceEntities } from '#devices/device-entities.ts';
import { deviceRoutes } from '#devices/device-routes.ts';
import { deviceState } from '#devices/device-state.ts';
import type { DeviceState } from '#devices/device-state.ts';
import type { Device } from '#devices/device.ts';
import { DeviceSecrets } from '#devices/device-secrets.ts';
import { DeviceStore } from '#devices/device-store.ts';
import { Devices } from '#devices/devices.ts';
import { BruteForceDetector } from '#devices/brute-force-detector.ts';
import { loadKeys } from '#devices/key-file.ts';
import type { Keys } from '#devices/key-file.ts';
import { Nonces } from '#devices/nonces.ts';
import { passwordHealth } from '#devices/password-health.ts';
import { PhonePresence } from '#devices/phone-presence.ts';
import type { PhonePresenceDeps } from '#devices/phone-presence.ts';
import { Registrar } from '#devices/registrar.ts';
import { RegistrationStore } from '#devices/registration-store.ts';
import { Registrations } from '#devices/registrations.ts';
import { isEmergencyNumber } from '#numbers/emergency-numbers.ts';
import type { Options } from '#options/options.ts';
import type { Storage, AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type DevicesRoom = {
  readonly keys: Keys;
  readonly devices: Devices;
  readonly registrations: Registrations;
  readonly authenticator: Authenticator;
  readonly registrar: Registrar;
  readonly faults: Pick<DeviceFaults, 'of'>;
  readonly presence: Pick<PhonePresence, 'isSilent' | 'ask' | 'check'>;
  /** What a phone can do now, wherever it is shown. */
  readonly stateOf: (device: Device) => DeviceState;
  /** Devices with registrations from before the start. */
  readonly registered: Iterable<DeviceId>;
  readonly face: RoomFace;
};

type DevicesDeps = Pick<PhonePresenceDeps, 'ping'> & { readonly isGroupExtension: (extension: string) => boolean };

export function keyFilePath({ dataDirectory }: Options): string {
  return join(dataDirectory, 'gosip.key');
}

export async function composeDevices(
  context: AppContext,
  { db, writes }: Storage,
  { isGroupExtension, ping }: DevicesDeps,
): Promise<DevicesRoom> {
  const { options, clock, newId, events, stack, warnings } = context;
  const log = context.log.child({ room: 'devices' });
  const { realm } = options.sip;
  const keys = loadKeys(keyFilePath(options), log);
  if (keys.problem !== undefined) warnings.push(keys.problem);
  const store = new RegistrationStore(db);
  const nameOf = (deviceId: DeviceId) => devices.byId(deviceId)?.name;
  const registrations = new Registrations({ store, writes, clock, events, log, nameOf });
  const devices = new Devices({
    store: new DeviceStore(db),
    writes,
    registrations,
    secrets: new DeviceSecrets({ keys, realm }),
    clock,
    newId,
    events,
    log,
    isReservedExtension: (extension) => isEmergencyNumber(extension, options.house.country),
    isGroupExtension,
  });
  await devices.start();
  registrations.start();
  stack.defer(() => registrations.stop());
  stack.defer(context.onClockStep((byMs) => registrations.shiftDueTimes(byMs)));
  stack.defer(events.on('device.deleted', ({ deviceId }) => registrations.forget(deviceId)));
  const bruteForceDetector = new BruteForceDetector({
    clock,
    onDetected: ({ username, tries, sources }) => {
      const device = devices.byUsername(username);
      if (device !== undefined) events.emit('device.brute-forced', { deviceId: device.id, tries, sources });
    },
  });
  const guessed = () => bruteForceDetector.list().map((one) => ({ ...one, name: nameByUsername(devices, one.username) }));
  const authenticator = new Authenticator({
    realm,
    clock,
    nonces: new Nonces({ key: keys.nonce, clock }),
    credentialsOf: devices.credentialsOf,
    needsSha256: devices.needsSha256,
    isRegisteredSource: (address) => registrations.isRegisteredFrom(address),
    onWrongPassword: (username, source) => bruteForceDetector.add(username, source),
  });
  const faults = new DeviceFaults({ clock, events, isLocalAddress });
  stack.defer(context.onClockStep((byMs) => faults.shiftTimes(byMs)));
  stack.defer(events.on('device.deleted', ({ deviceId }) => faults.forget(deviceId)));
  stack.defer(events.on('device.revoked', ({ deviceId, why }) => why === 'new-password' && faults.forget(deviceId)));
  const presence = new PhonePresence({ clock, registrations, events, ping });
  presence.start();
  stack.defer(() => presence.stop());
  const stateOf = (device: Device) =>
    deviceState({
      device,
      registrations: registrations.of(device.id),
      fault: faults.of(device.id),
      isSilent: presence.isSilent(device.id),
    });
  const registrar = new Registrar({ authenticator, registrations, devices, faults, clock, newId, log });
  const registered = new Set(store.live(clock.now()).map(({ deviceId }) => deviceId));
  return {
    keys,
    devices,
    registrations,
    authenticator,
    registrar,
    faults,
    presence,
    stateOf,
    registered,
    face: faceOf({
      routes: deviceRoutes({ devices, registrations, faults, stateOf, realm }),
      entities: deviceEntities({ devices, registrations }),
      alerts: deviceAlerts(guessed),
      probes: { passwords: () => passwordHealth(guessed()) },
    }),
  };
}

function nameByUsername(devices: Devices, username: string): string {
  return devices.byUsername(username)?.name ?? username;
}
