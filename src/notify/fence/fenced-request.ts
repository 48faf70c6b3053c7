import type { Readable } from 'node:stream';
import type { FenceFailure } from './fence.ts';

export type FencedRequest = {
  readonly url: string;
  /** GET by default. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
  /** Whether it may lead into the own network; there also without encryption. */
  readonly allowsOwnNetwork: boolean;
  /** How many are followed, of a GET alone; 0 by default, 3 at most. One that is not followed is the reply. */
  readonly redirects?: number;
  readonly limits?: Partial<FetchLimits>;
};

export type FetchLimits = { readonly connectMs: number; readonly totalMs: number; readonly maxReplyBytes: number };

export type FencedReply = {
  readonly kind: 'replied';
  readonly status: number;
  /** Names in small letters; of several the values are joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its beginning where `isCut`. */
  readonly body: Buffer;
  /** It was longer than it may be, or ended too early. */
  readonly isCut: boolean;
};

export type FencedResult = FencedReply | FenceFailure;
