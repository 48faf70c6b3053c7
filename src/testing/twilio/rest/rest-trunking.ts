import { isoSeconds } from '#testing/twilio/base/dates.ts';
import { linkRoutes, unlinkParent } from './rest-links.ts';
import { created, gone, ok, pageMeta, refuse, unknown } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import { attachToTrunk } from './rest-numbers.ts';
import { collectionRoutes, formFields, readFlag, snake } from './rest-route.ts';
import type { RestRoute } from './rest-route.ts';
import { asText } from '#testing/twilio/base/records.ts';
import type { Json, Resource } from '#testing/twilio/base/records.ts';
import type { EmulatorState, Link } from '#testing/twilio/base/state.ts';

const trunkFields = [
  'FriendlyName',
  'DomainName',
  'DisasterRecoveryUrl',
  'DisasterRecoveryMethod',
  'TransferMode',
  'TransferCallerId',
];
const recordModes = [
  'do-not-record',
  'record-from-ringing',
  'record-from-answer',
  'record-from-ringing-dual',
  'record-from-answer-dual',
];

/** Elastic SIP Trunking, v1. */
export function trunkingRoutes(state: EmulatorState): readonly RestRoute[] {
  const links = { host: 'trunking', parents: state.trunks, duplicateCode: 21245 } as const;
  const more = (place: string) => (link: Link) => ({
    trunk_sid: link.parentSid,
    url: `https://trunking.twilio.com/v1/Trunks/${link.parentSid}/${place}/${link.listSid}`,
  });
  return [
    ...collectionRoutes({
      host: 'trunking',
      path: '/v1/Trunks',
      name: 'trunks',
      key: 'trunks',
      store: state.trunks,
      create: (request) => createTrunk(state, request),
      update: (trunk, { form }) => applyTrunk(state, trunk, form),
      remove: (trunk) => removeTrunk(state, trunk),
    }),
    ...originationRoutes(state),
    ...linkRoutes(state, {
      ...links,
      more: more('CredentialLists'),
      path: '/v1/Trunks/:parent/CredentialLists',
      name: 'trunk-credential-lists',
      key: 'credential_lists',
      kind: 'calls',
      lists: state.credentialLists,
      parameter: 'CredentialListSid',
    }),
    ...linkRoutes(state, {
      ...links,
      more: more('IpAccessControlLists'),
      path: '/v1/Trunks/:parent/IpAccessControlLists',
      name: 'trunk-address-lists',
      key: 'ip_access_control_lists',
      kind: 'addresses',
      lists: state.accessLists,
      parameter: 'IpAccessControlListSid',
    }),
    ...phoneNumberRoutes(state),
    ...recordingRoutes(state),
  ];
}

function createTrunk(state: EmulatorState, { form }: RestRequest): Resource | RestReply {
  if (state.trunks.size >= 100) return refuse(400, 21244, 'An account may have 100 trunks at most');
  const at = isoSeconds(state.now());
  const sid = state.sid('TK');
  const trunk: Resource = {
    sid,
    account_sid: state.account.sid,
    friendly_name: '',
    domain_name: null,
    disaster_recovery_url: null,
    disaster_recovery_method: 'POST',
    transfer_mode: 'disable-all',
    transfer_caller_id: 'from-transferee',
    secure: false,
    cnam_lookup_enabled: false,
    symmetric_rtp_enabled: false,
    recording: { mode: 'do-not-record', trim: 'do-not-trim' },
    auth_type: '',
    auth_type_set: [],
    date_created: at,
    date_updated: at,
    url: `https://trunking.twilio.com/v1/Trunks/${sid}`,
    links: Object.fromEntries(
      ['origination_urls', 'credential_lists', 'ip_access_control_lists', 'phone_numbers'].map((name) => [
        name,
        `https://trunking.twilio.com/v1/Trunks/${sid}/${name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`,
      ]),
    ),
  };
  return applyTrunk(state, trunk, form) ?? trunk;
}

function applyTrunk(state: EmulatorState, trunk: Resource, form: URLSearchParams): RestReply | undefined {
  const name = form.get('DomainName');
  if (name !== null && name !== '' && !/^[a-z\d][a-z\d-]*\.pstn\.twilio\.com$/i.test(name)) {
    return refuse(400, 21245, 'DomainName must end in .pstn.twilio.com');
  }
  const isTaken = [...state.trunks.values()].some((other) => other.sid !== trunk.sid && other['domain_name'] === name);
  if (name !== null && name !== '' && (isTaken || state.foreignDomains.has(name))) {
    return refuse(400, 21248, 'DomainName is already taken');
  }
  const mode = form.get('TransferMode');
  if (mode !== null && !['disable-all', 'enable-all', 'sip-only'].includes(mode))
    return refuse(400, 20001, 'TransferMode is not valid');
  Object.assign(trunk, formFields(form, trunkFields), { date_updated: isoSeconds(state.now()) });
  if (trunk['disaster_recovery_url'] === '') trunk['disaster_recovery_url'] = null;
  for (const flag of ['Secure', 'CnamLookupEnabled']) {
    const value = readFlag(form.get(flag));
    if (value !== undefined) trunk[snake(flag)] = value;
  }
  return undefined;
}

function removeTrunk(state: EmulatorState, trunk: Resource): undefined {
  unlinkParent(state, trunk.sid);
  for (const number of state.numbers.values()) if (number['trunk_sid'] === trunk.sid) attachToTrunk(number, '');
  for (const url of state.originationUrls.values()) if (url['trunk_sid'] === trunk.sid) state.originationUrls.delete(url.sid);
}

function originationRoutes(state: EmulatorState): readonly RestRoute[] {
  return collectionRoutes({
    host: 'trunking',
    path: '/v1/Trunks/:trunk/OriginationUrls',
    name: 'origination-urls',
    key: 'origination_urls',
    store: state.originationUrls,
    within: ({ params }) => (state.trunks.has(params['trunk'] ?? '') ? { trunk_sid: params['trunk'] ?? '' } : undefined),
    create: ({ form, params }) => {
      const there = [...state.originationUrls.values()].filter((url) => url['trunk_sid'] === params['trunk']);
      if (there.length >= 10) return refuse(400, 21249, 'A trunk may have 10 origination URLs at most');
      const at = isoSeconds(state.now());
      const sid = state.sid('OU');
      const url = `https://trunking.twilio.com/v1/Trunks/${params['trunk']}/OriginationUrls/${sid}`;
      const made: Resource = { sid, account_sid: state.account.sid, date_created: at, date_updated: at, url };
      for (const name of ['Weight', 'Priority', 'Enabled', 'FriendlyName', 'SipUrl']) {
        if (!form.has(name)) return refuse(400, 20001, `Missing required parameter ${name} in the post body`);
      }
      return applyOrigination(made, form) ?? made;
    },
    update: (url, { form }) => applyOrigination(url, form),
  });
}

function applyOrigination(url: Resource, form: URLSearchParams): RestReply | undefined {
  for (const [name, min] of [
    ['Weight', 1],
    ['Priority', 0],
  ] as const) {
    const text = form.get(name);
    const value = Number(text);
    if (text === null) continue;
    if (!Number.isInteger(value) || value < min || value > 65_535) return refuse(400, 20001, `${name} is out of range`);
    url[snake(name)] = value;
  }
  const sipUrl = form.get('SipUrl');
  if (sipUrl !== null && !/^sips?:[^\s]+$/.test(sipUrl)) return refuse(400, 20001, 'SipUrl must start with sip:');
  Object.assign(url, formFields(form, ['FriendlyName', 'SipUrl']));
  const isEnabled = readFlag(form.get('Enabled'));
  if (isEnabled !== undefined) url['enabled'] = isEnabled;
  return undefined;
}

function phoneNumberRoutes(state: EmulatorState): readonly RestRoute[] {
  const path = '/v1/Trunks/:trunk/PhoneNumbers';
  const route = (method: RestRoute['method'], action: string, at: string, answer: RestRoute['answer']): RestRoute => ({
    host: 'trunking',
    method,
    path: at,
    name: `trunk-numbers.${action}`,
    answer: (request) => (state.trunks.has(request.params['trunk'] ?? '') ? answer(request) : unknown(request.path)),
  });
  const on = ({ params }: RestRequest): readonly Resource[] =>
    [...state.numbers.values()].filter((number) => number['trunk_sid'] === params['trunk']);
  return [
    route('GET', 'list', path, (request) =>
      pageMeta(request, { items: on(request), key: 'phone_numbers', sidOf: ({ sid }) => sid, toJson: onTrunk }),
    ),
    route('POST', 'create', path, ({ form, params }) => {
      const number = state.numbers.get(form.get('PhoneNumberSid') ?? '');
      if (number === undefined) return refuse(400, 20001, 'PhoneNumberSid does not name a number of this account');
      attachToTrunk(number, params['trunk'] ?? '');
      return created(onTrunk(number));
    }),
    route('GET', 'fetch', `${path}/:sid`, (request) => {
      const found = on(request).find(({ sid }) => sid === request.params['sid']);
      return found === undefined ? unknown(request.path) : ok(onTrunk(found));
    }),
    route('DELETE', 'delete', `${path}/:sid`, (request) => {
      const found = on(request).find(({ sid }) => sid === request.params['sid']);
      if (found === undefined) return unknown(request.path);
      if (found['emergency_status'] === 'Active')
        return refuse(400, 21634, 'The number is in use for emergency calls on the trunk');
      attachToTrunk(found, '');
      return gone();
    }),
  ];
}

const fieldsOnTrunk = [
  'sid', 'account_sid', 'address_requirements', 'api_version', 'beta', 'capabilities', 'friendly_name', 'phone_number',
  'sms_application_sid', 'sms_fallback_method', 'sms_fallback_url', 'sms_method', 'sms_url', 'status_callback', 'status_callback_method',
  'trunk_sid', 'voice_application_sid', 'voice_caller_id_lookup', 'voice_fallback_method', 'voice_fallback_url', 'voice_method',
  'voice_url',
]; // prettier-ignore

/** The same number as this API shapes it: other dates, fewer fields. */
function onTrunk(number: Resource): Json {
  const kept = Object.fromEntries(fieldsOnTrunk.map((name) => [name, number[name] ?? null]));
  const date = (name: string) => isoSeconds(Date.parse(asText(number[name])));
  return {
    ...kept,
    date_created: date('date_created'),
    date_updated: date('date_updated'),
    url: `https://trunking.twilio.com/v1/Trunks/${asText(number['trunk_sid'])}/PhoneNumbers/${number.sid}`,
    links: { phone_number: `https://api.twilio.com${asText(number['uri']).replace(/\.json$/, '')}` },
  };
}

function recordingRoutes(state: EmulatorState): readonly RestRoute[] {
  const path = '/v1/Trunks/:trunk/Recording';
  return (['GET', 'POST'] as const).map((method) => ({
    host: 'trunking',
    method,
    path,
    name: method === 'GET' ? 'trunk-recording.fetch' : 'trunk-recording.update',
    answer: (request) => {
      const trunk = state.trunks.get(request.params['trunk'] ?? '');
      if (trunk === undefined) return unknown(request.path);
      const mode = request.form.get('Mode');
      if (mode !== null && !recordModes.includes(mode)) return refuse(400, 20001, 'Mode is not valid');
      const before = trunk['recording'] as { readonly mode: string; readonly trim: string };
      trunk['recording'] = { mode: mode ?? before.mode, trim: request.form.get('Trim') ?? before.trim };
      return ok(trunk['recording']);
    },
  }));
}
