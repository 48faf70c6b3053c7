import type { Json } from './openapi-schemas.ts';

const text = { type: 'string' };

/** Headers of replies, by their names. */
export const replyHeaders: Json = {
  'Accept-Ranges': { description: '`bytes`: the file can be asked for in parts', schema: text },
  'Content-Range': { description: 'Which part this is, such as `bytes 0-99/4000`; `bytes */4000` with 416', schema: text },
  ETag: { description: 'The version of this reply, for If-None-Match', schema: text },
  'Retry-After': { description: 'After how many seconds to try again', schema: { type: 'integer', minimum: 0 } },
  'WWW-Authenticate': { description: '`Bearer`: send an API token', schema: text },
};

/** Headers of requests, by their names. */
export const requestHeaders: Json = {
  'Idempotency-Key': header(
    'Idempotency-Key',
    'Your own name for this request, of 8 to 64 letters, digits and `. : - _`. Sent again with it within an hour, also after the reply was lost, it ' +
      'makes nothing a second time and has the same reply; another request with it is refused by 409. What places a call or sends something is not ' +
      'done again after a restart of the house either, other requests are forgotten then',
  ),
  'If-Match': header('If-Match', 'Answers 412 unless this is the version of the file'),
  'If-None-Match': header('If-None-Match', 'Answers 304 where the reply is still of this version'),
  'If-Range': header('If-Range', 'Takes Range into account only where this is the version of the file'),
  'Last-Event-ID': header('Last-Event-ID', 'The id of the last event that was seen: what came after it is sent first'),
  Range: header('Range', 'One range of bytes, such as `bytes=0-99`'),
};

const headersOfRefusal: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  416: ['Content-Range'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** The headers that come with a refusal of this status. */
export function refusalHeaders(status: number): Json {
  return headersNamed(headersOfRefusal[status] ?? []);
}

/** `headers` of a response. */
export function headersNamed(names: readonly string[]): Json {
  if (names.length === 0) return {};
  return { headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) };
}

/** Parameters of an operation. */
export function requestHeadersNamed(names: readonly string[]): Json[] {
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

function header(name: string, description: string): Json {
  return { name, in: 'header', required: false, description, schema: text };
}
