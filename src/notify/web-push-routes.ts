import { AppError } from '#base/errors.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { getWebPush, subscribeWebPush } from '#contract/web-push.ts';
import { destinationUrlProblem } from './fence/destination-url.ts';
import type { PushKeys } from './push/web-push-request.ts';
import { isUsable } from './push/web-push-request.ts';
import type { WebPush } from './push/web-push.ts';
import { toReply } from './target-routes.ts';
import type { Targets } from './targets.ts';
import { whose } from './whose.ts';
import type { IsPerson } from './whose.ts';

export type WebPushRoutesDeps = {
  readonly channel: Pick<WebPush, 'problem'>;
  /** The house's own, made where there are none yet. */
  readonly keys: () => Promise<Pick<PushKeys, 'publicKey'>>;
  readonly targets: Pick<Targets, 'add'>;
  readonly isPerson: IsPerson;
};

/** A browser is its person's: who signs up in it last is told there. */
export function webPushRoutes({ channel, keys, targets, isPerson }: WebPushRoutesDeps): readonly Route[] {
  return [
    handle(getWebPush, async () => {
      const problem = channel.problem() ?? null;
      return { publicKey: problem === null ? (await keys()).publicKey : null, problem };
    }),
    handle(subscribeWebPush, async ({ body: { endpoint, keys: given, name, replaces }, identity }) => {
      const personId = whose('me', identity, isPerson);
      if (destinationUrlProblem(endpoint, false) !== undefined) throw invalid('endpoint', 'is no address of a push service');
      if (!isUsable(given)) throw invalid('keys.p256dh', 'is no key of P-256');
      const via = identity?.kind === 'ingress' ? 'ingress' : 'own';
      const subscription = { endpoint, keys: given };
      return toReply(await targets.add({ channel: 'web-push', personId, name, subscription, via, replaces }));
    }),
  ];
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid', 'The subscription is not valid', { details: [{ field, message }] });
}
