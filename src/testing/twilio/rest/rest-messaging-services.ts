import { isoSeconds } from '#testing/twilio/base/dates.ts';
import { created, gone, ok, pageMeta, refuse, unknown } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import { collectionRoutes, formFields, readFlag, snake } from './rest-route.ts';
import type { RestRoute } from './rest-route.ts';
import { asText } from '#testing/twilio/base/records.ts';
import type { Resource } from '#testing/twilio/base/records.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';

const texts = [
  'FriendlyName',
  'InboundRequestUrl',
  'InboundMethod',
  'FallbackUrl',
  'FallbackMethod',
  'StatusCallback',
  'Usecase',
];
const flags = ['UseInboundWebhookOnNumber', 'StickySender', 'SmartEncoding', 'MmsConverter', 'AreaCodeGeomatch'];

/** Messaging Services, v1, and the numbers in them. */
export function messagingServiceRoutes(state: EmulatorState): readonly RestRoute[] {
  return [
    ...collectionRoutes({
      host: 'messaging',
      path: '/v1/Services',
      name: 'messaging-services',
      key: 'services',
      store: state.messagingServices,
      create: ({ form }) =>
        form.has('FriendlyName')
          ? makeMessagingService(state, form)
          : refuse(400, 20001, 'Missing required parameter FriendlyName'),
      update: (service, { form }) => change(state, service, form),
      remove: (service) => {
        for (const number of state.numbers.values())
          if (state.serviceOf.get(number.sid) === service.sid) state.serviceOf.delete(number.sid);
        return undefined;
      },
    }),
    ...phoneNumberRoutes(state),
  ];
}

export function makeMessagingService(state: EmulatorState, form: URLSearchParams): Resource | RestReply {
  const sid = state.sid('MG');
  const at = isoSeconds(state.now());
  const service: Resource = {
    sid,
    account_sid: state.account.sid,
    friendly_name: '',
    date_created: at,
    date_updated: at,
    usecase: 'undeclared',
    inbound_request_url: null,
    inbound_method: 'POST',
    fallback_url: null,
    fallback_method: 'POST',
    status_callback: null,
    sticky_sender: true,
    smart_encoding: true,
    mms_converter: true,
    fallback_to_long_code: true,
    scan_message_content: 'inherit',
    area_code_geomatch: true,
    validity_period: 36_000,
    synchronous_validation: false,
    us_app_to_person_registered: false,
    use_inbound_webhook_on_number: false,
    url: `https://messaging.twilio.com/v1/Services/${sid}`,
    links: {},
  };
  return change(state, service, form) ?? service;
}

function change(state: EmulatorState, service: Resource, form: URLSearchParams): RestReply | undefined {
  for (const name of ['InboundRequestUrl', 'FallbackUrl', 'StatusCallback']) {
    const url = form.get(name);
    if (url !== null && url !== '' && !/^https?:\/\/[^/\s]+/.test(url)) return refuse(400, 20001, `${name} is not a valid URL`);
  }
  Object.assign(service, formFields(form, texts), { date_updated: isoSeconds(state.now()) });
  for (const field of ['inbound_request_url', 'fallback_url', 'status_callback'])
    if (service[field] === '') service[field] = null;
  for (const flag of flags) {
    const value = readFlag(form.get(flag));
    if (value !== undefined) service[snake(flag)] = value;
  }
  return undefined;
}

function phoneNumberRoutes(state: EmulatorState): readonly RestRoute[] {
  const path = '/v1/Services/:service/PhoneNumbers';
  const route = (method: RestRoute['method'], action: string, at: string, answer: RestRoute['answer']): RestRoute => ({
    host: 'messaging',
    method,
    path: at,
    name: `messaging-numbers.${action}`,
    answer: (request) => (state.messagingServices.has(request.params['service'] ?? '') ? answer(request) : unknown(request.path)),
  });
  const within = ({ params }: RestRequest): readonly Resource[] =>
    [...state.numbers.values()].filter(({ sid }) => state.serviceOf.get(sid) === params['service']);
  const one = (request: RestRequest): Resource | undefined => within(request).find(({ sid }) => sid === request.params['sid']);
  return [
    route('GET', 'list', path, (request) =>
      pageMeta(request, {
        items: within(request),
        key: 'phone_numbers',
        sidOf: ({ sid }: Resource) => sid,
        toJson: (number: Resource) => memberJson(number, request.params['service'] ?? ''),
      }),
    ),
    route('POST', 'create', path, ({ form, params }) => {
      const number = state.numbers.get(form.get('PhoneNumberSid') ?? '');
      if (number === undefined) return refuse(404, 20404, 'PhoneNumberSid does not name a number of this account');
      if (state.serviceOf.has(number.sid)) return refuse(409, 21_710, 'The phone number is in a Messaging Service already');
      state.serviceOf.set(number.sid, params['service'] ?? '');
      return created(memberJson(number, params['service'] ?? ''));
    }),
    route('GET', 'fetch', `${path}/:sid`, (request) => {
      const found = one(request);
      return found === undefined ? unknown(request.path) : ok(memberJson(found, request.params['service'] ?? ''));
    }),
    route('DELETE', 'delete', `${path}/:sid`, (request) => {
      const found = one(request);
      if (found === undefined) return unknown(request.path);
      state.serviceOf.delete(found.sid);
      return gone();
    }),
  ];
}

function memberJson(number: Resource, service: string): Resource {
  const able = number['capabilities'] as Readonly<Record<string, boolean>>;
  const capabilities = (['voice', 'sms', 'mms'] as const).filter((name) => able[name] === true).map((name) => name.toUpperCase());
  return {
    sid: number.sid,
    account_sid: number['account_sid'] ?? null,
    service_sid: service,
    phone_number: asText(number['phone_number']),
    country_code: 'US',
    capabilities,
    date_created: isoSeconds(Date.parse(asText(number['date_created']))),
    date_updated: isoSeconds(Date.parse(asText(number['date_updated']))),
    url: `https://messaging.twilio.com/v1/Services/${service}/PhoneNumbers/${number.sid}`,
  };
}
