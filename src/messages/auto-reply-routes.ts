import { isoTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { AutoReplyId } from '#base/ids.ts';
import { givenFields } from '#base/given-fields.ts';
import { changeAutoReply, createAutoReply, deleteAutoReply, getAutoReply, listAutoReplies } from '#contract/auto-replies.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { answerPage } from '#contract/page.ts';
import type { AutoReplies } from './auto-replies.ts';
import type { AutoReply } from './auto-reply.ts';
import { isOwnNumber, ownNumbers } from './own-numbers.ts';
import type { OurNumbers } from './ports.ts';

type Deps = { readonly autoReplies: AutoReplies; readonly numbers: OurNumbers };

/** Users see the rules of their own numbers; an admin sees all, and only an admin creates rules for all numbers. */
export function autoReplyRoutes({ autoReplies, numbers }: Deps): readonly Route[] {
  const mayHave = (number: string | undefined, identity: Identity | undefined): boolean =>
    identity?.role === 'admin' || (number !== undefined && isOwnNumber(numbers, number, identity?.personId));
  const visible = (id: AutoReplyId, identity: Identity | undefined): AutoReply => {
    const found = autoReplies.byId(id);
    if (found !== undefined && mayHave(found.number, identity)) return found;
    throw new AppError('not-found', 'There is no such automatic reply');
  };
  const admit = (number: string | null | undefined, identity: Identity | undefined): void => {
    if (number === undefined || mayHave(number ?? undefined, identity)) return;
    throw new AppError('forbidden', 'You can create automatic replies for your own numbers only', because('own-numbers-only'));
  };
  return [
    handle(listAutoReplies, ({ query, identity }) => {
      const visibleTo = identity?.role === 'admin' ? undefined : ownNumbers(numbers, identity?.personId);
      return answerPage(query, (request) => autoReplies.list(visibleTo, request), toReply);
    }),
    handle(createAutoReply, async ({ body: { enabled, number, ...rest }, identity }) => {
      admit(number, identity);
      return toReply(await autoReplies.create({ ...rest, number: number ?? undefined, isEnabled: enabled }));
    }),
    handle(getAutoReply, ({ params, identity }) => toReply(visible(params.id, identity))),
    handle(changeAutoReply, async ({ params, body, identity }) => {
      const rule = visible(params.id, identity);
      admit(body.number, identity);
      const { number, enabled, ...rest } = body;
      const change = {
        ...givenFields(rest),
        ...(number === undefined ? {} : { number: number ?? undefined }),
        ...(enabled === undefined ? {} : { isEnabled: enabled }),
      };
      return toReply(await autoReplies.change(rule, change));
    }),
    handle(deleteAutoReply, ({ params, identity }) => autoReplies.delete(visible(params.id, identity))),
  ];
}

function toReply({ id, name, number, trigger, keywords, hours, body, quietMinutes, isEnabled, createdAt }: AutoReply) {
  return {
    id,
    name,
    number: number ?? null,
    trigger,
    keywords: [...keywords],
    hours: hours.map(({ days, from, to }) => ({ days: [...days], from, to })),
    body,
    quietMinutes,
    enabled: isEnabled,
    createdAt: isoTime(createdAt),
  };
}
