import type { Twilio } from 'twilio';
import { MessagingServiceApi } from './messaging-service-api.ts';
import { OriginationApi } from './origination-api.ts';
import { number, optionalText, text, time, toNumber } from './record-mapping.ts';
import type { TwilioAccountFacts, TwilioAlert, TwilioBalance, TwilioLookup, TwilioNumber, TwilioUsage } from './records.ts';
import type { TwilioResult } from './result.ts';

type RunRequest = <Value>(run: (sdk: Twilio) => Promise<Value>) => Promise<TwilioResult<Value>>;

export type SipDomain = {
  readonly sid: string;
  /** Such as `gosip-4f1c.sip.twilio.com`. */
  readonly domainName: string;
  readonly friendlyName: string;
  readonly voiceUrl: string;
  readonly voiceMethod: string;
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: string;
  readonly voiceStatusCallbackUrl: string;
  readonly sipRegistration: boolean;
  readonly secure: boolean;
};
export type DomainChange = Partial<Omit<SipDomain, 'sid' | 'domainName'>>;
export type NamedResource = { readonly sid: string; readonly friendlyName: string };
export type SipCredential = { readonly sid: string; readonly username: string };
export type Trunk = NamedResource & {
  readonly domainName: string;
  readonly secure: boolean;
  /** Asked for a document where a call cannot be brought to an origination address; empty: it is not. */
  readonly disasterRecoveryUrl: string;
  readonly disasterRecoveryMethod: string;
};
export type TrunkChange = Partial<Omit<Trunk, keyof NamedResource>>;

/** The fields of a number that may be written, by the names of TwilioNumber. */
export type NumberChange = Partial<
  Record<
    | 'voiceUrl'
    | 'voiceMethod'
    | 'voiceFallbackUrl'
    | 'voiceFallbackMethod'
    | 'voiceApplicationSid'
    | 'statusCallback'
    | 'statusCallbackMethod'
    | 'smsUrl'
    | 'smsMethod'
    | 'smsFallbackUrl'
    | 'smsFallbackMethod'
    | 'smsApplicationSid'
    | 'trunkSid',
    string
  >
>;

/** Which of a SIP domain's two doors: calls it takes, registrations it takes. Each has its own list of credentials. */
export type DomainAuthType = 'calls' | 'registrations';

/** Made anew for each list: the package writes into what it is given, and two lists at a time would get in each other's way. */
const everything = () => ({ limit: 1000, pageSize: 1000 });
type Limits = ReturnType<typeof everything>;

/** What setup and health ask of an account. Each verb is one request, or the pages of one list. */
export class TwilioAccountApi {
  readonly #request: RunRequest;
  readonly #accountSid: string;
  readonly originations: OriginationApi;
  readonly messagingServices: MessagingServiceApi;

  constructor(request: RunRequest, accountSid: string) {
    this.#request = request;
    this.#accountSid = accountSid;
    this.originations = new OriginationApi(request);
    this.messagingServices = new MessagingServiceApi(request);
  }

  /** Refused with 20003 for an API key, however good it is. */
  fetchAccount(): Promise<TwilioResult<TwilioAccountFacts>> {
    return this.#request(async (sdk) => {
      const { sid, friendlyName, status, type } = await sdk.api.v2010.accounts(this.#accountSid).fetch();
      return { sid, name: text(friendlyName), status: text(status), type: text(type) };
    });
  }

  fetchBalance(): Promise<TwilioResult<TwilioBalance>> {
    return this.#request(async (sdk) => {
      const { balance, currency } = await sdk.balance.fetch();
      return { amount: number(balance) ?? 0, currency: text(currency) };
    });
  }

  /** The usage of this month, per category. */
  listUsage(): Promise<TwilioResult<readonly TwilioUsage[]>> {
    return this.#request(async (sdk) => {
      const found = await sdk.usage.records.thisMonth.list(everything());
      return found.map(({ category, count, price, priceUnit }) => ({
        category: text(category),
        count: number(count) ?? 0,
        price: number(price) ?? 0,
        currency: text(priceUnit).toUpperCase(),
      }));
    });
  }

  listAlerts({
    since,
    limit = 50,
  }: {
    readonly since: number;
    readonly limit?: number;
  }): Promise<TwilioResult<readonly TwilioAlert[]>> {
    return this.#request(async (sdk) => {
      const found = await sdk.monitor.v1.alerts.list({ startDate: new Date(since), limit, pageSize: limit });
      return found.map((alert) => ({
        sid: text(alert.sid),
        code: number(alert.errorCode),
        level: text(alert.logLevel),
        text: text(alert.alertText),
        requestUrl: text(alert.requestUrl),
        resourceSid: text(alert.resourceSid),
        at: time(alert.dateGenerated),
      }));
    });
  }

  lookUp(number: string, fields?: 'caller_name' | 'line_type_intelligence'): Promise<TwilioResult<TwilioLookup>> {
    return this.#request(async (sdk) => {
      const found = await sdk.lookups.v2.phoneNumbers(number).fetch(fields === undefined ? {} : { fields });
      const { callerName, lineTypeIntelligence } = found as { callerName?: unknown; lineTypeIntelligence?: unknown };
      return {
        number: text(found.phoneNumber),
        isValid: found.valid === true,
        nationalFormat: optionalText(found.nationalFormat),
        callerName: optionalText(field(callerName, 'caller_name') ?? field(callerName, 'callerName')),
        lineType: optionalText(field(lineTypeIntelligence, 'type')),
      };
    });
  }

  listNumbers(): Promise<TwilioResult<readonly TwilioNumber[]>> {
    return this.#request(async (sdk) => (await sdk.incomingPhoneNumbers.list(everything())).map(toNumber));
  }

  fetchNumber(sid: string): Promise<TwilioResult<TwilioNumber>> {
    return this.#request(async (sdk) => toNumber(await sdk.incomingPhoneNumbers(sid).fetch()));
  }

  updateNumber(sid: string, change: NumberChange): Promise<TwilioResult<TwilioNumber>> {
    return this.#request(async (sdk) => toNumber(await sdk.incomingPhoneNumbers(sid).update(change)));
  }

  listDomains(): Promise<TwilioResult<readonly SipDomain[]>> {
    return this.#request(async (sdk) => (await sdk.sip.domains.list(everything())).map(toDomain));
  }

  /** Refused with 21232 where the name is taken by anybody. */
  createDomain(domainName: string, change: DomainChange): Promise<TwilioResult<SipDomain>> {
    return this.#request(async (sdk) => toDomain(await sdk.sip.domains.create({ domainName, ...change })));
  }

  updateDomain(sid: string, change: DomainChange): Promise<TwilioResult<SipDomain>> {
    return this.#request(async (sdk) => toDomain(await sdk.sip.domains(sid).update(change)));
  }

  deleteDomain(sid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.sip.domains(sid).remove()));
  }

  listCredentialLists(): Promise<TwilioResult<readonly NamedResource[]>> {
    return this.#request(async (sdk) => (await sdk.sip.credentialLists.list(everything())).map(toNamed));
  }

  createCredentialList(friendlyName: string): Promise<TwilioResult<NamedResource>> {
    return this.#request(async (sdk) => toNamed(await sdk.sip.credentialLists.create({ friendlyName })));
  }

  deleteCredentialList(sid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.sip.credentialLists(sid).remove()));
  }

  listCredentials(listSid: string): Promise<TwilioResult<readonly SipCredential[]>> {
    return this.#request(async (sdk) =>
      (await sdk.sip.credentialLists(listSid).credentials.list(everything())).map(toCredential),
    );
  }

  createCredential(
    listSid: string,
    credential: { readonly username: string; readonly password: string },
  ): Promise<TwilioResult<SipCredential>> {
    return this.#request(async (sdk) => toCredential(await sdk.sip.credentialLists(listSid).credentials.create(credential)));
  }

  /** The password cannot be read back, only replaced. */
  updateCredential(listSid: string, sid: string, password: string): Promise<TwilioResult<SipCredential>> {
    return this.#request(async (sdk) =>
      toCredential(await sdk.sip.credentialLists(listSid).credentials(sid).update({ password })),
    );
  }

  deleteCredential(listSid: string, sid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.sip.credentialLists(listSid).credentials(sid).remove()));
  }

  /** The sids of the credential lists that open `door`. */
  listMappings(domainSid: string, authType: DomainAuthType): Promise<TwilioResult<readonly string[]>> {
    return this.#request(async (sdk) => {
      const found = await mappings(sdk, domainSid, authType).list(everything());
      return found.map(({ sid }) => sid);
    });
  }

  /** Refused with 21231 where it is there already. */
  createMapping(domainSid: string, authType: DomainAuthType, credentialListSid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await mappings(sdk, domainSid, authType).create({ credentialListSid })));
  }

  deleteMapping(domainSid: string, authType: DomainAuthType, credentialListSid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await mappings(sdk, domainSid, authType)(credentialListSid).remove()));
  }

  listTrunks(): Promise<TwilioResult<readonly Trunk[]>> {
    return this.#request(async (sdk) => (await sdk.trunking.v1.trunks.list(everything())).map(toTrunk));
  }

  createTrunk(trunk: {
    readonly friendlyName: string;
    readonly domainName: string;
    readonly secure: boolean;
  }): Promise<TwilioResult<Trunk>> {
    return this.#request(async (sdk) => toTrunk(await sdk.trunking.v1.trunks.create(trunk)));
  }

  updateTrunk(sid: string, change: TrunkChange): Promise<TwilioResult<Trunk>> {
    return this.#request(async (sdk) => {
      type Change = Parameters<ReturnType<typeof sdk.trunking.v1.trunks>['update']>[0];
      return toTrunk(await sdk.trunking.v1.trunks(sid).update(change as Extract<Change, object>));
    });
  }

  deleteTrunk(sid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.trunking.v1.trunks(sid).remove()));
  }

  /** The sids of the credential lists that may call out over the trunk. */
  listTrunkCredentialLists(trunkSid: string): Promise<TwilioResult<readonly string[]>> {
    return this.#request(async (sdk) =>
      (await sdk.trunking.v1.trunks(trunkSid).credentialsLists.list(everything())).map(({ sid }) => sid),
    );
  }

  addTrunkCredentialList(trunkSid: string, credentialListSid: string): Promise<TwilioResult<void>> {
    return this.#request(
      async (sdk) => void (await sdk.trunking.v1.trunks(trunkSid).credentialsLists.create({ credentialListSid })),
    );
  }

  removeTrunkCredentialList(trunkSid: string, credentialListSid: string): Promise<TwilioResult<void>> {
    return this.#request(
      async (sdk) => void (await sdk.trunking.v1.trunks(trunkSid).credentialsLists(credentialListSid).remove()),
    );
  }
}

/** What the package's two classes for mappings have in common. */
type Mappings = {
  (sid: string): { remove(): Promise<boolean> };
  list(limits: Limits): Promise<readonly { readonly sid: string }[]>;
  create(mapping: { credentialListSid: string }): Promise<unknown>;
};

function mappings(sdk: Twilio, domainSid: string, authType: DomainAuthType): Mappings {
  const { auth } = sdk.sip.domains(domainSid);
  return authType === 'calls' ? auth.calls.credentialListMappings : auth.registrations.credentialListMappings;
}

function toDomain(from: { readonly [Field in keyof SipDomain]?: unknown }): SipDomain {
  return {
    sid: text(from.sid),
    domainName: text(from.domainName),
    friendlyName: text(from.friendlyName),
    voiceUrl: text(from.voiceUrl),
    voiceMethod: text(from.voiceMethod),
    voiceFallbackUrl: text(from.voiceFallbackUrl),
    voiceFallbackMethod: text(from.voiceFallbackMethod),
    voiceStatusCallbackUrl: text(from.voiceStatusCallbackUrl),
    sipRegistration: from.sipRegistration === true,
    secure: from.secure === true,
  };
}

function toNamed(from: { readonly sid?: unknown; readonly friendlyName?: unknown }): NamedResource {
  return { sid: text(from.sid), friendlyName: text(from.friendlyName) };
}

function toCredential(from: { readonly sid?: unknown; readonly username?: unknown }): SipCredential {
  return { sid: text(from.sid), username: text(from.username) };
}

function toTrunk(from: { readonly [Field in keyof Trunk]?: unknown }): Trunk {
  return {
    ...toNamed(from),
    domainName: text(from.domainName),
    secure: from.secure === true,
    disasterRecoveryUrl: text(from.disasterRecoveryUrl),
    disasterRecoveryMethod: text(from.disasterRecoveryMethod),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
