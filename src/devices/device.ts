import type { DeviceId, PersonId } from '#base/ids.ts';
import type { deviceTypes } from '#contract/devices.ts';

export const sipTransports = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;
export type SipTransport = (typeof sipTransports)[number];

export type DeviceType = (typeof deviceTypes)[number];

/** A SIP phone or softphone. Its secret is never part of it: see `Devices.create` and `Devices.resetSecret`. */
export type Device = {
  readonly id: DeviceId;
  readonly name: string;
  /** The short number others dial, 2 to 6 digits. */
  readonly extension: string;
  /** The user of its address of record and of its digest credentials. */
  readonly username: string;
  readonly type: DeviceType;
  /** The transports it may register and call by. */
  readonly transports: readonly SipTransport[];
  readonly personId: PersonId | undefined;
  readonly recordingEnabled: boolean;
  /** It must authenticate with SHA-256 (RFC 8760); MD5 is refused. */
  readonly sha256: boolean;
  /** A disabled device can neither register nor call. */
  readonly enabled: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
};
