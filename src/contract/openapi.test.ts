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
