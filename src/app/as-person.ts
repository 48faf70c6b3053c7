import type { AnyEndpoint, EndpointInput, EndpointReply, Identity, Route } from '#contract/endpoint.ts';

/** Asks an endpoint of this house as somebody, by the same rules as over HTTP. */
export type AsPerson = <One extends AnyEndpoint>(endpoint: One, input: EndpointInput<One>) => Promise<EndpointReply<One>>;

type Input = { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown };

/** `routes`: all of the house. Rejects as the endpoint does, with an AppError. */
export function asPerson(routes: () => readonly Route[], identity: Identity): AsPerson {
  return async (endpoint, input) => {
    const route = routes().find((one) => one.endpoint.id === endpoint.id);
    if (route === undefined) throw new Error(`Nothing answers ${endpoint.id}`);
    const { params, query, body } = input as Input;
    const call = {
      params: endpoint.params?.parse(params ?? {}),
      query: endpoint.query?.parse(query ?? {}),
      body: endpoint.body?.parse(body),
      identity,
      client: { address: '', userAgent: 'GoSIP' },
    };
    return endpoint.reply.parse(await route.run(call)) as EndpointReply<typeof endpoint>;
  };
}
