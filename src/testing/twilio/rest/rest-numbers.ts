import { rfc2822 } from '#testing/twilio/base/dates.ts';
import { ok, refuse } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import { collectionRoutes, formFields, readFlag } from './rest-route.ts';
import type { Collection, RestRoute } from './rest-route.ts';
import { asText } from '#testing/twilio/base/records.ts';
import type { Resource } from '#testing/twilio/base/records.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';

export type NumberSettings = {
  readonly phoneNumber: string;
  readonly friendlyName?: string;
  readonly capabilities?: { readonly voice: boolean; readonly sms: boolean; readonly mms: boolean; readonly fax: boolean };
  readonly voiceUrl?: string;
  readonly smsUrl?: string;
  readonly statusCallback?: string;
  /** Not registered with the US carriers: what it sends ends `undelivered` with 30034. */
  readonly isUnregistered?: boolean;
};

const settable = [
  'FriendlyName', 'VoiceUrl', 'VoiceMethod', 'VoiceFallbackUrl', 'VoiceFallbackMethod', 'VoiceApplicationSid', 'VoiceReceiveMode',
  'SmsUrl', 'SmsMethod', 'SmsFallbackUrl', 'SmsFallbackMethod', 'SmsApplicationSid', 'StatusCallback', 'StatusCallbackMethod',
  'TrunkSid', 'EmergencyStatus', 'EmergencyAddressSid', 'AddressSid', 'IdentitySid', 'BundleSid',
]; // prettier-ignore

/** A number of the account, as it is after it was bought. */
export function makeNumber(state: EmulatorState, settings: NumberSettings): Resource {
  const sid = state.sid('PN');
  const at = rfc2822(state.now());
  return {
    sid,
    account_sid: state.account.sid,
    phone_number: settings.phoneNumber,
    friendly_name: settings.friendlyName ?? settings.phoneNumber,
    capabilities: settings.capabilities ?? { voice: true, sms: true, mms: true, fax: false },
    voice_url: settings.voiceUrl ?? '',
    voice_method: 'POST',
    voice_fallback_url: '',
    voice_fallback_method: 'POST',
    voice_application_sid: '',
    voice_caller_id_lookup: false,
    voice_receive_mode: 'voice',
    sms_url: settings.smsUrl ?? '',
    sms_method: 'POST',
    sms_fallback_url: '',
    sms_fallback_method: 'POST',
    sms_application_sid: '',
    status_callback: settings.statusCallback ?? '',
    status_callback_method: 'POST',
    trunk_sid: null,
    emergency_status: 'Inactive',
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    address_sid: null,
    address_requirements: 'none',
    identity_sid: null,
    bundle_sid: null,
    beta: false,
    origin: 'twilio',
    status: 'in-use',
    type: 'local',
    api_version: '2010-04-01',
    date_created: at,
    date_updated: at,
    uri: `/2010-04-01/Accounts/${state.account.sid}/IncomingPhoneNumbers/${sid}.json`,
  };
}

export function numberRoutes(state: EmulatorState): readonly RestRoute[] {
  return [
    ...drifting(state, {
      host: 'api',
      path: '/IncomingPhoneNumbers',
      name: 'numbers',
      key: 'incoming_phone_numbers',
      store: state.numbers,
      matches: (number, query) =>
        asText(number['phone_number']).includes((query.get('PhoneNumber') ?? '').replaceAll('*', '')) &&
        (query.get('FriendlyName') ?? number['friendly_name']) === number['friendly_name'],
      update: (number, request) => updateNumber(state, number, request),
    }),
    ...collectionRoutes({
      host: 'api',
      path: '/OutgoingCallerIds',
      name: 'caller-ids',
      key: 'outgoing_caller_ids',
      store: state.callerIds,
    }),
    {
      host: 'api',
      method: 'POST',
      path: '/OutgoingCallerIds',
      name: 'caller-ids.create',
      answer: ({ form }) => verifyCaller(state, form),
    },
  ];
}

/** Changes the webhook addresses of the numbers between two requests, when that fault is armed. */
function drifting(state: EmulatorState, collection: Collection): readonly RestRoute[] {
  return collectionRoutes(collection).map((route) => ({
    ...route,
    answer: (request) => {
      if (route.method === 'GET' && state.faults.take('number.url-drift', route.name) !== undefined) {
        for (const number of state.numbers.values()) number['voice_url'] = 'https://demo.twilio.com/welcome/voice/';
      }
      return route.answer(request);
    },
  }));
}

/** Calls the number, where the code is entered at once; only then is there a caller ID, and the answer has none. */
function verifyCaller(state: EmulatorState, form: URLSearchParams): RestReply {
  const phoneNumber = form.get('PhoneNumber') ?? '';
  if (!/^\+[1-9]\d{6,14}$/.test(phoneNumber)) return refuse(400, 21211, `The phone number ${phoneNumber} is not valid`);
  const sid = state.sid('PN');
  const at = rfc2822(state.now());
  const common = {
    account_sid: state.account.sid,
    phone_number: phoneNumber,
    friendly_name: form.get('FriendlyName') ?? phoneNumber,
  };
  state.callerIds.set(sid, {
    ...common,
    sid,
    date_created: at,
    date_updated: at,
    uri: `/2010-04-01/Accounts/${state.account.sid}/OutgoingCallerIds/${sid}.json`,
  });
  return ok({ ...common, call_sid: state.sid('CA'), validation_code: String(100_000 + state.random(900_000)) });
}

function updateNumber(state: EmulatorState, number: Resource, { form }: RestRequest): RestReply | undefined {
  for (const name of ['VoiceUrl', 'VoiceFallbackUrl', 'SmsUrl', 'SmsFallbackUrl', 'StatusCallback']) {
    const url = form.get(name);
    if (url !== null && url !== '' && !/^https?:\/\/[^/\s]+/.test(url)) return refuse(400, 21502, `${name} is not a valid URL`);
  }
  const trunkSid = form.get('TrunkSid');
  if (trunkSid !== null && trunkSid !== '' && !state.trunks.has(trunkSid))
    return refuse(404, 20404, `The requested resource /Trunks/${trunkSid} was not found`);
  const addressSid = form.get('EmergencyAddressSid');
  if (addressSid !== null && addressSid !== '' && !state.addresses.has(addressSid)) {
    return refuse(400, 21628, 'The address does not exist');
  }
  Object.assign(number, formFields(form, settable), { date_updated: rfc2822(state.now()) });
  const lookup = readFlag(form.get('VoiceCallerIdLookup'));
  if (lookup !== undefined) number['voice_caller_id_lookup'] = lookup;
  if (trunkSid !== null) attachToTrunk(number, trunkSid);
  if (addressSid !== null) number['emergency_address_status'] = addressSid === '' ? 'unregistered' : 'registered';
  return undefined;
}

/** A number is served by its voice address or by a trunk, never by both; a trunk also drops its application. */
export function attachToTrunk(number: Resource, trunkSid: string): void {
  number['trunk_sid'] = trunkSid === '' ? null : trunkSid;
  if (trunkSid !== '') number['voice_application_sid'] = '';
}
