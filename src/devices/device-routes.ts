import { isoTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { visiblePerson } from '#base/visible-person.ts';
import type { DeviceId } from '#base/ids.ts';
import {
  changeDevice,
  createDevice,
  deleteDevice,
  getDevice,
  listDeviceRegistrations,
  listDevices,
  listExtensions,
  listUnknownPhones,
  resetDeviceSecret,
} from '#contract/devices.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { answerPage } from '#contract/page.ts';
import type { Device } from './device.ts';
import { describeFault, describeUnknown } from './describe-fault.ts';
import { describeOffline } from './describe-offline.ts';
import type { DeviceFaults } from './device-faults.ts';
import type { DeviceState } from './device-state.ts';
import type { Devices, DeviceWithSecret } from './devices.ts';
import type { Registration } from './registration.ts';
import type { Registrations } from './registrations.ts';

export type DeviceRoutesDeps = {
  readonly devices: Devices;
  readonly registrations: Registrations;
  readonly faults: Pick<DeviceFaults, 'of' | 'unknown'>;
  readonly stateOf: (device: Device) => DeviceState;
  readonly realm: string;
};

export function deviceRoutes({ devices, registrations, faults, stateOf, realm }: DeviceRoutesDeps): Route[] {
  const show = (device: Device) => ({
    ...describe(device, registrations.of(device.id).length > 0),
    state: stateOf(device),
    offline: describeOffline(registrations.offline(device.id)),
    fault: describeFault(faults.of(device.id)),
  });
  const showWithSecret = ({ device, secret }: DeviceWithSecret) => ({ ...show(device), secret, realm });
  return [
    handle(listDevices, ({ query, identity }) => {
      const { type, enabled, text } = query;
      const filter = { personId: visiblePerson(identity, query.personId), type, enabled, text };
      return answerPage(query, (request) => devices.list({ ...request, ...filter }), show);
    }),
    handle(listExtensions, () => ({
      items: devices
        .all()
        .filter(({ enabled }) => enabled)
        .map(({ name, extension }) => ({ name, extension })),
    })),
    handle(getDevice, ({ params, identity }) => show(visible(devices, params.id, identity))),
    handle(createDevice, async ({ body }) => showWithSecret(await devices.create(body))),
    handle(changeDevice, async ({ params, body }) => show(await devices.change(params.id, body))),
    handle(deleteDevice, ({ params }) => devices.delete(params.id)),
    handle(resetDeviceSecret, async ({ params }) => showWithSecret(await devices.resetSecret(params.id))),
    handle(listDeviceRegistrations, ({ params, identity }) => {
      const device = visible(devices, params.id, identity);
      return { items: registrations.of(device.id).map(describeRegistration) };
    }),
    handle(listUnknownPhones, () => ({ items: faults.unknown().map(describeUnknown) })),
  ];
}

/** Users see only their own devices. */
function visible(devices: Devices, id: DeviceId, identity: Identity | undefined): Device {
  const device = devices.get(id);
  const isTheirs = identity?.personId !== undefined && device.personId === identity.personId;
  if (identity?.role !== 'admin' && !isTheirs) throw new AppError('not-found', 'There is no such device');
  return device;
}

function describe(device: Device, isRegistered: boolean) {
  const { personId, createdAt, transports, ...rest } = device;
  return { ...rest, transports: [...transports], personId: personId ?? null, createdAt: isoTime(createdAt), isRegistered };
}

function describeRegistration({ id, contactUri, source, userAgent, q, registeredAt, expiresAt }: Registration) {
  return {
    id,
    contact: contactUri,
    transport: source.protocol,
    address: source.address,
    port: source.port,
    userAgent: userAgent ?? null,
    q,
    registeredAt: isoTime(registeredAt),
    expiresAt: isoTime(expiresAt),
  };
}
