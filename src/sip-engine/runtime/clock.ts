export type EngineTimer = { readonly cancel: () => void };

/** The engine's time, handed in from outside so that tests move it by hand. Timers never keep the process alive. */
export type EngineClock = {
  /** Milliseconds since the Unix epoch: for what is shown. Somebody may set it, either way. */
  readonly now: () => number;
  /** Whole milliseconds since an unknown moment, never 0: for every deadline. Nobody can set it. */
  readonly monotonic: () => number;
  readonly after: (delayMs: number, run: () => void) => EngineTimer;
  readonly every: (periodMs: number, run: () => void) => EngineTimer;
};
