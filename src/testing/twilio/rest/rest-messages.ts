import { readDate, rfc2822 } from '#testing/twilio/base/dates.ts';
import type { FarPhone } from '#testing/twilio/base/far-phones.ts';
import type { MediaHost } from '#testing/twilio/base/media-host.ts';
import type { Messaging } from '#testing/twilio/messaging/messaging.ts';
import { created, gone, ok, page2010, refuse, unknown } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import { apiRoute } from './rest-route.ts';
import type { RestRoute } from './rest-route.ts';
import { isFinalMessage } from '#testing/twilio/base/records.ts';
import type { Json, MediaRecord, MessageRecord } from '#testing/twilio/base/records.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';
import type { Switches } from '#testing/twilio/base/switches.ts';
import { isPrivateHost } from '#testing/twilio/base/webhook-address.ts';

type MessageRouteDeps = {
  readonly state: EmulatorState;
  readonly messaging: Messaging;
  readonly mediaHost: MediaHost;
  readonly farPhones: ReadonlyMap<string, FarPhone>;
};

export function messageRoutes(deps: MessageRouteDeps): readonly RestRoute[] {
  const { state } = deps;
  const withMessage =
    (answer: (message: MessageRecord, request: RestRequest) => RestReply) =>
    (request: RestRequest): RestReply => {
      const message = state.messages.get(request.params['sid'] ?? '');
      return message === undefined ? unknown(request.path) : answer(message, request);
    };
  return [
    apiRoute('POST', '/Messages', 'messages.create', (request) => create(deps, request)),
    apiRoute('GET', '/Messages', 'messages.list', (request) => list(state, request)),
    apiRoute(
      'GET',
      '/Messages/:sid',
      'messages.fetch',
      withMessage((message) => ok(toJson(state, message))),
    ),
    apiRoute(
      'POST',
      '/Messages/:sid',
      'messages.update',
      withMessage((message, request) => update(deps, message, request)),
    ),
    apiRoute(
      'DELETE',
      '/Messages/:sid',
      'messages.delete',
      withMessage((message) => remove(state, message)),
    ),
    apiRoute(
      'GET',
      '/Messages/:sid/Media',
      'media.list',
      withMessage((message, request) => listMedia(state, message, request)),
    ),
    apiRoute(
      'GET',
      '/Messages/:sid/Media/:media',
      'media.fetch',
      withMessage((message, request) => fetchMedia(deps, message, request)),
    ),
    apiRoute(
      'DELETE',
      '/Messages/:sid/Media/:media',
      'media.delete',
      withMessage((message, request) => removeMedia(message, request)),
    ),
  ];
}

async function create(deps: MessageRouteDeps, { form }: RestRequest): Promise<RestReply> {
  const refusal = refusalOf(deps, form);
  if (refusal !== undefined) return refusal;
  const { state, messaging } = deps;
  const prefix = state.account.type === 'Trial' ? 'Sent from your Twilio trial account - ' : '';
  const message = await messaging.accept({
    from: form.get('From') ?? '',
    to: form.get('To') ?? '',
    body: prefix + (form.get('Body') ?? ''),
    mediaUrls: form.getAll('MediaUrl'),
    statusCallback: form.get('StatusCallback') ?? undefined,
    messagingServiceSid: form.get('MessagingServiceSid'),
    direction: 'outbound-api',
  });
  return created(toJson(state, message));
}

function refusalOf(deps: MessageRouteDeps, form: URLSearchParams): RestReply | undefined {
  const { state } = deps;
  const to = form.get('To') ?? '';
  const from = form.get('From') ?? '';
  const body = form.get('Body') ?? '';
  if (to === '') return refuse(400, 21_604, "A 'To' phone number is required.");
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return refuse(400, 21_211, `Invalid 'To' Phone Number: ${to}`);
  if (from === '' && !form.has('MessagingServiceSid')) return refuse(400, 21_603, "A 'From' phone number is required.");
  if (from !== '' && !/^(?:\+?\d{3,15}|[A-Za-z\d ]{1,11})$/.test(from))
    return refuse(400, 21_212, `Invalid From Number: ${from}`);
  const media = form.getAll('MediaUrl');
  if (body === '' && media.length === 0 && !form.has('ContentSid')) return refuse(400, 21_619, 'Message body is required.');
  const number = state.numberOf(from);
  if (from !== '' && (number === undefined || !canSend(number['capabilities']))) {
    return refuse(400, 21_606, `The 'From' phone number ${from} is not a valid, message-capable Twilio phone number.`);
  }
  if (body.length > 1600) return refuse(400, 21_617, 'The concatenated message body exceeds the 1600 character limit.');
  if (media.length > 10) return refuse(400, 21_623, 'Number of media files exceeds allowed limit.');
  if (!media.every(isPublicUrl)) return refuse(400, 21_620, 'Invalid media URL(s)');
  const callback = form.get('StatusCallback');
  if (callback !== null && !isPublicUrl(callback)) return refuse(400, 21_609, "The 'StatusCallback' URL is not a valid URL.");
  return refusalByTarget(deps, from, to);
}

function refusalByTarget({ state, farPhones }: MessageRouteDeps, from: string, to: string): RestReply | undefined {
  if (from === to) return refuse(400, 21_266, "'To' and 'From' number cannot be the same");
  if (state.account.type === 'Trial' && !state.owns(to)) return refuse(400, 21_608, `The number ${to} is unverified.`);
  if (state.optOuts.has(`${to}|${from}`) || state.faults.take('sms.21610', 'messages.create') !== undefined) {
    return refuse(400, 21_610, 'Attempt to send to unsubscribed recipient');
  }
  const far = farPhones.get(to)?.messages;
  return far?.kind === 'refused' ? refuse(400, far.code, `Twilio refused the message (${far.code})`) : undefined;
}

function canSend(capabilities: Json | undefined): boolean {
  return typeof capabilities === 'object' && capabilities !== null && 'sms' in capabilities && capabilities.sms === true;
}

function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && !isPrivateHost(hostname);
}

function list(state: EmulatorState, request: RestRequest): RestReply {
  const { query } = request;
  const items = [...state.messages.values()]
    .filter(({ to, from }) => (query.get('To') ?? to) === to && (query.get('From') ?? from) === from)
    .filter((message) => isInTime(message.sentMs ?? message.createdMs, query, state.switches))
    .toReversed();
  return page2010(request, {
    items,
    key: 'messages',
    sidOf: ({ sid }) => sid,
    toJson: (message) => toJson(state, message),
    isShifted:
      request.query.has('PageToken') && state.faults.take('rest.page-changes-while-paging', 'messages.list') !== undefined,
  });
}

type DateReading = Pick<Switches, 'dateFilters' | 'dateFilterIsInclusive'>;

/** Dates on the wire have whole seconds, and so have the filters, where they look at more than the day. */
export function isInTime(atMs: number, query: URLSearchParams, reading: DateReading, field = 'DateSent'): boolean {
  const unitMs = reading.dateFilters === 'day' ? 86_400_000 : 1000;
  const unit = (at: number): number => Math.floor(at / unitMs) * unitMs;
  const moment = unit(atMs);
  const after = readDate(query.get(`${field}>`) ?? '');
  const before = readDate(query.get(`${field}<`) ?? '');
  const on = readDate(query.get(field) ?? '');
  // By the day, `>` begins with the day itself and `<` ends before it.
  const isDay = reading.dateFilters === 'day';
  const edge = reading.dateFilterIsInclusive ? 0 : 1;
  if (after !== undefined && moment < unit(after.fromMs) + (isDay ? 0 : edge)) return false;
  if (before !== undefined && moment > (isDay ? unit(before.fromMs) - 1 : before.fromMs - edge)) return false;
  return on === undefined || (moment >= unit(on.fromMs) && moment < (isDay ? unit(on.fromMs) + unitMs : on.untilMs));
}

function update({ state, messaging }: MessageRouteDeps, message: MessageRecord, { form }: RestRequest): RestReply {
  if (form.get('Status') === 'canceled' && !messaging.cancel(message)) {
    return refuse(400, 30_409, 'Message cannot be canceled in its current state');
  }
  const body = form.get('Body');
  if (body !== null && body !== '') return refuse(400, 20_001, 'Body can only be emptied');
  if (body === '') message.body = '';
  message.updatedMs = state.now();
  return ok(toJson(state, message));
}

function remove(state: EmulatorState, message: MessageRecord): RestReply {
  if (!isFinalMessage(message.status)) return refuse(409, 20_009, 'Resource not in a final state');
  state.messages.delete(message.sid);
  return gone();
}

function listMedia(state: EmulatorState, message: MessageRecord, request: RestRequest): RestReply {
  return page2010(request, {
    items: message.media,
    key: 'media_list',
    sidOf: ({ sid }) => sid,
    toJson: (media) => mediaJson(state, media),
  });
}

function fetchMedia(
  { state, mediaHost }: MessageRouteDeps,
  message: MessageRecord,
  { params, extension, path }: RestRequest,
): RestReply {
  const media = message.media.find(({ sid }) => sid === params['media']);
  if (media === undefined) return unknown(path);
  if (extension === 'json') return ok(mediaJson(state, media));
  return { status: 307, headers: { Location: mediaHost.publish(media) }, body: Buffer.alloc(0) };
}

function removeMedia(message: MessageRecord, { params, path }: RestRequest): RestReply {
  const kept = message.media.filter(({ sid }) => sid !== params['media']);
  if (kept.length === message.media.length) return unknown(path);
  message.media = kept;
  return gone();
}

function mediaJson(state: EmulatorState, { sid, parentSid, contentType, createdMs }: MediaRecord): Json {
  return {
    sid,
    account_sid: state.account.sid,
    parent_sid: parentSid,
    content_type: contentType,
    date_created: rfc2822(createdMs),
    date_updated: rfc2822(createdMs),
    uri: `/2010-04-01/Accounts/${state.account.sid}/Messages/${parentSid}/Media/${sid}.json`,
  };
}

function toJson(state: EmulatorState, message: MessageRecord): Json {
  const uri = `/2010-04-01/Accounts/${state.account.sid}/Messages/${message.sid}`;
  const numMedia = message.direction === 'inbound' ? message.media.length : message.mediaUrls.length;
  return {
    body: message.body,
    num_segments: String(message.segments),
    direction: message.direction,
    from: message.from === '' ? null : message.from,
    to: message.to,
    date_created: rfc2822(message.createdMs),
    date_updated: rfc2822(message.updatedMs),
    date_sent: message.sentMs === null ? null : rfc2822(message.sentMs),
    price: message.price,
    price_unit: 'USD',
    error_message: message.errorMessage,
    error_code: message.errorCode,
    uri: `${uri}.json`,
    account_sid: state.account.sid,
    num_media: String(numMedia),
    status: message.status,
    messaging_service_sid: message.messagingServiceSid,
    sid: message.sid,
    api_version: '2010-04-01',
    subresource_uris: { media: `${uri}/Media.json` },
  };
}
