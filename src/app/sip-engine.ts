// Composes the SIP engine out of the options: embedded on its own thread and supervised, or a native one elsewhere.
// Called by app.ts.
// Must stay true: what cannot start is explained in the words of the options; untrusted sources never take the capacity of registered phones.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { usualEmergencyNumbers } from '#numbers/emergency-numbers.ts';
import { engineHealth } from '#sip-engine/engine-health.ts';
import { EngineSupervisor } from '#sip-engine/engine-supervisor.ts';
import type { EngineAddress, EngineSupervisorDeps } from '#sip-engine/engine-supervisor.ts';
import type { PingOptions } from '#sip-engine/ping/options-ping.ts';
import type { ListenerOptions } from '#sip-engine/transport/listener-options.ts';
import { planListeners } from '#sip-engine/transport/listener-plan.ts';
import type { Options } from '#options/options.ts';
import type { DevicesRoom } from './devices.ts';
import type { AppContext, RoomFace } from './context.ts';
import type { SipPorts } from './sip-ports.ts';
import { faceOf } from './face.ts';
import { TrustedSources } from './trusted-sources.ts';
import { trunkTrust } from './trunk-trust.ts';

export type SipEngineHandle = EngineAddress & {
  /** Takes the endpoint of a ping for that of a phone of the house until it is over: a flood of strangers takes no answer from it. */
  readonly announce: PingOptions['announce'];
  /** `proto/host:port,…` of everything that listens now; undefined of a native one, which says so when it is connected. */
  readonly listening: () => string | undefined;
  /** The networks from which a trunk may call in now: the calls of the whole town come from there. */
  readonly trustTrunk: (trunk: string, networks: readonly string[]) => void;
  readonly face: RoomFace;
};

type EmbeddedEngineDeps = {
  readonly options: Options;
  readonly clock: Clock;
  readonly log: Log;
  /** The first file of its thread. */
  readonly thread?: URL | undefined;
} & Pick<EngineSupervisorDeps, 'onFlowClosed' | 'onFlowsLost'>;

/** Requests that come before we are connected wait for so long: after a 503, phones would try again minutes later. */
const firstAppMs = 5_000;
const threadFile = new URL('./start-engine.mjs', import.meta.url);

type EngineDeps = Pick<DevicesRoom, 'registrations' | 'registered'> & { readonly ports: Pick<SipPorts, 'listen' | 'taken'> };

/** The embedded engine on its own thread, or the address of a native one. */
export async function composeSipEngine(
  context: AppContext,
  { registrations, registered, ports }: EngineDeps,
): Promise<SipEngineHandle> {
  const { options, clock, events, stack } = context;
  const { engine: wanted } = options.sip;
  if (wanted !== 'embedded') return { ...wanted, ...unknownEngine };
  const log = context.log.child({ room: 'sip-engine' });
  const engine = createEmbeddedEngine({
    options: { ...options, sip: { ...options.sip, listen: ports.listen } },
    clock,
    log,
    thread: context.overrides.engineThread,
    onFlowClosed: (source) => registrations.flowClosed(source),
    onFlowsLost: () => registrations.connectionsLost(),
  });
  stack.defer(() => engine.stop());
  const address = await startEngine(engine);
  registrations.connectionsLost();
  const trusted = new TrustedSources({ events, registrations, engine, clock });
  trusted.start(registered);
  stack.defer(() => trusted.stop());
  const listeners = formatListeners(address.hostports);
  const taken = ports.taken.map(({ listener }) => listener);
  const probe = () => engineHealth({ isRunning: engine.isRunning, restarts: engine.restarts, listeners, taken });
  return {
    ...address,
    announce: (local) => {
      engine.registrationAdded(local);
      return () => engine.registrationRemoved(local);
    },
    listening: () => engine.listening,
    trustTrunk: trunkTrust(engine),
    face: faceOf({ probes: { engine: probe } }),
  };
}

/** Of a native engine we know what the control connection says. */
const unknownEngine: Omit<SipEngineHandle, keyof EngineAddress> & Pick<EngineAddress, 'hostports'> = {
  hostports: '',
  announce: () => () => {},
  listening: () => undefined,
  trustTrunk() {},
  face: faceOf({}),
};

/** Makes the embedded engine out of the options; it does not run yet. Throws `invalid` in the words of the options. */
function createEmbeddedEngine({ options, clock, log, thread = threadFile, ...callbacks }: EmbeddedEngineDeps): EngineSupervisor {
  return new EngineSupervisor({
    options: {
      listeners: listenersFrom(options.sip),
      // A trunk whose certificate cannot be verified gets no password of ours.
      tls: { ...options.sip.tls, moreCaFile: options.sip.trustedCaFile, verifyServers: true },
      hosts: options.sip.hosts,
      streams: { webSocketOrigins: options.sip.webOrigins },
      settings: {
        firstAppMs,
        passTrying: true,
        keepToFlowsExcept: options.sip.edgeProxies,
        emergencyNumbers: usualEmergencyNumbers(options.house.country),
      },
    },
    ...callbacks,
    clock,
    log,
    logLevel: engineLevel(options.log.level),
    thread,
  });
}

/** Starts it. Throws `conflict` with one sentence where a port cannot be had. */
async function startEngine(engine: EngineSupervisor): ReturnType<EngineSupervisor['start']> {
  try {
    return await engine.start();
  } catch (error) {
    throw new AppError('conflict', withOptionNames(error), { cause: error });
  }
}

function withOptionNames(error: unknown): string {
  if (!(error instanceof Error)) return 'The SIP engine does not start';
  return error.message
    .replaceAll('moreCaFile', 'sip_tls_ca')
    .replaceAll('keyFile', 'sip_tls_key')
    .replaceAll('certFile', 'sip_tls_cert');
}

function listenersFrom({ listen, externalIp }: Options['sip']): readonly ListenerOptions[] {
  const planned = planListeners(listen, externalIp);
  if (planned.kind === 'problem') throw new AppError('invalid', `sip_listen: ${planned.text}`);
  return planned.listeners;
}

function engineLevel(level: Options['log']['level']): EngineSupervisorDeps['logLevel'] {
  if (level === 'trace') return 'debug';
  return level === 'silent' ? 'error' : level;
}

/** `udp/192.0.2.5:5060,…`, as engines report it, in the form of the option `sip_listen`. */
export function formatListeners(hostports: string): string[] {
  return hostports.split(',').flatMap((one) => (one === '' ? [] : [one.replace('/', ':')]));
}
