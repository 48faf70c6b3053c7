import type { AudioClip } from './voice-side.ts';

/** How a number of the telephone network behaves towards the house; every other one answers and receives. */
export type FarPhone = {
  readonly messages?:
    | { readonly kind: 'delivered' }
    | { readonly kind: 'undelivered' | 'failed'; readonly code: number }
    /** Twilio refuses the request itself, with this code (21408, 21614, …). */
    | { readonly kind: 'refused'; readonly code: number };
  readonly calls?: {
    readonly outcome: 'answers' | 'busy' | 'no-answer' | 'failed';
    readonly ringMs?: number;
    readonly say?: AudioClip;
    /** Hangs up this long after having answered. */
    readonly hangUpAfterMs?: number;
  };
};
