import { describe, expect, it } from 'vitest';
import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity, EntityDeclaration } from '#contract/entity.ts';
import type { DeviceId } from '#base/ids.ts';
import { discoverySchema } from '#testing/home-assistant/discovery-schema.ts';
import { catalogOf } from './catalog.ts';
import { discoveryMessage } from './discovery.ts';
import { topicsOf } from './topics.ts';

const words = (text: string) => ({ en: text, de: `${text} (de)`, fr: `${text} (fr)`, es: `${text} (es)`, nl: `${text} (nl)` });
const topics = topicsOf({ base: 'gosip', prefix: 'homeassistant' });
const house = { topics, language: 'en', triggerLanguage: 'en', version: '0.1.0' } as const;
const kitchen = { id: 'dev_1' as DeviceId, name: 'Küche oben!', model: 'SIP phone' };

const state = { owners: () => [kitchen], state: () => undefined, changedBy: {} };

/** One entity of a phone, with a source of the right kind. */
function ofPhone(declaration: EntityDeclaration, source: object = {}): Entity {
  const all = { ...state, occursBy: {}, turn: nothing, press: nothing, send: nothing, enter: nothing, ...source };
  return bindEntity(declaration, all as never);
}
const nothing = () => Promise.resolve();

function componentsOf(one: Entity, more: object = {}): Record<string, unknown> {
  const entry = catalogOf([one]).get(kitchen.id)!;
  return discoverySchema.parse(discoveryMessage(entry, { ...house, ...more })).components;
}

const common = (component: string, key: string) => ({
  platform: component,
  unique_id: `gosip_dev_1_${key}`,
  default_entity_id: `${component}.kuche_oben_${key}`,
  name: 'Thing',
});
const stateTopic = 'gosip/dev_1/thing';
const thing = { of: 'device', key: 'thing', name: words('Thing') } as const;

describe('discovery', () => {
  it.each<[string, EntityDeclaration, object]>([
    [
      'binary_sensor',
      { ...thing, component: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic' },
      { state_topic: stateTopic, qos: 1, device_class: 'problem', entity_category: 'diagnostic' },
    ],
    [
      'sensor',
      { ...thing, component: 'sensor', stateClass: 'measurement', unit: 'calls' },
      { state_topic: stateTopic, qos: 1, state_class: 'measurement', unit_of_measurement: 'calls' },
    ],
    [
      'sensor',
      { ...thing, component: 'sensor', deviceClass: 'enum', options: ['idle', 'in_call'] },
      { state_topic: stateTopic, qos: 1, device_class: 'enum', options: ['idle', 'in_call'] },
    ],
    [
      'switch',
      { ...thing, component: 'switch', icon: 'mdi:minus-circle' },
      { state_topic: stateTopic, command_topic: `${stateTopic}/set`, icon: 'mdi:minus-circle' },
    ],
    [
      'button',
      { ...thing, component: 'button', deviceClass: 'restart' },
      { command_topic: `${stateTopic}/set`, device_class: 'restart' },
    ],
    ['notify', { ...thing, component: 'notify' }, { command_topic: `${stateTopic}/set` }],
    [
      'text',
      { ...thing, component: 'text', pattern: '[0-9]+' },
      {
        state_topic: stateTopic,
        value_template: '{{ value_json.text }}',
        command_topic: `${stateTopic}/set`,
        max: 255,
        pattern: '[0-9]+',
      },
    ],
  ])('describes a %s as Home Assistant takes it', (component, declaration, own) => {
    expect(componentsOf(ofPhone(declaration))).toEqual({ thing: { ...common(component, 'thing'), ...own } });
  });

  it('names the topic of the attributes where an entity has some', () => {
    const one = ofPhone({ ...thing, component: 'sensor' }, { attributes: () => ({}) });
    expect(componentsOf(one)['thing']).toMatchObject({ json_attributes_topic: 'gosip/dev_1/thing/attributes' });
  });

  it('offers each type of an event as a device trigger, in words', () => {
    const types = { ring: words('Somebody rings'), missed: words('Nobody came') };
    const bell = ofPhone({ ...thing, component: 'event', deviceClass: 'doorbell', types });
    const components = componentsOf(bell, { language: 'fr', triggerLanguage: 'de' });
    expect(components['thing']).toEqual({
      ...common('event', 'thing'),
      name: 'Thing (fr)',
      state_topic: stateTopic,
      event_types: ['ring', 'missed'],
      qos: 1,
      device_class: 'doorbell',
    });
    expect(components['thing_missed_trigger']).toEqual({
      platform: 'device_automation',
      automation_type: 'trigger',
      topic: stateTopic,
      qos: 1,
      value_template: '{{ value_json.event_type }}',
      payload: 'missed',
      // In the language in which it was first shown: automations find it by these words.
      type: 'Nobody came (de)',
      subtype: '',
    });
    expect(Object.keys(components)).toEqual(['thing', 'thing_ring_trigger', 'thing_missed_trigger']);
  });

  it('shows a phone as reached through the exchange, and the exchange as itself, both with the way to the panel', () => {
    const catalog = catalogOf([ofPhone({ ...thing, component: 'switch' })]);
    const open = { ...house, configurationUrl: 'homeassistant://app/abc_gosip' };
    const [first, second] = [...catalog.values()].map((entry) => discoveryMessage(entry, open));
    expect(first?.device).toEqual({
      identifiers: ['gosip_exchange'],
      name: 'GoSIP',
      manufacturer: 'GoSIP',
      sw_version: '0.1.0',
      configuration_url: 'homeassistant://app/abc_gosip',
    });
    expect(second?.device).toMatchObject({
      identifiers: ['gosip_dev_1'],
      name: 'Küche oben!',
      model: 'SIP phone',
      via_device: 'gosip_exchange',
    });
  });

  it('keeps ids when a phone is renamed', () => {
    const named = (name: string) =>
      componentsOf(ofPhone({ ...thing, component: 'switch' }, { owners: () => [{ ...kitchen, name }] }))['thing'] as Record<
        string,
        unknown
      >;
    const ids = ({ unique_id, state_topic, command_topic }: Record<string, unknown>) => ({
      unique_id,
      state_topic,
      command_topic,
    });
    expect(ids(named('Hall'))).toEqual(ids(named('Küche')));
  });

  it.each([
    ['Anna', 'anna'],
    ['Café Zürich 2', 'cafe_zurich_2'],
    // Home Assistant spells these in Latin letters itself.
    ['Анна', 'анна'],
    ['🙂', ''],
    ['a/b#c+d', 'a_b_c_d'],
  ])('makes an entity id of the name %s', (name, slug) => {
    const one = componentsOf(ofPhone({ ...thing, component: 'switch' }, { owners: () => [{ ...kitchen, name }] }));
    expect(one['thing']).toMatchObject({
      default_entity_id: `switch.${slug === '' ? 'thing' : `${slug}_thing`}`,
      state_topic: stateTopic,
    });
  });

  it('puts the exchange first, whatever was declared first', () => {
    const dnd = entity({ ...thing, of: 'exchange', component: 'switch' });
    const ofExchange = bindEntity(dnd, { owners: () => [exchange], state: () => true, changedBy: {}, turn: nothing });
    expect([...catalogOf([ofPhone({ ...thing, component: 'switch' }), ofExchange]).keys()]).toEqual(['exchange', 'dev_1']);
  });
});
