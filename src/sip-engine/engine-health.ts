export type EngineHealth = { readonly status: 'ok' | 'down'; readonly message: string };

type EngineState = {
  readonly isRunning: boolean;
  /** Restarts after a crash, since the start of the application. */
  readonly restarts: number;
  /** Such as `udp:192.0.2.5:5060`. */
  readonly listeners: readonly string[];
};

export function engineHealth({ isRunning, restarts, listeners }: EngineState): EngineHealth {
  if (!isRunning) return { status: 'down', message: 'The SIP engine crashed and is restarting' };
  const crashes = restarts === 1 ? 'a crash' : `${restarts} crashes`;
  const restarted = restarts === 0 ? '' : `; restarted after ${crashes}`;
  return { status: 'ok', message: `Listens on ${listeners.join(', ')}${restarted}` };
}
