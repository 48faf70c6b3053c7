import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { MediaId, MessageId, NewId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { StoredFile } from '#storage/file-store.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { MediaFiles } from './media-files.ts';
import type { MediaStore } from './media-store.ts';
import type { MediaItem } from './message.ts';

export type MessageMediaDeps = {
  readonly store: MediaStore;
  readonly files: MediaFiles;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
};

/** Twilio's limits: 5 MB in all; 500 kB for anything but JPEG, PNG and GIF. */
const maxUploadBytes = 5_000_000;
const maxNonImageBytes = 500_000;
const images = new Set(['image/jpeg', 'image/png', 'image/gif']);
/** Detected types that Twilio does not send. */
const unsendable = new Set([
  'application/octet-stream',
  'application/smil',
  'text/plain',
  'audio/aac',
  'image/avif',
  'image/heic-sequence',
  'image/heif',
  'image/heif-sequence',
]);
/** Longer than a message waits in the outbox. */
const publicMs = 6 * 3_600_000;
const orphanMaxAgeMs = 24 * 3_600_000;
const sweepMs = 3_600_000;

/** The media of outbound messages, and of inbound ones once they are stored. */
export class MessageMedia {
  readonly #deps: MessageMediaDeps;
  #sweeping: Timer | undefined;

  constructor(deps: MessageMediaDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { store, files, clock } = this.#deps;
    await files.sweep((name) => store.byId(name) !== undefined);
    this.#sweeping = clock.every(sweepMs, () => void this.#sweepOrphans());
  }

  stop(): void {
    this.#sweeping?.cancel();
  }

  /** Stores a file for a message that is being written. Throws `invalid` for one that no message can carry. */
  async upload(bytes: Uint8Array, uploadedBy: PersonId | undefined): Promise<MediaItem> {
    const { store, files, writes, clock, newId } = this.#deps;
    const id: MediaId = newId('med');
    const result = await files.store({ name: id, chunks: [bytes], bytes: bytes.length, maxBytes: maxUploadBytes });
    if (result.kind === 'too-large') throw new AppError('invalid', 'A message carries 5 MB at most', because('media-too-large'));
    if (result.kind !== 'stored') throw new AppError('unavailable', 'The file could not be stored', because('disk-full'));
    const problem = uploadProblem(result);
    if (problem !== undefined) {
      await files.delete(id);
      throw new AppError('invalid', problem, because('file-unsendable'));
    }
    return await writes.write(() => {
      store.insertUpload({ id, contentType: result.contentType, bytes: result.bytes, uploadedBy, at: clock.now() });
      const media = store.byId(id);
      if (media === undefined) throw new Error('Upload missing right after it was stored');
      return media;
    });
  }

  /** Synchronous SQL: attaches uploads to a message, each with a public token. Throws `invalid` where one does not exist. */
  attach(ids: readonly MediaId[], messageId: MessageId, isTheirs: (media: MediaItem) => boolean): void {
    const { store, clock } = this.#deps;
    let bytes = 0;
    for (const [position, id] of ids.entries()) {
      const media = store.byId(id);
      if (media === undefined || media.messageId !== undefined || !isTheirs(media)) {
        const details = [{ field: 'media', message: 'must be uploaded first, and can be sent once' }];
        throw new AppError('invalid', 'There is no such upload', { details, ...because('no-such-upload') });
      }
      bytes += media.bytes ?? 0;
      store.attach(id, messageId, position);
      store.publish(id, randomBytes(32).toString('base64url'), clock.now() + publicMs);
    }
    if (bytes > maxUploadBytes) throw new AppError('invalid', 'A message carries 5 MB at most', because('media-too-large'));
  }

  /** The n-th (from 0) of a message, once it is stored. */
  async file(messageId: MessageId, position: number): Promise<(StoredFile & { readonly media: MediaItem }) | undefined> {
    const media = this.#deps.store.atPosition(messageId, position);
    if (media?.state !== 'stored') return undefined;
    const file = await this.#deps.files.read(media.id);
    return file === undefined ? undefined : { ...file, media };
  }

  /** The file that Twilio may fetch under this token now. */
  async publicMedia(token: string): Promise<{ readonly contentType: string; readonly bytes: Uint8Array } | undefined> {
    const { store, files, clock } = this.#deps;
    const media = store.byToken(token, clock.now());
    if (media?.contentType === undefined) return undefined;
    const bytes = await files.readWhole(media.id);
    return bytes === undefined ? undefined : { contentType: media.contentType, bytes };
  }

  async #sweepOrphans(): Promise<void> {
    const { store, files, writes, clock, log } = this.#deps;
    try {
      const orphans = store.orphansBefore(clock.now() - orphanMaxAgeMs);
      await writes.write(() => {
        for (const { id } of orphans) if (store.byId(id)?.messageId === undefined) store.delete(id);
      });
      for (const { id } of orphans) if (store.byId(id) === undefined) await files.delete(id);
    } catch (error) {
      log.warn({ err: error }, 'Unsent uploads not removed');
    }
  }
}

function uploadProblem({ contentType, bytes }: { readonly contentType: string; readonly bytes: number }): string | undefined {
  if (unsendable.has(contentType)) return 'This kind of file cannot be sent in a message';
  if (bytes > maxNonImageBytes && !images.has(contentType)) return 'Only JPEG, PNG and GIF may be larger than 500 kB';
  return undefined;
}
