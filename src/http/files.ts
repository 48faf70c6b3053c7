import { Readable } from 'node:stream';
import type { Context } from 'koa';
import type { ByteRange, FileReply, StreamReply } from '#contract/file.ts';
import { HttpError } from './errors.ts';

/**
 * Answers with a file or the requested range of it (RFC 9110 sections 13 and 14). Throws 412 where If-Match names another version and 416 for
 * a range beyond its end. `fresh` answers a request with `Cache-Control: no-cache`, which is a reload, with the whole file.
 */
export function sendFile(context: Context, file: FileReply): void {
  const etag = `"${file.etag}"`;
  if (!isMatch(context.get('If-Match'), etag)) throw new HttpError(412, 'The file has changed since');
  const requested = requestedRange(context, etag, file.bytes);
  const isKnown = answerIfKnown(context, etag);
  if (requested.kind === 'beyond' && !isKnown) {
    context.remove('ETag');
    throw new HttpError(416, 'The file is shorter than this range', { headers: { 'Content-Range': `bytes */${file.bytes}` } });
  }
  context.set({ 'Accept-Ranges': 'bytes', 'Cache-Control': 'private, no-cache' });
  if (isKnown) return;
  // The type first: `attachment` would guess one from the name.
  context.type = file.contentType;
  context.attachment(file.fileName, { type: file.disposition });
  const range = requested.kind === 'part' ? requested.range : { first: 0, last: file.bytes - 1 };
  if (requested.kind === 'part') {
    context.status = 206;
    context.set('Content-Range', `bytes ${range.first}-${range.last}/${file.bytes}`);
  }
  // Koa answers a HEAD with the length and no body, and would leave an unread stream behind.
  if (context.method !== 'HEAD') context.body = Readable.from(file.read(range), { objectMode: false });
  context.length = range.last - range.first + 1;
}

/** Answers with text or bytes of unknown length. One that cannot be finished breaks the connection off: it must not look whole. */
export function sendStream(context: Context, { contentType, fileName, read }: StreamReply): void {
  context.status = 200;
  context.type = contentType.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType;
  context.attachment(fileName);
  context.set('Cache-Control', 'no-store');
  if (context.method === 'HEAD') return;
  const text = Readable.from(read(), { objectMode: false });
  text.once('error', () => context.res.destroy());
  context.body = text;
}

export type RequestedRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'beyond' };

/** One range of bytes; several, and a malformed one, are answered with the whole file (RFC 9110 section 14.2). */
export function readRange(header: string, bytes: number): RequestedRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  const [, from = '', to = ''] = match ?? [];
  if (from === '' && to === '') return { kind: 'whole' };
  if (from === '') {
    const length = Math.min(Number(to), bytes);
    return length === 0 ? { kind: 'beyond' } : { kind: 'part', range: { first: bytes - length, last: bytes - 1 } };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return { kind: 'whole' };
  if (first >= bytes) return { kind: 'beyond' };
  return { kind: 'part', range: { first, last: to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1) } };
}

/** Names the version of the reply, and answers 304 where the client has it (RFC 9110 section 13.1.2): true then. */
export function answerIfKnown(context: Context, etag: string): boolean {
  context.set('ETag', etag);
  // `fresh` compares only where the status is a success.
  context.status = 200;
  if (!context.fresh) return false;
  context.status = 304;
  return true;
}

/** A range is for GET alone (section 14.2). */
function requestedRange(context: Context, etag: string, bytes: number): RequestedRange {
  if (context.method !== 'GET' || !isRangeValid(context.get('If-Range'), etag)) return { kind: 'whole' };
  return readRange(context.get('Range'), bytes);
}

/** The strong comparison of section 8.8.3.2: a weak tag matches nothing. */
function isMatch(header: string, etag: string): boolean {
  if (header === '' || header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim() === etag);
}

/** A range of another version must not be combined with what the client has. We send no dates, so none can match. */
function isRangeValid(header: string, etag: string): boolean {
  return header === '' || header === etag;
}
