// Reads the add-on options and the environment once into one frozen value, with one slice per room.
// Called by main.ts; the only file that reads process.env.
// Must stay true: every problem is reported at once, in the words of the option names, and nothing half-valid gets in.
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { HouseLanguage } from '#contract/languages.ts';
import { validate } from '#contract/validation.ts';
import type { Problem } from '#contract/validation.ts';
import { languageOf } from './language.ts';
import { crossFieldProblems, optionSchema } from './schema.ts';
import { readSupervisorOptions } from './supervisor-options.ts';

export type ExternalEngine = { readonly host: string; readonly port: number; readonly secret: string };

export type Options = {
  readonly dataDirectory: string;
  readonly log: { readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent' };
  readonly sip: {
    /** Such as `udp:0.0.0.0:5060`. */
    readonly listen: readonly string[];
    /** Whether a person chose that; else the app's page in Home Assistant may. */
    readonly isListenGiven: boolean;
    readonly externalIp?: string;
    readonly engine: 'embedded' | ExternalEngine;
    readonly tls?: { readonly keyFile: string; readonly certFile: string };
    /** A further authority for the certificates of trunks. */
    readonly trustedCaFile?: string;
    /** Names of SIP servers that lead elsewhere than DNS says: name (`*.example.org`: all below it) → address or address:port. */
    readonly hosts: Readonly<Record<string, string>>;
    /** Of pages that may open a WebSocket, beside those that come from the house itself. */
    readonly webOrigins: readonly string[];
    readonly realm: string;
    /** Addresses or CIDR blocks of proxies of the house through which phones register: their Path is followed. */
    readonly edgeProxies: readonly string[];
  };
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Addresses or CIDR blocks of reverse proxies of the house: their X-Forwarded headers count. */
    readonly trustedProxies: readonly string[];
    /** The API's address as browsers see it through such a proxy, without `/api`. */
    readonly publicUrl?: string;
  };
  /** Where the internet may come in: Twilio's webhooks and nothing else. Open only while there is a public URL. */
  readonly publicHttp: { readonly host: string; readonly port: number };
  /** `language`: that of what the house says into a call. */
  readonly house: {
    readonly country: string;
    readonly timeZone: string;
    readonly language: HouseLanguage;
    /** Set by the user; what is not follows Home Assistant where there is one. */
    readonly isCountryGiven: boolean;
    readonly isTimeZoneGiven: boolean;
    readonly isLanguageGiven: boolean;
  };
  /** A caller whose spam score (0 to 1) is above the threshold is rejected. */
  readonly calls: { readonly ringSeconds: number; readonly spamThreshold: number };
  /** What calls outside are bounded by; emergency calls are not. */
  readonly outgoing: {
    readonly calls: number;
    readonly callsPerPhone: number;
    readonly minutesADay: number;
    readonly minutesADayPerPhone: number;
    readonly callMinutes: number;
  };
  readonly media: {
    /** How the media of trunk calls is carried. */
    readonly mode: 'rtpengine' | 'direct';
    readonly ports: { readonly min: number; readonly max: number };
    /** Where the house itself speaks into calls. */
    readonly voicePorts: { readonly min: number; readonly max: number };
    /** The local address for media. */
    readonly address?: string;
    readonly stunServer?: { readonly host: string; readonly port: number };
  };
  readonly twilio: {
    /** Where Twilio reaches us, without a slash at the end. */
    readonly publicUrl?: string;
    /** Stands in for Twilio's REST API, for tests and the demo. */
    readonly apiBase?: string;
  };
  readonly homeAssistant: {
    /** Where Core answers, without a slash at the end, and the token it lets us in by. */
    readonly core?: { readonly url: string; readonly token: string };
    /** Present where we run as an app under the Supervisor, which gives a new one to each start. */
    readonly supervisorToken?: string;
  };
  readonly mqtt: {
    /** `auto`: the broker at `url`, else the Supervisor's, else none. `embedded`: one of our own, on loopback. */
    readonly mode: 'auto' | 'embedded' | 'off';
    readonly url?: string;
    readonly username?: string;
    readonly password?: string;
    readonly caFile?: string;
    readonly baseTopic: string;
    readonly discoveryPrefix: string;
  };
};

export type OptionsResult =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** RFC 8489 section 18.6. */
const stunPort = 3478;

/** Options that a variable gives as words between commas. */
const lists = new Set(['sip_listen', 'sip_hosts', 'sip_edge_proxies', 'web_origins', 'http_trusted_proxies']);

/** Where the Supervisor passes requests on to Core. */
const supervisorCore = 'http://supervisor/core';

type Parsed = z.output<typeof optionSchema>;

type Environment = Readonly<Record<string, string | undefined>>;
/** Of options that nobody set. */
type Defaults = { readonly data_directory: string; readonly sip_listen?: readonly string[] | undefined };

/** Reads the options file (GOSIP_OPTIONS, else /data/options.json where it exists) and the GOSIP_* variables, which win. */
export function readOptions(environment: Environment = process.env): OptionsResult {
  // Empty counts as not set, as for every other variable.
  const file = readFile(environment['GOSIP_OPTIONS'] || undefined);
  if (file.kind === 'problem') return { kind: 'problems', problems: [file.problem] };
  return parseOptions(file.values, environment, defaultsOf(file, environment));
}

/** Below all that a person sets stands what the Supervisor said last. */
function defaultsOf({ values, isAddOn }: FileValues, environment: Environment): Defaults {
  const own = isAddOn ? '/data' : 'data';
  const inFile = (values as { readonly data_directory?: unknown } | null)?.data_directory;
  const folder = environment['GOSIP_DATA_DIRECTORY'] || (typeof inFile === 'string' && inFile !== '' ? inFile : own);
  const learned = environment['SUPERVISOR_TOKEN'] ? readSupervisorOptions(folder) : {};
  return { data_directory: own, ...learned };
}

/** The pure half: file values and environment in, frozen options or every problem out. */
export function parseOptions(
  values: unknown,
  environment: Environment = {},
  defaults: Defaults = { data_directory: 'data' },
): OptionsResult {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return { kind: 'problems', problems: ['The options file must hold one JSON object'] };
  }
  const fromEnvironment = readEnvironment(environment);
  const set = { ...withoutEmpty(values), ...fromEnvironment.values };
  const given = { ...defaults, ...set };
  const checked = validate(optionSchema, given);
  const problems = [
    ...fromEnvironment.problems,
    ...(checked.kind === 'problems' ? checked.problems : []),
    ...crossFieldProblems(given),
  ];
  if (checked.kind === 'problems' || problems.length > 0) return { kind: 'problems', problems: problems.map(toLine) };
  // The Supervisor's own variable; empty counts as not set.
  const supervisorToken = environment['SUPERVISOR_TOKEN'] || undefined;
  return {
    kind: 'options',
    options: deepFreeze(
      toOptions(checked.value, { supervisorToken, isListenGiven: 'sip_listen' in set, isCountryGiven: 'country' in set }),
    ),
  };
}

type FileValues = Extract<FileResult, { kind: 'values' }>;
type FileResult =
  | { readonly kind: 'values'; readonly values: unknown; readonly isAddOn: boolean }
  | { readonly kind: 'problem'; readonly problem: string };

function readFile(named: string | undefined): FileResult {
  const path = named ?? '/data/options.json';
  try {
    return { kind: 'values', values: JSON.parse(readFileSync(path, 'utf8')), isAddOn: named === undefined };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && named === undefined) return { kind: 'values', values: {}, isAddOn: false };
    const why = error instanceof SyntaxError ? 'is not valid JSON' : isMissing ? 'does not exist' : 'cannot be read';
    return { kind: 'problem', problem: `The options file ${path} ${why}` };
  }
}

/** The add-on form of Home Assistant leaves an untouched field as null or as an empty text. */
function withoutEmpty(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== ''));
}

function readEnvironment(environment: Environment) {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('GOSIP_') || variable === 'GOSIP_OPTIONS' || value === undefined || value === '') continue;
    const name = variable.slice('GOSIP_'.length).toLowerCase();
    if (!(name in optionSchema.shape)) problems.push({ field: variable, message: 'is not known here' });
    else if (lists.has(name)) values[name] = value.split(',').map((one) => one.trim());
    else values[name] = value;
  }
  return { values, problems };
}

function toLine(problem: Problem): string {
  return `${problem.field} ${problem.message}`;
}

type Circumstances = {
  readonly supervisorToken: string | undefined;
  readonly isListenGiven: boolean;
  readonly isCountryGiven: boolean;
};

function toOptions(parsed: Parsed, { supervisorToken, isListenGiven, isCountryGiven }: Circumstances): Options {
  return {
    dataDirectory: parsed.data_directory,
    log: { level: parsed.log_level },
    sip: {
      listen: parsed.sip_listen,
      isListenGiven,
      realm: parsed.sip_realm,
      edgeProxies: parsed.sip_edge_proxies,
      webOrigins: parsed.web_origins,
      engine: toEngine(parsed),
      ...(parsed.sip_external_ip === undefined ? {} : { externalIp: parsed.sip_external_ip }),
      ...(parsed.sip_tls_key === undefined || parsed.sip_tls_cert === undefined
        ? {}
        : { tls: { keyFile: parsed.sip_tls_key, certFile: parsed.sip_tls_cert } }),
      ...(parsed.sip_tls_ca === undefined ? {} : { trustedCaFile: parsed.sip_tls_ca }),
      hosts: Object.fromEntries(parsed.sip_hosts.map((one) => one.split('=', 2))),
    },
    http: {
      host: parsed.http_host,
      port: parsed.http_port,
      trustedProxies: parsed.http_trusted_proxies,
      ...(parsed.http_public_url === undefined ? {} : { publicUrl: parsed.http_public_url }),
    },
    publicHttp: { host: parsed.public_http_host, port: parsed.public_http_port },
    house: {
      country: parsed.country,
      timeZone: parsed.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      language: parsed.language ?? languageOf(parsed.country),
      isCountryGiven,
      isTimeZoneGiven: parsed.time_zone !== undefined,
      isLanguageGiven: parsed.language !== undefined,
    },
    calls: { ringSeconds: parsed.ring_seconds, spamThreshold: parsed.spam_threshold },
    outgoing: {
      calls: parsed.outgoing_calls,
      callsPerPhone: parsed.outgoing_calls_per_phone,
      minutesADay: parsed.outgoing_minutes_a_day,
      minutesADayPerPhone: parsed.outgoing_minutes_a_day_per_phone,
      callMinutes: parsed.outgoing_call_minutes,
    },
    media: toMedia(parsed),
    twilio: {
      ...(parsed.public_url === undefined ? {} : { publicUrl: parsed.public_url }),
      ...(parsed.twilio_api_base === undefined ? {} : { apiBase: parsed.twilio_api_base }),
    },
    homeAssistant: toHomeAssistant(parsed, supervisorToken),
    mqtt: toMqtt(parsed),
  };
}

function toMqtt(parsed: Parsed): Options['mqtt'] {
  const { mqtt_url: url, mqtt_username: username, mqtt_password: password, mqtt_ca: caFile } = parsed;
  return {
    mode: parsed.mqtt,
    ...(url === undefined ? {} : { url }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(caFile === undefined ? {} : { caFile }),
    baseTopic: parsed.mqtt_base_topic,
    discoveryPrefix: parsed.mqtt_discovery_prefix,
  };
}

/** What is set by hand stands over the Supervisor's way to Core. */
function toHomeAssistant(parsed: Parsed, supervisorToken: string | undefined): Options['homeAssistant'] {
  const { home_assistant_url: url, home_assistant_token: token } = parsed;
  const byHand = url === undefined || token === undefined ? undefined : { url, token };
  const core = byHand ?? (supervisorToken === undefined ? undefined : { url: supervisorCore, token: supervisorToken });
  return { ...(core === undefined ? {} : { core }), ...(supervisorToken === undefined ? {} : { supervisorToken }) };
}

function toEngine(parsed: Parsed): Options['sip']['engine'] {
  if (parsed.sip_engine === 'embedded') return 'embedded';
  return { host: parsed.sip_engine_host ?? '', port: parsed.sip_engine_port, secret: parsed.sip_engine_secret ?? '' };
}

function toMedia(parsed: Parsed): Options['media'] {
  const [host = '', port = String(stunPort)] = parsed.stun_server?.split(':') ?? [];
  return {
    mode: parsed.media,
    ports: { min: parsed.media_port_min, max: parsed.media_port_max },
    voicePorts: { min: parsed.voice_port_min, max: parsed.voice_port_max },
    ...(parsed.media_interface === undefined ? {} : { address: parsed.media_interface }),
    ...(parsed.stun_server === undefined ? {} : { stunServer: { host, port: Number(port) } }),
  };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
