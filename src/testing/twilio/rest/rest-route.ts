import { created, gone, isReply, ok, page2010, pageMeta, unknown } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import type { Resource } from '#testing/twilio/base/records.ts';

export type RestHost = 'api' | 'trunking' | 'studio' | 'lookups' | 'monitor' | 'voice' | 'messaging';

export type RestRoute = {
  readonly host: RestHost;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind `/2010-04-01/Accounts/AC…` on the host api, the whole path on others; without its extension. */
  readonly path: string;
  /** Name for faults and the request log, such as `messages.create`. */
  readonly name: string;
  readonly answer: (request: RestRequest) => RestReply | Promise<RestReply>;
};

/** A route of the host api. */
export function apiRoute(method: RestRoute['method'], path: string, name: string, answer: RestRoute['answer']): RestRoute {
  return { host: 'api', method, path, name, answer };
}

export type Collection = {
  readonly host: RestHost;
  readonly path: string;
  readonly name: string;
  /** Of the array in a page. */
  readonly key: string;
  readonly store: Map<string, Resource>;
  /** The fields that tie a resource to what its path names; undefined when that does not exist. */
  readonly within?: (request: RestRequest) => Readonly<Record<string, string>> | undefined;
  /** Leaves some out of a list, by the query. */
  readonly matches?: (resource: Resource, query: URLSearchParams) => boolean;
  /** A new resource, or why not. */
  readonly create?: (request: RestRequest) => Resource | RestReply;
  /** Changes it; a reply refuses. */
  readonly update?: (resource: Resource, request: RestRequest) => RestReply | undefined;
  /** What goes with it; a reply refuses; false forbids deleting at all. */
  readonly remove?: false | ((resource: Resource) => RestReply | undefined);
};

/** List, fetch, create, update and delete for a kind of resource that is nothing but its fields. */
export function collectionRoutes(collection: Collection): readonly RestRoute[] {
  const { host, path, name, create, update, remove } = collection;
  const route = (method: RestRoute['method'], action: string, at: string, answer: RestRoute['answer']): RestRoute => ({
    host,
    method,
    path: at,
    name: `${name}.${action}`,
    answer,
  });
  const one = `${path}/:sid`;
  return [
    route('GET', 'list', path, (request) => list(collection, request)),
    route('GET', 'fetch', one, (request) => withOne(collection, request, ok)),
    ...(create === undefined ? [] : [route('POST', 'create', path, (request) => add(collection, create, request))]),
    ...(update === undefined
      ? []
      : [
          route('POST', 'update', one, (request) => withOne(collection, request, (found) => update(found, request) ?? ok(found))),
        ]),
    ...(remove === false ? [] : [route('DELETE', 'delete', one, (request) => drop(collection, request))]),
  ];
}

function list({ host, key, store, within, matches }: Collection, request: RestRequest): RestReply {
  const tie = within === undefined ? {} : within(request);
  if (tie === undefined) return unknown(request.path);
  const items = [...store.values()].filter((resource) => isTied(resource, tie) && (matches?.(resource, request.query) ?? true));
  const page = { items, key, sidOf: ({ sid }: Resource) => sid, toJson: (resource: Resource) => resource };
  return host === 'api' ? page2010(request, page) : pageMeta(request, page);
}

function add(
  { store, within }: Collection,
  create: (request: RestRequest) => Resource | RestReply,
  request: RestRequest,
): RestReply {
  const tie = within === undefined ? {} : within(request);
  if (tie === undefined) return unknown(request.path);
  const made = create(request);
  if (isReply(made)) return made;
  const resource = { ...made, ...tie };
  store.set(resource.sid, resource);
  return created(resource);
}

function drop(collection: Collection, request: RestRequest): RestReply {
  return withOne(collection, request, (found) => {
    const refusal = collection.remove === undefined || collection.remove === false ? undefined : collection.remove(found);
    if (refusal !== undefined) return refusal;
    collection.store.delete(found.sid);
    return gone();
  });
}

function withOne(collection: Collection, request: RestRequest, answer: (resource: Resource) => RestReply): RestReply {
  const tie = collection.within === undefined ? {} : collection.within(request);
  const found = collection.store.get(request.params['sid'] ?? '');
  if (tie === undefined || found === undefined || !isTied(found, tie)) return unknown(request.path);
  return answer(found);
}

function isTied(resource: Resource, tie: Readonly<Record<string, string>>): boolean {
  return Object.entries(tie).every(([field, value]) => resource[field] === value);
}

/** The fields of a form under their names in JSON (`VoiceUrl` → `voice_url`), those in `names` only. */
export function formFields(form: URLSearchParams, names: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const name of names) {
    const value = form.get(name);
    if (value !== null) fields[snake(name)] = value;
  }
  return fields;
}

export function snake(name: string): string {
  return name.replaceAll(/(?<=[a-z\d])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g, (letter) => `_${letter}`).toLowerCase();
}

export function readFlag(text: string | null): boolean | undefined {
  if (text === null) return undefined;
  return text.toLowerCase() === 'true';
}
