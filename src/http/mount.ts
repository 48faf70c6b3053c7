import { createHash } from 'node:crypto';
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { checkAccess } from '#contract/endpoint.ts';
import type { AnyEndpoint, ApiClient, Identity, Route, SessionReply } from '#contract/endpoint.ts';
import { streamReply, streamUpload } from '#contract/file.ts';
import type { FileReply, StreamReply } from '#contract/file.ts';
import { refusalsOf } from '#contract/refusals.ts';
import { validate } from '#contract/validation.ts';
import type { ValidationResult } from '#contract/validation.ts';
import { inTime, readJson, readUpload, streamUploaded } from './body.ts';
import { errorResponse } from './errors.ts';
import { answerIfKnown, sendFile, sendStream } from './files.ts';
import { keyedRequest } from './keyed-request.ts';
import { KeptReplies } from './kept-replies.ts';
import type { RepliesOnDisk } from './kept-replies.ts';

/** How the server sees a request. */
export type RequestView = {
  readonly identityOf: (context: Context) => Identity | undefined;
  /** Throws `forbidden` where a page of another site may have sent it. */
  readonly assertOwnSite: (context: Context, identity: Identity | undefined) => void;
  readonly clientOf: (context: Context) => ApiClient;
  /** Gives the browser a session's secret; null takes it away. */
  readonly setSession: (context: Context, secret: string | null) => void;
};

export type MountOptions = {
  readonly log: Log;
  readonly clock: Clock;
  readonly view: RequestView;
  /** Whether a reply that violates the contract is an error (tests), or is logged and sent all the same (production). */
  readonly isReplyStrict: boolean;
  /** Without it a restart forgets what was done. */
  readonly repliesOnDisk?: RepliesOnDisk | undefined;
  /** Turns a failure of another part, such as the storage, into an error for the user. */
  readonly explain?: ((error: unknown) => unknown) | undefined;
};

type AnswerOptions = MountOptions & { readonly kept: KeptReplies };

export type RequestInput = { readonly [Part in 'params' | 'query' | 'body']: unknown };

/**
 * Puts every route on the router: access first, then input, then the room's answer, then the reply. A path that is named, such as
 * `/cdrs/stats`, comes before `/cdrs/:id`, in whatever order the rooms declare them.
 */
export function mountRoutes(router: Router, routes: readonly Route[], options: MountOptions): void {
  const kept = new KeptReplies(options.clock, options.repliesOnDisk);
  const parameters = ({ endpoint }: Route) => endpoint.path.split(':').length;
  for (const route of routes.toSorted((a, b) => parameters(a) - parameters(b))) {
    const { method, path } = route.endpoint;
    router.register(path, [method], (context: Context) => answerAsDescribed(context, route, { ...options, kept }), {});
  }
}

type Admission = Pick<AnyEndpoint, 'access' | 'method'>;

/** The client's identity, where it has access; throws `unauthorized`, `forbidden` or `rate-limited` where it has not. */
export function admit(wanted: Admission, context: Context, view: RequestView): Identity | undefined {
  const identity = wanted.access === 'public' ? undefined : view.identityOf(context);
  const verdict = checkAccess(wanted, identity);
  if (verdict === 'sign-in') {
    throw new AppError('unauthorized', 'Not signed in: sign in, or send an API token (Authorization: Bearer)');
  }
  if (verdict === 'forbidden') throw new AppError('forbidden', 'Only an administrator may do this');
  if (verdict === 'read-only') {
    const who =
      identity?.kind === 'ingress' ? 'Home Assistant lets you see everything and change nothing' : 'This API token is read-only';
    throw new AppError('forbidden', who);
  }
  view.assertOwnSite(context, identity);
  return identity;
}

/** A refusal that the description of the endpoint does not name is a fault of ours. */
async function answerAsDescribed(context: Context, route: Route, options: AnswerOptions): Promise<void> {
  try {
    await answer(context, route, options);
  } catch (error) {
    const { endpoint } = route;
    const { status } = errorResponse(options.explain?.(error) ?? error);
    if (!(refusalsOf(endpoint) as readonly number[]).includes(status)) {
      options.log.error({ endpoint: endpoint.id, status, err: error }, 'Error reply violates the contract');
      if (options.isReplyStrict) throw new AppError('internal', `${endpoint.id} answers ${status}, which is not described`);
    }
    throw error;
  }
}

async function answer(context: Context, route: Route, options: AnswerOptions): Promise<void> {
  const { endpoint } = route;
  const { view } = options;
  const identity = admit(endpoint, context, view);
  const body = await readBody(context, endpoint, options);
  const given = { params: context['params'] as unknown, query: { ...context.query }, body };
  const input = parseInput(endpoint, given);
  const run = async () => route.run({ ...input, identity, client: view.clientOf(context) });
  const keyed = keyedRequest(context, { endpoint, identity, input });
  if (keyed !== undefined) {
    const text = await options.kept.once(keyed, async () => JSON.stringify(checkReply(endpoint, await run(), options)));
    sendJson(context, endpoint.status, JSON.parse(text));
    return;
  }
  const answered = await run();
  const reply = route.setsSession === true ? keepSession(answered as SessionReply<unknown>, context, view) : answered;
  if (endpoint.replyTypes !== undefined) {
    if (endpoint.reply === streamReply) sendStream(context, reply as StreamReply);
    else sendFile(context, reply as FileReply);
    return;
  }
  sendJson(context, endpoint.status, endpoint.status === 204 ? null : checkReply(endpoint, reply, options));
}

/** What is polled need not be sent again where nothing changed: every JSON reply to a GET has an ETag. */
function sendJson(context: Context, status: number | undefined, reply: unknown): void {
  if (context.method === 'GET' || context.method === 'HEAD') {
    const bytes = Buffer.from(JSON.stringify(reply));
    if (answerIfKnown(context, `"${createHash('sha1').update(bytes).digest('base64url')}"`)) return;
    context.type = 'json';
    context.body = bytes;
    return;
  }
  context.status = status ?? 200;
  context.body = reply;
}

function keepSession({ reply, secret }: SessionReply<unknown>, context: Context, view: RequestView): unknown {
  view.setSession(context, secret);
  return reply;
}

function readBody({ req }: Context, { body, upload }: AnyEndpoint, { clock }: MountOptions): unknown {
  if (body === undefined) return undefined;
  if (upload === undefined) return inTime(readJson(req), clock);
  return body === streamUpload ? streamUploaded(req, upload) : inTime(readUpload(req, upload), clock);
}

function parseInput(endpoint: AnyEndpoint, given: RequestInput): RequestInput {
  const checked = {
    params: validateInput(endpoint.params, given.params),
    query: validateInput(endpoint.query, given.query),
    body: validateInput(endpoint.body, given.body),
  };
  const details = Object.entries(checked).flatMap(([part, one]) =>
    one.kind === 'fits'
      ? []
      : one.problems.map((problem) => ({ ...problem, field: problem.field === '' ? part : problem.field })),
  );
  if (details.length > 0) throw new AppError('invalid', 'The request is not valid', { details });
  return { params: valueOf(checked.params), query: valueOf(checked.query), body: valueOf(checked.body) };
}

function validateInput(schema: AnyEndpoint['params'], value: unknown): ValidationResult<unknown> {
  return schema === undefined ? { kind: 'fits', value: undefined } : validate(schema, value);
}

function valueOf(checked: ValidationResult<unknown>): unknown {
  return checked.kind === 'fits' ? checked.value : undefined;
}

function checkReply(endpoint: AnyEndpoint, reply: unknown, options: MountOptions): unknown {
  const checked = validate(endpoint.reply, reply);
  if (checked.kind === 'fits') return checked.value;
  options.log.error({ endpoint: endpoint.id, problems: checked.problems }, 'Reply violates the contract');
  if (options.isReplyStrict) throw new AppError('internal', `The reply of ${endpoint.id} violates the contract`);
  return reply;
}
