import type { EmulatedCall, TwimlSource } from '#testing/twilio/base/call.ts';
import { rfc2822 } from '#testing/twilio/base/dates.ts';
import { callRecordingJson } from './rest-recordings.ts';
import { isInTime } from './rest-messages.ts';
import { created, ok, page2010, refuse, unknown } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import { apiRoute } from './rest-route.ts';
import type { RestRoute } from './rest-route.ts';
import type { CallStatus, Json } from '#testing/twilio/base/records.ts';
import { placeByRest } from './rest-call-placing.ts';
import type { Switchboard } from '#testing/twilio/twiml/switchboard.ts';
import { readTwiml } from '#testing/twilio/twiml/twiml-document.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';
import { isPrivateHost } from '#testing/twilio/base/webhook-address.ts';

export function callRoutes(state: EmulatorState, switchboard: Switchboard): readonly RestRoute[] {
  const withCall =
    (answer: (call: EmulatedCall, request: RestRequest) => RestReply) =>
    (request: RestRequest): RestReply => {
      const call = switchboard.calls.get(request.params['sid'] ?? '');
      return call === undefined ? unknown(request.path) : answer(call, request);
    };
  return [
    apiRoute('POST', '/Calls', 'calls.create', (request) => create(state, switchboard, request)),
    apiRoute('GET', '/Calls', 'calls.list', (request) => list(state, switchboard, request)),
    apiRoute(
      'GET',
      '/Calls/:sid',
      'calls.fetch',
      withCall((call) => ok(toJson(state, call))),
    ),
    apiRoute(
      'POST',
      '/Calls/:sid',
      'calls.update',
      withCall((call, request) => update(state, call, request)),
    ),
    apiRoute(
      'GET',
      '/Calls/:sid/Recordings',
      'call-recordings.list',
      withCall((call, request) => listRecordings(state, call, request)),
    ),
    apiRoute(
      'POST',
      '/Calls/:sid/Recordings',
      'call-recordings.create',
      withCall((call, request) => record(state, switchboard, { call, request })),
    ),
    apiRoute(
      'POST',
      '/Calls/:sid/Recordings/:recording',
      'call-recordings.update',
      withCall((call, request) => control(state, switchboard, { call, request })),
    ),
  ];
}

function create(state: EmulatorState, switchboard: Switchboard, { form }: RestRequest): RestReply {
  const to = form.get('To') ?? '';
  const from = form.get('From') ?? '';
  if (to === '') return refuse(400, 21_201, "No 'To' number is specified");
  const isSip = to.startsWith('sip:');
  if (!isSip && !/^\+[1-9]\d{6,14}$/.test(to)) return refuse(400, 21_217, `Phone number ${to} is not valid`);
  if (from === '') return refuse(400, 21_213, "No 'From' number is specified");
  if (!isSip && !state.owns(from)) return refuse(400, 21_210, `The source phone number ${from} is not verified for your account`);
  if (state.account.type === 'Trial' && !isSip && !state.owns(to)) return refuse(400, 21_219, `The number ${to} is unverified`);
  const source = readSource(state, form);
  if ('status' in source) return source;
  const call = switchboard.newCall({ from, to, direction: 'outbound-api' });
  const callback = form.get('StatusCallback');
  const events = form.getAll('StatusCallbackEvent').flatMap((text) => text.split(/\s+/));
  if (callback !== null) {
    const method = form.get('StatusCallbackMethod') === 'GET' ? 'GET' : 'POST';
    call.statusCallbacks = [{ kind: 'call-status', url: callback, method, events: events.length === 0 ? ['completed'] : events }];
  }
  const fallback = form.get('FallbackUrl');
  if (fallback !== null) call.fallback = { url: fallback, method: form.get('FallbackMethod') === 'GET' ? 'GET' : 'POST' };
  const reply = created(toJson(state, call));
  placeByRest(switchboard, call, {
    source,
    timeoutSeconds: Math.min(600, Number(form.get('Timeout') ?? 60)),
    sendDigits: form.get('SendDigits'),
  });
  return reply;
}

/** Url wins over Twiml; TwiML that comes by REST has no address, so its actions must be absolute. */
function readSource(state: EmulatorState, form: URLSearchParams): TwimlSource | RestReply {
  const url = form.get('Url');
  const text = form.get('Twiml');
  if (url !== null && text !== null) state.alert(32_019, 'both Url and Twiml');
  if (url !== null) {
    if (!URL.canParse(url) || isPrivateHost(new URL(url).hostname)) return refuse(400, 21_205, `Url is not a valid URL: ${url}`);
    return { kind: 'url', url, method: form.get('Method') === 'GET' ? 'GET' : 'POST', webhook: 'voice' };
  }
  if (text === null) return refuse(400, 21_205, 'Url, Twiml or ApplicationSid is required');
  if (text.length > 4000) return refuse(400, 32_018, 'Twiml may have 4000 characters at most');
  const read = readTwiml(text);
  return read.kind === 'invalid' ? refuse(400, read.code, read.about) : { kind: 'twiml', text };
}

function update(state: EmulatorState, call: EmulatedCall, { form }: RestRequest): RestReply {
  if (call.isOver) return refuse(400, 21_220, 'Call is not in-progress. Cannot redirect.');
  const status = form.get('Status');
  if (status === 'canceled') {
    if (call.isAnswered) return refuse(400, 21_220, 'The call was answered already and cannot be canceled');
    call.finish('canceled');
  } else if (status === 'completed') {
    call.interrupt({ kind: 'hangup' });
    call.leg?.hangup();
  } else if (status !== null) return refuse(400, 20_001, `Status ${status} is not valid`);
  else {
    if (!call.isAnswered && call.record.direction !== 'inbound')
      return refuse(400, 21_220, 'Call is not in-progress. Cannot redirect.');
    const source = readSource(state, form);
    if ('status' in source) return source;
    call.interrupt({ kind: 'replaced', source });
  }
  return ok(toJson(state, call));
}

function list(state: EmulatorState, switchboard: Switchboard, request: RestRequest): RestReply {
  const { query } = request;
  const fits = (name: string, value: string | null): boolean => !query.has(name) || query.get(name) === value;
  const items = [...switchboard.calls.values()]
    .filter(({ record }) => fits('To', record.to) && fits('From', record.from) && fits('Status', statusInApi(record.status)))
    .filter(({ record }) => fits('ParentCallSid', record.parentSid))
    .filter(({ record }) => isInTime(record.createdMs, query, state.switches, 'StartTime'))
    .filter(({ record }) => isInTime(record.endedMs ?? record.createdMs, query, state.switches, 'EndTime'))
    .toReversed();
  const isShifted = query.has('PageToken') && state.faults.take('rest.page-changes-while-paging', 'calls.list') !== undefined;
  return page2010(request, { items, key: 'calls', sidOf: ({ sid }) => sid, toJson: (call) => toJson(state, call), isShifted });
}

function listRecordings(state: EmulatorState, call: EmulatedCall, request: RestRequest): RestReply {
  const items = [...state.recordings.values()].filter(({ callSid, status }) => callSid === call.sid && status !== 'deleted');
  return page2010(request, {
    items: items.toReversed(),
    key: 'recordings',
    sidOf: ({ sid }) => sid,
    toJson: (recording) => callRecordingJson(state, recording),
  });
}

type CallRouteRequest = { readonly call: EmulatedCall; readonly request: RestRequest };

function record(state: EmulatorState, switchboard: Switchboard, { call, request: { form } }: CallRouteRequest): RestReply {
  const { recordings } = switchboard.telephony;
  if (call.record.status !== 'in-progress' || call.leg === undefined) {
    return refuse(400, 21_220, 'Requested resource is not eligible for recording');
  }
  const [running] = recordings.runningOf(call.sid);
  if (running !== undefined) {
    return state.switches.secondRecording === 'ignored'
      ? created(callRecordingJson(state, running))
      : refuse(400, 21_220, 'A recording is running already');
  }
  const isDual = form.get('RecordingChannels') === 'dual';
  const callback = form.get('RecordingStatusCallback');
  if (callback !== null && !URL.canParse(callback)) return refuse(400, 21_205, 'RecordingStatusCallback is not a valid URL');
  const events = form.getAll('RecordingStatusCallbackEvent').flatMap((text) => text.split(/\s+/));
  const method = form.get('RecordingStatusCallbackMethod') === 'GET' ? 'GET' : 'POST';
  const made = recordings.begin(call, call.leg.record({ maxSeconds: 14_400, track: isDual ? 'dual' : 'both' }), {
    source: 'StartCallRecordingAPI',
    channels: isDual ? 2 : 1,
    track: form.get('RecordingTrack') ?? 'both',
    callback: callback === null ? undefined : { url: callback, method, events: events.length === 0 ? ['completed'] : events },
  });
  return created(callRecordingJson(state, made));
}

function control(state: EmulatorState, switchboard: Switchboard, { call, request }: CallRouteRequest): RestReply {
  const { recordings } = switchboard.telephony;
  const running = recordings.runningOf(call.sid);
  const named = request.params['recording'] ?? '';
  if (named === 'Twilio.CURRENT' && running.length > 1) return refuse(400, 21_220, 'Several recordings are running');
  const found = named === 'Twilio.CURRENT' ? running[0] : running.find(({ sid }) => sid === named);
  if (found === undefined) return unknown(request.path);
  const status = request.form.get('Status');
  if (status !== 'paused' && status !== 'in-progress' && status !== 'stopped') return refuse(400, 20_001, 'Status is not valid');
  recordings.control(found.sid, status, request.form.get('PauseBehavior') === 'skip' ? 'skip' : 'silence');
  return ok(callRecordingJson(state, found));
}

/** `initiated` is the name of a status callback; the REST API has no such status and calls it queued until it rings. */
export function statusInApi(status: CallStatus): Exclude<CallStatus, 'initiated'> {
  return status === 'initiated' ? 'queued' : status;
}

function toJson(state: EmulatorState, call: EmulatedCall): Json {
  const { record } = call;
  const uri = `/2010-04-01/Accounts/${state.account.sid}/Calls/${record.sid}`;
  const date = (at: number | null): string | null => (at === null ? null : rfc2822(at));
  return {
    sid: record.sid,
    date_created: date(record.createdMs),
    date_updated: date(record.updatedMs),
    parent_call_sid: record.parentSid,
    account_sid: state.account.sid,
    to: record.to,
    to_formatted: record.to,
    from: record.from,
    from_formatted: record.from,
    phone_number_sid: record.phoneNumberSid,
    status: statusInApi(record.status),
    start_time: date(record.answeredMs ?? (call.isOver ? record.createdMs : null)),
    end_time: date(record.endedMs),
    duration: call.isOver ? String(call.durationSeconds) : null,
    price: record.price,
    price_unit: 'USD',
    direction: record.direction,
    answered_by: null,
    api_version: '2010-04-01',
    forwarded_from: null,
    group_sid: null,
    caller_name: record.callerName,
    queue_time: '0',
    trunk_sid: record.trunkSid,
    uri: `${uri}.json`,
    subresource_uris: { recordings: `${uri}/Recordings.json`, notifications: `${uri}/Notifications.json` },
  };
}
