import type { DeviceId, NumberId, PersonId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { OurNumber } from '#numbers/number.ts';

/** What rules and groups may name, as the composition hands it in. */
export type RoutingHouse = {
  readonly devices: {
    all(): readonly Device[];
    byId(id: DeviceId): Device | undefined;
    byExtension(extension: string): Device | undefined;
    byUsername(username: string): Device | undefined;
  };
  readonly people: { all(): readonly { readonly id: PersonId; readonly name: string }[] };
  readonly numbers: {
    byNumber(number: string): OurNumber | undefined;
    byId(id: NumberId): OurNumber | undefined;
  };
  /** Emergency and service numbers of the country, which cannot be extensions. */
  readonly isReservedExtension: (extension: string) => boolean;
};
