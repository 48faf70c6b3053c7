// Decides what Home Assistant is told of each owner, and how what vanished is taken back.
// Called by the bridge.
// Must stay true: Home Assistant refuses a whole message for one unknown key of its root, `device` or `origin`.
import { exchange } from '#contract/entity.ts';
import type { OwnerEntry } from './catalog.ts';
import { componentsOf } from './component.ts';
import type { Component, ComponentHouse } from './component.ts';
import { deviceIdentifier } from './topics.ts';

/** The message of one owner; JSON. */
export type DiscoveryMessage = {
  readonly device: Readonly<Record<string, unknown>>;
  readonly origin: Readonly<Record<string, unknown>>;
  readonly availability_topic: string;
  readonly components: Readonly<Record<string, Component>>;
};

export type DiscoveryHouse = ComponentHouse & {
  readonly version: string;
  /** Where people open GoSIP itself, such as `homeassistant://app/<slug>`. */
  readonly configurationUrl?: string | undefined;
};

export function discoveryMessage(entry: OwnerEntry, house: DiscoveryHouse): DiscoveryMessage {
  const components = entry.entities.flatMap((entity) => Object.entries(componentsOf(entity, entry, house)));
  return {
    device: deviceOf(entry, house),
    origin: { name: 'GoSIP', sw_version: house.version },
    availability_topic: house.topics.availability,
    components: Object.fromEntries(components),
  };
}

function deviceOf({ of, owner }: OwnerEntry, { version, configurationUrl }: DiscoveryHouse): Readonly<Record<string, unknown>> {
  const isExchange = of === 'exchange';
  return {
    identifiers: [deviceIdentifier(owner.id)],
    name: owner.name,
    manufacturer: 'GoSIP',
    ...(owner.model === undefined ? {} : { model: owner.model }),
    ...(isExchange ? { sw_version: version } : { via_device: deviceIdentifier(exchange.id) }),
    ...(configurationUrl === undefined ? {} : { configuration_url: configurationUrl }),
  };
}
