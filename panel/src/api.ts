// Owns the one way in which the panel asks the house: `call(endpoint, input)`, typed by the contract.
// Called by pages, dialogs and the session; nobody else builds an address or reads a status.
// Must stay true: a session that is over loses nothing: the request waits until somebody has signed in again, and is then made.
import type { AnyEndpoint, EndpointInput, EndpointReply } from '#contract/endpoint.ts';
import { idempotencyHeader } from '#contract/idempotency.ts';
import { apiAddress, isIngress } from './place.ts';
import { Problem, problemOf, toProblem } from './problem.ts';
import { requestPath } from './request.ts';
import type { RequestParts } from './request.ts';
import { Signal } from './signal.ts';

/** Whether the house answers; pages show a banner while it does not. */
export const isAway = new Signal(false);

/** `over`: there was a session and it has ended. */
export const sessionState = new Signal<'unknown' | 'open' | 'over'>('unknown');

const maxKeptAlive = 8_000;

type Input<One extends AnyEndpoint> = EndpointInput<One> & Pick<RequestParts, 'once'>;

/** Throws a Problem, nothing else. */
export function call<One extends AnyEndpoint>(
  endpoint: One,
  ...input: unknown extends EndpointInput<One> ? [] : [Input<One>]
): Promise<EndpointReply<One>> {
  return inSession(() => callOnce(endpoint, ...input));
}

/** As `call` does, but throws a Problem also where nobody is signed in. */
export async function callOnce<One extends AnyEndpoint>(
  endpoint: One,
  ...[input]: unknown extends EndpointInput<One> ? [] : [Input<One>]
): Promise<EndpointReply<One>> {
  try {
    return (await send(endpoint, (input ?? {}) as RequestParts)) as EndpointReply<One>;
  } catch (error) {
    throw toProblem(error);
  }
}

/** Asks the house; where the session is over, once more when somebody has signed in again. `ask`: throws a Problem. */
export async function inSession<Reply>(ask: () => Promise<Reply>): Promise<Reply> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code !== 'AUTHENTICATION_ERROR' || sessionState.value === 'unknown') throw problem;
      if (isIngress) throw renewedSoon();
      sessionState.value = 'over';
      await sessionState.until((state) => state === 'open');
    }
  }
}

/** Home Assistant renews the sessions of its ingress by itself, within a minute. */
function renewedSoon(): Problem {
  isAway.value = true;
  return new Problem('AWAY', '');
}

async function send(endpoint: AnyEndpoint, parts: RequestParts): Promise<unknown> {
  const body = parts.body === undefined ? undefined : JSON.stringify(parts.body);
  const response = await reach(apiAddress(requestPath(endpoint, parts)), {
    method: endpoint.method,
    // What was put off is done while the page closes; a browser lets 64 KiB go on then.
    keepalive: endpoint.method !== 'GET' && (body?.length ?? 0) < maxKeptAlive,
    headers: {
      'X-GoSIP-Request': '1',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(parts.once === undefined ? {} : { [idempotencyHeader]: parts.once }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const answer = response.status === 204 ? null : await response.json().catch(() => undefined);
  const isAnswered = response.ok && answer !== undefined;
  // A proxy in front of the house may say that all is well, and answer with a page of its own.
  const problem = isAnswered ? undefined : problemOf(response.ok ? 502 : response.status, answer);
  isAway.value = problem?.code === 'AWAY';
  if (problem !== undefined) throw problem;
  return answer ?? undefined;
}

async function reach(address: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request);
  } catch {
    isAway.value = true;
    throw new Problem('AWAY', '');
  }
}
