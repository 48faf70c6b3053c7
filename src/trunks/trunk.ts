import type { TrunkId } from '#base/ids.ts';
import type { callerPlaces, numberForms, trunkDirections, trunkTransports } from '#contract/trunk-words.ts';

/** A trunk of a provider as it is kept, without its secrets. Times in milliseconds since the Unix epoch. */
export type Trunk = {
  readonly id: TrunkId;
  readonly name: string;
  readonly preset: string;
  readonly isEnabled: boolean;
  readonly direction: (typeof trunkDirections)[number];
  readonly host: string;
  readonly port: number | undefined;
  readonly transport: (typeof trunkTransports)[number];
  /** `host` or `host:port` of the next hop; undefined: the host. */
  readonly proxy: string | undefined;
  readonly domain: string | undefined;
  readonly username: string | undefined;
  readonly authUsername: string | undefined;
  readonly registers: boolean;
  readonly allow: readonly string[];
  readonly secretHeaderName: string | undefined;
  /** E.164, of ours. */
  readonly numbers: readonly string[];
  readonly calledForm: (typeof numberForms)[number];
  readonly callerForm: (typeof numberForms)[number];
  readonly callerIn: (typeof callerPlaces)[number];
  readonly isSecure: boolean;
  readonly keepAliveSeconds: number | undefined;
  readonly createdAt: number;
};

export type TrunkInput = Omit<Trunk, 'id' | 'createdAt'>;

/** What is kept sealed. */
export type TrunkSecrets = { readonly password?: string | undefined; readonly secretHeaderValue?: string | undefined };

/** In the order of trunks, the one that the account at Twilio brings. */
export const twilioInOrder = 'twilio';

export const maxTrunks = 50;
