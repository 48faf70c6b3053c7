import type { EngineLogLevel } from './line-log.ts';
import { parseListener } from './transport/listener-options.ts';
import type { ListenerOptions } from './transport/listener-options.ts';
import type { EngineSettings, SpammerLists } from './user-agent/engine-settings.ts';
import type { TlsOptions } from './transport/tls-settings.ts';
import type { SipTimers } from './transaction/transaction.ts';
import { defaultLimits } from './runtime/limits.ts';
import type { Limits } from './runtime/limits.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What has been read of the command line so far. */
export type Draft = {
  listeners: Writable<ListenerOptions>[];
  /** From an --external-ip, --local-net or --dns-name before the first --sip: applies to all of them. */
  common: Writable<Pick<ListenerOptions, 'externalHost' | 'localNetworks' | 'names'>>;
  control: {
    host?: string;
    port?: number;
    tls?: boolean;
    keepAliveSeconds?: number;
    webSocketName?: 'own';
    turnMs?: number;
    preservedHeaders?: string[];
  };
  streams: { keepAliveSeconds?: number; webSocketOrigins?: string[] };
  secret: string;
  tls: Partial<Writable<TlsOptions>>;
  hosts: Record<string, string>;
  trusted: string[];
  settings: Partial<Writable<EngineSettings>>;
  timers: Partial<Writable<SipTimers>>;
  spammers: { [Key in keyof SpammerLists]: string[] };
  limits: Partial<Writable<Limits>>;
  log: EngineLogLevel;
};

export type ReadFile = (path: string) => Buffer;

type Row = {
  readonly name: string;
  /** Name of its value in --help; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** Puts the value into the draft, or returns what is wrong with it. */
  readonly apply: (draft: Draft, value: string, readFile: ReadFile) => string | undefined;
};

export const optionTable: readonly Row[] = [
  {
    name: 'sip',
    value: 'ADDRESS',
    help: 'listen there: udp:127.0.0.1:5060, tcp:[::1]:5060, tls:*, ws:0.0.0.0:8080; may be repeated',
    apply(draft, value) {
      const parsed = parseListener(value);
      if (parsed.kind === 'problem') return parsed.text;
      draft.listeners.push(...parsed.listeners.map((listener) => ({ ...listener })));
      return undefined;
    },
  },
  {
    name: 'external-ip',
    value: 'ADDRESS',
    help: 'address that the preceding --sip advertises; before the first --sip: for all of them',
    apply: (draft, value) => forListener(draft, (listener) => (listener.externalHost = value)),
  },
  {
    name: 'local-net',
    value: 'NETWORK',
    help: 'a network that the preceding --sip reaches directly, such as 192.168.0.0/24; may be repeated',
    apply: (draft, value) =>
      forListener(draft, (listener) => (listener.localNetworks = [...(listener.localNetworks ?? []), value])),
  },
  {
    name: 'dns-name',
    value: 'NAME',
    help: 'a public name of the preceding --sip; may be repeated',
    apply: (draft, value) => forListener(draft, (listener) => (listener.names = [...(listener.names ?? []), value])),
  },
  {
    name: 'control',
    value: 'ADDRESS:PORT',
    help: 'where applications connect (default 127.0.0.1:9022; port 0 lets the system choose)',
    apply(draft, value) {
      const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(\d{1,5})$/i.exec(value);
      const port = Number(match?.[3]);
      if (match === null || port > 65_535) return `"${value}" is not of the form 127.0.0.1:9022 or [::1]:9022.`;
      draft.control.host = match[1] ?? match[2] ?? '';
      draft.control.port = port;
      return undefined;
    },
  },
  { name: 'control-tls', help: 'use TLS on the control port', apply: (draft) => void (draft.control.tls = true) },
  {
    name: 'control-keep-alive',
    value: 'SECONDS',
    help: 'TCP keep-alive of control connections (default 45, 0 for none)',
    apply: (draft, value) => whole(value, { min: 0, max: 86_400 }, (seconds) => (draft.control.keepAliveSeconds = seconds)),
  },
  {
    name: 'control-turn',
    value: 'MS',
    help: 'delay of the next message of a call after the echo of a command (default 4); raise it for a busy application',
    apply: (draft, value) => whole(value, { min: 1, max: 1000 }, (milliseconds) => (draft.control.turnMs = milliseconds)),
  },
  {
    name: 'secret',
    value: 'TEXT',
    help: 'shared secret of applications',
    apply: (draft, value) => void (draft.secret = value),
  },
  {
    name: 'secret-file',
    value: 'FILE',
    help: 'the same from a file, so that it does not appear in the process list',
    apply: (draft, value, readFile) => file(value, readFile, (bytes) => (draft.secret = bytes.toString('utf8').trim())),
  },
  {
    name: 'tls-key',
    value: 'FILE',
    help: 'private key for tls and wss, PEM',
    apply: (draft, value) => void (draft.tls.keyFile = value),
  },
  {
    name: 'tls-cert',
    value: 'FILE',
    help: 'certificate for tls and wss, followed by intermediate ones, PEM',
    apply: (draft, value) => void (draft.tls.certFile = value),
  },
  {
    name: 'tls-chain',
    value: 'FILE',
    help: 'intermediate certificates, if the certificate file has none, PEM',
    apply: (draft, value) => void (draft.tls.chainFile = value),
  },
  {
    name: 'tls-ca',
    value: 'FILE',
    help: 'certificate authorities to trust instead of the public ones, PEM',
    apply: (draft, value) => void (draft.tls.caFile = value),
  },
  {
    name: 'tls-min-version',
    value: 'VERSION',
    help: '1.2 (default) or 1.3',
    apply(draft, value) {
      if (value !== '1.2' && value !== '1.3') return `"${value}" is neither 1.2 nor 1.3.`;
      draft.tls.minVersion = `TLSv${value}`;
      return undefined;
    },
  },
  {
    name: 'tls-ciphers',
    value: 'LIST',
    help: "OpenSSL's cipher list",
    apply: (draft, value) => void (draft.tls.ciphers = value),
  },
  {
    name: 'tls-verify',
    help: 'verify the certificates of peers that we connect to',
    apply: (draft) => void (draft.tls.verifyServers = true),
  },
  {
    name: 'tls-client-cert',
    help: 'require a certificate of peers that connect to us',
    apply: (draft) => void (draft.tls.requireClientCertificate = true),
  },
  {
    name: 'keep-alive',
    value: 'SECONDS',
    help: 'interval of keep-alives on TCP, TLS and WebSocket connections (default: none)',
    apply: (draft, value) => whole(value, { min: 5, max: 86_400 }, (seconds) => (draft.streams.keepAliveSeconds = seconds)),
  },
  {
    name: 'web-socket-origin',
    value: 'ORIGIN',
    help: 'an origin whose WebSockets are accepted, such as https://phone.lan (default: any); may be repeated',
    apply: (draft, value) => void (draft.streams.webSocketOrigins = [...(draft.streams.webSocketOrigins ?? []), value]),
  },
  {
    name: 'host',
    value: 'NAME=ADDRESS',
    help: 'a name that resolves without DNS; may be repeated',
    apply(draft, value) {
      const [name = '', address = ''] = value.split('=');
      if (name === '' || address === '') return `"${value}" is not of the form phone.lan=192.168.0.7.`;
      draft.hosts[name.toLowerCase()] = address;
      return undefined;
    },
  },
  {
    name: 'trust',
    value: 'ADDRESS',
    help: 'an address or network of a trunk, with limits far above those of untrusted sources; may be repeated',
    apply: (draft, value) => void draft.trusted.push(value),
  },
  {
    name: 'outbound-proxy',
    value: 'URI',
    help: 'next hop of every new request for which the application names no proxy',
    apply(draft, value) {
      if (!/^sips?:[\x21-\x7e]+$/.test(value)) return `"${value}" is no SIP URI.`;
      draft.settings.outboundProxy = value;
      return undefined;
    },
  },
  timer('t1', 'T1', 'round-trip estimate (default 500)'),
  timer('t2', 'T2', 'longest interval between retransmissions (default 4000)'),
  timer('t4', 'T4', 'how long a message stays in the network (default 5000)'),
  timer('t1x64', 'T1x64', 'transaction timeout, Timers B, F, H and others (default 32000)'),
  timer('timerC', 'timer-c', 'timeout of an INVITE that only rings, Timer C (default 185000)'),
  {
    name: 'session-timer-refresher',
    value: 'WHO',
    help: 'session refresher when neither side names one: none (default), uac or uas',
    apply(draft, value) {
      if (value !== 'none' && value !== 'uac' && value !== 'uas') return `"${value}" is none of: none, uac, uas.`;
      draft.settings.defaultRefresher = value;
      return undefined;
    },
  },
  spammer('spammer-user-agent', 'userAgents', 'User-Agent'),
  spammer('spammer-to', 'toUsers', 'user of To'),
  spammer('spammer-from', 'fromUsers', 'user of From'),
  {
    name: 'options-auto-respond',
    value: 'AGENT',
    help: 'answer OPTIONS with exactly this User-Agent with 200, without an application',
    apply: (draft, value) => void (draft.settings.optionsAutoAnswerUserAgent = value),
  },
  setting('reject-register-without-realm', 'rejectRegisterWithNoRealm', 'refuse REGISTER to an IPv4 address with 403'),
  setting('always-send-180', 'alwaysSend180', 'send 180 at once for every INVITE'),
  setting('aggressive-nat-detection', 'aggressiveNat', 'also reply to the source when the top Record-Route has nat=yes'),
  setting('disable-nat-detection', 'disableNatDetection', "never take the source of a 2xx for the peer's Contact"),
  setting('strict-dialogs', 'strictDialogs', 'answer 481 to every request with a To tag that matches no dialog'),
  setting('answer-merged', 'answerMergedRequests', 'answer 482 to a request that came twice by forking'),
  setting('answer-glare', 'answerGlare', 'answer 491 to a re-INVITE that meets our own'),
  setting('cdrs', 'cdrs', 'send CDR events (attempt, start, stop) to applications that subscribe'),
  {
    name: 'when-app-leaves',
    value: 'HOW',
    help: 'tidy (default): its calls are ended after 5 s; native: they are left alone',
    apply(draft, value) {
      if (value !== 'tidy' && value !== 'native') return `"${value}" is neither tidy nor native.`;
      draft.settings.whenAppLeaves = value;
      return undefined;
    },
  },
  {
    name: 'local-domain',
    value: 'NAME',
    help: 'a domain whose requests would come back to us, so they are not sent; may be repeated',
    apply: (draft, value) => void (draft.settings.localDomains = [...(draft.settings.localDomains ?? []), value]),
  },
  {
    name: 'report-web-socket',
    help: 'report ws and wss to applications for messages by WebSocket, instead of tcp',
    apply: (draft) => void (draft.control.webSocketName = 'own'),
  },
  {
    name: 'preserve-header',
    value: 'NAME',
    help: 'a header whose name is sent as applications spell it; may be repeated',
    apply: (draft, value) => void (draft.control.preservedHeaders = [...(draft.control.preservedHeaders ?? []), value]),
  },
  {
    name: 'limit',
    value: 'NAME=NUMBER',
    help: 'change a limit, such as dialogs=50000; may be repeated',
    apply: (draft, value) => limit(draft, value),
  },
  {
    name: 'log',
    value: 'LEVEL',
    help: 'error, warn, info (default), debug or silent',
    apply(draft, value) {
      if (value !== 'error' && value !== 'warn' && value !== 'info' && value !== 'debug' && value !== 'silent') {
        return `"${value}" is none of: error, warn, info, debug, silent.`;
      }
      draft.log = value;
      return undefined;
    },
  },
];

function forListener(draft: Draft, change: (listener: Draft['common']) => void): undefined {
  change(draft.listeners.at(-1) ?? draft.common);
}

function timer(key: keyof SipTimers, label: string, help: string): Row {
  return {
    name: label.toLowerCase(),
    value: 'MS',
    help,
    apply: (draft, value) => whole(value, { min: 1, max: 3_600_000 }, (milliseconds) => (draft.timers[key] = milliseconds)),
  };
}

function spammer(name: string, key: keyof SpammerLists, header: string): Row {
  return {
    name,
    value: 'TEXT',
    help: `decline requests whose ${header} holds this with 603; may be repeated`,
    apply: (draft, value) => void draft.spammers[key].push(value),
  };
}

type Switches = {
  [Key in keyof EngineSettings]: EngineSettings[Key] extends boolean ? Key : never;
}[keyof EngineSettings];

function setting(name: string, key: Switches, help: string): Row {
  return { name, help, apply: (draft) => void (draft.settings[key] = true) };
}

function limit(draft: Draft, text: string): string | undefined {
  const [name = '', value = ''] = text.split('=');
  if (!isLimit(name)) return `"${name}" is no limit; limits are: ${Object.keys(defaultLimits).join(', ')}.`;
  return whole(value, { min: 1, max: Number.MAX_SAFE_INTEGER }, (amount) => (draft.limits[name] = amount));
}

function isLimit(name: string): name is keyof Limits {
  return Object.hasOwn(defaultLimits, name);
}

function whole(text: string, range: { min: number; max: number }, take: (amount: number) => void): string | undefined {
  const amount = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(amount >= range.min && amount <= range.max)) return `"${text}" is not a whole number from ${range.min} to ${range.max}.`;
  take(amount);
  return undefined;
}

function file(path: string, readFile: ReadFile, take: (bytes: Buffer) => void): string | undefined {
  try {
    take(readFile(path));
    return undefined;
  } catch (error) {
    return `"${path}" cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}).`;
  }
}
