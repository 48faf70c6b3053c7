import type { Clock } from '#base/clock.ts';

/** What `work` becomes, or a rejection with what `late` makes after `limitMs`; what comes later is dropped. */
export async function within<Value>(
  work: Promise<Value>,
  limitMs: number,
  { clock, late }: { readonly clock: Clock; readonly late: () => Error },
): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = clock.after(limitMs, () => reject(late()));
  try {
    return await Promise.race([work, promise]);
  } finally {
    timer.cancel();
  }
}
