import type { Clock } from '#base/clock.ts';

/** The trunk to Twilio, in call records too. */
export const trunkName = 'twilio';

/** A key of the account that signs webhooks instead of its token, where a rule of the account says so. */
export type SharedKey = { readonly id: string; readonly secret: string };

/** Where Twilio is entered; the nearest is best. */
const edges = ['ashburn', 'umatilla', 'dublin', 'frankfurt', 'tokyo', 'singapore', 'sydney', 'sao-paulo'] as const;
export type Edge = (typeof edges)[number];

/** What the house knows of its account at Twilio. Changes at run time; kept with the secrets sealed. */
export type TwilioSettings = {
  readonly accountSid: string | undefined;
  /** Signs Twilio's requests to us, so it is needed even with an API key. */
  readonly authToken: string | undefined;
  /** Still believed in signatures until then, after a new token was set. */
  readonly oldAuthToken: { readonly token: string; readonly until: number } | undefined;
  /** Sign webhooks instead of the token, where a rule of the account says so. */
  readonly webhookSharedKeys: readonly SharedKey[];
  /** Asks instead of the account itself, where set. */
  readonly apiKey: { readonly sid: string; readonly secret: string } | undefined;
  readonly edge: Edge;
  /** Where Twilio reaches our webhooks, without a slash at the end; undefined where it cannot. */
  readonly publicUrl: string | undefined;
  /** How calls reach us: our webhooks and the SIP Domain, a trunk that is pointed at the house, or not at all. */
  readonly inbound: 'webhook' | 'trunk' | 'off';
  /** How calls leave: over the termination of a trunk, over the SIP Domain, or not at all. */
  readonly outbound: 'trunk' | 'domain' | 'off';
  /** TLS with SRTP in both directions: one switch for the domain, the trunk, the documents and us. */
  readonly isSecure: boolean;
  /** What everything we make in the account is called, such as `gosip-4f1c09ab`. */
  readonly name: string | undefined;
  /** The numbers the house answers. */
  readonly numbers: readonly { readonly sid: string; readonly number: string }[];
  /** The SIP Domain we register at, such as `gosip-4f1c.sip.twilio.com`. */
  readonly domain: { readonly sid: string; readonly name: string } | undefined;
  /** Such as `gosip-4f1c.pstn.twilio.com`. */
  readonly trunk: { readonly sid: string; readonly name: string } | undefined;
  /** Host, with or without a port, at which the internet reaches the house; undefined: as the options say. */
  readonly originationAddress: string | undefined;
  /** Addresses and CIDR blocks calls over the trunk come from; undefined: those we know of Twilio. */
  readonly signallingAddresses: readonly string[] | undefined;
  /** What leads from the trunk to the house; the address is a SIP URI without its secret. */
  readonly origination: { readonly sid: string; readonly address: string } | undefined;
  /** In a header of every call the trunk sends to the house. */
  readonly originationSecret: string | undefined;
  /** Our account in the credential list of both. */
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

/** Keeps the two halves, the second one sealed. Both are plain JSON. */
export type SettingsStore = {
  /** Undefined secrets: they cannot be opened any more. */
  readonly load: () => { readonly settings: unknown; readonly secrets: unknown } | undefined;
  /** Without secrets those that are kept stay as they are. */
  readonly save: (settings: object, secrets: object | undefined) => void;
};

type LiveTwilioSettingsOptions = {
  readonly store: SettingsStore;
  readonly clock: Clock;
  /** From the options; wins over what was set at run time. */
  readonly publicUrl?: string | undefined;
};

/** How long Twilio may go on signing with the token before the newest. */
const oldTokenMs = 24 * 3_600_000;

/** The settings as they are now, and everybody who must hear of a change. */
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

  /** Whether the credentials are there and cannot be opened, because the key is lost. */
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

  /** Keeps the change, then tells. Throws where it cannot be kept, and nothing is changed then. */
  change(change: Partial<TwilioSettings>): TwilioSettings {
    const next = this.#complete({ ...this.#current, ...this.#rotation(change), ...change });
    this.#keep(next);
    for (const listener of this.#listeners) listener(next);
    return next;
  }

  /** The clock was set by so much: the old token is good for as long as before. Throws where that cannot be kept. */
  clockSet(byMs: number): void {
    const { oldAuthToken } = this.#current;
    if (oldAuthToken === undefined) return;
    this.#keep({ ...this.#current, oldAuthToken: { ...oldAuthToken, until: oldAuthToken.until + byMs } });
  }

  #keep(next: TwilioSettings): void {
    const { authToken, oldAuthToken, webhookSharedKeys: keys, apiKey, sipAccount, originationSecret, ...settings } = next;
    const webhookSharedKeys = keys.length === 0 ? undefined : keys;
    const secrets = { authToken, oldAuthToken, webhookSharedKeys, apiKey, sipAccount, originationSecret };
    // What cannot be opened now opens again with the key that was lost: only new secrets take its place.
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
