import { rfc2822 } from '#testing/twilio/base/dates.ts';
import { linkRoutes, unlinkParent } from './rest-links.ts';
import { refuse } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import { collectionRoutes, formFields, readFlag, snake } from './rest-route.ts';
import type { RestRoute } from './rest-route.ts';
import type { Resource } from '#testing/twilio/base/records.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';

const domainFields = [
  'FriendlyName', 'VoiceUrl', 'VoiceMethod', 'VoiceFallbackUrl', 'VoiceFallbackMethod', 'VoiceStatusCallbackUrl',
  'VoiceStatusCallbackMethod', 'EmergencyCallerSid', 'ByocTrunkSid',
]; // prettier-ignore
const domainFlags = ['SipRegistration', 'Secure', 'EmergencyCallingEnabled'];

/** SIP Domains, credential lists, address lists, and what ties them together. */
export function sipDomainRoutes(state: EmulatorState): readonly RestRoute[] {
  return [
    ...collectionRoutes({
      host: 'api',
      path: '/SIP/Domains',
      name: 'sip-domains',
      key: 'domains',
      store: state.domains,
      create: (request) => createDomain(state, request),
      update: (domain, request) => updateDomain(state, domain, request),
      remove: (domain) => {
        unlinkParent(state, domain.sid);
        return undefined;
      },
    }),
    ...listRoutes(state),
    ...mappingRoutes(state, 'Auth/Calls/CredentialListMappings', 'calls'),
    ...mappingRoutes(state, 'Auth/Calls/IpAccessControlListMappings', 'addresses'),
    ...mappingRoutes(state, 'Auth/Registrations/CredentialListMappings', 'registrations'),
    // A legacy mapping is one for calls under its older address.
    ...mappingRoutes(state, 'CredentialListMappings', 'calls'),
    ...mappingRoutes(state, 'IpAccessControlListMappings', 'addresses'),
  ];
}

function stamps(state: EmulatorState): Record<string, string> {
  const at = rfc2822(state.now());
  return { account_sid: state.account.sid, date_created: at, date_updated: at };
}

function createDomain(state: EmulatorState, { form, path }: RestRequest): Resource | RestReply {
  const name = form.get('DomainName') ?? '';
  const refusal = domainNameRefusal(state, name, undefined);
  if (refusal !== undefined) return refusal;
  if (state.domains.size >= 100) return refuse(400, 21231, 'An account may have 100 SIP Domains at most');
  const sid = state.sid('SD');
  const domain: Resource = {
    sid,
    ...stamps(state),
    domain_name: name,
    friendly_name: '',
    auth_type: '',
    voice_url: '',
    voice_method: 'POST',
    voice_fallback_url: '',
    voice_fallback_method: 'POST',
    voice_status_callback_url: '',
    voice_status_callback_method: 'POST',
    sip_registration: false,
    secure: false,
    emergency_calling_enabled: false,
    emergency_caller_sid: null,
    byoc_trunk_sid: null,
    api_version: '2010-04-01',
    uri: path.replace(/\.json$/, `/${sid}.json`),
    subresource_uris: {},
  };
  applyDomain(state, domain, form);
  return domain;
}

function updateDomain(state: EmulatorState, domain: Resource, { form }: RestRequest): RestReply | undefined {
  const name = form.get('DomainName');
  const refusal = name === null ? undefined : domainNameRefusal(state, name, domain.sid);
  if (refusal !== undefined) return refusal;
  if (name !== null) domain['domain_name'] = name;
  applyDomain(state, domain, form);
  return undefined;
}

function applyDomain(state: EmulatorState, domain: Resource, form: URLSearchParams): void {
  Object.assign(domain, formFields(form, domainFields), { date_updated: rfc2822(state.now()) });
  for (const flag of domainFlags) {
    const value = readFlag(form.get(flag));
    if (value !== undefined) domain[snake(flag)] = value;
  }
}

function domainNameRefusal(state: EmulatorState, name: string, own: string | undefined): RestReply | undefined {
  if (!/^[a-z\d](?:[a-z\d-]*[a-z\d])?\.sip\.twilio\.com$/i.test(name)) {
    return refuse(400, 21231, `DomainName "${name}" must end in .sip.twilio.com and may hold letters, digits and hyphens`);
  }
  const isTaken = [...state.domains.values()].some((domain) => domain['domain_name'] === name && domain.sid !== own);
  // Names are unique in all of Twilio.
  return isTaken || state.foreignDomains.has(name) ? refuse(400, 21232, `DomainName "${name}" is already taken`) : undefined;
}

function listRoutes(state: EmulatorState): readonly RestRoute[] {
  const named =
    (prefix: 'CL' | 'AL') =>
    (request: RestRequest): Resource | RestReply => {
      const name = request.form.get('FriendlyName') ?? '';
      if (name === '') return refuse(400, 20001, 'Missing required parameter FriendlyName in the post body');
      const sid = state.sid(prefix);
      return {
        sid,
        ...stamps(state),
        friendly_name: name,
        uri: request.path.replace(/\.json$/, `/${sid}.json`),
        subresource_uris: {},
      };
    };
  const rename = (list: Resource, { form }: RestRequest): undefined => {
    Object.assign(list, formFields(form, ['FriendlyName']), { date_updated: rfc2822(state.now()) });
  };
  const remove =
    (store: Map<string, Resource>, field: string) =>
    (list: Resource): RestReply | undefined => {
      if ([...state.links.values()].some((link) => link.listSid === list.sid))
        return refuse(400, 21231, 'The list is still mapped to a SIP Domain or a trunk');
      for (const member of store.values()) if (member[field] === list.sid) store.delete(member.sid);
      return undefined;
    };
  return [
    ...collectionRoutes({
      host: 'api', path: '/SIP/CredentialLists', name: 'credential-lists', key: 'credential_lists', store: state.credentialLists,
      create: named('CL'), update: rename, remove: remove(state.credentials, 'credential_list_sid'),
    }), // prettier-ignore
    ...collectionRoutes({
      host: 'api', path: '/SIP/IpAccessControlLists', name: 'address-lists', key: 'ip_access_control_lists', store: state.accessLists,
      create: named('AL'), update: rename, remove: remove(state.addressRanges, 'ip_access_control_list_sid'),
    }), // prettier-ignore
    ...collectionRoutes({
      host: 'api',
      path: '/SIP/CredentialLists/:list/Credentials',
      name: 'credentials',
      key: 'credentials',
      store: state.credentials,
      within: ({ params }) => tie(state.credentialLists, 'credential_list_sid', params['list']),
      create: (request) => createCredential(state, request),
      update: (credential, { form }) => changePassword(state, credential, form.get('Password')),
      remove: (credential) => {
        state.passwords.delete(credential.sid);
        return undefined;
      },
    }),
    ...collectionRoutes({
      host: 'api',
      path: '/SIP/IpAccessControlLists/:list/IpAddresses',
      name: 'ip-addresses',
      key: 'ip_addresses',
      store: state.addressRanges,
      within: ({ params }) => tie(state.accessLists, 'ip_access_control_list_sid', params['list']),
      create: (request) => createRange(state, request),
    }),
  ];
}

function tie(store: Map<string, Resource>, field: string, sid: string | undefined): Record<string, string> | undefined {
  return sid !== undefined && store.has(sid) ? { [field]: sid } : undefined;
}

function createCredential(state: EmulatorState, { form, params, path }: RestRequest): Resource | RestReply {
  const username = form.get('Username') ?? '';
  if (username === '' || username.length > 32 || /\s/.test(username)) {
    return refuse(400, 21243, 'Username is required and may have 32 characters at most');
  }
  const members = [...state.credentials.values()].filter((each) => each['credential_list_sid'] === params['list']);
  if (members.some((each) => each['username'] === username)) return refuse(409, 21243, 'The username is already in the list');
  if (members.length >= 1000) return refuse(400, 21243, 'A list may have 1000 credentials at most');
  const sid = state.sid('CR');
  const refusal = passwordRefusal(form.get('Password'));
  if (refusal !== undefined) return refusal;
  state.passwords.set(sid, form.get('Password') ?? '');
  return { sid, ...stamps(state), username, uri: path.replace(/\.json$/, `/${sid}.json`) };
}

function changePassword(state: EmulatorState, credential: Resource, password: string | null): RestReply | undefined {
  const refusal = passwordRefusal(password);
  if (refusal !== undefined) return refusal;
  state.passwords.set(credential.sid, password ?? '');
  credential['date_updated'] = rfc2822(state.now());
  return undefined;
}

function passwordRefusal(password: string | null): RestReply | undefined {
  const isStrong =
    password !== null && password.length >= 12 && /[a-z]/.test(password) && /[A-Z]/.test(password) && /\d/.test(password);
  return isStrong
    ? undefined
    : refuse(400, 21243, 'Password must have 12 characters at least, with a lower-case and an upper-case letter and a digit');
}

function createRange(state: EmulatorState, { form, path }: RestRequest): Resource | RestReply {
  const address = form.get('IpAddress') ?? '';
  const prefix = Number(form.get('CidrPrefixLength') ?? 32);
  if (!/^(?:\d{1,3}\.){3}\d{1,3}$/.test(address) || !Number.isInteger(prefix) || prefix < 1 || prefix > 32) {
    return refuse(400, 21231, 'IpAddress must be an IPv4 address');
  }
  const sid = state.sid('IP');
  return {
    sid,
    ...stamps(state),
    friendly_name: form.get('FriendlyName') ?? '',
    ip_address: address,
    cidr_prefix_length: prefix,
    uri: path.replace(/\.json$/, `/${sid}.json`),
  };
}

function mappingRoutes(state: EmulatorState, at: string, kind: 'calls' | 'addresses' | 'registrations'): readonly RestRoute[] {
  const isCredentials = kind !== 'addresses';
  const legacyKey = isCredentials ? 'credential_list_mappings' : 'ip_access_control_list_mappings';
  return linkRoutes(state, {
    host: 'api',
    path: `/SIP/Domains/:parent/${at}`,
    name: `${at.startsWith('Auth/') ? '' : 'legacy-'}${kind}-mappings`,
    key: at.startsWith('Auth/') ? 'contents' : legacyKey,
    kind,
    parents: state.domains,
    more: (link) =>
      at.startsWith('Auth/')
        ? {}
        : {
            domain_sid: link.parentSid,
            uri: `/2010-04-01/Accounts/${state.account.sid}/SIP/Domains/${link.parentSid}/${at}/${link.listSid}.json`,
          },
    lists: isCredentials ? state.credentialLists : state.accessLists,
    parameter: isCredentials ? 'CredentialListSid' : 'IpAccessControlListSid',
    duplicateCode: 21231,
  });
}
