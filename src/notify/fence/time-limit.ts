import type { Clock } from '#base/clock.ts';

export type TimeLimit = Disposable & {
  /** Aborts when the time is over, or with the signal that was given. */
  readonly signal: AbortSignal;
  /** Rejects when it aborts, whatever the work does. */
  readonly race: <Value>(work: Promise<Value>) => Promise<Value>;
};

/** `signal.reason` when the time is over. */
export class TimeOver extends Error {
  override readonly name = 'TimeOver';
}

/** By the injected clock. Disposing of it takes the timer away and aborts nothing. */
export function timeLimit(clock: Clock, milliseconds: number, outer: AbortSignal): TimeLimit {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const signal = controller.signal;
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  const abort = () => controller.abort(outer.reason);
  if (outer.aborted) abort();
  else outer.addEventListener('abort', abort, { once: true });
  const timer = clock.after(milliseconds, () => controller.abort(new TimeOver(`No answer within ${milliseconds / 1000} s`)));
  return {
    signal,
    race: (work) => Promise.race([work, promise]),
    [Symbol.dispose]: () => {
      timer.cancel();
      outer.removeEventListener('abort', abort);
    },
  };
}
