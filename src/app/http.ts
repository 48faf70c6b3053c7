// Composes the API: the routes of all rooms, whom each fact concerns, and the listener.
// Called by app.ts.
// Must stay true: a user hears live of exactly what the lists show them.
import { randomBytes } from 'node:crypto';
import { personsOfCall } from '#calls/persons-of-call.ts';
import type { Route } from '#contract/endpoint.ts';
import { httpHealth } from '#http/http-health.ts';
import { LiveStream } from '#http/live.ts';
import { HttpServer } from '#http/server.ts';
import type { Tokens } from '#people/tokens.ts';
import { explainStorageFailure } from '#storage/storage-failure.ts';
import packageFile from '../../package.json' with { type: 'json' };
import type { CallsRoom } from './calls.ts';
import type { DevicesRoom } from './devices.ts';
import type { AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type HttpRoom = {
  /** Opens the listener and returns its port. Throws `conflict` where the port cannot be had. */
  readonly start: (routes: readonly Route[]) => Promise<number>;
  readonly face: RoomFace;
};

type HttpDeps = AppContext & {
  readonly devices: DevicesRoom['devices'];
  readonly calls: Pick<CallsRoom, 'calls' | 'cdrs'>;
  readonly tokens: Tokens;
};

/** It is started when the faces of all rooms are known. */
export function composeHttp({ options, overrides, devices, calls, tokens, clock, events, log: root, stack }: HttpDeps): HttpRoom {
  const log = root.child({ room: 'http' });
  const audience = {
    ownerOfDevice: (deviceId: string) => devices.byId(deviceId)?.personId,
    personsOfCall: (callId: string) => personsOfCall(callId, calls),
  };
  const live = new LiveStream({ events, clock, log, audience, positionKey: randomBytes(16) });
  let server: HttpServer | undefined;
  const start = async (routes: readonly Route[]) => {
    server = new HttpServer({
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
    const started = server;
    stack.defer(() => started.stop());
    await started.start();
    return started.address.port;
  };
  const probe = () => httpHealth({ port: server?.address.port ?? 0, evicted: server?.evictedConnections ?? 0 });
  return { start, face: faceOf({ probes: { http: probe } }) };
}
