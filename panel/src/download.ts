// Owns how a file that has to be asked for with a body gets to the browser, with how much of it has come.
// Called by the page of backups; what has an address of its own is a link.
import type { AnyEndpoint } from '#contract/endpoint.ts';
import { isAway } from './api.ts';
import { apiAddress } from './place.ts';
import { Problem, problemOf } from './problem.ts';
import { requestPath } from './request.ts';

export type DownloadOptions = {
  readonly body: unknown;
  /** Bytes that have come. */
  readonly progress: (bytes: number) => void;
  readonly signal: AbortSignal;
};

export type Downloaded = { readonly name: string; readonly content: Blob };

/** Throws a Problem; `CANCELLED` where `signal` ended it, `AWAY` where it broke off before its end. */
export async function download(endpoint: AnyEndpoint, { body, progress, signal }: DownloadOptions): Promise<Downloaded> {
  try {
    const response = await fetch(apiAddress(requestPath(endpoint, {})), {
      method: endpoint.method,
      headers: { 'X-GoSIP-Request': '1', 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok) throw problemOf(response.status, await response.json().catch(() => undefined));
    const pieces = await readAll(response, progress);
    return { name: fileName(response), content: new Blob(pieces, { type: response.headers.get('Content-Type') ?? '' }) };
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (signal.aborted) throw new Problem('CANCELLED', '');
    isAway.value = true;
    throw new Problem('AWAY', '');
  }
}

async function readAll(response: Response, progress: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) return pieces;
    pieces.push(value);
    bytes += value.length;
    progress(bytes);
  }
}

function fileName(response: Response): string {
  const [, name = 'gosip-backup'] = /filename="?([^";]+)"?/.exec(response.headers.get('Content-Disposition') ?? '') ?? [];
  return name;
}
