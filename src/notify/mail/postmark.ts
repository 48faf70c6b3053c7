// Owns how a mail goes by Postmark's API (https://postmarkapp.com/developer/api/email-api), and how it is asked what it has.
// Called by mail-channel.ts.
// Must stay true: the server token is in a header alone, and in nothing that is kept or shown.
import type { PostmarkSettings } from '#contract/mail-settings.ts';
import type { Fence } from '../fence/fence.ts';
import { fencedFetch } from '../fence/fenced-fetch.ts';
import type { FencedRequest, FencedResult } from '../fence/fenced-request.ts';
import type { Attempt, CheckResult, Delivery, Outcome } from '../kinds/channel.ts';
import { noAttachments } from './fitting.ts';
import { closeMail, mailHeaders, mailOf } from './mail.ts';
import type { Mail, OpenAttachment, Render } from './mail.ts';
import { isArrived, isRefusedForAttachments, postmarkOutcome, postmarkSteps } from './postmark-outcome.ts';

export type Postmark = {
  readonly settings: PostmarkSettings;
  readonly token: string;
  readonly fence: Fence;
  readonly render: Render;
  readonly server: PostmarkServer;
};

/** Another one only for tests. */
export type PostmarkServer = { readonly url: string; readonly isOwnNetwork: boolean };

export const postmarkServer: PostmarkServer = { url: 'https://api.postmarkapp.com', isOwnNetwork: false };

/** It takes 10 MB with everything, and base64 makes 4 bytes of 3. */
const maxBytesOfAll = 7_000_000;
/** A recording takes its time on a slow line. */
const sendMs = 60_000;

/** Never rejects. */
export async function sendByPostmark(postmark: Postmark, delivery: Delivery, attempt: Attempt): Promise<Outcome> {
  const maxBytes = Math.min(postmark.settings.maxAttachmentBytes, maxBytesOfAll);
  const outcome = await sendOnce(postmark, delivery, { attempt, maxBytes });
  if (!isRefusedForAttachments(outcome)) return outcome;
  // Without what is attached it says where to find it: better than no mail at all.
  const again = await sendOnce(postmark, delivery, { attempt, maxBytes: noAttachments });
  return again.kind === 'delivered' && outcome.kind === 'permanent'
    ? { ...again, note: `Without attachments: ${outcome.detail}` }
    : again;
}

/** Whether it has a mail of this delivery. */
export async function lookUpAtPostmark(postmark: Postmark, delivery: Delivery, signal: AbortSignal) {
  const { messageStream } = postmark.settings;
  const query = new URLSearchParams({ count: '1', offset: '0', messagestream: messageStream, metadata_delivery: delivery.id });
  return isArrived(await ask(postmark, { path: `/messages/outbound?${query.toString()}` }, { signal }));
}

/** Sends nothing. Whether the sender is confirmed it says only when something is sent. */
export async function checkPostmark(postmark: Postmark, signal: AbortSignal): Promise<CheckResult> {
  const token = await ask(postmark, { path: '/server' }, { signal });
  const isRight = token.kind === 'replied' && token.status === 200;
  const path = `/message-streams/${encodeURIComponent(postmark.settings.messageStream)}`;
  const stream = isRight ? await ask(postmark, { path }, { signal }) : undefined;
  return { steps: postmarkSteps(token, stream) };
}

type Once = { readonly attempt: Attempt; readonly maxBytes: number };

async function sendOnce(postmark: Postmark, delivery: Delivery, { attempt, maxBytes }: Once): Promise<Outcome> {
  const { settings, render, fence } = postmark;
  const mail = await mailOf(delivery, settings, { render, maxBytes });
  try {
    const body = JSON.stringify(await bodyOf(mail, settings, delivery));
    const result = await ask(postmark, { path: '/email', method: 'POST', body }, attempt);
    return postmarkOutcome(result, summaryOf(mail, settings), fence.clock.now());
  } catch (error) {
    return { kind: 'temporary', reason: 'unexpected', detail: `The mail could not be read: ${(error as Error).message}` };
  } finally {
    closeMail(mail);
  }
}

async function bodyOf(mail: Mail, settings: PostmarkSettings, delivery: Delivery): Promise<unknown> {
  const headers = { ...mailHeaders, 'Message-ID': mail.messageId, References: mail.references, 'X-PM-KeepID': 'true' };
  return {
    ...{ From: addressed(mail.from), To: mail.to },
    ...{ Subject: mail.subject, TextBody: mail.text, HtmlBody: mail.html },
    MessageStream: settings.messageStream,
    Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
    Metadata: { delivery: delivery.id },
    Attachments: await Promise.all(mail.attachments.map(attached)),
    // Nobody is watched while they read, and a link leads where it says.
    ...{ TrackOpens: false, TrackLinks: 'None' },
  };
}

async function attached({ name, contentType, content }: OpenAttachment): Promise<unknown> {
  return { Name: name, ContentType: contentType, Content: Buffer.concat(await content.toArray()).toString('base64') };
}

function addressed({ name, address }: Mail['from']): string {
  return name === '' ? address : `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}" <${address}>`;
}

type Asked = Pick<FencedRequest, 'method' | 'body'> & { readonly path: string };

async function ask(
  { token, fence, server }: Postmark,
  { path, ...asked }: Asked,
  attempt: Pick<Attempt, 'signal'> & Partial<Attempt>,
) {
  const request: FencedRequest = {
    ...asked,
    url: `${server.url}${path}`,
    headers: { accept: 'application/json', 'content-type': 'application/json', 'x-postmark-server-token': token },
    allowsOwnNetwork: server.isOwnNetwork,
    limits: { totalMs: asked.body === undefined ? 15_000 : sendMs },
  };
  const commit = attempt.commit === undefined ? {} : { commit: () => attempt.commit?.() };
  return (await fencedFetch(request, { ...fence, signal: attempt.signal, ...commit })) satisfies FencedResult;
}

function summaryOf({ from, to, messageId, attachments }: Mail, { messageStream }: PostmarkSettings): string {
  return [
    `POST /email (${messageStream})`,
    `From: ${from.address}`,
    `To: ${to}`,
    `Message-ID: ${messageId}`,
    `Attachments: ${attachments.map(({ name, bytes }) => `${name} (${bytes} bytes)`).join(', ') || 'none'}`,
  ].join('\n');
}
