import { blocked } from './fence.ts';
import type { FenceFailure } from './fence.ts';
import type { FencedReply, FencedRequest } from './fenced-request.ts';

/** What may go along to another server: nothing that was meant for the first one. */
const keptElsewhere = new Set(['accept', 'user-agent']);

/** The request that a reply asks for instead; undefined where it asks for none. Where it leads is checked as that of any request is. */
export function redirected(request: FencedRequest, { status, headers }: FencedReply): FencedRequest | FenceFailure | undefined {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  if ((request.method ?? 'GET') !== 'GET') return blocked('What is sent is not sent on to another address', 'redirect-refused');
  const from = new URL(request.url);
  const to = URL.parse(location, request.url);
  if (to === null) return blocked('The redirect leads to no address', 'redirect-refused');
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    return blocked('The redirect leads to where nothing is encrypted', 'redirect-refused');
  if (to.origin === from.origin) return { ...request, url: to.href };
  const kept = Object.entries(request.headers ?? {}).filter(([name]) => keptElsewhere.has(name.toLowerCase()));
  return { ...request, url: to.href, headers: Object.fromEntries(kept) };
}
