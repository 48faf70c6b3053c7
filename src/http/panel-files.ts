// Owns how the built panel reaches a browser: its page at every address that is no file, and the files that the page names.
// Called by the listeners of the API and of Home Assistant's ingress; app says where the built panel is.
// Must stay true: nothing outside the folder can be named, and the page runs no script but its own files.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Context } from 'koa';
import { AppError } from '#base/errors.ts';
import { answerIfKnown } from './files.ts';

/** The page may be framed by Home Assistant, which has the same origin through ingress, lit needs its policy for templates, and the worker’s address one of its own. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  // What was recorded in the page is heard before it is saved.
  "media-src 'self' blob:",
  "connect-src 'self'",
  // What shows notifications, and what a phone asks for that puts the panel on its home screen.
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html gosip-worker',
].join('; ');

const pageHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Frame-Options': 'SAMEORIGIN',
};

/** The service worker asks the house, and runs nothing else. */
const workerHeaders = {
  'Content-Security-Policy': "default-src 'none'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
};

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

/** Beside the page, each under one name for ever. */
const besidePage = /^\/([a-z][a-z0-9-]*\.(?:js|png|webmanifest))$/;

export class PanelFiles {
  readonly #folder: string;

  /** `folder`: with the page `index.html` and the files of `assets/`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** False where the address is none of the panel's. Throws `not-found` for a file that is not there, `unavailable` before it is built. */
  async answer(context: Context): Promise<boolean> {
    const { method, path } = context;
    if ((method !== 'GET' && method !== 'HEAD') || path === '/api' || path.startsWith('/api/')) return false;
    const name = /^\/assets\/(\w[\w.-]*)$/.exec(path)?.[1];
    const beside = besidePage.exec(path)?.[1];
    if (name !== undefined) await this.#sendFile(context, name);
    else if (beside !== undefined) return await this.#sendBeside(context, beside);
    else if (isPageAddress(context)) await this.#sendPage(context);
    else return false;
    return true;
  }

  /** Its name holds the hash of what is in it. */
  async #sendFile(context: Context, name: string): Promise<void> {
    const type = types[extname(name)];
    if (type === undefined) throw new AppError('not-found', `There is nothing at ${context.path}`);
    const bytes = await this.#read(join('assets', name), context);
    if (bytes === undefined) throw new AppError('not-found', `There is nothing at ${context.path}`);
    context.set('Content-Type', type);
    context.set('Cache-Control', 'public, max-age=31536000, immutable');
    context.body = bytes;
  }

  /** The service worker, the manifest and its icons: asked for again each time, for the name does not say whether it changed. */
  async #sendBeside(context: Context, name: string): Promise<boolean> {
    const bytes = await this.#read(name, context);
    if (bytes === undefined) return false;
    if (extname(name) === '.js') context.set(workerHeaders);
    context.set('Content-Type', types[extname(name)] ?? '');
    context.set('Cache-Control', 'no-cache');
    if (!answerIfKnown(context, etagOf(bytes))) context.body = bytes;
    return true;
  }

  async #sendPage(context: Context): Promise<void> {
    const file = await readFile(join(this.#folder, 'index.html'), 'utf8').catch(absent);
    if (file === undefined) throw new AppError('unavailable', 'The panel is not built: run script/build-panel');
    const page = Buffer.from(pageFor(context, file));
    context.set(pageHeaders);
    context.set('Cache-Control', 'no-cache');
    context.set('Content-Type', 'text/html; charset=utf-8');
    if (!answerIfKnown(context, etagOf(page))) context.body = page;
  }

  async #read(path: string, context: Context): Promise<Buffer | undefined> {
    const file = join(this.#folder, path);
    context.set('Vary', 'Accept-Encoding');
    if (context.acceptsEncodings('gzip', 'identity') !== 'gzip') return readFile(file).catch(absent);
    const compressed = await readFile(`${file}.gz`).catch(absent);
    if (compressed === undefined) return readFile(file).catch(absent);
    context.set('Content-Encoding', 'gzip');
    return compressed;
  }
}

/** The look of Home Assistant is taken over before anything is painted; on its own port there is none, and the page is sooner there without. */
function pageFor(context: Context, file: string): string {
  const isFramed = context.get('X-Ingress-Path') !== '';
  const scripts = isFramed ? file : file.replace(/<script data-framed [^>]*><\/script>/, '');
  return scripts.replace('<head>', `<head><base href="${baseOf(context.path)}" />`);
}

/** Pages of the panel have no extension; a program that asks for JSON is told that there is nothing. */
function isPageAddress(context: Context): boolean {
  if (context.path === '/') return true;
  const isPath = /^(?:\/[^/.]+)+\/?$/.test(context.path);
  return isPath && context.get('Accept').includes('text/html');
}

/** From the page's address back to the panel's root, whatever prefix a proxy has in front of it. */
export function baseOf(path: string): string {
  const depth = path.split('/').length - 2;
  return depth === 0 ? './' : '../'.repeat(depth);
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('sha1').update(bytes).digest('base64url')}"`;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
