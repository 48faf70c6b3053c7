// Owns which phones and notify entities Home Assistant has, and which of its users' phones they are.
// Called by core-phones.ts.
// Must stay true: a name that two phones share is nobody's, since Home Assistant sends what is for it to one of them only; what is ours is not among them.
import { z } from 'zod';
import { validate } from '#contract/validation.ts';
import type { CoreConnection, CoreMessage } from './core-connection.ts';
import { CoreError } from './core-connection.ts';
import { slugOf } from './slug.ts';

/** Where Home Assistant can bring a message. */
export type CorePhone = {
  /** `mobile_app_<slug>`, an action of its domain `notify`, or the id of an entity of that domain. */
  readonly target: string;
  readonly name: string;
  readonly kind: 'phone' | 'entity';
  /** Of its users whose phone it is. */
  readonly userIds: readonly string[];
};

/** A phone with Home Assistant's app. */
export type AppPhone = {
  readonly deviceId: string;
  readonly target: string;
  readonly name: string;
  readonly isApple: boolean;
  /** Whether another one has the same name there. */
  readonly isAmbiguous: boolean;
};

type Core = Pick<CoreConnection, 'command'>;

const maybe = z.string().nullish().catch(undefined);

const deviceList = z.array(
  z.object({ id: z.string(), name: maybe, name_by_user: maybe, manufacturer: maybe, identifiers: z.array(z.array(z.unknown())) }),
);
type Device = z.output<typeof deviceList>[number];

const person = z.object({ user_id: maybe, device_trackers: z.array(z.string()).catch([]) });
const personList = z.object({ storage: z.array(person), config: z.array(person) });

const services = z.object({ notify: z.record(z.string(), z.unknown()).catch({}) });

const stateList = z.array(
  z.object({ entity_id: z.string(), attributes: z.object({ friendly_name: maybe }).catch({ friendly_name: undefined }) }),
);

const entries = z.record(z.string(), z.object({ platform: z.string(), device_id: maybe }).nullable());

/** Rejects with a CoreError. */
export async function readAppPhones(core: Core): Promise<readonly AppPhone[]> {
  return appPhonesOf(core, await read(core, { type: 'config/device_registry/list' }, deviceList));
}

/** Rejects with a CoreError. */
export async function readPhones(core: Core): Promise<readonly CorePhone[]> {
  const [devices, persons, { notify }, states] = await Promise.all([
    read(core, { type: 'config/device_registry/list' }, deviceList),
    read(core, { type: 'person/list' }, personList),
    read(core, { type: 'get_services' }, services),
    read(core, { type: 'get_states' }, stateList),
  ]);
  const entities = states.filter(({ entity_id: id }) => id.startsWith('notify.'));
  const owners = [...persons.storage, ...persons.config];
  const ids = [...owners.flatMap(({ device_trackers: trackers }) => trackers), ...entities.map(({ entity_id: id }) => id)];
  const registry = await read(core, { type: 'config/entity_registry/get_entries', entity_ids: [...new Set(ids)] }, entries);
  const deviceOf = (entityId: string) => registry[entityId]?.device_id ?? undefined;
  const usersOf = (deviceId: string) =>
    owners.flatMap(({ user_id: userId, device_trackers: trackers }) =>
      typeof userId === 'string' && trackers.some((one) => deviceOf(one) === deviceId) ? [userId] : [],
    );
  const app = await appPhonesOf(core, devices);
  const phones = app.filter(({ target, isAmbiguous }) => target in notify && !isAmbiguous);
  const reached = new Set(phones.map(({ deviceId }) => deviceId));
  const own = new Set(devices.filter(isOurs).map(({ id }) => id));
  const others = entities.filter(({ entity_id: id }) => {
    const deviceId = deviceOf(id);
    return deviceId === undefined || !(reached.has(deviceId) || own.has(deviceId));
  });
  return [
    ...phones.map(({ target, name, deviceId }) => ({ target, name, kind: 'phone' as const, userIds: usersOf(deviceId) })),
    ...others.map(({ entity_id: target, attributes: { friendly_name: name } }) => ({
      target,
      name: name ?? target,
      kind: 'entity' as const,
      userIds: registry[target]?.platform === 'mobile_app' ? usersOf(deviceOf(target) ?? '') : [],
    })),
  ];
}

async function appPhonesOf(core: Core, devices: readonly Device[]): Promise<readonly AppPhone[]> {
  const found = devices.filter(({ identifiers }) => identifiers.some(([domain]) => domain === 'mobile_app'));
  const phones = await Promise.all(
    found.map(async ({ id, name, name_by_user: given, manufacturer }) => ({
      deviceId: id,
      target: await slugOf(core, `mobile_app_${name ?? ''}`),
      name: given ?? name ?? id,
      isApple: manufacturer?.toLowerCase() === 'apple',
    })),
  );
  return phones.map((phone) => ({
    ...phone,
    isAmbiguous: phones.some((other) => other !== phone && other.target === phone.target),
  }));
}

/** What we show there over MQTT: what is said to it comes back to us. */
function isOurs({ identifiers }: Device): boolean {
  return identifiers.some(([domain, id]) => domain === 'mqtt' && typeof id === 'string' && id.startsWith('gosip_'));
}

async function read<Shape extends z.ZodType>(core: Core, message: CoreMessage, shape: Shape): Promise<z.output<Shape>> {
  const read = validate(shape, await core.command<unknown>(message));
  if (read.kind === 'fits') return read.value;
  throw new CoreError('invalid', `Home Assistant answers ${message.type} in another shape`);
}
