// Composes the API: the routes of all rooms, whom each fact concerns, and the listener.
// Called by app.ts.
// Must stay true: a user hears live of exactly what the lists show them.
import { createHash, randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallId, DeviceId, EscalationId } from '#base/ids.ts';
import { personsOfCall } from '#calls/persons-of-call.ts';
import { AppError } from '#base/errors.ts';
import { cidrMatcher } from '#base/cidr-matcher.ts';
import type { Route } from '#contract/endpoint.ts';
import { idempotencyMs } from '#contract/idempotency.ts';
import type { IdentityPorts } from '#http/identity.ts';
import { httpHealth } from '#http/http-health.ts';
import type { RepliesOnDisk } from '#http/kept-replies.ts';
import { LiveStream } from '#http/live.ts';
import { PanelFiles } from '#http/panel-files.ts';
import { createRequestView } from '#http/request-view.ts';
import { HttpServer } from '#http/server.ts';
import type { HttpServerOptions } from '#http/server.ts';
import { webPortAlerts, webPortMessage } from '#system/taken-port-alerts.ts';
import type { TakenWebPort } from '#system/taken-port-alerts.ts';
import { DoneOnce } from '#storage/done-once.ts';
import { explainStorageFailure } from '#storage/storage-failure.ts';
import packageFile from '../../package.json' with { type: 'json' };
import type { CallsRoom } from './calls.ts';
import type { DevicesRoom } from './devices.ts';
import type { EscalationsRoom } from './escalations.ts';
import type { PeopleRoom } from './people.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';

export type HttpRoom = {
  /** Opens the listener and returns its port. Throws `conflict` where the port cannot be had. */
  readonly start: (routes: readonly Route[]) => Promise<number>;
  /** A further listener with the same live stream; it does not listen yet. */
  readonly serverOf: (at: ListenerOptions) => HttpServer;
  /** Of all listeners that listen. */
  readonly ports: () => readonly number[];
  readonly face: RoomFace;
};

type ListenerOptions = Pick<HttpServerOptions, 'host' | 'port' | 'routes' | 'view' | 'listener'>;

type HttpDeps = AppContext & {
  readonly storage: Pick<Storage, 'db' | 'writes'>;
  readonly devices: DevicesRoom['devices'];
  readonly calls: Pick<CallsRoom, 'calls' | 'cdrs'>;
  readonly escalations: EscalationsRoom['escalations'];
  readonly people: Pick<PeopleRoom, 'tokens' | 'sessions' | 'lockouts'>;
};

/** It is started when the faces of all rooms are known. */
export function composeHttp(deps: HttpDeps): HttpRoom {
  const { options, overrides, devices, calls, escalations, people, clock, events, log: root, stack, warnings } = deps;
  const log = root.child({ room: 'http' });
  const audience = {
    ownerOfDevice: (deviceId: DeviceId) => devices.byId(deviceId)?.personId,
    personsOfCall: (callId: CallId) => personsOfCall(callId, calls),
    personsOfEscalation: (id: EscalationId) => escalations.personsOf(id),
  };
  const live = new LiveStream({ events, clock, log, audience, positionKey: randomBytes(16) });
  const { trustedProxies, publicUrl } = options.http;
  const proxies = {
    isTrustedProxy: cidrMatcher(trustedProxies),
    publicUrl: publicUrl === undefined ? undefined : new URL(publicUrl),
  };
  const panel = new PanelFiles(fileURLToPath(new URL('../../panel/dist', import.meta.url)));
  const isReplyStrict = overrides.isReplyStrict ?? false;
  const explain = explainStorageFailure;
  const shared = { live, panel, clock, log, explain, isReplyStrict, repliesOnDisk: repliesOnDisk(deps) };
  const servers: HttpServer[] = [];
  const serverOf = (at: ListenerOptions) => {
    const made = new HttpServer({ ...shared, version: packageFile.version, ...at });
    servers.push(made);
    return made;
  };
  const ports = () => servers.flatMap((one) => (one.isListening ? one.address.port : []));
  let server: HttpServer | undefined;
  let taken: TakenWebPort | undefined;
  const open = async (routes: readonly Route[], port: number) => {
    const { host } = options.http;
    server = serverOf({ host, port, routes, view: createRequestView({ ports: identityPorts(people), proxies }) });
    const started = server;
    stack.defer(() => started.stop());
    await started.start();
    return started.address.port;
  };
  const start = async (routes: readonly Route[]) => {
    const isApp = options.homeAssistant.supervisorToken !== undefined;
    try {
      const port = await open(routes, options.http.port);
      if (isApp) keepMovedPort(deps, undefined);
      return port;
    } catch (error) {
      // Another app was faster on the host's network: the panel comes by ingress, and phones need no port of the web.
      if (!isApp || !isPortTaken(error)) throw error;
      const port = await open(routes, 0);
      taken = { problem: error.message, port };
      warnings.push(webPortMessage(taken));
      keepMovedPort(deps, port);
      return port;
    }
  };
  const probe = () => httpHealth({ port: server?.address.port ?? 0, evicted: server?.evictedConnections ?? 0 });
  return { start, serverOf, ports, face: faceOf({ probes: { http: probe }, alerts: webPortAlerts(() => taken) }) };
}

function repliesOnDisk({ storage: { db, writes }, clock }: Pick<HttpDeps, 'storage' | 'clock'>): RepliesOnDisk {
  const done = new DoneOnce(db);
  const keyOf = (key: string) => `request ${createHash('sha256').update(key).digest('base64url')}`;
  const safely = (run: () => void) => writes.write(run).catch(() => {});
  return {
    find: (key) => done.find(keyOf(key), clock.now()),
    begin({ key, ...request }) {
      const now = clock.now();
      void safely(() => void done.begin({ ...request, key: keyOf(key), until: now + idempotencyMs }, now));
    },
    end: (key, reply) => void safely(() => done.end(keyOf(key), reply)),
    forget: (key) => safely(() => done.forget(keyOf(key))),
  };
}

function isPortTaken(error: unknown): error is AppError {
  return error instanceof AppError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';
}

/** For the health check of the image, which asks this listener. */
function keepMovedPort({ options, log }: HttpDeps, port: number | undefined): void {
  const path = join(options.dataDirectory, 'http-port');
  try {
    if (port === undefined) rmSync(path, { force: true });
    else writeFileSync(path, `${port}\n`);
  } catch (error) {
    log.warn({ err: error }, 'The health check does not learn the port of the API');
  }
}

function identityPorts({ tokens, sessions, lockouts }: HttpDeps['people']): IdentityPorts {
  return {
    byToken: (token) => tokens.identify(token),
    bySession: (secret, isActivity) => sessions.identify(secret, isActivity),
    wrongTokens: {
      assertOpen: (source) => lockouts.assertOpen({ source, kind: 'token' }),
      failed: (source) => lockouts.failed({ source, kind: 'token' }),
    },
  };
}
