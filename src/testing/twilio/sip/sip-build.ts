import { randomBytes } from 'node:crypto';
import { withTag } from '#sip-engine/message/fields.ts';
import { SipMessage } from '#sip-engine/message/message.ts';

// No PRACK, UPDATE, INFO or MESSAGE.
export const twilioAllow = 'INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY';
export const gateway = 'Twilio Gateway';

const reasons: Record<number, string> = {
  100: 'trying -- your call is important to us',
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  420: 'Bad Extension',
  423: 'Interval Too Brief',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  483: 'Too Many Hops',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  491: 'Request Pending',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  603: 'Decline',
};

export type ResponseOptions = {
  readonly reason?: string | undefined;
  readonly tag?: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string;
};

export function responseTo(request: SipMessage, status: number, options: ResponseOptions = {}): SipMessage {
  const response = new SipMessage({ status, reason: options.reason ?? reasons[status] ?? 'Unknown' });
  for (const via of request.getAll('via')) response.append('via', via);
  for (const key of ['from', 'to', 'call-id', 'cseq']) response.append(key, request.get(key) ?? '');
  if (status > 100 && request.toTag === undefined) response.set('to', withTag(request.get('to') ?? '', options.tag ?? newTag()));
  addHeaders(response, options.headers);
  response.append('server', gateway);
  if (options.body !== undefined) addSdp(response, options.body);
  return response;
}

export function addHeaders(message: SipMessage, headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) message.append(name.toLowerCase(), value, name);
}

export function addSdp(message: SipMessage, sdp: string): void {
  message.set('content-type', 'application/sdp');
  message.body = Buffer.from(sdp);
}

/** `X-…` and `User-to-User`, named as they came. */
export function customHeaders(message: SipMessage): Record<string, string> {
  const custom = message.headers.filter(({ key }) => key.startsWith('x-') || key === 'user-to-user');
  return Object.fromEntries(custom.map(({ name, value }) => [name, value]));
}

export function newTag(): string {
  return randomBytes(8).toString('hex');
}

export function newBranch(): string {
  return `z9hG4bK${randomBytes(10).toString('hex')}`;
}

/** Ends as Twilio's do. */
export function newCallId(): string {
  return `${randomBytes(16).toString('hex')}@0.0.0.0`;
}
