import type { MediaSource } from '#messages/ports.ts';
import type { FetchResult } from '#storage/fetch-result.ts';
import type { TwilioConnection } from '#twilio/api/connection.ts';
import type { TwilioFailure } from '#twilio/api/result.ts';

/** The media of inbound messages, from Twilio. */
export function mediaSource(connection: Pick<TwilioConnection, 'request'>): MediaSource {
  return {
    fetch: async (url) => {
      const result = await connection.request((client) => client.fetchMedia(url));
      if (result.kind !== 'ok') return toFetch(result);
      return { kind: 'ok', bytes: result.value.length, chunks: result.value.chunks };
    },
    list: async (messageSid) => {
      const result = await connection.request((client) => client.listMedia(messageSid));
      return result.kind === 'ok' ? result.value.map(({ url }) => url) : undefined;
    },
  };
}

function toFetch({ kind, status, message, retryAfterSeconds }: TwilioFailure): FetchResult {
  if (kind !== 'refused') return { kind: 'later', message, retryAfterSeconds };
  if (status === 404) return { kind: 'not-yet', message: 'Twilio does not have it' };
  // Wrong credentials may be corrected later.
  return status === 401 || status === 403 ? { kind: 'later', message } : { kind: 'gone', message };
}
