import type { FetchResult } from '#storage/fetch-result.ts';
import type { TwilioDownload, TwilioRecording } from '#twilio/api/records.ts';

/** Why the house can never have the audio of a recording that Twilio holds or has passed on; undefined where it can. */
export function unavailableReason({
  isEncrypted,
  mediaUrl,
}: Pick<TwilioRecording, 'isEncrypted' | 'mediaUrl'>): FetchResult | undefined {
  if (isEncrypted) {
    const message =
      'The account encrypts its recordings, and only its own key decrypts this one. Switch encryption off for new ones in the Twilio ' +
      'Console (Voice, Settings, Voice recording encryption)';
    return { kind: 'gone', message };
  }
  const host = URL.parse(mediaUrl)?.hostname;
  if (host === undefined || host === 'twilio.com' || host.endsWith('.twilio.com')) return undefined;
  const message =
    `The account stores its recordings in external storage (${host}), where this one is. Switch that off for new ones in the ` +
    'Twilio Console (Voice, Settings, External recording storage)';
  return { kind: 'gone', message };
}

export type PeekedDownload = {
  /** Whether it begins like a WAV file, or too little is there to say. */
  readonly isWav: boolean;
  /** All of it, from the first byte. Throws where the connection breaks. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Closes a connection whose bytes are not wanted. */
  readonly release: () => Promise<void>;
};

/** Reads the first bytes of a download. */
export async function peek({ chunks }: Pick<TwilioDownload, 'chunks'>): Promise<PeekedDownload> {
  const rest = chunks[Symbol.asyncIterator]();
  const first = rest.next();
  const head = await first.then(
    ({ done, value }) => (done === true ? undefined : Buffer.from(value).toString('latin1', 0, 4)),
    () => undefined,
  );
  return {
    isWav: head === undefined || head.length < 4 || head === 'RIFF',
    chunks: replay(first, rest),
    release: async () => void (await rest.return?.()),
  };
}

async function* replay(first: Promise<IteratorResult<Uint8Array>>, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let next = await first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
