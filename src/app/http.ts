// Composes the API: the routes of all rooms, who may hear of what, and the listener.
// Called by app.ts.
// Must stay true: a user hears live of exactly what the lists show them.
import { AppError } from '#base/errors.ts';
import { personsOfCall } from '#calls/persons-of-call.ts';
import type { Route } from '#contract/endpoint.ts';
import { LiveStream } from '#http/live.ts';
import { HttpServer } from '#http/server.ts';
import type { Tokens } from '#people/tokens.ts';
import { storageFailure } from '#storage/storage-failure.ts';
import packageFile from '../../package.json' with { type: 'json' };
import type { CallsRoom } from './calls.ts';
import type { DevicesRoom } from './devices.ts';
import type { AppContext } from './context.ts';

type HttpDeps = Pick<DevicesRoom, 'devices'> &
  Pick<CallsRoom, 'calls' | 'cdrs'> & { readonly tokens: Tokens; readonly routes: readonly Route[] };

/** Throws `conflict` where the port cannot be had. */
export async function composeHttp(context: AppContext, { devices, tokens, calls, cdrs, routes }: HttpDeps): Promise<HttpServer> {
  const { options, overrides, clock, events, health, stack } = context;
  const log = context.log.child({ room: 'http' });
  const live = new LiveStream({
    events,
    clock,
    log,
    audience: {
      ownerOfDevice: (deviceId) => devices.byId(deviceId)?.personId,
      personsOfCall: (callId) => personsOfCall(callId, { calls, cdrs }),
    },
  });
  const server = new HttpServer({
    ...options.http,
    version: packageFile.version,
    routes,
    live,
    clock,
    log,
    explain: explainStorageFailure,
    identify: (token) => tokens.identify(token),
    isReplyStrict: overrides.isReplyStrict ?? false,
  });
  stack.defer(() => server.stop());
  await server.start();
  health.watch('http', () => {
    const evicted =
      server.evictedConnections === 0 ? '' : `; ${server.evictedConnections} connections that asked for nothing made room`;
    return { status: 'ok', message: `Answers on port ${server.address.port}${evicted}` };
  });
  return server;
}

function explainStorageFailure(error: unknown): unknown {
  const failure = storageFailure(error);
  if (error instanceof AppError || failure.kind === 'other') return error;
  return new AppError('unavailable', `The database ${failure.because}. Nothing was saved.`, { cause: error });
}
