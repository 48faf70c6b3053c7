import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { MediaFiles, StoreResult } from './media-files.ts';
import type { MediaStore } from './media-store.ts';
import type { Media } from './message.ts';
import type { MediaFetch, MediaSource } from './ports.ts';

export type MediaFetcherParts = {
  readonly store: MediaStore;
  readonly files: MediaFiles;
  readonly writes: WriteBatch;
  readonly source: MediaSource;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after the commit, when media came or is lost. */
  readonly onSettled: (messageId: string) => void;
};

/** Carriers take about 5 MB; what is larger is not meant for a house. */
const mostMediaBytes = 16 * 1024 * 1024;
const mostAbsences = 7;
const mostAttempts = 60;
const longestDelayMs = 3_600_000;
const afterFaultMs = 30_000;

export type FetchDecision =
  | { readonly kind: 'stored'; readonly contentType: string; readonly bytes: number }
  | { readonly kind: 'postpone'; readonly delayMs: number; readonly problem: string }
  | { readonly kind: 'lost'; readonly problem: string };

type Outcome = Exclude<MediaFetch, { kind: 'ok' }> | StoreResult;

/** `attempts`: those before this one. */
export function decideAfterFetch(outcome: Outcome, attempts: number): FetchDecision {
  const delayMs = Math.min(longestDelayMs, 2000 * 2 ** Math.min(attempts, 20));
  const again = (problem: string, most: number, delay = delayMs): FetchDecision =>
    attempts + 1 >= most ? { kind: 'lost', problem } : { kind: 'postpone', delayMs: delay, problem };
  switch (outcome.kind) {
    case 'stored':
      return outcome;
    case 'gone':
      return { kind: 'lost', problem: outcome.message };
    case 'too-large':
      return { kind: 'lost', problem: 'It is larger than messages may bring' };
    case 'not-yet':
      return again('Twilio does not have it', mostAbsences);
    case 'later':
      return again(outcome.message, mostAttempts, Math.max(delayMs, (outcome.retryAfterSeconds ?? 0) * 1000));
    case 'incomplete':
    case 'unwritable':
      return again(outcome.message, mostAttempts);
  }
}

/** Fetches what came with messages, one after another, and again where it fails; what is due is on the disk. */
export class MediaFetcher {
  readonly #parts: MediaFetcherParts;
  #isRunning = false;
  #work: Promise<void> | undefined;
  #timer: Timer | undefined;

  constructor(parts: MediaFetcherParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#isRunning = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer?.cancel();
    await this.#work;
  }

  /** Something may be due. */
  wake(): void {
    if (!this.#isRunning || this.#work !== undefined) return;
    this.#timer?.cancel();
    this.#work = this.#run()
      .catch((error: unknown) => {
        this.#parts.log.warn({ err: error }, 'Media of messages cannot be fetched now');
        return afterFaultMs;
      })
      .then((delayMs) => {
        this.#work = undefined;
        if (this.#isRunning && delayMs !== undefined) this.#timer = this.#parts.clock.after(delayMs, () => this.wake());
      });
  }

  /** Until nothing is due; returns when something is, in milliseconds from now. */
  async #run(): Promise<number | undefined> {
    const { store, clock } = this.#parts;
    while (this.#isRunning) {
      const media = store.nextDue();
      if (media === undefined) return undefined;
      const waitMs = media.dueAt - clock.now();
      if (waitMs > 0) return waitMs;
      await this.#fetch(media);
    }
    return undefined;
  }

  async #fetch(media: Media): Promise<void> {
    const { writes, store, clock, log, onSettled } = this.#parts;
    const decision = decideAfterFetch(await this.#load(media), media.attempts);
    await writes.write(() => {
      if (decision.kind === 'stored') store.stored(media.id, decision.contentType, decision.bytes);
      else if (decision.kind === 'lost') store.lost(media.id, decision.problem);
      else store.postpone(media.id, clock.now() + decision.delayMs, decision.problem);
    });
    if (decision.kind === 'postpone') return;
    if (decision.kind === 'lost') log.warn({ media: media.id, problem: decision.problem }, 'Media of a message is lost');
    if (media.messageId !== undefined) onSettled(media.messageId);
  }

  async #load({ id, sourceUrl = '' }: Media): Promise<Outcome> {
    const { source, files } = this.#parts;
    const found = await source.fetch(sourceUrl);
    if (found.kind !== 'ok') return found;
    return await files.store({ name: id, chunks: found.chunks, bytes: found.bytes, mostBytes: mostMediaBytes });
  }
}
