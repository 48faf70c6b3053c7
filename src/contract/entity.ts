// Owns what an entity is to the room that declares it: its names, whose it is, its state, its events and what can be done with it.
// Called by the rooms' -entities files; app hands all of them to the edge that shows entities.
// Must stay true: values and functions alone; topics, discovery messages and payloads are the edge's.
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { FactName, Facts } from './facts.ts';
import type { Words } from './words.ts';

type EntityNames = {
  /** Whose it is: the exchange's one, or one for each phone or person. */
  readonly of: 'exchange' | 'device' | 'person';
  /** snake_case and unique among those of the same kind of owner; part of the unique id, so it never changes once shipped. */
  readonly key: string;
  readonly name: Words;
  /** Such as `mdi:phone`, where the class of it has no fitting one. */
  readonly icon?: `mdi:${string}`;
};

export type BinarySensorDeclaration = EntityNames & {
  readonly component: 'binary_sensor';
  readonly deviceClass?: 'connectivity' | 'problem' | 'running';
  readonly category?: 'diagnostic';
};

export type SensorDeclaration = EntityNames & {
  readonly component: 'sensor';
  /** `timestamp`: the state is ISO 8601 with an offset. `enum`: one of `options`, which are snake_case. */
  readonly deviceClass?: 'timestamp' | 'enum' | 'duration';
  readonly options?: readonly string[];
  readonly stateClass?: 'measurement' | 'total_increasing';
  readonly unit?: string;
  readonly category?: 'diagnostic';
};

/** What can be switched from there too. */
export type SwitchDeclaration = EntityNames & { readonly component: 'switch'; readonly category?: 'config' };

/** What happens there; each type of event can start an automation by itself too (a device trigger). */
export type EventDeclaration = EntityNames & {
  readonly component: 'event';
  /**
   * snake_case; the words are those of the device trigger, such as "Missed a call". Automations find it by them: they differ from those of the
   * same owner's other events, and never change once shipped, in any language.
   */
  readonly types: Readonly<Record<string, Words>>;
  /** Of door stations; its types hold `ring`. */
  readonly deviceClass?: 'doorbell';
};

export type ButtonDeclaration = EntityNames & {
  readonly component: 'button';
  readonly deviceClass?: 'restart' | 'identify';
  readonly category?: 'config' | 'diagnostic';
};

/** Takes a text and sends it. */
export type NotifyDeclaration = EntityNames & { readonly component: 'notify' };

/** A field for up to 255 characters. */
export type TextDeclaration = EntityNames & {
  readonly component: 'text';
  readonly pattern?: string;
  readonly category?: 'config';
};

export type EntityDeclaration =
  | BinarySensorDeclaration
  | SensorDeclaration
  | SwitchDeclaration
  | EventDeclaration
  | ButtonDeclaration
  | NotifyDeclaration
  | TextDeclaration;

/** Of what an entity is, by the word for it. */
type OwnerIds = { readonly exchange: string; readonly device: DeviceId; readonly person: PersonId };
type OwnerIdOf<Declaration extends EntityDeclaration> = OwnerIds[Declaration['of']];

/** A phone or a person, by id and by the name people know it by. */
export type EntityOwner<Id extends string = string> = {
  readonly id: Id;
  readonly name: string;
  /** What kind of device it is, such as `SIP phone`. */
  readonly model?: string;
};

export const exchange: EntityOwner = { id: 'exchange', name: 'GoSIP' };

/** Facts after which there may be other owners, or other names of them. */
export const ownerFacts = [
  'device.created',
  'device.changed',
  'device.deleted',
  'person.created',
  'person.changed',
  'person.deleted',
] as const satisfies readonly FactName[];

/** The facts after which a state may be another one, each with the id of its owner; undefined: it may be anybody's. */
export type EntityTriggers = { readonly [Name in FactName]?: (fact: Facts[Name]) => string | undefined };

/** A JSON object of at most 12 KB. */
export type Attributes = Readonly<Record<string, unknown>>;

type Owned<OwnerId extends string> = { readonly owners: () => Iterable<EntityOwner<OwnerId>> };

export type StateSource<State, OwnerId extends string = string> = Owned<OwnerId> & {
  /** The state now; undefined where it is not known. A text has at most 255 characters. */
  state(ownerId: OwnerId): State | undefined | Promise<State | undefined>;
  /** What is shown beside the state; read together with it. */
  attributes?(ownerId: OwnerId): Attributes | Promise<Attributes>;
  readonly changedBy: EntityTriggers;
  /** How often to read owners and states besides, where they change without a fact. */
  readonly pollSeconds?: number;
};

/** One event of one owner. */
export type Occurrence<OwnerId extends string = string> = {
  readonly ownerId: OwnerId;
  /** One of the declaration's types. */
  readonly type: string;
  readonly attributes?: Attributes;
};

export type EventSource<OwnerId extends string = string> = Owned<OwnerId> & {
  /** What each fact is to whom; read at once, before anything else happens. */
  readonly occursBy: { readonly [Name in FactName]?: (fact: Facts[Name]) => readonly Occurrence<OwnerId>[] };
};

type SwitchSource<OwnerId extends string> = StateSource<boolean, OwnerId> & {
  /** Rejects with `not-found` where its owner is gone. */
  turn(ownerId: OwnerId, isOn: boolean): Promise<void>;
};
type ButtonSource<OwnerId extends string> = Owned<OwnerId> & { press(ownerId: OwnerId): Promise<void> };
type NotifySource<OwnerId extends string> = Owned<OwnerId> & { send(ownerId: OwnerId, text: string): Promise<void> };
type TextSource<OwnerId extends string> = StateSource<string, OwnerId> & {
  enter(ownerId: OwnerId, text: string): Promise<void>;
};

/** By component: a declaration together with the functions that answer it. */
type Kinds<Id extends string> = {
  readonly binary_sensor: { readonly declaration: BinarySensorDeclaration; readonly source: StateSource<boolean, Id> };
  readonly sensor: { readonly declaration: SensorDeclaration; readonly source: StateSource<number | string, Id> };
  readonly switch: { readonly declaration: SwitchDeclaration; readonly source: SwitchSource<Id> };
  readonly event: { readonly declaration: EventDeclaration; readonly source: EventSource<Id> };
  readonly button: { readonly declaration: ButtonDeclaration; readonly source: ButtonSource<Id> };
  readonly notify: { readonly declaration: NotifyDeclaration; readonly source: NotifySource<Id> };
  readonly text: { readonly declaration: TextDeclaration; readonly source: TextSource<Id> };
};

type KindOf<Declaration extends EntityDeclaration> = Declaration['component'];

/** `kind` is the declaration's component, so that one look at it tells the source. */
export type Entity = {
  [Kind in keyof Kinds<string>]: { readonly kind: Kind } & Kinds<string>[Kind];
}[keyof Kinds<string>];

/** Declares one entity: the value that a room, Home Assistant and the test of what is mounted share. */
export function entity<const Declaration extends EntityDeclaration>(declaration: Declaration): Declaration {
  return declaration;
}

/** Joins a declaration with what answers it. */
export function bindEntity<Declaration extends EntityDeclaration>(
  declaration: Declaration,
  source: Kinds<OwnerIdOf<Declaration>>[KindOf<Declaration>]['source'],
): Entity {
  // The two unions run over the same kinds; TypeScript cannot follow that through the index.
  return { kind: declaration.component, declaration, source } as unknown as Entity;
}
