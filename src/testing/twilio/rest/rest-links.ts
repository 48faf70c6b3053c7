import { isoSeconds, rfc2822 } from '#testing/twilio/base/dates.ts';
import { created, gone, ok, page2010, pageMeta, refuse, unknown } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import type { RestHost, RestRoute } from './rest-route.ts';
import type { Json, Resource } from '#testing/twilio/base/records.ts';
import type { EmulatorState, Link } from '#testing/twilio/base/state.ts';

export type LinkKind = {
  readonly host: RestHost;
  /** With `:parent`. */
  readonly path: string;
  readonly name: string;
  readonly key: string;
  readonly kind: Link['kind'];
  readonly parents: Map<string, Resource>;
  /** The fields that only this kind of tie has. */
  readonly more: (link: Link) => Readonly<Record<string, Json>>;
  readonly lists: Map<string, Resource>;
  /** Of the form: which list. */
  readonly parameter: string;
  readonly duplicateCode: number;
};

/** Ties lists to SIP Domains and trunks. On the wire a tie has the sid of its list. */
export function linkRoutes(state: EmulatorState, kind: LinkKind): readonly RestRoute[] {
  const route = (method: RestRoute['method'], action: string, answer: RestRoute['answer']): RestRoute => ({
    host: kind.host,
    method,
    path: action === 'list' || action === 'create' ? kind.path : `${kind.path}/:sid`,
    name: `${kind.name}.${action}`,
    answer: (request) => (kind.parents.has(request.params['parent'] ?? '') ? answer(request) : unknown(request.path)),
  });
  const find = ({ params }: RestRequest): Link | undefined =>
    state.links.get(linkKey(params['parent'] ?? '', kind.kind, params['sid'] ?? ''));
  return [
    route('GET', 'list', (request) => list(state, kind, request)),
    route('POST', 'create', (request) => create(state, kind, request)),
    route('GET', 'fetch', (request) => {
      const link = find(request);
      return link === undefined ? unknown(request.path) : ok(toJson(state, kind, link));
    }),
    route('DELETE', 'delete', (request) => {
      const link = find(request);
      if (link === undefined) return unknown(request.path);
      state.links.delete(linkKey(link.parentSid, link.kind, link.listSid));
      return gone();
    }),
  ];
}

export function unlinkParent(state: EmulatorState, parentSid: string): void {
  for (const [key, link] of state.links) if (link.parentSid === parentSid) state.links.delete(key);
}

/** The lists tied to a SIP Domain or trunk for one purpose. */
export function linkedLists(state: EmulatorState, parentSid: string, kind: Link['kind']): readonly string[] {
  return [...state.links.values()]
    .filter((link) => link.parentSid === parentSid && link.kind === kind)
    .map(({ listSid }) => listSid);
}

function linkKey(parentSid: string, kind: Link['kind'], listSid: string): string {
  return `${parentSid}|${kind}|${listSid}`;
}

function list(state: EmulatorState, kind: LinkKind, request: RestRequest): RestReply {
  const items = [...state.links.values()].filter(
    (link) => link.parentSid === request.params['parent'] && link.kind === kind.kind,
  );
  const page = {
    items,
    key: kind.key,
    sidOf: (link: Link) => link.listSid,
    toJson: (link: Link) => toJson(state, kind, link),
  };
  return kind.host === 'api' ? page2010(request, page) : pageMeta(request, page);
}

function create(state: EmulatorState, kind: LinkKind, { form, params }: RestRequest): RestReply {
  const listSid = form.get(kind.parameter) ?? '';
  if (!kind.lists.has(listSid)) return refuse(400, 21231, `${kind.parameter} does not name a list of this account`);
  const link: Link = { parentSid: params['parent'] ?? '', kind: kind.kind, listSid, createdMs: state.now() };
  const key = linkKey(link.parentSid, link.kind, listSid);
  if (state.links.has(key)) return refuse(400, kind.duplicateCode, 'The list is already associated');
  state.links.set(key, link);
  return created(toJson(state, kind, link));
}

function toJson(state: EmulatorState, kind: LinkKind, link: Link): Json {
  const at = kind.host === 'api' ? rfc2822(link.createdMs) : isoSeconds(link.createdMs);
  return {
    sid: link.listSid,
    account_sid: state.account.sid,
    friendly_name: kind.lists.get(link.listSid)?.['friendly_name'] ?? '',
    date_created: at,
    date_updated: at,
    ...kind.more(link),
  };
}
