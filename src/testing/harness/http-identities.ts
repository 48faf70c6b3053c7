import type { ApiClient, Identity } from '#contract/endpoint.ts';
import { createRequestView } from '#http/request-view.ts';
import type { ServerView } from '#http/request-view.ts';

/** For handlers that do not look at it. */
export const anyClient: ApiClient = { address: '192.0.2.1', userAgent: 'test' };

/** A server that knows tokens alone, and counts no wrong ones. */
export function tokenView(byToken: (token: string) => Identity | undefined): ServerView {
  const ports = { byToken, bySession: () => undefined, wrongTokens: { assertOpen: () => {}, failed: () => {} } };
  return createRequestView({ ports, proxies: { isTrustedProxy: () => false } });
}
