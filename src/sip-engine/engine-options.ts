import { isIP } from 'node:net';
import { parseNetwork } from './message/addresses.ts';
import type { WebSocketName } from './control/leader.ts';
import { defaultSettings } from './user-agent/engine-settings.ts';
import type { EngineSettings } from './user-agent/engine-settings.ts';
import { defaultLimits } from './runtime/limits.ts';
import type { Limits } from './runtime/limits.ts';
import type { ListenerOptions } from './transport/listener-options.ts';
import { parseKnownHost } from './resolver/known-hosts.ts';
import { isSecure } from './transport/listener-options.ts';
import { loadTls } from './transport/tls-settings.ts';
import type { TlsOptions } from './transport/tls-settings.ts';

/** The whole configuration of an engine. Plain values, so that it can be passed to a thread. */
export type EngineOptions = {
  readonly listeners: readonly ListenerOptions[];
  readonly tls: TlsOptions | undefined;
  readonly control: {
    readonly host: string;
    /** 0 lets the system choose. */
    readonly port: number;
    /** Speak TLS there, with the certificate of `tls`. */
    readonly tls: boolean;
    /** 0 for none. */
    readonly keepAliveSeconds: number;
    readonly webSocketName: WebSocketName;
    /** Header names that are sent as applications spell them. */
    readonly preservedHeaders: readonly string[];
    /** How long the next message of a call waits after an echo, so that an application in another process has had its turn. */
    readonly turnMs: number;
  };
  readonly secret: string;
  readonly streams: {
    /** Keep-alives that we send on TCP, TLS and WebSocket connections; none when undefined. */
    readonly keepAliveSeconds: number | undefined;
    /** Browser origins that may open a WebSocket, beside those of a page of the same host; all when undefined. */
    readonly webSocketOrigins: readonly string[] | undefined;
  };
  /** Names that resolve without DNS: name → address, or address:port for URIs without a port. `*.name` is every name below it. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Addresses and networks of trunks, with limits far above those of untrusted sources. */
  readonly trusted: readonly string[];
  readonly settings: EngineSettings;
  readonly limits: Limits;
};

export type GivenOptions = Pick<EngineOptions, 'listeners' | 'secret'> &
  Partial<Omit<EngineOptions, 'control' | 'streams' | 'settings' | 'limits'>> & {
    readonly control?: Partial<EngineOptions['control']> | undefined;
    readonly streams?: Partial<EngineOptions['streams']> | undefined;
    readonly settings?: Partial<EngineSettings> | undefined;
    readonly limits?: Partial<Limits> | undefined;
  };

/** Fills in every default: the control port is an ephemeral one of 127.0.0.1. */
export function engineOptions({ listeners, secret, ...given }: GivenOptions): EngineOptions {
  return {
    listeners,
    secret,
    tls: given.tls,
    control: {
      host: '127.0.0.1',
      port: 0,
      tls: false,
      keepAliveSeconds: 45,
      webSocketName: 'tcp',
      turnMs: 4,
      preservedHeaders: [],
      ...given.control,
    },
    streams: { keepAliveSeconds: undefined, webSocketOrigins: undefined, ...given.streams },
    hosts: given.hosts ?? {},
    trusted: given.trusted ?? [],
    settings: { ...defaultSettings, ...given.settings },
    limits: { ...defaultLimits, ...given.limits },
  };
}

/** All problems of the options, one sentence each; empty when an engine can start with them. */
export function findProblems(options: EngineOptions): string[] {
  const { listeners, tls, control, secret } = options;
  const problems: string[] = [];
  if (listeners.length === 0) problems.push('Nothing to listen on: give at least one --sip, such as --sip udp:127.0.0.1:5060.');
  if (secret === '') problems.push('No secret: give --secret or --secret-file, which applications must know to connect.');
  if (isIP(control.host) === 0) problems.push(`The control address "${control.host}" is no IP address.`);
  const needsTls = listeners.some((listener) => isSecure(listener) && listener.isDialOnly !== true);
  const hasCertificate = tls?.keyFile !== undefined && tls.certFile !== undefined;
  if (needsTls && !hasCertificate) problems.push('Listening on tls or wss needs --tls-key and --tls-cert.');
  if (control.tls && !hasCertificate) problems.push('--control-tls needs --tls-key and --tls-cert.');
  const loaded = tls === undefined ? undefined : loadTls(tls);
  if (loaded?.kind === 'problem') problems.push(loaded.text);
  return [...problems, ...addressProblems(options), ...numberProblems(options)];
}

function addressProblems({ hosts, trusted, listeners }: EngineOptions): string[] {
  const problems: string[] = [];
  for (const [name, address] of Object.entries(hosts)) {
    if (parseKnownHost(address) === undefined) problems.push(`The address "${address}" of the host ${name} is no IP address.`);
  }
  for (const source of trusted) {
    if (parseNetwork(source) === undefined)
      problems.push(`"${source}" is neither an address nor a network such as 192.0.2.0/24.`);
  }
  for (const { localNetworks = [] } of listeners) {
    for (const network of localNetworks) {
      if (network !== 'own' && parseNetwork(network) === undefined)
        problems.push(`The local network "${network}" is not of the form 192.168.0.0/24.`);
    }
  }
  return problems;
}

function numberProblems({ settings, limits }: EngineOptions): string[] {
  const { t1, t2, t4, t1x64, timerC } = settings.timers;
  const problems: string[] = [];
  if (t2 < t1 || t1x64 < t2)
    problems.push(`The timers do not fit each other: T1 ${t1} ms ≤ T2 ${t2} ms ≤ 64·T1 ${t1x64} ms must hold.`);
  for (const [name, value] of Object.entries({ t1, t2, t4, t1x64, timerC, ...limits })) {
    if (!Number.isInteger(value) || value < 1) problems.push(`${name} must be a whole number above 0.`);
  }
  return problems;
}
