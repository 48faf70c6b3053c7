import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './errors.ts';

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
  if (type.trim() !== 'application/json') throw new HttpRefusal(415, 'The body must be JSON: Content-Type: application/json');
  const charset = parameters.map((one) => one.trim().replaceAll('"', '')).find((one) => one.startsWith('charset='));
  if (charset !== undefined && charset !== 'charset=utf-8') throw new HttpRefusal(415, 'The body must be in UTF-8');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw new HttpRefusal(415, 'The body must not be compressed');
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const what = error instanceof SyntaxError ? 'The body is not valid JSON' : 'The body is not valid UTF-8';
    throw new HttpRefusal(400, what);
  }
}

// The rest of the body is not read, so the connection cannot carry another request.
function tooLarge(): HttpRefusal {
  return new HttpRefusal(413, 'The body is larger than 1 MiB', { Connection: 'close' });
}
