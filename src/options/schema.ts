// The names, shapes and defaults of the options a user sets, and what they must agree on.
// Called by options.ts only.
// Must stay true: names and meanings stay as they are once shipped; the add-on form lists the same names.
import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { timeZone } from '#contract/dates.ts';
import { houseLanguages } from '#contract/languages.ts';
import { cidrBlock } from '#contract/sip-address.ts';
import type { Problem } from '#contract/validation.ts';

const port = z.coerce.number('must be a port number').int().min(0).max(65_535);
const text = z.string().trim().min(1, 'must not be empty');

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

const sipHost = text.superRefine((value, context) => {
  const [, host, portText] = /^(?:\*\.)?[A-Za-z0-9.-]+=(\[[0-9a-fA-F:.]+\]|[0-9.]+)(?::(\d{1,5}))?$/.exec(value) ?? [];
  const isPort = portText === undefined || (Number(portText) >= 1 && Number(portText) <= 65_535);
  if (host !== undefined && isIP(host.replace(/^\[|\]$/g, '')) !== 0 && isPort) return;
  context.addIssue({
    code: 'custom',
    message: `"${value}" is not name=address or name=address:port, such as sip.example.org=192.0.2.7:5061`,
  });
});

/** Where Twilio reaches us; without a query, for the addresses of the webhooks are put behind it. */
const publicUrl = text
  .refine(isPlainUrl, 'must be an address such as https://gosip.example.org')
  .transform((url) => url.replace(/\/+$/, ''));

/** Room for 250 relayed calls, below the ports that Linux gives to outgoing connections. */
const mediaPorts = { min: 30_000, max: 30_999 } as const;
/** Room for 50 calls in which the house itself speaks. */
const voicePorts = { min: 31_000, max: 31_099 } as const;

const webOrigin = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^https?:\/\/[^\s/,]+$/, 'must be the origin of a page, such as https://phone.example.org');

const topicLevels = text.regex(
  /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/,
  'must be letters, digits, dashes, underscores and slashes between',
);

/** The options by the names the user sees, as the add-on form and the GOSIP_* variables have them. */
export const optionSchema = z.strictObject({
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
  sip_tls_ca: text.optional(),
  sip_hosts: z.array(sipHost).default([]),
  web_origins: z.array(webOrigin).default([]),
  sip_edge_proxies: z.array(cidrBlock).default([]),
  http_host: z
    .string()
    .trim()
    .refine((value) => isIP(value) !== 0, 'must be an IP address')
    .default('0.0.0.0'),
  http_port: port.default(8080),
  http_trusted_proxies: z.array(cidrBlock).default([]),
  http_public_url: publicUrl.optional(),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, 'must be a country of two letters, such as CA')
    .default('US'),
  time_zone: z.string().trim().pipe(timeZone).optional(),
  language: z.enum(houseLanguages).optional(),
  ring_seconds: z.coerce.number().int().min(5).max(300).default(30),
  spam_threshold: z.coerce.number().min(0).max(1).default(0.7),
  outgoing_calls: z.coerce.number().int().min(1).max(2000).default(5),
  outgoing_calls_per_phone: z.coerce.number().int().min(1).max(2000).default(2),
  outgoing_minutes_a_day: z.coerce.number().int().min(1).max(100_000).default(1200),
  outgoing_minutes_a_day_per_phone: z.coerce.number().int().min(1).max(100_000).default(600),
  outgoing_call_minutes: z.coerce.number().int().min(1).max(1440).default(240),
  media: z.enum(['rtpengine', 'direct']).default('rtpengine'),
  media_port_min: port.min(1024).default(mediaPorts.min),
  media_port_max: port.min(1024).default(mediaPorts.max),
  voice_port_min: port.min(1024).default(voicePorts.min),
  voice_port_max: port.min(1024).default(voicePorts.max),
  media_interface: z.string().trim().refine(isIPv4, 'must be an IPv4 address of this machine').optional(),
  stun_server: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/, 'must be a server such as stun.example.org:3478')
    .optional(),
  public_url: publicUrl.optional(),
  public_http_host: z
    .string()
    .trim()
    .refine((value) => isIP(value) !== 0, 'must be an IP address')
    .default('0.0.0.0'),
  public_http_port: port.default(8081),
  twilio_api_base: z
    .string()
    .trim()
    .regex(/^https?:\/\/[^\s/]+\/?$/, 'must be an address such as http://127.0.0.1:9000')
    .optional(),
  home_assistant_url: text
    .refine(isPlainUrl, 'must be an address such as http://homeassistant.local:8123')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  home_assistant_token: text.optional(),
  mqtt: z.enum(['auto', 'embedded', 'off']).default('auto'),
  mqtt_url: text
    .regex(
      /^mqtts?:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?\/?$/,
      'must be an address such as mqtt://192.0.2.7:1883 or mqtts://…',
    )
    .optional(),
  mqtt_username: text.optional(),
  mqtt_password: text.optional(),
  mqtt_ca: text.optional(),
  mqtt_base_topic: topicLevels.default('gosip'),
  mqtt_discovery_prefix: topicLevels.default('homeassistant'),
});

function isPlainUrl(value: string): boolean {
  const url = URL.parse(value);
  const isPlain = url?.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return isPlain && (url.protocol === 'https:' || url.protocol === 'http:');
}

/** What no option shows alone. Looks at the raw values, so that these problems are reported together with all others. */
export function crossFieldProblems(given: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  const isGiven = (name: string) => given[name] !== undefined;
  const needs = (name: string, message: string) => {
    if (!isGiven(name)) problems.push({ field: name, message });
  };
  if (given['sip_engine'] === 'external') {
    needs('sip_engine_host', 'is needed with an external sip_engine');
    needs('sip_engine_secret', 'is needed with an external sip_engine');
  }
  problems.push(...portProblems(given));
  const listen = Array.isArray(given['sip_listen']) ? given['sip_listen'] : [];
  const secure = given['sip_engine'] === 'external' ? undefined : listen.find((one) => /^(tls|wss):/.test(String(one)));
  const wantsTls = secure !== undefined || isGiven('sip_tls_key') || isGiven('sip_tls_cert');
  const why =
    secure === undefined ? 'is needed: sip_tls_key and sip_tls_cert belong together' : `is needed to listen on ${secure}`;
  if (wantsTls) for (const name of ['sip_tls_key', 'sip_tls_cert']) needs(name, why);
  if (isGiven('home_assistant_url')) needs('home_assistant_token', 'is needed with home_assistant_url');
  if (isGiven('home_assistant_token')) needs('home_assistant_url', 'is needed with home_assistant_token');
  return [...problems, ...brokerProblems(given)];
}

function brokerProblems(given: Readonly<Record<string, unknown>>): readonly Problem[] {
  const isMissing = (name: string) => given[name] === undefined;
  const needed = (names: readonly string[], message: string) => names.filter(isMissing).map((field) => ({ field, message }));
  const url = given['mqtt_url'];
  if (given['mqtt'] === 'embedded') {
    const isElsewhere = typeof url === 'string' && !/^mqtt:\/\/127\.0\.0\.1:\d{1,5}\/?$/.test(url);
    return [
      ...needed(['mqtt_username', 'mqtt_password'], 'is needed with an embedded broker'),
      ...(isElsewhere ? [{ field: 'mqtt_url', message: 'must be mqtt://127.0.0.1 with a port for an embedded broker' }] : []),
    ];
  }
  const withUrl = ['mqtt_username', 'mqtt_ca'].filter((name) => !isMissing(name)).at(0);
  return [
    ...(withUrl === undefined ? [] : needed(['mqtt_url'], `is needed with ${withUrl}`)),
    ...(isMissing('mqtt_password') ? [] : needed(['mqtt_username'], 'is needed with mqtt_password')),
  ];
}

function portProblems(given: Readonly<Record<string, unknown>>): readonly Problem[] {
  const rangeOf = (kind: 'media' | 'voice', { min, max }: typeof mediaPorts | typeof voicePorts) => ({
    min: Number(given[`${kind}_port_min`] ?? min),
    max: Number(given[`${kind}_port_max`] ?? max),
  });
  const media = rangeOf('media', mediaPorts);
  const voice = rangeOf('voice', voicePorts);
  const problems: Problem[] = [];
  // Each relayed call needs two pairs of ports.
  if (media.max - media.min < 3) problems.push({ field: 'media_port_max', message: 'must be at least 3 above media_port_min' });
  // A pair begins at an even port.
  if (voice.max - voice.min < 2) problems.push({ field: 'voice_port_max', message: 'must be at least 2 above voice_port_min' });
  const isShared = given['media'] !== 'direct' && voice.min <= media.max && media.min <= voice.max;
  if (isShared)
    problems.push({ field: 'voice_port_min', message: 'to voice_port_max must not overlap the ports of the media relay' });
  return problems;
}
