import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '#testing/free-port.ts';
import { createLog } from '#base/log.ts';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import { parseOptions } from './options.ts';

let app: App;
let folder: string;
let publicUrl: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-webhooks-'));
  const port = await freePort('127.0.0.1');
  publicUrl = `http://127.0.0.1:${port}`;
  const parsed = parseOptions({
    ...{ data_directory: folder, sip_listen: ['udp:127.0.0.1:0'], http_host: '127.0.0.1', http_port: 0 },
    ...{ public_url: publicUrl, public_http_host: '127.0.0.1', public_http_port: port },
  });
  if (parsed.kind === 'problems') throw new Error(parsed.problems.join());
  app = await createApp(parsed.options, { log: createLog({ level: 'silent' }) });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe('the listener that the internet reaches', () => {
  it('has not one endpoint of the API, whoever asks', async () => {
    expect(app.publicHttp?.port).toBe(Number(new URL(publicUrl).port));
    const headers = { authorization: `Bearer ${app.adminToken}` };
    expect((await fetch(`http://127.0.0.1:${app.http.port}/api/system/health`, { headers })).status).toBe(200);
    const paths = app.routes.map(({ endpoint }) => `/api${endpoint.path}`);
    expect(paths.length).toBeGreaterThan(30);
    for (const path of [...paths, '/', '/api/events', '/api/docs', '/api/openapi.json']) {
      const { status } = await fetch(publicUrl + path, { headers });
      expect([path, status]).toEqual([path, 404]);
    }
  });

  it('refuses a webhook that Twilio did not sign, and health says how many', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'guessed' };
    const asked = { method: 'POST', headers, body: 'CallSid=CA1&From=%2B1&To=%2B2' };
    expect((await fetch(`${publicUrl}/api/webhooks/voice/inbound`, asked)).status).toBe(403);
    // The API's own listener has no webhooks.
    expect((await fetch(`http://127.0.0.1:${app.http.port}/api/webhooks/voice/inbound`, asked)).status).toBe(404);
    const admin = { headers: { authorization: `Bearer ${app.adminToken}` } };
    const report = (await (await fetch(`http://127.0.0.1:${app.http.port}/api/system/health`, admin)).json()) as {
      parts: { name: string; message: string }[];
    };
    expect(report.parts.find(({ name }) => name === 'webhooks')?.message).toContain('1 with a wrong signature refused');
  });
});
