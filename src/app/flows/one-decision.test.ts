import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Baresip } from '#testing/peers/baresip.ts';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';

// A rule made through the API, a call between two phones, a call by Twilio's webhook, and the preview: one decision.
let at: TwilioHarness;
let kitchen: Baresip;
let study: Baresip;
let routeId: string;

type Reason = { readonly code: string; readonly params: Readonly<Record<string, unknown>>; readonly text: string };
type Preview = {
  readonly plan: { readonly kind: string };
  readonly reasons: readonly Reason[];
  readonly rings: readonly { name: string }[];
};

beforeAll(async () => {
  at = await TwilioHarness.start();
  kitchen = await at.phone('21', 440);
  study = await at.phone('22', 1000);
  const { items: dids } = await at.house.api<{ items: { id: string; number: string }[] }>('GET', '/dids');
  const { items: phones } = await at.house.api<{ items: { id: string; extension: string }[] }>('GET', '/devices');
  const studyId = phones.find(({ extension }) => extension === '22')?.id;
  const route = await at.house.api<{ id: string }>('POST', '/routes', {
    numberId: dids.find(({ number }) => number === at.ours)?.id,
    name: 'The study alone',
    action: { kind: 'ring', targets: [{ kind: 'device', id: studyId }], seconds: 15, then: { kind: 'reject' } },
  });
  routeId = route.id;
});
afterAll(() => at[Symbol.asyncDispose]());

const incoming = (phone: Baresip) => phone.events.filter(({ type }) => type === 'CALL_INCOMING').length;
const nextRing = (phone: Baresip) => phone.waitForEvent('CALL_INCOMING', { nth: incoming(phone) + 1 });
const preview = (caller: object) => at.house.api<Preview>('POST', '/routes/preview', { caller, called: at.ours });

/** The record of the newest call, which is over, with the reasons of its decision. */
async function why(): Promise<readonly Reason[]> {
  const { id } = await at.closedCall();
  return (await at.house.api<{ reasons: readonly Reason[] }>('GET', `/cdrs/${id}`)).reasons;
}

test('a call by Twilio rings whom the rule rings and the preview said, and says why', async () => {
  const imagined = await preview({ number: at.theirs });
  const [ring, before] = [nextRing(study), incoming(kitchen)];
  const caller = at.twilio.callFrom(at.theirs, at.ours);
  await ring;
  caller.hangUp();
  await caller.over;
  const reasons = await why();
  expect(incoming(kitchen)).toBe(before);
  expect(reasons).toEqual([
    { code: 'route-matched', params: { routeId, name: 'The study alone' }, text: 'The rule “The study alone” applies' },
  ]);
  expect(imagined.reasons).toEqual(reasons);
  expect([imagined.plan.kind, imagined.rings.length]).toEqual(['ring', 1]);
});

test('a call between two phones does the same', async () => {
  const { items: phones } = await at.house.api<{ items: { id: string; extension: string }[] }>('GET', '/devices');
  const imagined = await preview({ deviceId: phones.find(({ extension }) => extension === '21')?.id });
  const ring = nextRing(study);
  const over = kitchen.waitForEvent('CALL_CLOSED');
  kitchen.dial(at.dial(at.ours));
  await ring;
  kitchen.hangup();
  await over;
  const reasons = await why();
  expect(reasons.map(({ code }) => code)).toEqual(['route-matched']);
  expect(imagined.reasons).toEqual(reasons);
  expect(await waitFor('its direction', 10, async () => (await at.cdrs())[0]?.direction)).toBe('internal');
});

test('a call by Twilio is forwarded to a mobile whose mailbox cannot take it, and comes back for our mailbox', async () => {
  const mobile = '+14155550177';
  // It answers, talks, and presses no key.
  at.twilio.setFarPhone(mobile, { calls: { outcome: 'answers', say: { kind: 'tone', frequency: 700 } } });
  await at.house.api('PATCH', `/routes/${routeId}`, {
    action: { kind: 'forward', number: mobile, seconds: 15, then: { kind: 'voicemail' } },
  });
  const before = at.twilio.recordings.length;
  const rung = incoming(study);
  const caller = at.twilio.callFrom(at.theirs, at.ours);
  await waitFor('the voicemail of the house', 40, () => at.twilio.recordings.length > before || undefined);
  expect(at.twilio.calls.some(({ to }) => to === mobile)).toBe(true);
  expect(incoming(study)).toBe(rung);
  caller.hangUp();
  await caller.over;
  expect((await why()).map(({ code }) => code)).toEqual(['route-matched']);
});
