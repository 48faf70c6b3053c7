// Owns what an endpoint is: method, path, access, and the shapes of what goes in and out.
// Called by every contract file that declares one, every room that answers one, and http, which mounts them.
// Must stay true: what is declared here is all that http, the OpenAPI document and a panel know of an endpoint.
import { z } from 'zod';
import type { PersonId, SessionId, TokenId } from '#base/ids.ts';

/** Who may call: `public` needs nothing, `user` any signed-in person, `admin` an administrator. */
export type Access = 'public' | 'user' | 'admin';

type Schema = z.ZodType;
type NoInput = z.ZodType<Record<string, never> | undefined>;

/** The reply of an endpoint that answers 204. */
export const noContent = z.void();

export type UploadRule = {
  readonly types: readonly string[];
  /** Other names of the same formats; the bytes decide what it is. */
  readonly aliases?: readonly string[];
  readonly maxBytes: number;
};

export type Endpoint<Params extends Schema, Query extends Schema, Body extends Schema, Reply extends Schema> = {
  /** The operation id of OpenAPI, such as `listDevices`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api`, with `:name` for parameters, such as `/devices/:id`. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  /** Status of success; 200 by default (201 for created, 204 without a body). */
  readonly status?: 200 | 201 | 202 | 204;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The body is not JSON but bytes of one of these media types; `body` is `uploadBody` then, or `streamUpload`. */
  readonly upload?: UploadRule;
  readonly reply: Reply;
  /** What it does cannot be taken back: an Idempotency-Key holds for it also where the house was started again. */
  readonly isDoneOnce?: true;
  /** The reply is not JSON but a file of one of these media types; `reply` is `fileReply` then, or `streamReply`. */
  readonly replyTypes?: readonly string[];
};

export type AnyEndpoint = Endpoint<Schema, Schema, Schema, Schema>;

/** Declares one HTTP endpoint: the value that server, panel and OpenAPI share. */
export function endpoint<
  Reply extends Schema,
  Params extends Schema = NoInput,
  Query extends Schema = NoInput,
  Body extends Schema = NoInput,
>(declaration: Endpoint<Params, Query, Body, Reply>): Endpoint<Params, Query, Body, Reply> {
  return declaration;
}

/** `read`: changes nothing. */
export type TokenScope = 'read' | 'all';

/**
 * Who makes a request: by an API token, by the cookie of a session, or named by Home Assistant's ingress. `id` is the person's, or the
 * token's where it was made for no person.
 */
export type Identity = {
  readonly kind: 'token' | 'session' | 'ingress';
  readonly id: PersonId | TokenId;
  readonly personId: PersonId | undefined;
  readonly role: 'admin' | 'user';
  /** Of a token; all where it is not given. */
  readonly scope?: TokenScope;
  readonly sessionId?: SessionId;
};

/** Where a request comes from. */
export type ApiClient = {
  /** Behind proxies of the house, that of the client itself. */
  readonly address: string;
  readonly userAgent: string;
};

/** What a room's handler gets; `identity` may be undefined only for a `public` endpoint. */
export type ApiRequest<Params, Query, Body> = {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly identity: Identity | undefined;
  readonly client: ApiClient;
};

/** An endpoint together with the function that answers it. `http/mount.ts` parses input, checks access and the reply. */
export type Route = {
  readonly endpoint: AnyEndpoint;
  readonly run: (call: ApiRequest<unknown, unknown, unknown>) => unknown;
  /** `run` answers with a SessionReply. */
  readonly setsSession?: true;
};

/** The reply of an endpoint that begins or ends a session: http gives `secret` to the browser as a cookie; null takes it away. */
export type SessionReply<Reply> = { readonly reply: Reply; readonly secret: string | null };

export function handle<Params extends Schema, Query extends Schema, Body extends Schema, Reply extends Schema>(
  declaration: Endpoint<Params, Query, Body, Reply>,
  run: (call: ApiRequest<z.output<Params>, z.output<Query>, z.output<Body>>) => z.input<Reply> | Promise<z.input<Reply>>,
): Route {
  return { endpoint: declaration as unknown as AnyEndpoint, run: run as Route['run'] };
}

/** For an endpoint that begins or ends a session. */
export function handleSession<Params extends Schema, Query extends Schema, Body extends Schema, Reply extends Schema>(
  declaration: Endpoint<Params, Query, Body, Reply>,
  run: (call: ApiRequest<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<SessionReply<z.input<Reply>>>,
): Route {
  return { endpoint: declaration as unknown as AnyEndpoint, run: run as unknown as Route['run'], setsSession: true };
}

export type AccessVerdict = 'yes' | 'sign-in' | 'forbidden' | 'read-only';

/** Whether `identity` may call; `sign-in`: there is no identity yet; `read-only`: its token changes nothing. */
export function checkAccess(
  { access, method }: Pick<AnyEndpoint, 'access' | 'method'>,
  identity: Identity | undefined,
): AccessVerdict {
  if (access === 'public') return 'yes';
  if (identity === undefined) return 'sign-in';
  if (access === 'admin' && identity.role !== 'admin') return 'forbidden';
  return identity.scope === 'read' && method !== 'GET' ? 'read-only' : 'yes';
}

/** What a client gives an endpoint; what it does not take or what has a default may be left out. */
export type EndpointInput<One> =
  One extends Endpoint<infer Params, infer Query, infer Body, infer _Reply>
    ? InputPart<'params', Params> & InputPart<'query', Query> & InputPart<'body', Body>
    : never;

type InputPart<Name extends string, Of extends Schema> = NoInput extends Of
  ? unknown
  : Partial<z.input<Of>> extends z.input<Of>
    ? { readonly [Key in Name]?: z.input<Of> }
    : { readonly [Key in Name]: z.input<Of> };

/** What a client gets back. */
export type EndpointReply<One> =
  One extends Endpoint<infer _Params, infer _Query, infer _Body, infer Reply> ? z.output<Reply> : never;
