export type EngineHealth = { readonly status: 'ok' | 'degraded' | 'down'; readonly message: string };

type EngineState = {
  readonly isRunning: boolean;
  /** Restarts after a crash, since the start of the application. */
  readonly restarts: number;
  /** Such as `udp:192.0.2.5:5060`. */
  readonly listeners: readonly string[];
  /** What another program holds, in the same form. */
  readonly taken: readonly string[];
};

export function engineHealth({ isRunning, restarts, listeners, taken }: EngineState): EngineHealth {
  if (!isRunning) return { status: 'down', message: 'The SIP engine crashed and is restarting' };
  const crashes = restarts === 1 ? 'a crash' : `${restarts} crashes`;
  const restarted = restarts === 0 ? '' : `; restarted after ${crashes}`;
  const listens = `Listens on ${listeners.join(', ')}${restarted}`;
  if (taken.length === 0) return { status: 'ok', message: listens };
  return { status: 'degraded', message: `${listens}; another program holds ${taken.join(', ')}` };
}
