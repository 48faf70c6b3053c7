// Owns how a file gets to the house: with how far it has come, and with the errors of any other request.
// Called by pages that import, restore, or attach something.
import type { AnyEndpoint, EndpointReply } from '#contract/endpoint.ts';
import { inSession, isAway } from './api.ts';
import { apiAddress } from './place.ts';
import { Problem, problemOf } from './problem.ts';
import { requestPath } from './request.ts';
import type { RequestParts } from './request.ts';

export type UploadOptions = Omit<RequestParts, 'body'> & {
  /** Of the bytes; the file’s own where it is left out. */
  readonly type?: string;
  /** From 0 to 1. */
  readonly progress?: (part: number) => void;
  readonly signal?: AbortSignal;
};

/** Throws a Problem; `CANCELLED` where `signal` ended it. */
export function upload<One extends AnyEndpoint>(
  endpoint: One,
  file: Blob,
  options: UploadOptions = {},
): Promise<EndpointReply<One>> {
  return inSession(() => uploadOnce(endpoint, file, options));
}

function uploadOnce<One extends AnyEndpoint>(
  endpoint: One,
  file: Blob,
  { type = file.type, progress, signal, ...parts }: UploadOptions,
): Promise<EndpointReply<One>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) throw new Problem('CANCELLED', '');
    const request = new XMLHttpRequest();
    request.open(endpoint.method, apiAddress(requestPath(endpoint, parts)));
    request.setRequestHeader('X-GoSIP-Request', '1');
    request.setRequestHeader('Content-Type', type);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => progress?.(total === 0 ? 1 : loaded / total));
    request.addEventListener('load', () => {
      const { status, response } = request;
      const isDone = status === 204 || (status < 300 && response !== null);
      isAway.value = [502, 503, 504].includes(status);
      if (isDone) resolve(response as EndpointReply<One>);
      else reject(problemOf(status < 300 ? 502 : status, response));
    });
    request.addEventListener('error', () => {
      isAway.value = true;
      reject(new Problem('AWAY', ''));
    });
    request.addEventListener('abort', () => reject(new Problem('CANCELLED', '')));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
