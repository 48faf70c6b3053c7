import { openApiFacts } from './openapi-facts.ts';
import type { Operation, Shape } from './openapi-facts.ts';
import type { Json } from '#testing/twilio/base/records.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import type { RestRoute } from './rest-route.ts';

/**
 * Where the documents say otherwise than Twilio's own example bodies, or than the field is used with everywhere: `schema.field` and why.
 * Their `price` is a number, in the examples a string; an application, a resource or a trunk that is none is an empty string.
 */
const specErrors: ReadonlySet<string> = new Set([
  'api.v2010.account.incoming_phone_number.sms_application_sid',
  'api.v2010.account.incoming_phone_number.voice_application_sid',
  'trunking.v1.trunk.phone_number.sms_application_sid',
  'trunking.v1.trunk.phone_number.voice_application_sid',
  'monitor.v1.alert.resource_sid',
  'api.v2010.account.transcription.price',
  'api.v2010.account.recording.recording_transcription.price',
  'form.TrunkSid',
]);

/** Objects and fields that the documents do not call nullable and that are null in their examples: what was not asked for. */
const nullInSpecExamples = /^(?:\w+Info|CallerNameInfo\.\w+|LineTypeIntelligenceInfo\.\w+|LookupResponse\.validation_errors)$/;
const usagePrice = /^api\.v2010\.account\.usage\..*\.price$/;

/** The operation a route stands for; undefined where the documents know none. */
export function operationOf({ method, host, path }: Pick<RestRoute, 'method' | 'host' | 'path'>): Operation | undefined {
  return openApiFacts.operations[`${method} ${host} ${path.replaceAll(/:\w+/g, '{}')}`];
}

/** What an answer of ours has otherwise than Twilio's documents say, one line each. */
export function replyDeviations(operation: Operation, { status, json, body }: RestReply): string[] {
  if (status >= 300 || body !== undefined) return [];
  const { statuses } = operation;
  const wrongStatus = statuses.includes(status) ? [] : [`status ${status}, not ${statuses.join(' or ')}`];
  if (operation.reply === undefined || json === undefined) return wrongStatus;
  return [...wrongStatus, ...deviations(operation.reply, json, 'reply')];
}

/** What a request has otherwise than Twilio's documents say; Twilio answers most of that all the same. */
export function requestDeviations(
  operation: Operation,
  { method, query, form }: Pick<RestRequest, 'method' | 'query' | 'form'>,
): string[] {
  const found = [...parameters(operation.query, query, 'query')];
  if (method !== 'POST') return found;
  const missing = operation.required.filter((name) => !form.has(name)).map((name) => `form.${name} is missing`);
  return [...found, ...parameters(operation.form, form, 'form'), ...missing];
}

function* parameters(known: Readonly<Record<string, Shape>>, given: URLSearchParams, where: string): Generator<string> {
  for (const [name, value] of given) {
    const shape = known[name];
    if (shape === undefined) yield `${where}.${name} is unknown`;
    else if (!specErrors.has(`${where}.${name}`) && !fitsText(shape.items ?? shape, value)) yield `${where}.${name}: ${value}`;
  }
}

/** A parameter is text whatever its type. */
function fitsText(shape: Shape, text: string): boolean {
  if (shape.enum !== undefined && !shape.enum.includes(text)) return false;
  if (shape.pattern !== undefined && !new RegExp(shape.pattern).test(text)) return false;
  if (shape.type === 'integer') return /^-?\d+$/.test(text);
  if (shape.type === 'boolean') return /^(?:true|false)$/i.test(text);
  return true;
}

function deviations(given: Shape, value: Json | undefined, where: string): string[] {
  const shape = given.ref === undefined ? given : (openApiFacts.schemas[given.ref] ?? {});
  const path = given.ref === undefined ? where : given.ref.slice(given.ref.indexOf(':') + 1);
  if (specErrors.has(path) || usagePrice.test(path)) return [];
  if (value === undefined) return [`${path} is missing`];
  // Of what no schema calls nullable the examples have null too, wherever nothing is known yet.
  if (value === null)
    return shape.nullable === true || isEmptyUntilKnown(shape) || nullInSpecExamples.test(path) ? [] : [`${path} is null`];
  return fits(shape, value) ? inside(shape, value, path) : [`${path}: ${JSON.stringify(value)}`];
}

function isEmptyUntilKnown({ type, format }: Shape): boolean {
  return format === 'uri' || type === undefined;
}

function inside({ properties, items }: Shape, value: Json, path: string): string[] {
  if (Array.isArray(value)) return items === undefined ? [] : value.flatMap((one: Json) => deviations(items, one, `${path}[]`));
  if (properties === undefined || typeof value !== 'object' || value === null) return [];
  const fields = value as Readonly<Record<string, Json>>;
  const unknown = Object.keys(fields).filter((name) => properties[name] === undefined);
  return [
    ...unknown.map((name) => `${path}.${name} is unknown`),
    ...Object.entries(properties).flatMap(([name, one]) => deviations(one, fields[name], `${path}.${name}`)),
  ];
}

const formats: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/,
  'date-time-rfc-2822': /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
};

function fits({ type, format, pattern, enum: allowed }: Shape, value: Json): boolean {
  if (!isOfType(type, value)) return false;
  if (typeof value !== 'string') return true;
  if (allowed !== undefined && !allowed.includes(value)) return false;
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return false;
  return formats[format ?? '']?.test(value) ?? true;
}

function isOfType(type: string | undefined, value: Json): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    default:
      return true;
  }
}
