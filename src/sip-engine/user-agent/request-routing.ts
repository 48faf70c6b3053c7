import type { ProxyOptions } from '../control/app-link.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import type { Protocol } from '../transport/transport.ts';
import { parseUri } from '../message/uri.ts';

/** What is known of a new request when it is routed. Texts are binary strings. */
export type RouteQuestion = {
  readonly method: string;
  readonly uri: string;
  readonly uriUser: string;
  readonly domain: string;
  readonly fromUser: string;
  readonly toUser: string;
  readonly contentType: string;
  readonly protocol: Protocol;
  readonly sourceAddress: string;
};

/** Where it goes: to an application (one with this tag, or any that subscribed to the method), or a response without one. */
export type RouteAction =
  | { readonly kind: 'deliver'; readonly tag?: string }
  | { readonly kind: 'reject'; readonly status: number; readonly reason: string }
  | { readonly kind: 'redirect'; readonly contacts: readonly string[] }
  | { readonly kind: 'proxy'; readonly options: ProxyOptions };

/** Decides in the program that embeds the engine, before any application is involved. Must not throw. */
export type RouteRequest = (question: RouteQuestion) => RouteAction;

export function questionOf({ request, flow }: ServerTransaction): RouteQuestion {
  const uri = parseUri(request.requestUri);
  return {
    method: request.method,
    uri: request.requestUri,
    uriUser: uri?.user ?? '',
    domain: uri?.host ?? '',
    fromUser: parseUri(request.from?.uri ?? '')?.user ?? '',
    toUser: parseUri(request.to?.uri ?? '')?.user ?? '',
    contentType: request.get('content-type') ?? '',
    protocol: flow.protocol,
    sourceAddress: flow.remoteAddress,
  };
}
