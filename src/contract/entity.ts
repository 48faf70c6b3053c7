// Owns what an entity is to the room that declares it: its names, whose it is, its state, and the facts that may change it.
// Called by the rooms' -entities files; app hands all of them to the edge that shows entities.
// Must stay true: values and functions alone; topics, discovery messages and payloads are the edge's.
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { FactName, Facts } from './facts.ts';

type EntityNames = {
  /** Whose it is: the exchange's one, or one for each phone or person. */
  readonly of: 'exchange' | 'device' | 'person';
  /** snake_case and unique among those of the same kind of owner; part of the unique id, so it never changes once shipped. */
  readonly key: string;
  readonly name: string;
  readonly category?: 'diagnostic';
};

export type BinarySensorDeclaration = EntityNames & {
  readonly component: 'binary_sensor';
  readonly deviceClass?: 'connectivity' | 'problem';
};

export type SensorDeclaration = EntityNames & {
  readonly component: 'sensor';
  readonly stateClass?: 'measurement';
  readonly unit?: string;
};

/** What can be switched from there too. */
export type SwitchDeclaration = EntityNames & { readonly component: 'switch' };

export type EntityDeclaration = BinarySensorDeclaration | SensorDeclaration | SwitchDeclaration;

type States = { readonly binary_sensor: boolean; readonly sensor: number | string; readonly switch: boolean };
type StateOf<Declaration extends EntityDeclaration> = States[Declaration['component']];

/** Of what an entity is, by the word for it. */
type OwnerIds = { readonly exchange: string; readonly device: DeviceId; readonly person: PersonId };

/** A phone or a person, by id and by the name people know it by. */
export type EntityOwner<Id extends string = string> = { readonly id: Id; readonly name: string };

export const exchange: EntityOwner = { id: 'exchange', name: 'GoSIP' };

/** The facts after which a state may be another one, each with the id of its owner; undefined: it may be anybody's. */
export type EntityTriggers = { readonly [Name in FactName]?: (fact: Facts[Name]) => string | undefined };

export type EntitySource<State, OwnerId extends string = string> = {
  readonly owners: () => Iterable<EntityOwner<OwnerId>>;
  /** The state now; undefined where it is not known. */
  state(ownerId: OwnerId): State | undefined | Promise<State | undefined>;
  readonly changedBy: EntityTriggers;
  /** How often to read owners and states besides, where they change without a fact. */
  readonly pollSeconds?: number;
};

/** A declaration together with the functions that answer it. */
export type Entity = EntitySource<States[keyof States]> & {
  readonly declaration: EntityDeclaration;
  /** Of a switch alone: turns one on or off. Rejects with `not-found` where its owner is gone. */
  turn?(ownerId: string, isOn: boolean): Promise<void>;
};

/** Declares one entity: the value that a room, Home Assistant and the test of what is mounted share. */
export function entity<const Declaration extends EntityDeclaration>(declaration: Declaration): Declaration {
  return declaration;
}

export function bindEntity<Declaration extends Exclude<EntityDeclaration, SwitchDeclaration>>(
  declaration: Declaration,
  source: EntitySource<StateOf<Declaration>, OwnerIds[Declaration['of']]>,
): Entity {
  return { declaration, ...source };
}

export function bindSwitch<Declaration extends SwitchDeclaration>(
  declaration: Declaration,
  source: EntitySource<boolean, OwnerIds[Declaration['of']]> & {
    turn(ownerId: OwnerIds[Declaration['of']], isOn: boolean): Promise<void>;
  },
): Entity {
  return { declaration, ...source };
}
