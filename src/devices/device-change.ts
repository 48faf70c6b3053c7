import { AppError } from '#base/errors.ts';
import type { PersonId } from '#base/ids.ts';
import { givenFields } from '#base/given-fields.ts';
import type { Device, DeviceType, SipTransport } from './device.ts';
import { extensionProblem } from './extension.ts';

/** Left out: the extension is the next free one, the username is the extension, every transport of the type is allowed. */
export type NewDevice = {
  readonly name: string;
  readonly extension?: string | undefined;
  readonly username?: string | undefined;
  readonly type: DeviceType;
  readonly transports?: readonly SipTransport[] | undefined;
  readonly personId?: PersonId | undefined;
  readonly recordingEnabled?: boolean | undefined;
  readonly sha256?: boolean | undefined;
  readonly enabled?: boolean | undefined;
};

/** What is left out stays; `personId: null` takes the owner away. */
export type DeviceChange = {
  readonly [Key in Exclude<keyof NewDevice, 'personId'>]?: NewDevice[Key] | undefined;
} & { readonly personId?: PersonId | null | undefined };

const defaultTransports: Readonly<Record<DeviceType, readonly SipTransport[]>> = {
  grandstream: ['udp', 'tcp', 'tls'],
  softphone: ['udp', 'tcp', 'tls'],
  webrtc: ['ws', 'wss'],
  'door-station': ['udp', 'tcp', 'tls'],
};

export function buildDevice(input: NewDevice, given: Pick<Device, 'id' | 'extension' | 'createdAt'>): Device {
  return {
    ...given,
    name: input.name,
    username: input.username ?? given.extension,
    type: input.type,
    transports: input.transports ?? defaultTransports[input.type],
    personId: input.personId,
    recordingEnabled: input.recordingEnabled ?? false,
    sha256: input.sha256 ?? false,
    enabled: input.enabled ?? true,
  };
}

export function applyChange(before: Device, change: DeviceChange): Device {
  const { personId, ...rest } = change;
  return { ...before, ...givenFields(rest), personId: personId === undefined ? before.personId : (personId ?? undefined) };
}

export type DeviceRules = {
  /** Emergency and service numbers of the country. */
  readonly isReserved: (extension: string) => boolean;
  /** Whether another device has this as its extension or username: one's username may not be another's extension, sip:202@house would be either. */
  readonly isTaken: (name: string) => boolean;
};

/** Throws `invalid` or `conflict` with the field at fault. */
export function assertValid({ extension, username }: Device, { isReserved, isTaken }: DeviceRules): void {
  const message = extensionProblem(extension, isReserved);
  if (message !== undefined) {
    throw new AppError('invalid', `The extension ${message}`, { details: [{ field: 'extension', message }] });
  }
  for (const [field, value] of Object.entries({ extension, username })) {
    if (!isTaken(value)) continue;
    throw new AppError('conflict', `The ${field} ${value} is taken`, { details: [{ field, message: 'is taken' }] });
  }
}

/** The constraint that SQLite held, in the user's words. */
export function translateConstraintError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || !error.message.includes('FOREIGN KEY')) return error;
  const details = [{ field: 'personId', message: 'is not a person of this house' }];
  return new AppError('invalid', 'There is no such person', { cause: error, details });
}
