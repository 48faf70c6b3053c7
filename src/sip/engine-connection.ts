import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';

/** How long the start waits for the SIP engine. */
const connectSeconds = 5;

/**
 * Whether the engine responded in time; if not, the connection is retried in the background: an external engine may start later than
 * GoSIP. Rejects with `unauthorized` where the engine rejects the secret.
 */
export async function waitForEngine(connecting: Promise<void>, clock: Clock): Promise<'connected' | 'late'> {
  const late = Promise.withResolvers<'late'>();
  const timeout = clock.after(connectSeconds * 1000, () => late.resolve('late'));
  try {
    const result = await Promise.race([connecting, late.promise]);
    if (result !== 'late') return 'connected';
  } catch (error) {
    throw new AppError('unauthorized', 'The SIP engine rejected the secret (option sip_engine_secret)', { cause: error });
  } finally {
    timeout.cancel();
  }
  connecting.catch(() => {});
  return 'late';
}

/** `engine`: the address of an external one. */
export function lateEngineWarning(engine: { readonly host: string; readonly port: number } | undefined): string {
  const where = engine === undefined ? '' : ` at ${engine.host}:${engine.port}`;
  return `The SIP engine${where} does not respond yet. Phones cannot register or call until it does; GoSIP keeps trying.`;
}
