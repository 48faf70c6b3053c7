import { isoTime } from '#base/clock.ts';
import { givenFields } from '#base/given-fields.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import {
  changeEscalationChain,
  createEscalationChain,
  deleteEscalationChain,
  getEscalationChain,
  listEscalationChains,
} from '#contract/escalation-chains.ts';
import { answerInMemory } from '#contract/page.ts';
import type { EscalationChain } from './escalation-chain.ts';
import type { EscalationChains } from './escalation-chains.ts';

export function escalationChainRoutes(chains: EscalationChains): readonly Route[] {
  const toReply = (chain: EscalationChain) => ({
    ...chain,
    steps: chain.steps.map(({ targets, seconds }) => ({ seconds, targets: targets.map((target) => ({ ...target })) })),
    problems: chains.problemsOf(chain).map((one) => ({ ...one })),
    createdAt: isoTime(chain.createdAt),
  });
  return [
    handle(listEscalationChains, ({ query }) => {
      const byAge = chains.all();
      const sorted = query.sort === 'name' ? byAge.toSorted((a, b) => a.name.localeCompare(b.name)) : byAge;
      return answerInMemory(query, sorted, toReply);
    }),
    handle(createEscalationChain, async ({ body }) => toReply(await chains.create(body))),
    handle(getEscalationChain, ({ params }) => toReply(chains.get(params.id))),
    handle(changeEscalationChain, async ({ params, body }) => toReply(await chains.change(params.id, givenFields(body)))),
    handle(deleteEscalationChain, ({ params }) => chains.delete(params.id)),
  ];
}
