// Makes openapi-facts.snapshot.json, which the emulated Twilio is checked by, out of Twilio's own OpenAPI documents.
// Called by script/twilio-openapi-facts.
// Kept are facts alone: operations, parameters, types, enums, patterns; no descriptions, no examples.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation, Shape } from './openapi-facts.ts';

type Node = { readonly [key: string]: unknown };

const documents = {
  api: 'twilio_api_v2010.json',
  trunking: 'twilio_trunking_v1.json',
  studio: 'twilio_studio_v2.json',
  lookups: 'twilio_lookups_v2.json',
  monitor: 'twilio_monitor_v1.json',
  voice: 'twilio_voice_v1.json',
  messaging: 'twilio_messaging_v1.json',
} as const;

/** What a house asks for; behind the account where the host is api. */
const wanted: Readonly<Record<keyof typeof documents, readonly RegExp[]>> = {
  api: [
    /^\/$/,
    /^\/Balance$/,
    /^\/Usage\/(Records|Triggers)(\/\{\}|\/(AllTime|Daily|Today|ThisMonth|LastMonth|Monthly|Yearly|Yesterday))?$/,
    /^\/(Keys|IncomingPhoneNumbers|OutgoingCallerIds|Calls|Recordings|Transcriptions|Messages|Addresses|Notifications)(\/\{\})?$/,
    /^\/(Calls\/\{\}\/Recordings|Messages\/\{\}\/Media|Recordings\/\{\}\/Transcriptions)(\/\{\})?$/,
    /^\/SIP\/(Domains|CredentialLists|IpAccessControlLists)(\/|$)/,
  ],
  trunking: [/^\/v1\/Trunks/],
  studio: [/^\/v2\/Flows(\/\{\}|\/Validate)?$/],
  lookups: [/^\/v2\/PhoneNumbers\/\{\}$/],
  monitor: [/^\/v1\/Alerts(\/\{\})?$/],
  voice: [/^\/v1\/DialingPermissions\/Countries(\/\{\})?$/],
  messaging: [/^\/v1\/Services(\/\{\}(\/PhoneNumbers(\/\{\})?)?)?$/],
};

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('Say where the documents are: script/twilio-openapi-facts FOLDER\n');
  process.exit(1);
}

const schemas = new Map<string, Shape>();
const operations = new Map<string, Operation>();
for (const [host, file] of Object.entries(documents)) {
  const document = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Node;
  for (const [path, methods] of Object.entries(document['paths'] as Node)) {
    const place = placeOf(path);
    if (!wanted[host as keyof typeof documents].some((pattern) => pattern.test(place))) continue;
    for (const method of ['get', 'post', 'delete']) {
      const found = (methods as Node)[method] as Node | undefined;
      if (found !== undefined)
        operations.set(`${method.toUpperCase()} ${host} ${place}`, operationOf(found, reader(document, host)));
    }
  }
}
const lines = (entries: Iterable<readonly [string, unknown]>) =>
  [...entries]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n');
const target = new URL('./openapi-facts.snapshot.json', import.meta.url);
writeFileSync(target, `{\n  "operations": {\n${lines(operations)}\n  },\n  "schemas": {\n${lines(schemas)}\n  }\n}\n`);

/** `/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json` → `/Calls/{}`. */
function placeOf(path: string): string {
  const bare = path.replace(/\.json$/, '').replace(/^\/2010-04-01\/Accounts\/\{(?:AccountSid|Sid)\}/, '') || '/';
  return bare.replaceAll(/\{\w+\}/g, '{}');
}

type Read = (schema: Node) => Shape;

function reader(document: Node, host: string): Read {
  const all = (document['components'] as Node)['schemas'] as Node;
  const read: Read = (schema) => {
    const reference = schema['$ref'] as string | undefined;
    if (reference === undefined) return shapeOf(schema, read);
    const name = reference.slice('#/components/schemas/'.length);
    const found = all[name] as Node;
    if (found['type'] !== 'object') return read(found);
    const key = `${host}:${name}`;
    if (!schemas.has(key)) {
      schemas.set(key, {});
      schemas.set(key, shapeOf(found, read));
    }
    return { ref: key };
  };
  return read;
}

function shapeOf(schema: Node, read: Read): Shape {
  const kept = Object.fromEntries(
    ['type', 'format', 'pattern', 'enum', 'nullable'].filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]),
  );
  const properties = schema['properties'] as Record<string, Node> | undefined;
  const items = schema['items'] as Node | undefined;
  return {
    ...kept,
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, read(one)])) }),
    ...(items === undefined ? {} : { items: read(items) }),
  };
}

function operationOf(found: Node, read: Read): Operation {
  const parameters = (found['parameters'] ?? []) as readonly Node[];
  const query = parameters.filter((one) => one['in'] === 'query');
  const body = ((found['requestBody'] as Node | undefined)?.['content'] as Node | undefined)?.[
    'application/x-www-form-urlencoded'
  ];
  const form = body === undefined ? undefined : ((body as Node)['schema'] as Node);
  const replies = Object.entries((found['responses'] ?? {}) as Record<string, Node>);
  const good = replies.filter(([status]) => status.startsWith('2'));
  const json = (good[0]?.[1]['content'] as Node | undefined)?.['application/json'] as Node | undefined;
  return {
    query: Object.fromEntries(query.map((one) => [one['name'] as string, read(one['schema'] as Node)])),
    form: Object.fromEntries(
      Object.entries((form?.['properties'] ?? {}) as Record<string, Node>).map(([name, one]) => [name, read(one)]),
    ),
    required: (form?.['required'] ?? []) as readonly string[],
    statuses: good.map(([status]) => Number(status)),
    ...(json === undefined ? {} : { reply: read(json['schema'] as Node) }),
  };
}
