import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { connectPhones, SipHarness } from '#testing/harness/sip-harness.ts';
import type { ScriptedCall, ScriptedPhone } from '#testing/harness/sip-harness.ts';

const fiveMinutes = 300_000;

let clock: FakeClock;
let harness: SipHarness;
let a: ScriptedPhone;
let b: ScriptedPhone;
let atA: ScriptedCall;
let atB: ScriptedCall;

beforeEach(async () => {
  clock = new FakeClock();
  harness = await SipHarness.start({ clock, timers: { t1: 20, t2: 80, t4: 100, t1x64: 300, timerC: 180_000 } });
  [a, b] = [await harness.phone('20'), await harness.phone('21')];
  [atA, atB] = await connectPhones(a, b);
});
afterEach(async () => {
  // A stop waits by the clock, which stands still, for the farewells of calls.
  harness.calls.stopAll('requested');
  await harness[Symbol.asyncDispose]();
});

/** Lets five minutes pass and each phone say what it says when it is asked whether it is there. */
async function asked(ofA: string, ofB: string): Promise<void> {
  clock.advance(fiveMinutes);
  const [first, second] = [await a.peer.skipTo('OPTIONS'), await b.peer.skipTo('OPTIONS')];
  a.reply(atA, ofA, { to: first });
  b.reply(atB, ofB, { to: second });
}

describe('a call', () => {
  it('goes on for hours while both phones answer anything', async () => {
    for (const status of ['200 OK', '405 Method Not Allowed', '501 Not Implemented', '481 No Such Call', '200 OK'])
      await asked('200 OK', status);
    expect(harness.calls.list()).toHaveLength(1);
  });

  it('ends when a phone has vanished without a word', async () => {
    clock.advance(fiveMinutes);
    a.reply(atA, '200 OK', { to: await a.peer.skipTo('OPTIONS') });
    a.peer.ignores = ({ method }) => method === 'OPTIONS';
    b.peer.ignores = ({ method }) => method === 'OPTIONS' || method === 'BYE';
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(harness.calls.list()).toHaveLength(1);
    clock.advance(fiveMinutes);
    a.reply(atA, '200 OK', { to: await a.peer.skipTo('BYE') });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'session-expired' });
    expect(clock.pending).toBe(0);
  });

  it('ends when a phone was started anew and knows no call', async () => {
    await asked('200 OK', '481 Call/Transaction Does Not Exist');
    await asked('200 OK', '481 Call/Transaction Does Not Exist');
    a.reply(atA, '200 OK', { to: await a.peer.skipTo('BYE') });
    expect((await harness.closed()).verdict?.reason).toBe('session-expired');
  });

  it('is not asked about any more when it is over', async () => {
    atA.request('BYE');
    b.reply(atB, '200 OK', { to: await b.peer.skipTo('BYE') });
    await a.peer.skipTo(200);
    expect(clock.pending).toBe(0);
  });
});
