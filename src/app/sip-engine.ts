// Composes the SIP engine out of the options: embedded on its own thread and supervised, or a native one elsewhere.
// Called by app.ts.
// Must stay true: what cannot start is said in the words of the options; strangers never take the room of registered phones.
import { isIPv6 } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { usualEmergencyNumbers } from '#numbers/emergency-numbers.ts';
import { EngineSupervisor } from '#sip-engine/engine-supervisor.ts';
import type { EngineAddress, EngineSupervisorDeps } from '#sip-engine/engine-supervisor.ts';
import { parseListener } from '#sip-engine/transport/listener-options.ts';
import type { ListenerOptions } from '#sip-engine/transport/listener-options.ts';
import type { Options } from '#options/options.ts';
import type { DevicesRoom } from './devices.ts';
import type { AppContext } from './context.ts';
import { TrustedSources } from './trusted-sources.ts';

export type SipEngineHandle = EngineAddress & {
  /** From where the trunk to Twilio may call in now: the calls of the whole town come from there. */
  readonly trustTrunk: (networks: readonly string[]) => void;
};

type EmbeddedEngineDeps = {
  readonly options: Options;
  readonly clock: Clock;
  readonly log: Log;
  /** The first file of its thread. */
  readonly thread?: URL | undefined;
} & Pick<EngineSupervisorDeps, 'onFlowClosed' | 'onFlowsLost'>;

/** Phones that come before we are connected wait for so long: told 503, they would try again minutes later. */
const firstAppMs = 5_000;
/** Whoever has such an address does not come by the router: told the one outside, a phone of the house would lose its ACK and BYE there. */
const privateNetworks = [
  'own',
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];
const threadFile = new URL('../start-engine.mjs', import.meta.url);

/** The embedded engine on its own thread, or the address of a native one. */
export async function composeSipEngine(
  context: AppContext,
  { registrations, registered }: DevicesRoom,
): Promise<SipEngineHandle> {
  const { options, clock, events, health, stack } = context;
  const { engine: wanted } = options.sip;
  if (wanted !== 'embedded') return { ...wanted, hostports: '', trustTrunk() {} };
  const log = context.log.child({ room: 'sip-engine' });
  const engine = createEmbeddedEngine({
    options,
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
  health.watch('engine', () => {
    if (!engine.isRunning) return { status: 'down', message: 'The SIP engine has ended and is started again' };
    const again =
      engine.restarts === 0 ? '' : `; started again after ${engine.restarts === 1 ? 'a failure' : `${engine.restarts} failures`}`;
    return { status: 'ok', message: `Listens on ${formatListeners(address.hostports).join(', ')}${again}` };
  });
  return { ...address, trustTrunk: trunkTrust(engine) };
}

/** Remembers what each trunk named last, so that addresses it no longer has are strangers' again. */
function trunkTrust(engine: EngineSupervisor): SipEngineHandle['trustTrunk'] {
  let before: readonly string[] = [];
  return (networks) => {
    for (const network of networks) engine.trust(network);
    for (const network of before) if (!networks.includes(network)) engine.untrust(network);
    before = networks;
  };
}

/** Makes the embedded engine out of the options; it does not run yet. Throws `invalid` in the words of the options. */
function createEmbeddedEngine({ options, clock, log, thread = threadFile, ...callbacks }: EmbeddedEngineDeps): EngineSupervisor {
  return new EngineSupervisor({
    options: {
      listeners: withOutboundTls(options.sip.listen.flatMap((text) => listenersOf(text, options.sip.externalIp))),
      // A trunk that shows a certificate nobody vouches for gets no password of ours.
      tls: { ...options.sip.tls, moreCaFile: options.sip.trustedCaFile, verifyServers: true },
      hosts: options.sip.hosts,
      streams: { webSocketOrigins: options.sip.webOrigins },
      // A trunk brings the calls of the whole town from one address.
      trusted: options.trunks.flatMap((trunk) => trunk.allow),
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

function listenersOf(text: string, externalHost: string | undefined): ListenerOptions[] {
  const parsed = parseListener(text);
  if (parsed.kind === 'problem') throw new AppError('invalid', `sip_listen: ${parsed.text}`);
  if (externalHost === undefined) return [...parsed.listeners];
  return parsed.listeners.flatMap((listener) => {
    const isFit = listener.host === '*' || isIPv6(listener.host) === isIPv6(externalHost);
    const local = { ...listener, localNetworks: privateNetworks };
    // Both share one socket: who asks decides which address is told.
    return isFit ? [local, { ...listener, externalHost }] : [local];
  });
}

/** A trunk is called over TLS also where no phone comes in by it: without a certificate of our own we open connections and take none. */
function withOutboundTls(listeners: readonly ListenerOptions[]): readonly ListenerOptions[] {
  if (listeners.some(({ protocol }) => protocol === 'tls')) return listeners;
  const byHost = new Map(listeners.map((listener) => [listener.host, listener]));
  const outbound = [...byHost.values()].map(({ host, externalHost }) => ({ host, externalHost }));
  return [...listeners, ...outbound.map((one) => ({ ...one, protocol: 'tls', port: 5061, isDialOnly: true }) as const)];
}

function engineLevel(level: Options['log']['level']): EngineSupervisorDeps['logLevel'] {
  if (level === 'trace') return 'debug';
  return level === 'silent' ? 'error' : level;
}

/** `udp/192.0.2.5:5060,…`, as engines tell it, in the form of the option `sip_listen`. */
export function formatListeners(hostports: string): string[] {
  return hostports.split(',').flatMap((one) => (one === '' ? [] : [one.replace('/', ':')]));
}
