// Reads a discovery message that the broker kept.
// Called by the discovery feed.
// Must stay true: only a message of this very exchange counts, told by its availability topic; another GoSIP may share the broker.
import type { Component } from './component.ts';
import type { Described } from './discovery-steps.ts';

export function parseDiscovery(payload: string, availabilityTopic: string): Described | undefined {
  const message = parseJson(payload);
  if (!isObject(message) || message['availability_topic'] !== availabilityTopic) return undefined;
  const { components } = message;
  return isComponents(components) ? { components } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isComponents(value: unknown): value is Described['components'] {
  return isObject(value) && Object.values(value).every(isComponent);
}

function isComponent(value: unknown): value is Component {
  return isObject(value) && typeof value['platform'] === 'string';
}
