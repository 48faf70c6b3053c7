// Decides how one entity is described to Home Assistant, in the keys of its MQTT discovery.
// Called by discovery.ts.
// Must stay true: the unique id never changes, whatever the owner is called; only what Home Assistant 2026.2 knows too is sent.
import { withoutAccents } from '#base/without-accents.ts';
import type { Entity, EventDeclaration } from '#contract/entity.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import type { OwnerEntry } from './catalog.ts';
import { deviceIdentifier } from './topics.ts';
import type { Topics } from './topics.ts';

/** A JSON object; its `platform` is there always. */
export type Component = { readonly platform: string } & Readonly<Record<string, unknown>>;

export type ComponentHouse = {
  readonly topics: Topics;
  readonly language: HouseLanguage;
  /** The words of device triggers are part of their identity: they stay in the language in which they were first shown. */
  readonly triggerLanguage: HouseLanguage;
};

const maxTextLength = 255;

/** Of what is only listened to. What Home Assistant says stays at 0: with 1 it would say it again after a broken connection, and a message be sent twice. */
const qos = 1;

/** The components of one entity, by their keys: itself, and for an event one device trigger for each type. */
export function componentsOf(entity: Entity, entry: OwnerEntry, house: ComponentHouse): Readonly<Record<string, Component>> {
  const { declaration } = entity;
  const itself = { [declaration.key]: { ...commonOf(entity, entry, house), ...ownOf(entity, entry, house) } };
  return declaration.component === 'event' ? { ...itself, ...triggersOf(declaration, entry, house) } : itself;
}

function commonOf({ declaration }: Entity, { of, owner }: OwnerEntry, { language }: ComponentHouse): Component {
  const { component, key, name, icon } = declaration;
  const category = 'category' in declaration ? declaration.category : undefined;
  const deviceClass = 'deviceClass' in declaration ? declaration.deviceClass : undefined;
  return {
    platform: component,
    unique_id: `${deviceIdentifier(owner.id)}_${key}`,
    default_entity_id: `${component}.${entityIdOf({ of, owner }, key)}`,
    name: name[language],
    ...(icon === undefined ? {} : { icon }),
    ...(category === undefined ? {} : { entity_category: category }),
    ...(deviceClass === undefined ? {} : { device_class: deviceClass }),
  };
}

function ownOf(entity: Entity, { owner }: OwnerEntry, { topics }: ComponentHouse): Readonly<Record<string, unknown>> {
  const { kind, declaration, source } = entity;
  const address = { ownerId: owner.id, key: declaration.key };
  const state = { state_topic: topics.state(address) };
  const command = { command_topic: topics.set(address) };
  const attributes =
    'attributes' in source && source.attributes !== undefined ? { json_attributes_topic: topics.attributes(address) } : {};
  switch (kind) {
    case 'binary_sensor':
      return { ...state, ...attributes, qos };
    case 'sensor': {
      const { options, stateClass, unit } = declaration;
      return {
        ...state,
        ...attributes,
        qos,
        ...(options === undefined ? {} : { options }),
        ...(stateClass === undefined ? {} : { state_class: stateClass }),
        ...(unit === undefined ? {} : { unit_of_measurement: unit }),
      };
    }
    case 'switch':
      return { ...state, ...attributes, ...command };
    case 'event':
      return { ...state, event_types: Object.keys(declaration.types), qos };
    case 'button':
    case 'notify':
      return command;
    case 'text': {
      const { pattern } = declaration;
      return {
        ...state,
        value_template: '{{ value_json.text }}',
        ...attributes,
        ...command,
        max: maxTextLength,
        ...(pattern === undefined ? {} : { pattern }),
      };
    }
  }
}

/** The automation editor shows `"<subtype>" <type>`, and the type alone where the other is empty. */
function triggersOf(
  { key, types }: EventDeclaration,
  { owner }: OwnerEntry,
  { topics, triggerLanguage }: ComponentHouse,
): Readonly<Record<string, Component>> {
  const topic = topics.state({ ownerId: owner.id, key });
  const triggers = Object.entries(types).map(([type, words]) => [
    `${key}_${type}_trigger`,
    {
      platform: 'device_automation',
      automation_type: 'trigger',
      topic,
      qos,
      value_template: '{{ value_json.event_type }}',
      payload: type,
      type: words[triggerLanguage],
      subtype: '',
    },
  ]);
  return Object.fromEntries(triggers) as Record<string, Component>;
}

/** It counts when the entity is first seen; a person may change it there. */
function entityIdOf({ of, owner }: Pick<OwnerEntry, 'of' | 'owner'>, key: string): string {
  return [of === 'exchange' ? 'gosip' : slug(owner.name), key].filter((part) => part !== '').join('_');
}

/** Letters of other scripts stay: Home Assistant spells them in Latin ones itself. */
function slug(name: string): string {
  return withoutAccents(name)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '');
}
