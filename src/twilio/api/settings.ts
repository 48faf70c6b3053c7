import type { Clock } from '#base/clock.ts';

/** The trunk to Twilio, in call records too. */
export const trunkName = 'twilio';

/** A webhook signing key of the account, used instead of its auth token where a rule of the account says so. */
export type SharedKey = { readonly id: string; readonly secret: string };

/** Twilio's edge locations; the nearest is best. */
const edges = ['ashburn', 'umatilla', 'dublin', 'frankfurt', 'tokyo', 'singapore', 'sydney', 'sao-paulo'] as const;
export type Edge = (typeof edges)[number];

/** The house's settings for its Twilio account. They change at run time and are stored with the secrets sealed. */
export type TwilioSettings = {
  readonly accountSid: string | undefined;
  /** Signs Twilio's webhooks, so it is needed even with an API key. */
  readonly authToken: string | undefined;
  /** Still accepted in signatures until then, after a new token was set. */
  readonly oldAuthToken: { readonly token: string; readonly until: number } | undefined;
  /** Sign webhooks instead of the auth token, where a rule of the account says so. */
  readonly webhookSharedKeys: readonly SharedKey[];
  /** Authenticates requests instead of the account itself, where set. */
  readonly apiKey: { readonly sid: string; readonly secret: string } | undefined;
  readonly edge: Edge;
  /** Where Twilio reaches our webhooks, without a trailing slash; undefined where it cannot. */
  readonly publicUrl: string | undefined;
  /** Inbound calls: by webhooks and the SIP Domain, by a trunk whose origination is the house, or not at all. */
  readonly inbound: 'webhook' | 'trunk' | 'off';
  /** Outbound calls: by the termination of a trunk, by the SIP Domain, or not at all. */
  readonly outbound: 'trunk' | 'domain' | 'off';
  /** TLS and SRTP in both directions: one switch for the domain, the trunk, TwiML and us. */
  readonly isSecure: boolean;
  /** The name of everything we create in the account, such as `gosip-4f1c09ab`. */
  readonly name: string | undefined;
  /** The numbers the house answers. */
  readonly numbers: readonly { readonly sid: string; readonly number: string }[];
  /** The SIP Domain we register at, such as `gosip-4f1c.sip.twilio.com`. */
  readonly domain: { readonly sid: string; readonly name: string } | undefined;
  /** Such as `gosip-4f1c.pstn.twilio.com`. */
  readonly trunk: { readonly sid: string; readonly name: string } | undefined;
  /** Host, with or without a port, where the internet reaches the house; undefined: as the options say. */
  readonly originationAddress: string | undefined;
  /** Addresses and CIDR blocks that calls through the trunk come from; undefined: the ones Twilio publishes. */
  readonly signallingAddresses: readonly string[] | undefined;
  /** The origination URL of the trunk; the address is a SIP URI without its secret. */
  readonly origination: { readonly sid: string; readonly address: string } | undefined;
  /** Sent in a header of every call from the trunk to the house. */
  readonly originationSecret: string | undefined;
  /** Our SIP credentials, in the credential list of both. */
  readonly sipAccount: { readonly listSid: string; readonly username: string; readonly password: string } | undefined;
};

export const noSettings: TwilioSettings = {
  accountSid: undefined,
  authToken: undefined,
  oldAuthToken: undefined,
  webhookSharedKeys: [],
  apiKey: undefined,
  edge: 'ashburn',
  publicUrl: undefined,
  inbound: 'off',
  outbound: 'off',
  isSecure: false,
  name: undefined,
  numbers: [],
  domain: undefined,
  trunk: undefined,
  originationAddress: undefined,
  signallingAddresses: undefined,
  origination: undefined,
  originationSecret: undefined,
  sipAccount: undefined,
};

/** Stores both halves, the second one sealed. Both are plain JSON. */
export type SettingsStore = {
  /** Undefined secrets: they cannot be decrypted any more. */
  readonly load: () => { readonly settings: unknown; readonly secrets: unknown } | undefined;
  /** Without secrets the stored ones stay as they are. */
  readonly save: (settings: object, secrets: object | undefined) => void;
};

type LiveTwilioSettingsOptions = {
  readonly store: SettingsStore;
  readonly clock: Clock;
  /** From the options; overrides what was set at run time. */
  readonly publicUrl?: string | undefined;
};

/** How long Twilio may still sign with the previous token. */
const oldTokenMs = 24 * 3_600_000;

/** The current settings, and the listeners that are notified of a change. */
export class LiveTwilioSettings {
  readonly #store: SettingsStore;
  readonly #clock: Clock;
  readonly #publicUrl: string | undefined;
  readonly #listeners = new Set<(settings: TwilioSettings) => void>();
  #current: TwilioSettings;
  #isLocked: boolean;

  constructor({ store, clock, publicUrl }: LiveTwilioSettingsOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#publicUrl = publicUrl;
    const kept = store.load();
    this.#isLocked = kept !== undefined && kept.secrets === undefined;
    this.#current = this.#complete({ ...asObject(kept?.settings), ...asObject(kept?.secrets) });
  }

  /** Whether the credentials exist and cannot be decrypted, because the key is lost. */
  get isLocked(): boolean {
    return this.#isLocked;
  }

  get current(): TwilioSettings {
    return this.#current;
  }

  /** The tokens a signature may have been made with, the newest first. */
  get signingTokens(): readonly string[] {
    const { authToken, oldAuthToken } = this.#current;
    const old = oldAuthToken !== undefined && oldAuthToken.until > this.#clock.now() ? [oldAuthToken.token] : [];
    return [...(authToken === undefined ? [] : [authToken]), ...old];
  }

  /** Called with the new settings after each change, in the order of subscription. Returns the function that ends it. */
  onChange(listener: (settings: TwilioSettings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stores the change, then notifies the listeners. Throws where it cannot be stored; nothing is changed then. */
  change(change: Partial<TwilioSettings>): TwilioSettings {
    const next = this.#complete({ ...this.#current, ...this.#rotation(change), ...change });
    this.#persist(next);
    for (const listener of this.#listeners) listener(next);
    return next;
  }

  /** The clock was set by so much: the old token stays valid for as long as before. Throws where that cannot be stored. */
  clockSet(byMs: number): void {
    const { oldAuthToken } = this.#current;
    if (oldAuthToken === undefined) return;
    this.#persist({ ...this.#current, oldAuthToken: { ...oldAuthToken, until: oldAuthToken.until + byMs } });
  }

  #persist(next: TwilioSettings): void {
    const { authToken, oldAuthToken, webhookSharedKeys: keys, apiKey, sipAccount, originationSecret, ...settings } = next;
    const webhookSharedKeys = keys.length === 0 ? undefined : keys;
    const secrets = { authToken, oldAuthToken, webhookSharedKeys, apiKey, sipAccount, originationSecret };
    // What cannot be decrypted now can be again once the lost key is back: only new secrets replace it.
    const isNew = Object.values(secrets).some((value) => value !== undefined);
    this.#isLocked &&= !isNew;
    this.#store.save(settings, this.#isLocked ? undefined : secrets);
    this.#current = next;
  }

  #rotation({ authToken, accountSid }: Partial<TwilioSettings>): Partial<TwilioSettings> {
    const { current } = this;
    const isSameAccount = accountSid === undefined || accountSid === current.accountSid;
    if (!isSameAccount) return { oldAuthToken: undefined };
    if (authToken === undefined || current.authToken === undefined || authToken === current.authToken) return {};
    return { oldAuthToken: { token: current.authToken, until: this.#clock.now() + oldTokenMs } };
  }

  #complete(settings: Partial<TwilioSettings>): TwilioSettings {
    const publicUrl = this.#publicUrl ?? settings.publicUrl;
    const { webhookSharedKeys = [] } = settings;
    return { ...noSettings, ...settings, webhookSharedKeys, publicUrl: publicUrl?.replace(/\/+$/, '') };
  }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
