import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import type { AnyEndpoint } from './endpoint.ts';
import { describeApi } from './openapi.ts';

function isEndpoint(value: unknown): value is AnyEndpoint {
  return typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'reply' in value;
}

async function allEndpoints(): Promise<AnyEndpoint[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const modules: object[] = await Promise.all(files.map((file) => import(join(import.meta.dirname, file)) as Promise<object>));
  return modules.flatMap((module) => Object.values(module).filter(isEndpoint));
}

type Shape = { readonly [key: string]: unknown };
type Media = { readonly content?: object; readonly headers?: object };
type Operation = { readonly requestBody?: Media; readonly responses: Readonly<Record<string, Media>> };

function replySchema(one: AnyEndpoint): Shape {
  const { paths } = describeApi([one], '0') as { paths: Record<string, Record<string, Operation>> };
  const operation = Object.values(paths)[0]?.[one.method.toLowerCase()];
  return (operation?.responses[String(one.status ?? 200)] ?? {}) as Shape;
}

/** The shapes inside `value` that have no name, with what a generator would call them. */
function inlineShapes(value: unknown, name: string): { name: string; isEnum: boolean }[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => inlineShapes(one, name));
  const { properties = {}, ...rest } = value as Shape & { properties?: Record<string, Shape> };
  const inner = Object.entries(properties).flatMap(([key, shape]) => {
    const called = `${name}${key}`;
    const isEnum = 'enum' in shape || JSON.stringify([shape['anyOf'], shape['items']]).includes('"enum"');
    const own = isEnum || shape['type'] === 'object' ? [{ name: called, isEnum }] : [];
    return [...own, ...inlineShapes(shape, called)];
  });
  return [...inner, ...Object.values(rest).flatMap((one) => inlineShapes(one, name))];
}

describe('the OpenAPI description', () => {
  it('shows every change of the contract', async () => {
    const api = describeApi(await allEndpoints(), '0');
    await expect(`${JSON.stringify(api, null, 2)}\n`).toMatchFileSnapshot('../../docs/openapi.json');
  });

  it('uses each operation id and each method of a path once', async () => {
    const endpoints = await allEndpoints();
    const ids = endpoints.map((one) => one.id);
    const places = endpoints.map((one) => `${one.method} ${one.path}`);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([]);
  });

  it('names every parameter that its path has', async () => {
    for (const one of await allEndpoints()) {
      const named = [...one.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
      const declared = one.params instanceof z.ZodObject ? Object.keys(one.params.shape) : [];
      expect({ id: one.id, params: declared.sort() }).toEqual({
        id: one.id,
        params: named.toSorted((a, b) => a.localeCompare(b)),
      });
    }
  });

  it('points only at shapes that are there', async () => {
    const text = JSON.stringify(describeApi(await allEndpoints(), '0'));
    const { components } = JSON.parse(text) as { components: Record<string, Record<string, unknown>> };
    for (const [, kind = '', name = ''] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
      expect(Object.keys(components[kind] ?? {})).toContain(name);
    }
    expect(text).not.toContain('#/$defs');
  });

  // A generator calls a nameless shape by the names around it, and leaves one of two things out that come to the same name.
  it('gives every enum of a reply a name of its own, so that no client loses a shape', async () => {
    const { components } = describeApi(await allEndpoints(), '0') as { components: { schemas: Record<string, Shape> } };
    const taken = new Set(Object.keys(components.schemas).map((name) => name.toLowerCase()));
    const nameless = Object.entries(components.schemas).flatMap(([name, schema]) => inlineShapes(schema, name));
    expect(nameless.filter(({ isEnum }) => isEnum)).toEqual([]);
    expect(nameless.filter(({ name }) => taken.has(name.toLowerCase()))).toEqual([]);
    const replies = (await allEndpoints()).flatMap((one) => inlineShapes(replySchema(one), one.id));
    expect(replies.filter(({ isEnum }) => isEnum)).toEqual([]);
  });

  it('refuses to give two shapes one name', () => {
    const shape = (fields: z.ZodRawShape) => z.object(fields).meta({ id: 'Same' });
    const one = endpoint({
      id: 'one',
      method: 'GET',
      path: '/one',
      access: 'user',
      summary: '',
      reply: shape({ a: z.string() }),
    });
    const two = endpoint({
      id: 'two',
      method: 'GET',
      path: '/two',
      access: 'user',
      summary: '',
      reply: shape({ b: z.string() }),
    });
    expect(() => describeApi([one, two] as unknown as AnyEndpoint[], '0')).toThrow('Two shapes are called Same');
  });

  it('gives files and uploads a schema, without which generated clients leave them out', async () => {
    const text = JSON.stringify(describeApi(await allEndpoints(), '0'));
    expect(text).not.toMatch(/"[\w.+-]+\/[\w.+-]+":\{\}/);
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
    const bytes = { schema: { type: 'string', format: 'binary' } };
    expect(paths['/mailboxes/{personId}/greeting/audio']?.['put']?.requestBody?.content).toMatchObject({ 'audio/wav': bytes });
    for (const status of ['200', '206']) {
      const file = paths['/voicemails/{id}/audio']?.['get'];
      expect(file?.responses[status]?.content).toEqual({ 'audio/wav': bytes });
      expect(file?.responses[status]?.headers).toHaveProperty('ETag');
    }
  });

  it('finds its endpoints behind a proxy with a prefix', () => {
    const { servers } = describeApi([], '0') as { servers: { url: string }[] };
    const at = new URL(servers[0]?.url ?? '', 'http://house/api/hassio_ingress/x/api/openapi.json');
    expect(at.href).toBe('http://house/api/hassio_ingress/x/api');
  });

  it('names what every refusal carries', () => {
    const { components } = describeApi([], '0') as { components: { responses: Record<string, { headers?: object }> } };
    expect(components.responses['Error401']?.headers).toHaveProperty('WWW-Authenticate');
    for (const status of [429, 503]) expect(components.responses[`Error${status}`]?.headers).toHaveProperty('Retry-After');
    expect(components.responses['Error416']?.headers).toHaveProperty('Content-Range');
  });

  it('moves named shapes into components, and describes input and output apart', () => {
    const shape = z.object({ at: z.iso.datetime(), size: z.number().int().default(1) }).meta({ id: 'Shape' });
    const one = endpoint({
      id: 'one',
      method: 'POST',
      path: '/shapes/:id',
      access: 'public',
      summary: 'One',
      status: 201,
      params: z.object({ id: z.string() }),
      query: z.object({ page: z.coerce.number().int().min(1).default(1) }),
      body: z.strictObject({ name: z.string(), size: z.number().default(2) }),
      reply: z.object({ items: z.array(shape) }),
    });
    const api = describeApi([one as unknown as AnyEndpoint], '1') as {
      paths: Record<string, { post: { parameters: object[]; requestBody: object; responses: object; security: object[] } }>;
      components: { schemas: object };
    };
    const operation = api.paths['/shapes/{id}']?.post;
    expect(operation?.security).toEqual([]);
    expect(operation?.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'page', in: 'query', required: false },
    ]);
    expect(operation?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { required: ['name'], additionalProperties: false } } },
    });
    expect(operation?.responses).toMatchObject({
      201: {
        content: { 'application/json': { schema: { properties: { items: { items: { $ref: '#/components/schemas/Shape' } } } } } },
      },
    });
    expect(api.components.schemas).toMatchObject({
      Shape: { required: ['at', 'size'], properties: { at: { type: 'string', format: 'date-time' }, size: { type: 'integer' } } },
    });
  });
});
