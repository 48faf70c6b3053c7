import type { IncomingMessage } from 'node:http';
import type { UploadRule } from '#contract/endpoint.ts';
import type { Upload } from '#contract/file.ts';
import { HttpError } from './errors.ts';

const maxBodyBytes = 1024 * 1024;

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
export async function readUpload(request: IncomingMessage, { types, aliases = [], maxBytes }: UploadRule): Promise<Upload> {
  const contentType = (request.headers['content-type'] ?? '').toLowerCase().split(';')[0]?.trim() ?? '';
  if (![...types, ...aliases].includes(contentType)) throw new HttpError(415, `The body must be one of ${types.join(', ')}`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) throw new HttpError(400, 'The body is empty');
  return { contentType, bytes };
}

async function readBytes(request: IncomingMessage, maxBytes = maxBodyBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
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
  return new HttpError(413, `The body is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB`, { Connection: 'close' });
}
