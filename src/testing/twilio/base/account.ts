import { hex, newSid } from './sids.ts';
import type { Random } from './sids.ts';

/** Who may ask, and what state the account is in; tests change it as the console would. */
export class Account {
  readonly sid: string;
  /** The primary auth token: key of the signatures. */
  authToken: string;
  /** Waits to be promoted; good for REST, signs nothing. */
  secondaryToken: string | undefined;
  /** The token before the last rotation; `callback.oldtoken` signs with it. */
  oldToken: string | undefined;
  /** Signs webhooks instead of the token, where a rule of the account says so. */
  readonly sharedKey: { readonly id: string; readonly secret: string };
  readonly apiKeys = new Map<string, string>();
  status: 'active' | 'suspended' | 'closed' = 'active';
  type: 'Full' | 'Trial' = 'Full';
  balance = '12.34';
  currency = 'USD';
  friendlyName = 'The house';
  readonly #random: Random;

  constructor(random: Random, given: { readonly accountSid?: string; readonly authToken?: string } = {}) {
    this.#random = random;
    this.sid = given.accountSid ?? newSid('AC', random);
    this.authToken = given.authToken ?? hex(32, random);
    this.sharedKey = { id: `webhooks_sharedkey_${hex(26, random)}`, secret: hex(64, random) };
  }

  /** A standard API key, as made in the console: not good for accounts and keys, and signs nothing. */
  addApiKey(): { readonly sid: string; readonly secret: string } {
    const sid = newSid('SK', this.#random);
    const secret = hex(32, this.#random);
    this.apiKeys.set(sid, secret);
    return { sid, secret };
  }

  createSecondaryToken(): string {
    this.secondaryToken = hex(32, this.#random);
    return this.secondaryToken;
  }

  /** Promotes the secondary token; the old one is refused from now on. */
  promoteSecondaryToken(): string {
    this.oldToken = this.authToken;
    this.authToken = this.secondaryToken ?? hex(32, this.#random);
    this.secondaryToken = undefined;
    return this.authToken;
  }

  /** Who presents these credentials, or undefined. */
  identify(user: string, secret: string): 'account' | 'key' | undefined {
    if (user === this.sid) return secret === this.authToken || secret === this.secondaryToken ? 'account' : undefined;
    return this.apiKeys.get(user) === secret && secret !== '' ? 'key' : undefined;
  }
}
