// Reads a discovery message that the broker kept.
// Called by the discovery feed.
// Must stay true: only a message of this very exchange counts, told by its availability topic; another GoSIP may share the broker. And
// whatever it says, no topic is taken from it but our own: what vanished has its topics cleared, and a broker ends a connection for a bad one.
import { isRecord, parseJson } from '#base/json.ts';
import type { Component } from './component.ts';
import type { Described } from './discovery-steps.ts';
import type { EntityAddress, Topics } from './topics.ts';

export function parseDiscovery(payload: string, ownerId: string, topics: Topics): Described | undefined {
  const message = parseJson(payload);
  if (!isRecord(message) || message['availability_topic'] !== topics.availability) return undefined;
  const { components } = message;
  if (!isComponents(components)) return undefined;
  const own = Object.entries(components).filter(([key]) => /^\w+$/.test(key));
  return { components: Object.fromEntries(own.map(([key, one]) => [key, ownPart(one, { ownerId, key }, topics)])) };
}

function ownPart({ platform, ...rest }: Component, address: EntityAddress, topics: Topics): Component {
  const [state, attributes] = [topics.state(address), topics.attributes(address)];
  return {
    platform,
    ...(rest['state_topic'] === state ? { state_topic: state } : {}),
    ...(rest['json_attributes_topic'] === attributes ? { json_attributes_topic: attributes } : {}),
  };
}

function isComponents(value: unknown): value is Described['components'] {
  return isRecord(value) && Object.values(value).every(isComponent);
}

function isComponent(value: unknown): value is Component {
  return isRecord(value) && typeof value['platform'] === 'string';
}
