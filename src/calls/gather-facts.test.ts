import { expect, it } from 'vitest';
import { decide } from '#routing/decide.ts';
import type { Route } from '#routing/route.ts';
import { FakeCallerLeg, PstnHarness, ourNumber, ownerPhone } from '#testing/harness/pstn-harness.ts';
import { gatherFacts } from './gather-facts.ts';
import { callerOfNotice } from './house-call.ts';

const caller = { number: '+15555550100', isWithheld: false, name: 'Zoé', attestation: 'none', spamScore: undefined } as const;
const [rung, spared, calling] = [ownerPhone('21'), ownerPhone('20'), ownerPhone('22')];
const rule: Route = {
  id: 'route_1',
  numberId: ourNumber.id,
  name: 'The study alone',
  isEnabled: true,
  conditions: { times: [], callers: [], states: [] },
  action: { kind: 'ring', targets: [{ kind: 'device', id: rung.id }], order: 'all', seconds: 12, then: { kind: 'reject' } },
  createdAt: 0,
};

it('one decision for the webhook, its SIP leg, a trunk, a phone and the preview, and each is made once', () => {
  let asked = 0;
  const routesOf = () => {
    asked += 1;
    return [rule];
  };
  using harness = new PstnHarness({ phones: [rung, spared, calling], routing: { routesOf } });
  const rungBy = (leg: FakeCallerLeg) =>
    leg.ringRequests.flatMap(({ target }) => (target.kind === 'phone' ? target.device.extension : []));

  const { token, callId } = harness.pstnCalls.receive({
    callSid: 'CA1',
    dialled: ourNumber.number,
    isReachable: true,
    trunk: 'twilio',
    caller,
  });
  expect(rungBy(harness.leg(token))).toEqual(['21']);
  expect(asked).toBe(1);

  const byTrunk = new FakeCallerLeg();
  const from = { kind: 'trunk', trunk: 'provider', number: caller.number, name: caller.name } as const;
  const trunkCall = harness.calls.place({ caller: from, dialled: ourNumber.number, leg: byTrunk });
  const byPhone = new FakeCallerLeg();
  const phoneCall = harness.calls.place({ caller: { kind: 'device', device: calling }, dialled: ourNumber.number, leg: byPhone });
  expect([rungBy(byTrunk), rungBy(byPhone), asked]).toEqual([['21'], ['21'], 3]);

  const imagined = gatherFacts(
    {
      caller: callerOfNotice(caller),
      called: { kind: 'number', number: ourNumber },
      via: 'webhook',
      isReachable: true,
      isFull: false,
    },
    harness.sources,
    harness.clock.now(),
  );
  const { plan, reasons } = decide(imagined.question, imagined.facts, harness.clock.now());
  expect(plan).toMatchObject({ kind: 'ring', steps: [{ deviceIds: [rung.id], seconds: 12 }] });
  const stored = [callId, trunkCall.record.id, phoneCall.record.id].map((id) => harness.cdrs.get(id)?.reasons);
  expect(stored).toEqual([reasons, reasons, reasons]);
});
