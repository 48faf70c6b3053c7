// Owns what people call phones, persons and contacts by when they ask for a call in words.
// Called by the commands and entities of calls.
// Must stay true: one name is one place to call, or an error that can be spoken; digits go out as a phone would dial them.
import { spokenError } from '#base/errors.ts';
import { ambiguous, findByName, foldName, oneByName, unknownName } from '#base/find-by-name.ts';
import type { Named } from '#base/find-by-name.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import { noFreePhone, noNumber, whichPhone } from './spoken-words.ts';

export type BookContact = Named & { readonly numbers: readonly { readonly number: string }[] };

export type CallBookDeps = {
  readonly devices: { all(): readonly Device[] };
  readonly people: { all(): readonly Named<PersonId>[] };
  /** Those of the whole house, and the person's own. */
  readonly contacts: (personId: PersonId | undefined) => Iterable<BookContact>;
  /** Registered, and in no call. */
  readonly canRing: (deviceId: DeviceId) => boolean;
};

/** A phone by its id, name or extension; else the one of a person; else the only one there is. */
type AskedPhone = { readonly device?: string | undefined; readonly person?: string | undefined };

const digits = /^[+*#(]?[\d*#][\d\s().*#/-]*$/;

export class CallBook {
  readonly #deps: CallBookDeps;

  constructor(deps: CallBookDeps) {
    this.#deps = deps;
  }

  phone(asked: string): Device {
    const phones = this.#deps.devices.all();
    const byExtension = phones.find(({ extension }) => extension === asked.trim());
    return byExtension ?? oneByName(phones, asked);
  }

  person(asked: string): Named<PersonId> {
    return oneByName(this.#deps.people.all(), asked);
  }

  /** The phone that is to ring: a door station, which answers by itself with nobody there, only where it is the one that is named. */
  ringing({ device, person }: AskedPhone): Device {
    if (device !== undefined) return this.phone(device);
    if (person !== undefined) return this.#phoneOf(this.person(person));
    const [only, ...others] = this.#deps.devices.all().filter((device) => this.#isFree(device));
    if (only === undefined || others.length > 0) throw spokenError('invalid', whichPhone);
    return only;
  }

  /** What a phone dials for this: digits as they are, else the extension or number of whoever has this name. */
  dialled(to: string, personId: PersonId | undefined): string {
    if (digits.test(to.trim())) return to.trim();
    const { devices, people, contacts } = this.#deps;
    const places: readonly Place[] = [
      ...devices.all().map((device) => ({ id: device.id, name: device.name, kind: 0, dialled: () => device.extension })),
      ...people.all().map((person) => ({ ...named(person), kind: 1, dialled: () => this.#phoneOf(person).extension })),
      ...[...contacts(personId)].map((contact) => ({ ...named(contact), kind: 2, dialled: () => numberOf(contact) })),
    ];
    return placeNamed(to, places).dialled();
  }

  #phoneOf({ id, name }: Named<PersonId>): Device {
    const found = this.#deps.devices.all().find((device) => device.personId === id && this.#isFree(device));
    if (found === undefined) throw spokenError('conflict', noFreePhone(name));
    return found;
  }

  #isFree({ id, enabled, type }: Device): boolean {
    return enabled && type !== 'door-station' && this.#deps.canRing(id);
  }
}

/** Where a name leads to; the lower kind is meant where it is the name of several kinds. */
type Place = Named & { readonly kind: number; readonly dialled: () => string };

/** A whole name first, of whatever kind: `anna` is the person Anna, and not the phone "Anna's desk". */
function placeNamed(asked: string, places: readonly Place[]): Place {
  const wanted = foldName(asked);
  const whole = places.filter(({ name }) => foldName(name) === wanted);
  for (const some of [whole, places]) {
    for (const kind of [0, 1, 2]) {
      const match = findByName(
        some.filter((place) => place.kind === kind),
        asked,
      );
      if (match.kind === 'one') return match.found;
      if (match.kind === 'several') throw ambiguous(asked, match.found);
    }
  }
  throw unknownName(asked, []);
}

function named({ id, name }: Named): Named {
  return { id, name };
}

function numberOf({ name, numbers }: BookContact): string {
  const [first] = numbers;
  if (first === undefined) throw spokenError('conflict', noNumber(name));
  return first.number;
}
