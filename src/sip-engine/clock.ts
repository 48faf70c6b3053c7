export type EngineTimer = { readonly cancel: () => void };

/** The engine's time, handed in from outside so that tests move it by hand. Timers never keep the process alive. */
export type EngineClock = {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly after: (delayMs: number, run: () => void) => EngineTimer;
  readonly every: (periodMs: number, run: () => void) => EngineTimer;
};
