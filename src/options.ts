// Reads the add-on options and the environment once into one frozen value, with one slice per room.
// Called by main.ts; the only file that reads process.env.
// Must stay true: every problem is reported at once, in the words of the option names, and nothing half-valid gets in.
import { readFileSync } from 'node:fs';
import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';

export type ExternalEngine = { readonly host: string; readonly port: number; readonly secret: string };

export type TrunkOptions = {
  readonly name: string;
  readonly host: string;
  readonly port?: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly username?: string;
  readonly password?: string;
  /** Whether we register our account at the trunk, so that it finds us. */
  readonly register: boolean;
  /** Addresses or CIDR blocks the trunk calls from. */
  readonly allow: readonly string[];
  /** A header with this name and value must be in every call from the trunk. */
  readonly secretHeader?: { readonly name: string; readonly value: string };
};

export type Options = {
  readonly dataDirectory: string;
  readonly log: { readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent' };
  readonly sip: {
    /** Such as `udp:0.0.0.0:5060`. */
    readonly listen: readonly string[];
    readonly externalIp?: string;
    readonly engine: 'embedded' | ExternalEngine;
    readonly tls?: { readonly keyFile: string; readonly certFile: string };
    readonly realm: string;
  };
  readonly http: { readonly host: string; readonly port: number };
  readonly house: { readonly country: string; readonly timeZone: string };
  readonly calls: { readonly ringSeconds: number };
  readonly trunks: readonly TrunkOptions[];
};

export type OptionsResult =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const port = z.coerce.number('must be a port number').int().min(0).max(65_535);
const text = z.string().trim().min(1, 'must not be empty');
const flag = z.union([z.boolean(), z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1')]);

const listenPattern = /^(udp|tcp|tls|ws|wss):(\[[0-9a-fA-F:.]+\]|[^[\]:]+):(\d{1,5})$/;

const listenAddress = text.superRefine((value, context) => {
  const match = listenPattern.exec(value);
  const host = match?.[2]?.replace(/^\[|\]$/g, '') ?? '';
  if (match === null || isIP(host) === 0 || Number(match[3]) > 65_535) {
    context.addIssue({
      code: 'custom',
      message: `"${value}" is not protocol:address:port, such as udp:0.0.0.0:5060 (protocols: udp, tcp, tls, ws, wss)`,
    });
  }
});

const addressBlock = text.refine(isAddressBlock, 'must be an address or a block such as 54.172.60.0/30');

const trunk = z
  .strictObject({
    name: text,
    host: text,
    port: port.min(1).optional(),
    transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
    username: text.optional(),
    password: text.optional(),
    register: flag.default(false),
    allow: z.array(addressBlock).default([]),
    secret_header_name: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be a header name')
      .optional(),
    secret_header_value: text.optional(),
  })
  .superRefine((value, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (value.register && value.username === undefined) problem('username', 'is needed to register at the trunk');
    if (value.username !== undefined && value.password === undefined) problem('password', 'is needed with a username');
    if ((value.secret_header_name === undefined) !== (value.secret_header_value === undefined)) {
      problem('secret_header_name', 'and secret_header_value belong together: set both or neither');
    }
  });

const schema = z
  .strictObject({
    data_directory: text.default('data'),
    log_level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    sip_listen: z.array(listenAddress).min(1).default(['udp:0.0.0.0:5060', 'tcp:0.0.0.0:5060']),
    sip_external_ip: z
      .string()
      .trim()
      .refine((value) => isIP(value) !== 0, 'must be an IP address')
      .optional(),
    sip_realm: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be letters, digits, dots and dashes')
      .default('gosip'),
    sip_engine: z.enum(['embedded', 'external']).default('embedded'),
    sip_engine_host: text.optional(),
    sip_engine_port: port.min(1).default(9022),
    sip_engine_secret: text.optional(),
    sip_tls_key: text.optional(),
    sip_tls_cert: text.optional(),
    http_host: z
      .string()
      .trim()
      .refine((value) => isIP(value) !== 0, 'must be an IP address')
      .default('0.0.0.0'),
    http_port: port.default(8080),
    country: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z]{2}$/, 'must be a country of two letters, such as CA')
      .default('US'),
    time_zone: z.string().trim().refine(isTimeZone, 'must be a time zone, such as America/Toronto').optional(),
    ring_seconds: z.coerce.number().int().min(5).max(300).default(30),
    trunks: z.array(trunk).default([]),
  })
  .superRefine((value, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (value.sip_engine === 'external') {
      if (value.sip_engine_host === undefined) problem('sip_engine_host', 'is needed with an external sip_engine');
      if (value.sip_engine_secret === undefined) problem('sip_engine_secret', 'is needed with an external sip_engine');
    }
    if ((value.sip_tls_key === undefined) !== (value.sip_tls_cert === undefined)) {
      problem('sip_tls_key', 'and sip_tls_cert belong together: set both or neither');
    }
    const needsTls = value.sip_listen.find((one) => /^(tls|wss):/.test(one));
    if (needsTls !== undefined && value.sip_tls_key === undefined && value.sip_engine === 'embedded') {
      problem('sip_tls_key', `and sip_tls_cert are needed to listen on ${needsTls}`);
    }
    const seen = new Set<string>();
    for (const [index, one] of value.trunks.entries()) {
      if (seen.has(one.name)) problem(`trunks.${index}.name`, `"${one.name}" is used twice`);
      seen.add(one.name);
    }
  });

type Parsed = z.output<typeof schema>;

function isAddressBlock(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128);
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** Reads the options file (GOSIP_OPTIONS, else /data/options.json where it exists) and the GOSIP_* variables, which win. */
export function readOptions(environment: Readonly<Record<string, string | undefined>> = process.env): OptionsResult {
  const file = readFile(environment['GOSIP_OPTIONS']);
  if (file.kind === 'problem') return { kind: 'problems', problems: [file.problem] };
  return parseOptions(file.values, environment, file.isAddOn ? '/data' : 'data');
}

/** The pure half: file values and environment in, frozen options or every problem out. */
export function parseOptions(
  values: unknown,
  environment: Readonly<Record<string, string | undefined>> = {},
  dataDirectory = 'data',
): OptionsResult {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return { kind: 'problems', problems: ['The options file must hold one JSON object'] };
  }
  const fromEnvironment = readEnvironment(environment);
  const given = { data_directory: dataDirectory, ...withoutEmpty(values), ...fromEnvironment.values };
  const parsed = schema.safeParse(given);
  const problems = [...fromEnvironment.problems, ...(parsed.success ? [] : parsed.error.issues.flatMap(inOptionWords))];
  if (!parsed.success || problems.length > 0) return { kind: 'problems', problems };
  return { kind: 'options', options: deepFreeze(toOptions(parsed.data)) };
}

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

function readEnvironment(environment: Readonly<Record<string, string | undefined>>) {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('GOSIP_') || variable === 'GOSIP_OPTIONS' || value === undefined || value === '') continue;
    const name = variable.slice('GOSIP_'.length).toLowerCase();
    if (!(name in schema.shape)) problems.push(`${variable}: there is no option of this name`);
    else if (name === 'sip_listen') values[name] = value.split(',').map((one) => one.trim());
    else if (name === 'trunks') values[name] = parseJson(value, variable, problems);
    else values[name] = value;
  }
  return { values, problems };
}

function parseJson(value: string, variable: string, problems: string[]): unknown {
  try {
    return JSON.parse(value);
  } catch {
    problems.push(`${variable}: must be JSON`);
    return undefined;
  }
}

function inOptionWords(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: there is no option of this name`);
  }
  return [`${issue.path.join('.')}: ${issue.message}`];
}

function toOptions(parsed: Parsed): Options {
  return {
    dataDirectory: parsed.data_directory,
    log: { level: parsed.log_level },
    sip: {
      listen: parsed.sip_listen,
      realm: parsed.sip_realm,
      engine: toEngine(parsed),
      ...(parsed.sip_external_ip === undefined ? {} : { externalIp: parsed.sip_external_ip }),
      ...(parsed.sip_tls_key === undefined || parsed.sip_tls_cert === undefined
        ? {}
        : { tls: { keyFile: parsed.sip_tls_key, certFile: parsed.sip_tls_cert } }),
    },
    http: { host: parsed.http_host, port: parsed.http_port },
    house: {
      country: parsed.country,
      timeZone: parsed.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
    calls: { ringSeconds: parsed.ring_seconds },
    trunks: parsed.trunks.map(toTrunk),
  };
}

function toEngine(parsed: Parsed): Options['sip']['engine'] {
  if (parsed.sip_engine === 'embedded') return 'embedded';
  return { host: parsed.sip_engine_host ?? '', port: parsed.sip_engine_port, secret: parsed.sip_engine_secret ?? '' };
}

function toTrunk(parsed: Parsed['trunks'][number]): TrunkOptions {
  const { secret_header_name: name, secret_header_value: value, port: trunkPort, username, password, ...rest } = parsed;
  return {
    ...rest,
    ...(trunkPort === undefined ? {} : { port: trunkPort }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(name === undefined || value === undefined ? {} : { secretHeader: { name, value } }),
  };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
