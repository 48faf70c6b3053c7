import { isoTime } from '#base/clock.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { endTrunkTestCall, getTrunkTestCall, startTrunkTestCall } from '#contract/trunks.ts';
import type { TestCall, TrunkTestCalls } from './trunk-test-calls.ts';

type Deps = {
  readonly testCalls: TrunkTestCalls;
  /** The name by which calls go over it. Throws `not-found`. */
  readonly trunkNameOf: (id: string) => string;
};

export function trunkTestCallRoutes({ testCalls, trunkNameOf }: Deps): readonly Route[] {
  return [
    handle(startTrunkTestCall, async ({ params: { id }, body }) =>
      toReply(await testCalls.start({ id, name: trunkNameOf(id) }, body.number)),
    ),
    handle(getTrunkTestCall, ({ params: { id } }) => toReply(testCalls.get(id))),
    handle(endTrunkTestCall, ({ params: { id } }) => testCalls.end(id)),
  ];
}

function toReply({ number, startedAt, isOver, steps }: TestCall) {
  return {
    number,
    isOver,
    startedAt: isoTime(startedAt),
    steps: steps.map(({ step, at, reason, sipStatus }) => ({
      step,
      at: isoTime(at),
      reason: reason ?? null,
      sipStatus: sipStatus ?? null,
    })),
  };
}
