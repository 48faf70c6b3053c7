import type { AnyEndpoint } from './endpoint.ts';
import { fileReply } from './file.ts';

/** Every status of a refusal by an endpoint, as the OpenAPI document describes it. */
export const refusalTexts = {
  400: 'The request is not valid; the details name the fields',
  401: 'No valid API token or session',
  403: 'Not allowed for this person, or from this page',
  404: 'Not found, or not for this person',
  406: 'The client does not accept what there is',
  408: 'The request took too long',
  409: 'Conflict with the current state',
  412: 'The file is no longer the version named by If-Match',
  413: 'The body is too large',
  415: 'The body is of another media type, in another character set, or compressed',
  416: 'The requested range is beyond the end',
  429: 'Too many failed logins from this address, or too much is waiting already',
  500: 'Internal error',
  503: 'Temporarily unavailable',
} as const;

export type RefusalStatus = keyof typeof refusalTexts;

/** With what an endpoint may refuse a request. Nothing else is answered: tests hold every reply against it. */
export function refusalsOf(one: AnyEndpoint): readonly RefusalStatus[] {
  const isGuarded = one.access !== 'public' || one.method !== 'GET';
  const when: readonly (readonly [boolean, readonly RefusalStatus[]])[] = [
    [one.method !== 'GET' || one.params !== undefined || one.query !== undefined, [400]],
    [isGuarded, [401, 403]],
    [one.params !== undefined, [404]],
    [one.method !== 'GET', [409]],
    [one.reply === fileReply, [412]],
    [one.body !== undefined, [408, 413, 415]],
    [one.reply === fileReply, [416]],
    [isGuarded, [429]],
  ];
  return [...when.flatMap(([holds, statuses]) => (holds ? statuses : [])), 500, 503];
}
