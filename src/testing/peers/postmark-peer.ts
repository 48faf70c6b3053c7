// Postmark in this process, as far as the house asks it: takes mails, keeps them, finds them by their metadata, and refuses as it is told to.
// Called by the tests of mail.
// Must stay true: it asks for what Postmark asks for (https://postmarkapp.com/developer/api/email-api), and answers as it does.
import { startHttpPeer } from './http-peer.ts';
import type { HttpPeer, PeerAnswer, PeerReply, PeerRequest } from './http-peer.ts';

export type PostmarkMail = {
  readonly From: string;
  readonly To: string;
  readonly Subject: string;
  readonly TextBody: string;
  readonly HtmlBody: string;
  readonly MessageStream: string;
  readonly Headers: readonly { readonly Name: string; readonly Value: string }[];
  readonly Metadata: Readonly<Record<string, string>>;
  readonly Attachments: readonly { readonly Name: string; readonly Content: string; readonly ContentType: string }[];
  readonly TrackOpens: boolean;
  readonly TrackLinks: string;
};

export type PostmarkPeer = AsyncDisposable & {
  readonly http: HttpPeer;
  readonly mails: PostmarkMail[];
  /** For the next mails, in place of taking them. */
  readonly refusals: PeerAnswer[];
  /** Of the server that the token is of. */
  deliveryType: 'Live' | 'Sandbox';
};

export const postmarkToken = '11111111-2222-3333-4444-555555555555';
const maxBytes = 10 * 1024 * 1024;

export async function startPostmarkPeer(): Promise<PostmarkPeer> {
  const http = await startHttpPeer();
  const mails: PostmarkMail[] = [];
  const refusals: PeerAnswer[] = [];
  http.otherwise = (request) => {
    if (request.headers['x-postmark-server-token'] !== postmarkToken)
      return errorOf(401, 10, 'Request does not contain a valid Server token.');
    if (request.method === 'POST' && request.path === '/email') return take(request);
    return find(request.path);
  };
  const take = (request: PeerRequest): ReturnType<Extract<PeerAnswer, (request: PeerRequest) => unknown>> => {
    const refusal = refusals.shift();
    if (refusal !== undefined) return typeof refusal === 'function' ? refusal(request) : refusal;
    if (request.body.length > maxBytes) return errorOf(413, 300, 'The request is too large');
    const mail = JSON.parse(request.body) as PostmarkMail;
    mails.push(mail);
    const accepted = {
      To: mail.To,
      SubmittedAt: '2026-11-30T12:00:00.0000000Z',
      MessageID: `${mails.length}`,
      ErrorCode: 0,
      Message: 'OK',
    };
    return json(200, accepted);
  };
  const find = (path: string): PeerReply => {
    const url = new URL(path, http.url);
    if (url.pathname === '/server') return json(200, { ID: 1, Name: 'House', DeliveryType: peer.deliveryType });
    if (url.pathname === '/message-streams/outbound')
      return json(200, { ID: 'outbound', MessageStreamType: 'Transactional', ArchivedAt: null });
    if (url.pathname === '/message-streams/old')
      return json(200, { ID: 'old', MessageStreamType: 'Transactional', ArchivedAt: '2026-01-01T00:00:00Z' });
    if (url.pathname === '/message-streams/inbound')
      return json(200, { ID: 'inbound', MessageStreamType: 'Inbound', ArchivedAt: null });
    if (url.pathname !== '/messages/outbound') return errorOf(404, 1226, 'The message stream was not found.');
    if (!url.searchParams.has('count') || !url.searchParams.has('offset'))
      return errorOf(422, 601, 'count and offset are required');
    const found = mails.filter(({ Metadata: metadata, MessageStream: stream }) => {
      return (
        metadata['delivery'] === url.searchParams.get('metadata_delivery') && stream === url.searchParams.get('messagestream')
      );
    });
    return json(200, { TotalCount: found.length, Messages: found.map(({ To }) => ({ To: [{ Email: To }], Status: 'Sent' })) });
  };
  const peer: PostmarkPeer = { http, mails, refusals, deliveryType: 'Live', [Symbol.asyncDispose]: () => http.close() };
  return peer;
}

/** As Postmark says what is wrong. */
export function errorOf(status: number, code: number, message: string): PeerReply {
  return json(status, { ErrorCode: code, Message: message });
}

function json(status: number, body: unknown): PeerReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
