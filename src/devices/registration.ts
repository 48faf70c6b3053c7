import type { DeviceId, Id } from '#base/ids.ts';
import type { SipTransport } from './device.ts';

/** Where a packet came from by the network, never by its Via. The address is numeric, IPv6 without brackets. */
export type SourceAddress = { readonly protocol: SipTransport; readonly address: string; readonly port: number };

export function isSameSource(one: SourceAddress, other: SourceAddress): boolean {
  return one.protocol === other.protocol && one.address === other.address && one.port === other.port;
}

/** Header parameters with names in lower case; `null` for a parameter without a value. Values without their quotes. */
export type ContactParams = ReadonlyMap<string, string | null>;

export const noParams: ContactParams = new Map();

/** Where a device can be reached: one binding of RFC 3261 section 10. */
export type Registration = {
  readonly id: Id<'reg'>;
  readonly deviceId: DeviceId;
  /** The URI as the phone wrote it, without angle brackets. */
  readonly contactUri: string;
  /** Preference from 0 to 1. */
  readonly q: number;
  /** Contact parameters other than q and expires, for the answers to later REGISTERs. */
  readonly params: ContactParams;
  /** Route set towards the phone, first hop first (RFC 3327). */
  readonly path: readonly string[];
  readonly instanceId: string | undefined;
  readonly regId: number | undefined;
  readonly source: SourceAddress;
  readonly userAgent: string | undefined;
  readonly callId: string;
  readonly cseq: number;
  /** The serial number of the last nonce issued when it was refreshed; 0 where that was before this run. */
  readonly lastNonceSerial: number;
  /** When the last REGISTER for it came, in milliseconds since the Unix epoch. */
  readonly registeredAt: number;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
};
