import { describe, expect, it } from 'vitest';
import { discoverySteps } from './discovery-steps.ts';

const sensor = { platform: 'sensor', unique_id: 'x', state_topic: 'a/sensor', json_attributes_topic: 'a/sensor/attributes' };
const toggle = { platform: 'switch', unique_id: 'y', state_topic: 'a/switch' };

describe('a device page', () => {
  it('that is new is sent once', () => {
    const after = { components: { sensor } };
    expect(discoverySteps(undefined, after)).toEqual({ messages: [after], cleared: [] });
  });

  it('that lost an entity names it with its platform alone before it leaves it out, and what was retained of it goes', () => {
    const after = { components: { toggle } };
    expect(discoverySteps({ components: { sensor, toggle } }, after)).toEqual({
      messages: [{ components: { toggle, sensor: { platform: 'sensor' } } }, after],
      cleared: ['a/sensor', 'a/sensor/attributes'],
    });
  });

  it('whose entity became one of another platform removes the old one first, and keeps the topic that both have', () => {
    const after = { components: { sensor: { ...sensor, platform: 'binary_sensor' } } };
    expect(discoverySteps({ components: { sensor } }, after)).toEqual({
      messages: [{ components: { sensor: { platform: 'sensor' } } }, after],
      cleared: [],
    });
  });

  it('whose owner is gone is emptied, and all that was retained of it', () => {
    const event = { platform: 'event', state_topic: 'a/event' };
    expect(discoverySteps({ components: { sensor, toggle, event } }, undefined)).toEqual({
      messages: [undefined],
      cleared: ['a/sensor', 'a/sensor/attributes', 'a/switch'],
    });
  });
});
