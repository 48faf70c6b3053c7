// Decides how a device page in Home Assistant becomes the next one.
// Called by the discovery feed.
// Must stay true: leaving a component out does not remove it; it has to be named with its platform alone, once, before it is left out.
import type { Component } from './component.ts';

/** What counts of a message, ours or one found on the broker. */
export type Described = { readonly components: Readonly<Record<string, Component>> };

export type DiscoverySteps = {
  /** To send one after the other; an empty one removes the device. */
  readonly messages: readonly (Described | undefined)[];
  /** Topics whose retained message is of nothing any more. */
  readonly cleared: readonly string[];
};

/** `before`: what Home Assistant was told last; undefined where that is not known. `after`: undefined where the owner is gone. */
export function discoverySteps(before: Described | undefined, after: Described | undefined): DiscoverySteps {
  const gone = Object.entries(before?.components ?? {}).filter(([key, { platform }]) => {
    return after?.components[key]?.platform !== platform;
  });
  const kept = new Set(Object.values(after?.components ?? {}).flatMap(retainedTopics));
  const cleared = gone.flatMap(([, component]) => retainedTopics(component)).filter((topic) => !kept.has(topic));
  if (after === undefined) return { messages: [undefined], cleared };
  if (gone.length === 0) return { messages: [after], cleared };
  const removals = Object.fromEntries(gone.map(([key, { platform }]) => [key, { platform }]));
  return { messages: [{ ...after, components: { ...after.components, ...removals } }, after], cleared };
}

function retainedTopics({ platform, ...rest }: Component): readonly string[] {
  // An event is never retained.
  if (platform === 'event') return [];
  return [rest['state_topic'], rest['json_attributes_topic']].filter((topic) => typeof topic === 'string');
}
