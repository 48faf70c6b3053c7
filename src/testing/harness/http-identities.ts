import type { ApiClient, Identity } from '#contract/endpoint.ts';
import type { IdentityPorts } from '#http/identity.ts';

/** For handlers that do not look at it. */
export const anyClient: ApiClient = { address: '192.0.2.1', userAgent: 'test' };

/** A server that knows tokens alone, and counts no wrong ones. */
export function tokenPorts(byToken: (token: string) => Identity | undefined): IdentityPorts {
  return { byToken, bySession: () => undefined, wrongTokens: { assertOpen: () => {}, failed: () => {} } };
}
