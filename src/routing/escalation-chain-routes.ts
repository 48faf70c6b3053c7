import { isoTime } from '#base/clock.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import {
  changeEscalationChain,
  createEscalationChain,
  deleteEscalationChain,
  getEscalationChain,
  listEscalationChains,
} from '#contract/escalation-chains.ts';
import { answerPage } from '#contract/page.ts';
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
    handle(listEscalationChains, ({ query }) =>
      answerPage(
        query,
        ({ limit, offset, sort, order }) => {
          const sorted = sort === 'name' ? chains.all().toSorted((a, b) => a.name.localeCompare(b.name)) : chains.all();
          const ordered = order === 'asc' ? sorted : sorted.toReversed();
          return { items: ordered.slice(offset, offset + limit), total: ordered.length };
        },
        toReply,
      ),
    ),
    handle(createEscalationChain, async ({ body }) => toReply(await chains.create(body))),
    handle(getEscalationChain, ({ params }) => toReply(chains.get(params.id))),
    handle(changeEscalationChain, async ({ params, body }) => {
      const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      return toReply(await chains.change(params.id, given));
    }),
    handle(deleteEscalationChain, ({ params }) => chains.delete(params.id)),
  ];
}
