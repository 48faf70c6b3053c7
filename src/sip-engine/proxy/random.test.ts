import { describe, expect, it } from 'vitest';
import { randomBelow, pickOne, createRng } from '#testing/harness/mutate.ts';
import type { Rng } from '#testing/harness/mutate.ts';
import { ProxyHarness } from '#testing/harness/proxy-harness.ts';

const rounds = 400;
const targets = ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'];
const statuses = [100, 180, 183, 200, 200, 302, 401, 404, 407, 486, 487, 503, 603];

/** Challenges, Contacts, reliable numbers: whatever a response of this status could carry. */
function headersOf(status: number, rng: Rng): string[] {
  if (status === 302) return [`Contact: <sip:${pickOne(rng, targets)}>`];
  if (status === 401) return ['WWW-Authenticate: Digest realm="r", nonce="n"'];
  if (status === 183) return [`RSeq: ${randomBelow(rng, 5)}`, 'Require: 100rel'];
  return ['Contact: <sip:x@10.0.0.7>'];
}

function play(seed: number): ProxyHarness {
  const rng = createRng(seed);
  const harness = new ProxyHarness().recordSent();
  const transaction = harness.transactions.receiveRequest({ method: 'INVITE' });
  const { events: heard } = harness.proxy(transaction, {
    destinations: targets.slice(0, 1 + randomBelow(rng, targets.length)).map((address) => `sip:${address}`),
    simultaneous: rng() < 0.5,
    followRedirects: rng() < 0.5,
    remainInDialog: rng() < 0.5,
    provisionalTimeoutMs: rng() < 0.5 ? 1_000 : undefined,
    finalTimeoutMs: rng() < 0.5 ? 5_000 : undefined,
  });
  for (let step = randomBelow(rng, 12); step > 0; step--) {
    const address = pickOne(rng, targets);
    const isAsked = harness.history.some(({ message, flow }) => message.method === 'INVITE' && flow.remoteAddress === address);
    const status = pickOne(rng, statuses);
    if (isAsked) harness.answerFrom(address, status, { toTag: `tag-${address}`, headers: headersOf(status, rng) });
    if (rng() < 0.08) harness.transactions.receive({ method: 'CANCEL' });
    if (rng() < 0.4) harness.transactions.clock.advance(randomBelow(rng, 8_000));
  }
  harness.transactions.clock.advance(500_000);
  harness.transactions.receive({ method: 'ACK' });
  harness.transactions.clock.advance(500_000);
  expect(heard.filter((word) => word === 'done')).toHaveLength(1);
  expect(heard.at(-1)).toBe('done');
  return harness;
}

/** The final responses to the INVITE that the caller got, each once, as `status tag`. */
function finals(harness: ProxyHarness): Set<string> {
  const texts = harness.history
    .filter(({ message, flow }) => !message.isRequest && flow.remoteAddress === '10.0.0.9')
    .filter(({ message }) => message.status >= 200 && message.cseq?.method === 'INVITE')
    .map(({ message }) => `${message.status} ${message.toTag}`);
  return new Set(texts);
}

describe(`${rounds} proxied calls in which anything may happen`, () => {
  it('end with one failure or with 2xx, and leave nothing behind', { timeout: 120_000 }, () => {
    for (let seed = 1; seed <= rounds; seed++) {
      const harness = play(seed);
      const responses = [...finals(harness)];
      const failures = responses.filter((text) => !text.startsWith('2'));
      const isOver = failures.length === 1 ? responses.length === 1 : failures.length === 0 && responses.length > 0;
      if (!isOver) throw new Error(`Seed ${seed}: the caller got ${responses.join(', ') || 'nothing'}`);
      expect([harness.transactions.leftovers(), Object.values(harness.core.sizes()), harness.transactions.clock.pending]).toEqual(
        [[], [0, 0, 0], 0],
      );
    }
  });

  it('hang up every call that was answered and not passed on', { timeout: 120_000 }, () => {
    let hungUp = 0;
    for (let seed = 1; seed <= rounds; seed++) {
      const harness = play(seed);
      const passedOn = new Set([...finals(harness)].filter((text) => text.startsWith('2')).map((text) => text.slice(4)));
      const ended = harness.history.filter(({ message }) => message.method === 'BYE').map(({ message }) => message.toTag ?? '');
      hungUp += ended.length;
      // No call is both passed on and hung up, and none is hung up twice.
      expect(ended.filter((tag) => passedOn.has(tag))).toEqual([]);
      const acknowledged = new Set(
        harness.history.filter(({ message }) => message.method === 'ACK').map(({ message }) => message.toTag),
      );
      for (const tag of ended) expect(acknowledged.has(tag)).toBe(true);
    }
    expect(hungUp).toBeGreaterThan(5);
  });
});
