import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Baresip } from '#testing/peers/baresip.ts';
import { toneIn, TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';

// Unknown callers of a child's number: a parent's phone rings, and a key or a touch on the panel says what becomes of them.
let at: TwilioHarness;
let kids: Baresip;
let mum: Baresip;
let mumId: string;

type Approval = { id: string; number: string | null; state: string; answeredBy: string | null; lines: { name: string }[] };
type Preview = { plan: { approval?: { name: string } }; reasons: { code: string }[]; rings: { name: string }[] };

beforeAll(async () => {
  // baresip sends RTP, and with it the keys, from the machine's usual address: the house hears those of the negotiated one alone.
  at = await TwilioHarness.start({ address: '127.0.0.1' });
  // The number is Anna's, who is the child here.
  kids = await at.phone('21', 440, { answer: 'manual' });
  const { id } = await at.house.api<{ id: string }>('POST', '/users', { username: 'mum', name: 'Mum' });
  mumId = id;
  mum = await at.baresip(await at.house.addDevice('22', { personId: mumId }), 1000, { answer: 'manual' });
});
afterAll(() => at[Symbol.asyncDispose]());

const line = { parents: [] as object[], allowed: [] as object[] };
beforeEach(async () => {
  await at.house.api('PUT', `/users/${at.personId}/child-line`, { ...line, parents: [{ kind: 'person', id: mumId }] });
});

const rung = (phone: Baresip) => phone.events.filter(({ type }) => type === 'CALL_INCOMING').length;
const established = (phone: Baresip) => phone.events.filter(({ type }) => type === 'CALL_ESTABLISHED').length;
const nextRing = (phone: Baresip) => phone.waitForEvent('CALL_INCOMING', { nth: rung(phone) + 1 });
const approvals = async () => (await at.house.api<{ items: Approval[] }>('GET', '/call-approvals')).items;

/** A call that rings Mum, who answers and is asked for a key. */
async function asked(from: string) {
  const ring = nextRing(mum);
  const answered = mum.waitForEvent('CALL_ESTABLISHED', { nth: established(mum) + 1 });
  const caller = at.twilio.callFrom(from, at.ours);
  await ring;
  mum.accept();
  await answered;
  return caller;
}

async function over(caller: ReturnType<TwilioHarness['twilio']['callFrom']>): Promise<void> {
  caller.hangUp();
  await caller.over;
  await at.closedCall();
}

test('the phone of a parent rings as the preview says, and 1 takes the call once', async () => {
  const imagined = await at.house.api<Preview>('POST', '/routes/preview', { caller: { number: at.theirs }, called: at.ours });
  expect([imagined.plan.approval?.name, imagined.rings.length]).toEqual(['Anna', 1]);
  const before = rung(kids);
  const caller = await asked(at.theirs);
  await expect
    .poll(approvals, { timeout: 10_000 })
    .toMatchObject([{ number: at.theirs, state: 'asked', lines: [{ name: 'Anna' }] }]);
  mum.command('sndcode', '1');
  await waitFor('the answer of the parent', 10, async () => (await approvals()).find(({ state }) => state === 'once'));
  expect(await approvals()).toMatchObject([{ state: 'once', answeredBy: mumId }]);
  // The other direction is left to luck by baresip 1.0: it drops a new stream whose sequence numbers are below those of the words.
  await waitFor(
    'the parent at the caller’s phone',
    15,
    () => toneIn(caller.remoteParty.heard().slice(-8000), 1000) > 0.9 || undefined,
  );
  await over(caller);
  const [record] = await at.cdrs();
  const { reasons } = await at.house.api<{ reasons: { code: string }[] }>('GET', `/cdrs/${record?.id}`);
  expect(record).toMatchObject({ disposition: 'answered', callee: { number: at.ours } });
  expect(reasons.map(({ code }) => code)).toEqual(imagined.reasons.map(({ code }) => code));
  expect(rung(kids)).toBe(before);
});

test('a star lets the number through for good: the next call rings the child', async () => {
  const caller = await asked('+14155550131');
  mum.command('sndcode', '*');
  await waitFor('the answer of the parent', 10, async () => (await approvals()).find(({ state }) => state === 'always'));
  await over(caller);
  const { items } = await at.house.api<{ items: { allowed: object[] }[] }>('GET', '/child-lines');
  expect(items).toMatchObject([{ allowed: [{ kind: 'number', number: '+14155550131' }] }]);
  const before = rung(mum);
  const ring = nextRing(kids);
  const again = at.twilio.callFrom('+14155550131', at.ours);
  await ring;
  await over(again);
  expect(rung(mum)).toBe(before);
});

test('a hash refuses and blocks the caller, who reaches no mailbox', async () => {
  const recorded = at.twilio.recordings.length;
  const caller = await asked('+14155550132');
  mum.command('sndcode', '#');
  await caller.over;
  expect(await at.closedCall()).toMatchObject({ disposition: 'blocked', reason: 'blocklist' });
  expect(at.twilio.recordings.length).toBe(recorded);
  const before = [rung(kids), rung(mum)];
  await at.twilio.callFrom('+14155550132', at.ours).over;
  expect([rung(kids), rung(mum)]).toEqual(before);
});

test('a touch on the panel while it rings rings the child too, and once is once', async () => {
  const [atMum, atKids] = [nextRing(mum), nextRing(kids)];
  const caller = at.twilio.callFrom('+14155550133', at.ours);
  await atMum;
  const asking = await waitFor('the question', 10, async () =>
    (await approvals()).find(({ number }) => number === '+14155550133'),
  );
  expect(asking.state).toBe('asked');
  await at.house.api('POST', `/call-approvals/${asking.id}`, { answer: 'once' });
  await atKids;
  kids.accept();
  await waitFor('the child in the call', 10, async () => {
    const { items } = await at.house.api<{ items: { state: string }[] }>('GET', '/calls');
    return items.some(({ state }) => state === 'in_call') ? true : undefined;
  });
  await over(caller);
  const before = rung(kids);
  const ring = nextRing(mum);
  const second = at.twilio.callFrom('+14155550133', at.ours);
  await ring;
  await over(second);
  expect(rung(kids)).toBe(before);
});
