import { isoSeconds, rfc2822 } from '#testing/twilio/base/dates.ts';
import { ok, page2010, pageMeta, refuse } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import { collectionRoutes, formFields, readFlag } from './rest-route.ts';
import type { RestRoute } from './rest-route.ts';
import { asText } from '#testing/twilio/base/records.ts';
import type { Json, Resource } from '#testing/twilio/base/records.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';

/** Addresses, alerts, lookups, flows and dialling permissions: enough for a house. */
export function otherRoutes(state: EmulatorState): readonly RestRoute[] {
  return [...addressRoutes(state), ...alertRoutes(state), ...lookupRoutes(state), ...flowRoutes(state), ...permissionRoutes()];
}

function addressRoutes(state: EmulatorState): readonly RestRoute[] {
  const required = ['CustomerName', 'Street', 'City', 'Region', 'PostalCode', 'IsoCountry'];
  const apply = (address: Resource, form: URLSearchParams): RestReply | undefined => {
    Object.assign(address, formFields(form, [...required, 'FriendlyName', 'StreetSecondary']), {
      date_updated: rfc2822(state.now()),
    });
    const emergency = readFlag(form.get('EmergencyEnabled'));
    if (emergency !== undefined) address['emergency_enabled'] = emergency;
    if (address['emergency_enabled'] === true && /nowhere/i.test(asText(address['street']))) {
      return refuse(400, 21628, 'The address could not be validated; did you mean 101 Spear St?');
    }
    address['validated'] = true;
    return undefined;
  };
  return collectionRoutes({
    host: 'api',
    path: '/Addresses',
    name: 'addresses',
    key: 'addresses',
    store: state.addresses,
    create: ({ form }) => {
      const missing = required.find((name) => (form.get(name) ?? '') === '');
      if (missing !== undefined) return refuse(400, 21629, `Missing required parameter ${missing} in the post body`);
      const sid = state.sid('AD');
      const address: Resource = {
        sid,
        uri: `/2010-04-01/Accounts/${state.account.sid}/Addresses/${sid}.json`,
        account_sid: state.account.sid,
        emergency_enabled: false,
        verified: false,
        validated: false,
        friendly_name: null,
        street_secondary: null,
        date_created: rfc2822(state.now()),
      };
      return apply(address, form) ?? address;
    },
    update: (address, { form }) => apply(address, form),
    remove: (address) => {
      const isUsed = [...state.numbers.values()].some((number) => number['emergency_address_sid'] === address.sid);
      return isUsed ? refuse(409, 20409, 'The address is in use') : undefined;
    },
  });
}

function alertRoutes(state: EmulatorState): readonly RestRoute[] {
  const newestFirst = (): readonly Resource[] => [...state.alerts.values()].toReversed();
  return [
    {
      host: 'monitor',
      method: 'GET',
      path: '/v1/Alerts',
      name: 'alerts.list',
      answer: (request) => {
        const level = request.query.get('LogLevel');
        const from = request.query.get('StartDate') ?? '';
        const until = request.query.get('EndDate') ?? '\uffff';
        const items = newestFirst().filter((alert) => {
          const at = asText(alert['date_generated']);
          return (level === null || alert['log_level'] === level) && at >= from && at <= until;
        });
        return pageMeta(request, { items, key: 'alerts', sidOf: ({ sid }) => sid, toJson: (alert) => alert });
      },
    },
    {
      host: 'api',
      method: 'GET',
      path: '/Notifications',
      name: 'notifications.list',
      answer: (request) =>
        page2010(request, {
          items: newestFirst(),
          key: 'notifications',
          sidOf: ({ sid }) => sid,
          toJson: (alert) => notification(state, alert),
        }),
    },
  ];
}

function notification(state: EmulatorState, alert: Resource): Json {
  const at = rfc2822(Date.parse(asText(alert['date_generated'])));
  const callSid = asText(alert['resource_sid']);
  return {
    sid: alert.sid,
    account_sid: state.account.sid,
    api_version: '2010-04-01',
    call_sid: callSid.startsWith('CA') ? callSid : null,
    date_created: at,
    date_updated: at,
    message_date: at,
    error_code: alert['error_code'] ?? null,
    log: alert['log_level'] === 'error' ? '0' : '1',
    message_text: alert['alert_text'] ?? '',
    more_info: alert['more_info'] ?? null,
    request_method: alert['request_method'] ?? null,
    request_url: alert['request_url'] ?? '',
    uri: `/2010-04-01/Accounts/${state.account.sid}/Notifications/${alert.sid}.json`,
  };
}

function lookupRoutes(state: EmulatorState): readonly RestRoute[] {
  return [
    {
      host: 'lookups',
      method: 'GET',
      path: '/v2/PhoneNumbers/:number',
      name: 'lookups.fetch',
      answer: ({ params, query }) => ok(lookup(state, params['number'] ?? '', (query.get('Fields') ?? '').split(','))),
    },
  ];
}

function lookup(state: EmulatorState, number: string, fields: readonly string[]): Json {
  const isValid = /^\+[1-9]\d{6,14}$/.test(number);
  const isAmerican = number.startsWith('+1');
  const name = fields.includes('caller_name')
    ? {
        caller_name: isAmerican ? (state.callerNames.get(number) ?? null) : null,
        caller_type: null,
        error_code: isAmerican ? null : 60_600,
      }
    : null;
  const line = fields.includes('line_type_intelligence')
    ? {
        type: 'mobile',
        carrier_name: 'Emulated Mobile',
        mobile_country_code: '310',
        mobile_network_code: '260',
        error_code: null,
      }
    : null;
  return {
    phone_number: number,
    valid: isValid,
    validation_errors: isValid ? [] : ['INVALID_BUT_POSSIBLE'],
    calling_country_code: isAmerican ? '1' : number.slice(1, 3),
    country_code: isAmerican ? 'US' : null,
    national_format: number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3'),
    caller_name: name,
    line_type_intelligence: line,
    sim_swap: null,
    call_forwarding: null,
    line_status: null,
    identity_match: null,
    reassigned_number: null,
    sms_pumping_risk: null,
    phone_number_quality_score: null,
    pre_fill: null,
    url: `https://lookups.twilio.com/v2/PhoneNumbers/${number}`,
  };
}

function flowRoutes(state: EmulatorState): readonly RestRoute[] {
  const apply = (flow: Resource, { form }: RestRequest): RestReply | undefined => {
    const definition = readDefinition(form.get('Definition'));
    if (definition === undefined && form.has('Definition')) return refuse(400, 81_022, 'The flow definition is invalid');
    Object.assign(flow, formFields(form, ['FriendlyName', 'Status', 'CommitMessage']), { date_updated: isoSeconds(state.now()) });
    if (definition !== undefined) flow['definition'] = definition;
    flow['revision'] = Number(flow['revision'] ?? 0) + 1;
    return undefined;
  };
  return [
    {
      host: 'studio',
      method: 'POST',
      path: '/v2/Flows/Validate',
      name: 'flows.validate',
      answer: ({ form }) =>
        readDefinition(form.get('Definition')) === undefined
          ? refuse(400, 81_022, 'The flow definition is invalid')
          : ok({ valid: true }),
    },
    ...collectionRoutes({
      host: 'studio',
      path: '/v2/Flows',
      name: 'flows',
      key: 'flows',
      store: state.flows,
      create: (request) => {
        const missing = ['FriendlyName', 'Status', 'Definition'].find((name) => !request.form.has(name));
        if (missing !== undefined) return refuse(400, 20001, `Missing required parameter ${missing} in the post body`);
        const sid = state.sid('FW');
        const flow: Resource = {
          sid,
          account_sid: state.account.sid,
          author_sid: null,
          commit_message: null,
          valid: true,
          errors: [],
          warnings: [],
          url: `https://studio.twilio.com/v2/Flows/${sid}`,
          links: { revisions: `https://studio.twilio.com/v2/Flows/${sid}/Revisions` },
          webhook_url: `https://webhooks.twilio.com/v1/Accounts/${state.account.sid}/Flows/${sid}`,
          date_created: isoSeconds(state.now()),
        };
        return apply(flow, request) ?? flow;
      },
      update: apply,
    }),
  ];
}

function readDefinition(text: string | null): Json | undefined {
  try {
    const definition = JSON.parse(text ?? '') as { readonly states?: unknown; readonly initial_state?: unknown };
    return Array.isArray(definition.states) && typeof definition.initial_state === 'string' ? (definition as Json) : undefined;
  } catch {
    return undefined;
  }
}

function permissionRoutes(): readonly RestRoute[] {
  const countries = [
    ['US', 'United States/Canada', '+1', 'NORTH_AMERICA'],
    ['DE', 'Germany', '+49', 'EUROPE'],
    ['GB', 'United Kingdom', '+44', 'EUROPE'],
  ] as const;
  return [
    {
      host: 'voice',
      method: 'GET',
      path: '/v1/DialingPermissions/Countries',
      name: 'dialing-permissions.list',
      answer: (request) =>
        pageMeta(request, {
          items: countries,
          key: 'content',
          sidOf: ([code]) => code,
          toJson: ([iso_code, name, code, continent]) => ({
            iso_code,
            name,
            country_codes: [code],
            low_risk_numbers_enabled: true,
            high_risk_special_numbers_enabled: false,
            high_risk_tollfraud_numbers_enabled: false,
            continent,
            url: `https://voice.twilio.com/v1/DialingPermissions/Countries/${iso_code}`,
            links: {
              highrisk_special_prefixes: `https://voice.twilio.com/v1/DialingPermissions/Countries/${iso_code}/HighRiskSpecialPrefixes`,
            },
          }),
        }),
    },
  ];
}
