import type { Twilio } from 'twilio';
import { text } from './record-mapping.ts';
import type { TwilioResult } from './result.ts';
import { everything } from './run-request.ts';
import type { Limits, RunRequest } from './run-request.ts';

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
/** A list of SIP credentials. */
export type CredentialList = { readonly sid: string; readonly friendlyName: string };
export type SipCredential = { readonly sid: string; readonly username: string };

/** What a credential list mapped to a SIP Domain authenticates: the calls it takes, or its registrations. */
export type DomainAuthType = 'calls' | 'registrations';

/** The SIP Domains and SIP credential lists of the account. Each verb is one request, or the pages of one list. */
export class SipApi {
  readonly #request: RunRequest;

  constructor(request: RunRequest) {
    this.#request = request;
  }

  listDomains(): Promise<TwilioResult<readonly SipDomain[]>> {
    return this.#request(async (sdk) => (await sdk.sip.domains.list(everything())).map(toDomain));
  }

  /** Refused with 21232 where the name is taken, by this account or another. */
  createDomain(domainName: string, change: DomainChange): Promise<TwilioResult<SipDomain>> {
    return this.#request(async (sdk) => toDomain(await sdk.sip.domains.create({ domainName, ...change })));
  }

  updateDomain(sid: string, change: DomainChange): Promise<TwilioResult<SipDomain>> {
    return this.#request(async (sdk) => toDomain(await sdk.sip.domains(sid).update(change)));
  }

  deleteDomain(sid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.sip.domains(sid).remove()));
  }

  listCredentialLists(): Promise<TwilioResult<readonly CredentialList[]>> {
    return this.#request(async (sdk) => (await sdk.sip.credentialLists.list(everything())).map(toList));
  }

  createCredentialList(friendlyName: string): Promise<TwilioResult<CredentialList>> {
    return this.#request(async (sdk) => toList(await sdk.sip.credentialLists.create({ friendlyName })));
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

  /** The sids of the credential lists that are mapped to the domain. */
  listMappings(domainSid: string, authType: DomainAuthType): Promise<TwilioResult<readonly string[]>> {
    return this.#request(async (sdk) => {
      const found = await mappings(sdk, domainSid, authType).list(everything());
      return found.map(({ sid }) => sid);
    });
  }

  /** Refused with 21231 where it exists already. */
  createMapping(domainSid: string, authType: DomainAuthType, credentialListSid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await mappings(sdk, domainSid, authType).create({ credentialListSid })));
  }

  deleteMapping(domainSid: string, authType: DomainAuthType, credentialListSid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await mappings(sdk, domainSid, authType)(credentialListSid).remove()));
  }
}

/** What the SDK's two classes for mappings have in common. */
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

function toList(from: { readonly sid?: unknown; readonly friendlyName?: unknown }): CredentialList {
  return { sid: text(from.sid), friendlyName: text(from.friendlyName) };
}

function toCredential(from: { readonly sid?: unknown; readonly username?: unknown }): SipCredential {
  return { sid: text(from.sid), username: text(from.username) };
}
