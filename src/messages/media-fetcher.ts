import type { Clock } from '#base/clock.ts';
import { DueWork } from '#base/due-work.ts';
import type { MessageId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { FetchResult } from '#storage/fetch-result.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { MediaFiles, MediaStoreResult } from './media-files.ts';
import type { MediaStore } from './media-store.ts';
import type { MediaItem } from './message.ts';
import type { MediaSource } from './ports.ts';

export type MediaFetcherDeps = {
  readonly store: MediaStore;
  readonly files: MediaFiles;
  readonly writes: WriteBatch;
  readonly source: MediaSource;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after the commit, when media were stored or given up. */
  readonly onSettled: (messageId: MessageId) => void;
};

/** Carriers accept about 5 MB. */
const maxMediaBytes = 16 * 1024 * 1024;
const maxAbsences = 7;
const maxAttempts = 60;
const maxDelayMs = 3_600_000;
const afterFaultMs = 30_000;

export type MediaFetchDecision =
  | { readonly kind: 'stored'; readonly contentType: string; readonly bytes: number }
  | { readonly kind: 'postpone'; readonly delayMs: number; readonly problem: string }
  | { readonly kind: 'lost'; readonly problem: string };

type Outcome = Exclude<FetchResult, { kind: 'ok' }> | MediaStoreResult;

/** `attempts`: before this one. */
export function decideAfterMediaFetch(outcome: Outcome, attempts: number): MediaFetchDecision {
  const delayMs = Math.min(maxDelayMs, 2000 * 2 ** Math.min(attempts, 20));
  const again = (problem: string, maxTimes: number, delay = delayMs): MediaFetchDecision =>
    attempts + 1 >= maxTimes ? { kind: 'lost', problem } : { kind: 'postpone', delayMs: delay, problem };
  switch (outcome.kind) {
    case 'stored':
      return outcome;
    case 'gone':
      return { kind: 'lost', problem: outcome.message };
    case 'too-large':
      return { kind: 'lost', problem: 'It is larger than 16 MB' };
    case 'not-yet':
      return again(outcome.message, maxAbsences);
    case 'later':
      return again(outcome.message, maxAttempts, Math.max(delayMs, (outcome.retryAfterSeconds ?? 0) * 1000));
    case 'incomplete':
    case 'unwritable':
      return again(outcome.message, maxAttempts);
  }
}

/** Fetches the media of inbound messages, one after another, with retries; what is due is stored. */
export class MediaFetcher {
  readonly #deps: MediaFetcherDeps;
  readonly #work: DueWork<MediaItem>;

  constructor(deps: MediaFetcherDeps) {
    this.#deps = deps;
    const { store, clock, log } = deps;
    this.#work = new DueWork<MediaItem>({
      clock,
      next: () => {
        const item = store.nextDue();
        return item === undefined ? undefined : { item, dueAt: item.dueAt };
      },
      run: (media) => this.#fetch(media),
      onFault: (error) => log.warn({ err: error }, 'Media of messages cannot be fetched'),
      afterFaultMs,
    });
  }

  start(): void {
    this.#work.start();
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  /** Checks for media that are due. */
  wake(): void {
    this.#work.wake();
  }

  async #fetch(media: MediaItem): Promise<void> {
    const { writes, store, clock, log, onSettled } = this.#deps;
    const decision = decideAfterMediaFetch(await this.#load(media), media.attempts);
    await writes.write(() => {
      if (decision.kind === 'stored') store.markStored(media.id, decision.contentType, decision.bytes);
      else if (decision.kind === 'lost') store.markLost(media.id, decision.problem);
      else store.postpone(media.id, clock.now() + decision.delayMs, decision.problem);
    });
    if (decision.kind === 'postpone') return;
    if (decision.kind === 'lost')
      log.warn({ media: media.id, problem: decision.problem }, 'Media of a message could not be fetched; giving up');
    if (media.messageId !== undefined) onSettled(media.messageId);
  }

  async #load({ id, sourceUrl = '' }: MediaItem): Promise<Outcome> {
    const { source, files } = this.#deps;
    const found = await source.fetch(sourceUrl);
    if (found.kind !== 'ok') return found;
    return await files.store({ name: id, chunks: found.chunks, bytes: found.bytes, maxBytes: maxMediaBytes });
  }
}
