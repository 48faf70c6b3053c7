// Owns how a file of the house gets to the panel itself, with how much of it has come.
// Called where it has to be asked for with a body, or goes on to somewhere else; what only is to be saved is a link.
import type { AnyEndpoint } from '#contract/endpoint.ts';
import { inSession, isAway } from './api.ts';
import { apiAddress } from './place.ts';
import { Problem, problemOf } from './problem.ts';
import { requestPath } from './request.ts';
import type { RequestParts } from './request.ts';

export type DownloadOptions = RequestParts & {
  /** Bytes that have come. */
  readonly progress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
};

export type Downloaded = { readonly name: string; readonly content: Blob };

/** Throws a Problem; `CANCELLED` where `signal` ended it, `AWAY` where it broke off before its end. */
export function download(endpoint: AnyEndpoint, options: DownloadOptions): Promise<Downloaded> {
  return inSession(() => downloadOnce(endpoint, options));
}

async function downloadOnce(endpoint: AnyEndpoint, { progress, signal, ...parts }: DownloadOptions): Promise<Downloaded> {
  const { body } = parts;
  try {
    const response = await fetch(apiAddress(requestPath(endpoint, parts)), {
      method: endpoint.method,
      headers: { 'X-GoSIP-Request': '1', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ?? null,
    });
    if (!response.ok) throw problemOf(response.status, await response.json().catch(() => undefined));
    const pieces = await readAll(response, progress);
    return { name: fileName(response), content: new Blob(pieces, { type: response.headers.get('Content-Type') ?? '' }) };
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (signal?.aborted === true) throw new Problem('CANCELLED', '');
    isAway.value = true;
    throw new Problem('AWAY', '');
  }
}

async function readAll(response: Response, progress: DownloadOptions['progress']): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) return pieces;
    pieces.push(value);
    bytes += value.length;
    progress?.(bytes);
  }
}

function fileName(response: Response): string {
  const [, name = 'gosip'] = /filename="?([^";]+)"?/.exec(response.headers.get('Content-Disposition') ?? '') ?? [];
  return name;
}
