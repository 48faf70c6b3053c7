import { z } from 'zod';
import type { AnyEndpoint } from './endpoint.ts';
import { errorReply } from './errors.ts';
import { fileReply } from './file.ts';
import { liveEvents } from './live.ts';

type Json = { readonly [key: string]: unknown };
type Direction = 'input' | 'output';

const errorTexts: Readonly<Record<string, string>> = {
  400: 'The request is not valid; the details name the fields',
  401: 'No valid API token or session',
  403: 'Not allowed for this person',
  404: 'Not found',
  409: 'Conflict with the current state',
  429: 'Too many failed logins from this address',
  500: 'Internal error',
  503: 'Temporarily unavailable',
};

/** The OpenAPI 3.1 description of `endpoints`, in the order of their paths. Pure: the same endpoints give the same text. */
export function describeApi(endpoints: readonly AnyEndpoint[], version: string): Json {
  const schemas = new Map<string, unknown>();
  const paths = new Map<string, Record<string, unknown>>();
  for (const one of endpoints.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    const path = one.path.replace(/:(\w+)/g, '{$1}');
    const operations = paths.get(path) ?? {};
    operations[one.method.toLowerCase()] = describe(one, schemas);
    paths.set(path, operations);
  }
  paths.set('/events', { get: describeEvents(schemas) });
  const error = { description: 'Error', content: json(toSchema(errorReply, 'output', schemas)) };
  return {
    openapi: '3.1.1',
    info: { title: 'GoSIP', version, description: 'The API of the house exchange. Times are ISO 8601 in UTC, numbers E.164.' },
    servers: [{ url: '/api' }],
    security: [{ token: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token' } },
      responses: Object.fromEntries(
        Object.entries(errorTexts).map(([status, description]) => [`Error${status}`, { ...error, description }]),
      ),
      schemas: Object.fromEntries([...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function describe(one: AnyEndpoint, schemas: Map<string, unknown>): Json {
  const status = String(one.status ?? 200);
  const success = status === '204' ? { description: 'Done' } : { description: 'Done', content: replyContent(one, schemas) };
  const parameters = [...parametersOf('path', one.params, schemas), ...parametersOf('query', one.query, schemas)];
  return {
    operationId: one.id,
    summary: one.summary,
    tags: [one.path.split('/')[1] ?? ''],
    'x-access': one.access,
    ...(one.access === 'public' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(one.body === undefined ? {} : { requestBody: { required: true, content: bodyContent(one, one.body, schemas) } }),
    responses: { [status]: success, ...(one.reply === fileReply ? partsOfFile : {}), ...errorsOf(one) },
  };
}

const partsOfFile: Json = {
  206: { description: 'The range requested by the Range header' },
  304: { description: 'Not modified since the version named by If-None-Match' },
  416: { description: 'The requested range is beyond the end' },
};

function replyContent({ reply, replyTypes }: AnyEndpoint, schemas: Map<string, unknown>): Json {
  return replyTypes === undefined ? json(toSchema(reply, 'output', schemas)) : bytesOf(replyTypes);
}

function bodyContent({ upload }: AnyEndpoint, body: z.ZodType, schemas: Map<string, unknown>): Json {
  return upload === undefined ? json(toSchema(body, 'input', schemas)) : bytesOf(upload.types);
}

/** OpenAPI 3.1 describes raw bytes by their media type alone. */
function bytesOf(types: readonly string[]): Json {
  return Object.fromEntries(types.map((type) => [type, {}]));
}

function errorsOf(one: AnyEndpoint): Json {
  const statuses = [
    ...((one.params ?? one.query ?? one.body) ? ['400'] : []),
    ...(one.access === 'public' ? [] : ['401', '429']),
    ...(one.access === 'admin' ? ['403'] : []),
    ...(one.params === undefined ? [] : ['404']),
    ...(one.method === 'GET' ? [] : ['409']),
    '500',
    '503',
  ];
  return Object.fromEntries(statuses.toSorted().map((status) => [status, { $ref: `#/components/responses/Error${status}` }]));
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined, schemas: Map<string, unknown>): Json[] {
  if (schema === undefined) return [];
  const shape = toSchema(schema, 'input', schemas) as { properties?: Json; required?: readonly string[] };
  return Object.entries(shape.properties ?? {}).map(([name, inner]) => ({
    name,
    in: place,
    required: place === 'path' || (shape.required ?? []).includes(name),
    schema: inner,
  }));
}

function describeEvents(schemas: Map<string, unknown>): Json {
  const facts = Object.fromEntries(
    Object.entries(liveEvents).map(([name, schema]) => [name, toSchema(schema, 'output', schemas)]),
  );
  return {
    operationId: 'liveEvents',
    summary: 'Live changes as server-sent events: the event field names the fact, the data field is its JSON',
    tags: ['events'],
    'x-access': 'user',
    'x-events': facts,
    responses: {
      200: { description: 'A stream that stays open', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      401: { $ref: '#/components/responses/Error401' },
      429: { $ref: '#/components/responses/Error429' },
      503: { $ref: '#/components/responses/Error503' },
    },
  };
}

const json = (schema: unknown): Json => ({ 'application/json': { schema } });

/** JSON Schema of `schema`; every part that carries a name moves into `schemas` and is referred to from there. */
function toSchema(schema: z.ZodType, direction: Direction, schemas: Map<string, unknown>): unknown {
  const {
    $schema: _draft,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io: direction,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => shorten(jsonSchema, direction),
  });
  for (const [name, inner] of Object.entries($defs)) keep(name, inner, schemas);
  return typeof root.id === 'string' ? keep(root.id, root, schemas) : pointAtComponents(root);
}

/** Leaves out what tells a reader nothing; a reply may gain fields later, so it does not forbid them. */
function shorten(schema: z.core.JSONSchema.BaseSchema, direction: Direction): void {
  if (schema.format === 'date-time') delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (direction === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
}

function keep(name: string, schema: object, schemas: Map<string, unknown>): Json {
  const { id: _id, ...rest } = schema as Json;
  schemas.set(name, pointAtComponents(rest));
  return { $ref: `#/components/schemas/${name}` };
}

function pointAtComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointAtComponents);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) =>
    key === '$ref' && typeof inner === 'string'
      ? [key, inner.replace('#/$defs/', '#/components/schemas/')]
      : [key, pointAtComponents(inner)],
  );
  return Object.fromEntries(entries);
}
