import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Koa from 'koa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import { baseOf, PanelFiles } from './panel-files.ts';

type Answer = { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly body: Buffer };

const script = 'console.log("panel")';

describe('the files of the panel', () => {
  let folder: string;
  let port: number;
  let stop: () => void;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gosip-panel-files-'));
    mkdirSync(join(folder, 'dist/assets'), { recursive: true });
    writeFileSync(join(folder, 'secret.js'), 'secret');
    writeFileSync(
      join(folder, 'dist/index.html'),
      '<!doctype html><html><head><title>GoSIP</title><script data-framed src="./assets/early-1.js"></script></head></html>',
    );
    writeFileSync(join(folder, 'dist/assets/app-Ab1_-x.js'), script);
    writeFileSync(join(folder, 'dist/assets/app-Ab1_-x.js.gz'), gzipSync(script));
    writeFileSync(join(folder, 'dist/assets/icon-1.svg'), '<svg/>');
    writeFileSync(join(folder, 'dist/sw.js'), script);
    writeFileSync(join(folder, 'dist/sw.js.gz'), gzipSync(script));
    writeFileSync(join(folder, 'dist/manifest.webmanifest'), '{}');
    writeFileSync(join(folder, 'dist/icon-192.png'), 'png');
    const files = new PanelFiles(join(folder, 'dist'));
    const koa = new Koa();
    koa.use(async (context) => {
      try {
        if (!(await files.answer(context))) context.status = 418;
      } catch (error) {
        context.status = error instanceof AppError && error.code === 'not-found' ? 404 : 500;
      }
    });
    const server = koa.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    stop = () => server.close();
  });
  afterAll(() => {
    stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As it is written: fetch would resolve the dots in it. */
  function ask(path: string, headers: Record<string, string> = { accept: 'text/html,*/*' }, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, headers, method }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      request.on('error', reject);
    });
  }

  it('are a page at every address of the panel, with the way back to its root', async () => {
    for (const [path, base] of [
      ['/', './'],
      ['/calls', './'],
      ['/phones/dev_1', '../'],
      ['/phones/', '../'],
    ] as const) {
      const { status, headers, body } = await ask(path);
      expect({ path, status }).toEqual({ path, status: 200 });
      expect(body.toString()).toContain(`<head><base href="${base}" />`);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-cache');
    }
  });

  it('take over the look of Home Assistant where it is around them, and wait for nothing where it is not', async () => {
    const framed = { accept: 'text/html', 'x-ingress-path': '/api/hassio_ingress/abc' };
    expect((await ask('/', framed)).body.toString()).toContain('./assets/early-1.js');
    const own = (await ask('/')).body.toString();
    expect(own).toContain('<title>GoSIP</title>');
    expect(own).not.toContain('<script');
  });

  it('let no script run but their own, and no other site frame them', async () => {
    const policy = String((await ask('/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).toContain("worker-src 'self'; manifest-src 'self'");
    expect(policy).toMatch(/trusted-types lit-html gosip-worker$/);
    expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
  });

  it('are not sent again while they are the same', async () => {
    const { headers } = await ask('/');
    expect((await ask('/', { 'if-none-match': String(headers['etag']) })).status).toBe(304);
  });

  it('are kept for ever where their name holds their content, compressed where that is understood', async () => {
    const plain = await ask('/assets/app-Ab1_-x.js');
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toBe(script);
    const compressed = await ask('/assets/app-Ab1_-x.js', { 'accept-encoding': 'gzip, br' });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(compressed.body).toString()).toBe(script);
    const alone = await ask('/assets/icon-1.svg', { 'accept-encoding': 'gzip' });
    expect(alone.headers['content-encoding']).toBeUndefined();
    expect(alone.headers['content-type']).toBe('image/svg+xml; charset=utf-8');
  });

  it('are asked for each time where their name stays the same: the service worker, the manifest, its icons', async () => {
    const worker = await ask('/sw.js', { 'accept-encoding': 'gzip' });
    expect(worker.headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' });
    expect(gunzipSync(worker.body).toString()).toBe(script);
    // Its scope is the folder that it is in: nothing need widen it.
    expect(worker.headers['service-worker-allowed']).toBeUndefined();
    expect(worker.headers['content-security-policy']).toMatch(/^default-src 'none'; connect-src 'self'; require-trusted/);
    expect((await ask('/sw.js', { 'if-none-match': String((await ask('/sw.js')).headers['etag']) })).status).toBe(304);
    expect((await ask('/manifest.webmanifest')).headers['content-type']).toBe('application/manifest+json; charset=utf-8');
    expect((await ask('/icon-192.png')).headers['content-type']).toBe('image/png');
    expect((await ask('/icon-193.png')).status).toBe(418);
  });

  it.each([
    '/assets/../../secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '/assets/.built-from',
    '/assets//app-Ab1_-x.js',
    '/../secret.js',
    '/assets/app-Ab1_-x.js%00',
  ])('are nothing else: %s', async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBeGreaterThanOrEqual(404);
    expect(body.toString()).not.toContain('secret');
  });

  it('leave the API, other methods, and who wants no page to the rest', async () => {
    for (const [path, headers, method] of [
      ['/api/nothing', { accept: 'text/html' }, 'GET'],
      ['/api', { accept: 'text/html' }, 'GET'],
      ['/calls', { accept: 'application/json' }, 'GET'],
      ['/calls', { accept: 'text/html' }, 'POST'],
      ['/robots.txt', { accept: 'text/html' }, 'GET'],
    ] as const) {
      expect({ path, method, status: (await ask(path, headers, method)).status }).toEqual({ path, method, status: 418 });
    }
    expect((await ask('/assets/gone-1.js')).status).toBe(404);
  });

  it('say what to do before the panel is built', async () => {
    const context = { method: 'GET', path: '/', get: () => 'text/html' } as unknown as Koa.Context;
    await expect(new PanelFiles(join(folder, 'nowhere')).answer(context)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The panel is not built: run script/build-panel',
    });
  });

  it('find their root from any depth', () => {
    expect([baseOf('/'), baseOf('/a'), baseOf('/a/b'), baseOf('/a/b/c')]).toEqual(['./', './', '../', '../../']);
  });
});
