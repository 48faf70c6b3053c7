import type { IncomingMessage } from 'node:http';
import { HttpError } from './errors.ts';

export type FormPairs = readonly (readonly [name: string, value: string])[];

const maxFormBytes = 64 * 1024;
/** Twilio sends some fifty. */
const maxPairs = 1_000;

/**
 * The pairs of a form body in their order, duplicates and empty values kept; none where there is no body.
 * Throws 415 for anything but a form, 413 above 64 KiB, 400 for a thousand fields.
 */
export async function readForm(request: IncomingMessage): Promise<FormPairs> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0 && request.headers['transfer-encoding'] === undefined) return [];
  const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded' || encoding !== 'identity') {
    throw new HttpError(415, 'The body must be a form');
  }
  if (length > maxFormBytes) throw tooLarge();
  return parseForm(await readText(request));
}

/** Flat: `a[b]` is a name like any other. What is not valid UTF-8 becomes the replacement character. */
function parseForm(text: string): FormPairs {
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > maxPairs) throw new HttpError(400, 'The form has too many fields');
  return pairs;
}

/** Leaves the rest of a body that is too large unread; ending the stream would take the answer's connection with it. */
function readText(request: IncomingMessage): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const take = (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= maxFormBytes) return;
    request.off('data', take);
    request.pause();
    reject(tooLarge());
  };
  request.on('data', take);
  request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  request.once('error', reject);
  request.once('close', () => reject(new Error('The client disconnected')));
  return promise;
}

function tooLarge(): HttpError {
  return new HttpError(413, 'The body is larger than 64 KiB');
}
