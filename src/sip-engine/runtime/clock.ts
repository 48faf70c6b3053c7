export type EngineTimer = { readonly cancel: () => void };

/** The engine's time, injected so that tests control it. Timers never keep the process alive. */
export type EngineClock = {
  /** Milliseconds since the Unix epoch, for display only. It may be set, forward or back. */
  readonly now: () => number;
  /** Whole milliseconds since an arbitrary moment, never 0: for every deadline. It cannot be set. */
  readonly monotonic: () => number;
  readonly after: (delayMs: number, run: () => void) => EngineTimer;
  readonly every: (periodMs: number, run: () => void) => EngineTimer;
};
