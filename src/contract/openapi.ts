import type { z } from 'zod';
import type { AnyEndpoint } from './endpoint.ts';
import { errorReply } from './errors.ts';
import { fileReply, streamReply } from './file.ts';
import { idempotencyHeader, takesIdempotencyKey } from './idempotency.ts';
import { liveEvents } from './live.ts';
import { headersNamed, refusalHeaders, replyHeaders, requestHeaders, requestHeadersNamed } from './openapi-headers.ts';
import { SchemaComponents } from './openapi-schemas.ts';
import type { Json } from './openapi-schemas.ts';
import { refusalsOf, refusalTexts } from './refusals.ts';

/** The OpenAPI 3.1 description of `endpoints`, in the order of their paths. Pure: the same endpoints give the same text. */
export function describeApi(endpoints: readonly AnyEndpoint[], version: string): Json {
  const schemas = new SchemaComponents();
  const paths = new Map<string, Record<string, unknown>>();
  for (const one of endpoints.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    const path = one.path.replace(/:(\w+)/g, '{$1}');
    const operations = paths.get(path) ?? {};
    operations[one.method.toLowerCase()] = describe(one, schemas);
    paths.set(path, operations);
  }
  paths.set('/events', { get: describeEvents(schemas) });
  const error = { content: json(schemas.describe(errorReply, 'output')) };
  const responses = Object.entries(refusalTexts).map(([status, description]) => [
    `Error${status}`,
    { ...error, description, ...refusalHeaders(Number(status)) },
  ]);
  return {
    openapi: '3.1.1',
    info: {
      title: 'GoSIP',
      version,
      description:
        'The API of the house exchange. Times in replies are ISO 8601 in UTC, in requests with any offset; numbers E.164.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Relative to the document: behind Home Assistant's ingress and other proxies a prefix stands before /api.
    servers: [{ url: '../api' }],
    security: [{ token: [] }, { session: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'gosip_session',
          description:
            'The session of a person who signed in. What is not a GET has to come from a page of this server, with a body of JSON or the header X-GoSIP-Request',
        },
      },
      headers: replyHeaders,
      parameters: requestHeaders,
      responses: Object.fromEntries(responses) as Json,
      schemas: schemas.all(),
    },
  };
}

function describe(one: AnyEndpoint, schemas: SchemaComponents): Json {
  const parameters = [
    ...parametersOf('path', one.params, schemas),
    ...parametersOf('query', one.query, schemas),
    ...requestHeadersNamed(conditionsOf(one)),
  ];
  return {
    operationId: one.id,
    summary: one.summary,
    tags: [one.path.split('/')[1] ?? ''],
    'x-access': one.access,
    ...(one.access === 'public' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(one.body === undefined ? {} : { requestBody: { required: true, content: bodyContent(one, one.body, schemas) } }),
    responses: { ...successOf(one, schemas), ...errorsOf(refusalsOf(one)) },
  };
}

/** The headers by which a reply depends on the version that the client has. */
function conditionsOf(one: AnyEndpoint): readonly string[] {
  const { method, reply } = one;
  if (takesIdempotencyKey(one)) return [idempotencyHeader];
  if (reply === fileReply) return ['If-Match', 'If-None-Match', 'If-Range', 'Range'];
  if (reply === streamReply) return [];
  return method === 'GET' ? ['If-None-Match'] : [];
}

function successOf(one: AnyEndpoint, schemas: SchemaComponents): Json {
  const status = String(one.status ?? 200);
  if (status === '204') return { 204: { description: 'Done' } };
  if (one.reply === streamReply) return { 200: { description: 'Done', content: textOf(one.replyTypes ?? []) } };
  const unchanged = { 304: { description: 'Not modified since the version named by If-None-Match', ...headersNamed(['ETag']) } };
  if (one.reply === fileReply) {
    const content = bytesOf(one.replyTypes ?? []);
    return {
      200: { description: 'Done', ...headersNamed(['Accept-Ranges', 'ETag']), content },
      206: { description: 'The range requested by the Range header', ...headersNamed(['Content-Range', 'ETag']), content },
      ...unchanged,
    };
  }
  const content = json(schemas.describe(one.reply, 'output'));
  if (one.method !== 'GET') return { [status]: { description: 'Done', content } };
  return { [status]: { description: 'Done', ...headersNamed(['ETag']), content }, ...unchanged };
}

function bodyContent({ upload }: AnyEndpoint, body: z.ZodType, schemas: SchemaComponents): Json {
  return upload === undefined ? json(schemas.describe(body, 'input')) : bytesOf(upload.types);
}

function textOf(types: readonly string[]): Json {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }]));
}

/** The media type alone would say it too, but generators leave out what has no schema. */
function bytesOf(types: readonly string[]): Json {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
}

function errorsOf(statuses: readonly number[]): Json {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Error${status}` }]));
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined, schemas: SchemaComponents): Json[] {
  if (schema === undefined) return [];
  const shape = schemas.describe(schema, 'input') as { properties?: Json; required?: readonly string[] };
  return Object.entries(shape.properties ?? {}).map(([name, inner]) => ({
    name,
    in: place,
    required: place === 'path' || (shape.required ?? []).includes(name),
    schema: inner,
  }));
}

function describeEvents(schemas: SchemaComponents): Json {
  const events = Object.entries(liveEvents).map(([name, schema]) => [
    name,
    schemas.keep(eventSchemaName(name), schemas.describe(schema, 'output') as object),
  ]);
  return {
    operationId: 'liveEvents',
    summary: 'Live changes as server-sent events: the event field names the fact, the data field is its JSON',
    description:
      'Each event has an id. A client that sends the last one it saw as Last-Event-ID, as EventSource does by itself, is first sent what ' +
      'it missed; where that is no longer kept, or the house was restarted, a `reset` event tells it to read the lists again. Without ' +
      'Last-Event-ID nothing is repeated. A comment every 25 seconds shows that the line is alive. `x-events` names the shape of the data ' +
      'of each event.',
    tags: ['events'],
    'x-access': 'user',
    parameters: requestHeadersNamed(['Last-Event-ID']),
    'x-events': Object.fromEntries(events) as Json,
    responses: {
      200: { description: 'A stream that stays open', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      ...errorsOf([401, 403, 406, 429, 500, 503]),
    },
  };
}

/** `call.started` → `CallStartedEvent`. */
function eventSchemaName(fact: string): string {
  return `${fact.replace(/(?:^|[.-])(\w)/g, (_whole, letter: string) => letter.toUpperCase())}Event`;
}

const json = (schema: unknown): Json => ({ 'application/json': { schema } });
