import { rfc2822 } from '#testing/twilio/base/dates.ts';
import { created, gone, ok, page2010, refuse, unknown } from './rest-reply.ts';
import type { RestRequest } from './rest-reply.ts';
import { collectionRoutes, formFields } from './rest-route.ts';
import type { RestRoute } from './rest-route.ts';
import type { Json, Resource } from '#testing/twilio/base/records.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';

const usagePeriods = ['Today', 'Yesterday', 'ThisMonth', 'LastMonth', 'Daily', 'Monthly', 'Yearly', 'AllTime'];

/** The account itself, its keys, balance and usage. */
export function accountRoutes(state: EmulatorState): readonly RestRoute[] {
  const api = { host: 'api', method: 'GET' } as const;
  return [
    { ...api, path: '/', name: 'accounts.fetch', answer: () => ok(account(state)) },
    { ...api, path: '/Balance', name: 'balance.fetch', answer: () => ok(balance(state)) },
    { ...api, path: '/Usage/Records', name: 'usage.list', answer: (request) => usage(state, request) },
    ...usagePeriods.map((period): RestRoute => ({
      ...api,
      path: `/Usage/Records/${period}`,
      name: 'usage.period',
      answer: (request) => usage(state, request),
    })),
    ...usageTriggerRoutes(state),
    ...keyRoutes(state),
  ];
}

function account(state: EmulatorState): Json {
  const { sid, type, friendlyName } = state.account;
  const status = state.account.status === 'active' && state.isSuspended ? 'suspended' : state.account.status;
  return {
    sid,
    friendly_name: friendlyName,
    status,
    type,
    auth_token: null,
    owner_account_sid: sid,
    date_created: rfc2822(Date.UTC(2020, 0, 2, 3, 4, 5)),
    date_updated: rfc2822(Date.UTC(2020, 0, 2, 3, 4, 5)),
    uri: `/2010-04-01/Accounts/${sid}.json`,
    subresource_uris: { messages: `/2010-04-01/Accounts/${sid}/Messages.json`, calls: `/2010-04-01/Accounts/${sid}/Calls.json` },
  };
}

function balance(state: EmulatorState): Json {
  const { sid, currency } = state.account;
  return {
    account_sid: sid,
    balance: state.faults.take('balance.low', 'balance.fetch') === undefined ? state.account.balance : '0.07',
    currency,
  };
}

function usage(state: EmulatorState, request: RestRequest): ReturnType<typeof ok> {
  const counts = [
    ['calls', [...state.recordings.values()].length, '0.0000'],
    ['sms', [...state.messages.values()].filter(({ media }) => media.length === 0).length, '0.0079'],
    ['mms', [...state.messages.values()].filter(({ media }) => media.length > 0).length, '0.0200'],
    ['recordings', state.recordings.size, '0.0025'],
  ] as const;
  return page2010(request, {
    items: counts,
    key: 'usage_records',
    sidOf: ([category]) => category,
    toJson: ([category, count, price]) => ({
      category,
      api_version: '2010-04-01',
      as_of: new Date(state.now()).toISOString().replace(/\.\d+Z$/, '+00:00'),
      count: String(count),
      count_unit: category === 'calls' ? 'calls' : 'messages',
      usage: String(count),
      usage_unit: category === 'calls' ? 'minutes' : 'messages',
      price: (count * Number(price)).toFixed(4),
      price_unit: 'usd',
      account_sid: state.account.sid,
      description: category,
      start_date: '2026-01-01',
      end_date: '2026-12-31',
      uri: `/2010-04-01/Accounts/${state.account.sid}/Usage/Records.json?Category=${category}`,
      subresource_uris: { today: `/2010-04-01/Accounts/${state.account.sid}/Usage/Records/Today.json?Category=${category}` },
    }),
  });
}

const triggerFields = [
  'CallbackUrl', 'CallbackMethod', 'TriggerValue', 'UsageCategory', 'Recurring', 'TriggerBy', 'FriendlyName',
]; // prettier-ignore

function newTrigger(state: EmulatorState): Resource {
  const sid = state.sid('UT');
  const at = rfc2822(state.now());
  const account = `/2010-04-01/Accounts/${state.account.sid}`;
  return {
    sid,
    account_sid: state.account.sid,
    api_version: '2010-04-01',
    friendly_name: null,
    callback_method: 'POST',
    current_value: '0',
    trigger_by: 'usage',
    recurring: 'alltime',
    date_created: at,
    date_updated: at,
    date_fired: null,
    uri: `${account}/Usage/Triggers/${sid}.json`,
    usage_record_uri: `${account}/Usage/Records.json`,
  };
}

function usageTriggerRoutes(state: EmulatorState): readonly RestRoute[] {
  return collectionRoutes({
    host: 'api',
    path: '/Usage/Triggers',
    name: 'usage-triggers',
    key: 'usage_triggers',
    store: state.usageTriggers,
    create: ({ form }) => {
      for (const name of ['CallbackUrl', 'TriggerValue', 'UsageCategory']) {
        if (!form.has(name)) return refuse(400, 20001, `Missing required parameter ${name} in the post body`);
      }
      return { ...newTrigger(state), ...formFields(form, triggerFields) };
    },
  });
}

function keyRoutes(state: EmulatorState): readonly RestRoute[] {
  const { account: owner } = state;
  return [
    {
      host: 'api',
      method: 'POST',
      path: '/Keys',
      name: 'keys.create',
      answer: ({ form }) => created({ ...owner.addApiKey(), ...keyFields(state, form.get('FriendlyName') ?? '') }),
    },
    {
      host: 'api',
      method: 'GET',
      path: '/Keys',
      name: 'keys.list',
      answer: (request) =>
        page2010(request, {
          items: [...owner.apiKeys.keys()],
          key: 'keys',
          sidOf: (sid) => sid,
          toJson: (sid) => ({ sid, ...keyFields(state, '') }),
        }),
    },
    {
      host: 'api',
      method: 'DELETE',
      path: '/Keys/:sid',
      name: 'keys.delete',
      answer: ({ params, path }) => (owner.apiKeys.delete(params['sid'] ?? '') ? gone() : unknown(path)),
    },
  ];
}

function keyFields(state: EmulatorState, name: string): Readonly<Record<string, Json>> {
  const at = rfc2822(state.now());
  return { friendly_name: name, date_created: at, date_updated: at };
}
