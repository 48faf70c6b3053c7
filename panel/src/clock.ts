// The one place that knows the browser's time.
export const clock = {
  now: () => Date.now(),
  after: (ms: number, run: () => void): (() => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  /** As soon as the browser has nothing else to do, within a second. */
  whenIdle: (run: () => void): void => {
    // Safari has no such thing.
    if ('requestIdleCallback' in window) window.requestIdleCallback(run, { timeout: 1_000 });
    else setTimeout(run, 100);
  },
  every: (ms: number, run: () => void): (() => void) => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};
