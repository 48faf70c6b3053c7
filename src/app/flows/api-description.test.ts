import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { createLog } from '#base/log.ts';
import type { AnyEndpoint } from '#contract/endpoint.ts';
import { parseOptions } from '#options/options.ts';

type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, unknown>> }>>>>;
};

describe('every endpoint of a house', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gosip-api-'));
  const description = JSON.parse(readFileSync(join(import.meta.dirname, '../../../docs/openapi.json'), 'utf8')) as Description;
  let app: App;
  let userToken = '';

  beforeAll(async () => {
    const read = parseOptions({
      data_directory: folder,
      sip_listen: ['udp:127.0.0.1:0'],
      http_host: '127.0.0.1',
      http_port: 0,
      media: 'direct',
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    app = await createApp(read.options, { log: createLog({ level: 'silent' }), isReplyStrict: true });
    const post = async (path: string, body: object) => {
      const response = await ask('POST', path, { token: app.adminToken, body: JSON.stringify(body) });
      return (await response.json()) as { id: string; token: string };
    };
    const { id } = await post('/users', { username: 'sara', name: 'Sara' });
    ({ token: userToken } = await post('/api-tokens', { name: 'Sara', personId: id }));
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  type Sent = { readonly token?: string | undefined; readonly body?: string; readonly type?: string };

  function ask(method: string, path: string, { token, body, type = 'application/json' }: Sent): Promise<Response> {
    return fetch(`http://127.0.0.1:${app.http.port}/api${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': type }),
      },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The status of one request, and whether the description names it. */
  async function statusOf(one: AnyEndpoint, sent: Sent): Promise<{ status: number; isDescribed: boolean }> {
    const response = await ask(one.method, one.path.replaceAll(/:\w+/g, 'nobody'), sent);
    // The words of a fault name what is not described.
    if (response.status === 500) throw new Error(`${one.id}: ${await response.text()}`);
    await response.arrayBuffer();
    const operation = description.paths[one.path.replaceAll(/:(\w+)/g, '{$1}')]?.[one.method.toLowerCase()];
    return { status: response.status, isDescribed: Object.keys(operation?.responses ?? {}).includes(String(response.status)) };
  }

  const endpoints = () => app.routes.map((route) => route.endpoint);

  it('answers a stranger by what its description says', async () => {
    for (const one of endpoints().filter(({ access }) => access !== 'public')) {
      expect({ id: one.id, ...(await statusOf(one, {})) }).toEqual({ id: one.id, status: 401, isDescribed: true });
    }
  });

  it('answers a user by what its description says, also where it is for administrators', async () => {
    for (const one of endpoints()) {
      const { status, isDescribed } = await statusOf(one, { token: userToken });
      expect({ id: one.id, isDescribed }).toEqual({ id: one.id, isDescribed: true });
      if (one.access === 'admin') expect({ id: one.id, status }).toEqual({ id: one.id, status: 403 });
    }
  });

  it('answers a body of another media type by what its description says', async () => {
    for (const one of endpoints().filter(({ body }) => body !== undefined)) {
      const answer = await statusOf(one, { token: app.adminToken, body: 'name=x', type: 'application/x-www-form-urlencoded' });
      expect({ id: one.id, ...answer }).toEqual({ id: one.id, status: 415, isDescribed: true });
    }
  });

  it('answers a body without end by what its description says', async () => {
    for (const one of endpoints().filter(({ body, upload }) => body !== undefined && upload === undefined)) {
      const answer = await statusOf(one, { token: app.adminToken, body: ' '.repeat(2 * 1024 * 1024) });
      expect({ id: one.id, ...answer }).toEqual({ id: one.id, status: 413, isDescribed: true });
    }
  });

  it('answers what it cannot make sense of by what its description says', async () => {
    for (const one of endpoints()) {
      const answer = await statusOf(one, {
        token: app.adminToken,
        ...(one.body === undefined ? {} : { body: '{"colour":"blue"}' }),
      });
      expect({ id: one.id, ...answer }).toMatchObject({ id: one.id, isDescribed: true });
    }
  });
});
