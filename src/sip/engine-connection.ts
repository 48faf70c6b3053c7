import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';

/** How long the start waits for the SIP engine to answer. */
const connectSeconds = 5;

/**
 * Whether the engine answered in time; where not, the connection goes on being tried. A native engine may be started later than we are.
 * Rejects with `unauthorized` where it refuses our secret.
 */
export async function waitForEngine(connecting: Promise<void>, clock: Clock): Promise<'connected' | 'late'> {
  const late = Promise.withResolvers<'late'>();
  const timeout = clock.after(connectSeconds * 1000, () => late.resolve('late'));
  try {
    const result = await Promise.race([connecting, late.promise]);
    if (result !== 'late') return 'connected';
  } catch (error) {
    throw new AppError('unauthorized', 'The SIP engine does not accept the secret (option sip_engine_secret)', { cause: error });
  } finally {
    timeout.cancel();
  }
  connecting.catch(() => {});
  return 'late';
}

/** `engine`: where a native one is. */
export function lateEngineWarning(engine: { readonly host: string; readonly port: number } | undefined): string {
  const where = engine === undefined ? '' : ` at ${engine.host}:${engine.port}`;
  return `The SIP engine${where} does not answer yet. No phone can register or call until it does; GoSIP keeps trying.`;
}
