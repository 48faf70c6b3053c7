import type { IncomingMessage } from 'node:http';
import type { Clock } from '#base/clock.ts';
import type { UploadRule } from '#contract/endpoint.ts';
import type { StreamUpload, Upload } from '#contract/file.ts';
import { because } from '#contract/refusal-reasons.ts';
import { HttpError } from './errors.ts';

const maxBodyBytes = 1024 * 1024;
const bodyTimeoutMs = 30_000;

/** Rejects with 408 where a body that is held in memory takes too long to come. */
export async function inTime<Body>(body: Promise<Body>, clock: Clock): Promise<Body> {
  const late = Promise.withResolvers<never>();
  const timer = clock.after(bodyTimeoutMs, () =>
    late.reject(
      new HttpError(408, 'The request took too long', { headers: { Connection: 'close' }, ...because('request-slow') }),
    ),
  );
  try {
    return await Promise.race([body, late.promise]);
  } finally {
    timer.cancel();
  }
}

/**
 * The JSON body of a request; `undefined` where it has none.
 * Throws 415 for anything but JSON in UTF-8, 413 above 1 MiB, 400 for text that is not JSON.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0 && request.headers['transfer-encoding'] === undefined) return undefined;
  checkType(request);
  if (length > maxBodyBytes) throw tooLarge();
  return parse(await readBytes(request));
}

function checkType(request: IncomingMessage): void {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (type.trim() !== 'application/json') throw new HttpError(415, 'The body must be JSON: Content-Type: application/json');
  const charset = parameters.map((one) => one.trim().replaceAll('"', '')).find((one) => one.startsWith('charset='));
  if (charset !== undefined && charset !== 'charset=utf-8') throw new HttpError(415, 'The body must be in UTF-8');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw new HttpError(415, 'The body must not be compressed');
}

/** The whole body of an upload. Throws 415 for a media type that is neither accepted nor an alias, 413 above `maxBytes`, 400 for an empty one. */
export async function readUpload(request: IncomingMessage, rule: UploadRule): Promise<Upload> {
  const contentType = checkUpload(request, rule);
  const bytes = await readBytes(request, rule.maxBytes);
  if (bytes.length === 0) throw new HttpError(400, 'The body is empty', because('file-empty'));
  return { contentType, bytes };
}

/** The body of an upload that is too large for the memory. Throws 415 and 413; reading it throws 413 above `maxBytes`. */
export function streamUploaded(request: IncomingMessage, rule: UploadRule): StreamUpload {
  const contentType = checkUpload(request, rule);
  const length = request.headers['content-length'];
  return {
    contentType,
    expectedBytes: length === undefined ? undefined : Number(length),
    read: () => limited(request as AsyncIterable<Buffer>, rule.maxBytes),
  };
}

function checkUpload(request: IncomingMessage, { types, aliases = [], maxBytes }: UploadRule): string {
  const contentType = (request.headers['content-type'] ?? '').toLowerCase().split(';')[0]?.trim() ?? '';
  if (![...types, ...aliases].includes(contentType))
    throw new HttpError(415, `The body must be one of ${types.join(', ')}`, because('file-type'));
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return contentType;
}

async function* limited(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

async function readBytes(request: IncomingMessage, maxBytes = maxBodyBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of limited(request as AsyncIterable<Buffer>, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const what = error instanceof SyntaxError ? 'The body is not valid JSON' : 'The body is not valid UTF-8';
    throw new HttpError(400, what);
  }
}

// The rest of the body stays unread, so the connection cannot carry another request.
function tooLarge(maxBytes = maxBodyBytes): HttpError {
  const megabytes = Math.round(maxBytes / 1024 / 1024);
  const facts = because('file-too-large', { megabytes });
  return new HttpError(413, `The body is larger than ${megabytes} MiB`, { headers: { Connection: 'close' }, ...facts });
}
