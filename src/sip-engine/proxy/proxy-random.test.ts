import { describe, expect, it } from 'vitest';
import { below, oneOf, seeded } from '#testing/harness/mutate.ts';
import type { Chance } from '#testing/harness/mutate.ts';
import { ProxyStage } from '#testing/harness/proxy-stage.ts';

const rounds = 400;
const targets = ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'];
const statuses = [100, 180, 183, 200, 200, 302, 401, 404, 407, 486, 487, 503, 603];

/** Challenges, Contacts, reliable numbers: whatever a response of this status could carry. */
function headersOf(status: number, chance: Chance): string[] {
  if (status === 302) return [`Contact: <sip:${oneOf(chance, targets)}>`];
  if (status === 401) return ['WWW-Authenticate: Digest realm="r", nonce="n"'];
  if (status === 183) return [`RSeq: ${below(chance, 5)}`, 'Require: 100rel'];
  return ['Contact: <sip:x@10.0.0.7>'];
}

function play(seed: number): ProxyStage {
  const chance = seeded(seed);
  const stage = new ProxyStage().watch();
  const transaction = stage.transactions.arrive({ method: 'INVITE' });
  const { heard } = stage.proxy(transaction, {
    destinations: targets.slice(0, 1 + below(chance, targets.length)).map((address) => `sip:${address}`),
    simultaneous: chance() < 0.5,
    followRedirects: chance() < 0.5,
    remainInDialog: chance() < 0.5,
    provisionalTimeoutMs: chance() < 0.5 ? 1_000 : undefined,
    finalTimeoutMs: chance() < 0.5 ? 5_000 : undefined,
  });
  for (let step = below(chance, 12); step > 0; step--) {
    const address = oneOf(chance, targets);
    const isAsked = stage.history.some(({ message, flow }) => message.method === 'INVITE' && flow.remoteAddress === address);
    const status = oneOf(chance, statuses);
    if (isAsked) stage.answerFrom(address, status, { toTag: `tag-${address}`, headers: headersOf(status, chance) });
    if (chance() < 0.08) stage.transactions.receive({ method: 'CANCEL' });
    if (chance() < 0.4) stage.transactions.clock.advance(below(chance, 8_000));
  }
  stage.transactions.clock.advance(500_000);
  stage.transactions.receive({ method: 'ACK' });
  stage.transactions.clock.advance(500_000);
  expect(heard.filter((word) => word === 'done')).toHaveLength(1);
  expect(heard.at(-1)).toBe('done');
  return stage;
}

/** The final responses to the INVITE that the caller got, each once, as `status tag`. */
function finals(stage: ProxyStage): Set<string> {
  const texts = stage.history
    .filter(({ message, flow }) => !message.isRequest && flow.remoteAddress === '10.0.0.9')
    .filter(({ message }) => message.status >= 200 && message.cseq?.method === 'INVITE')
    .map(({ message }) => `${message.status} ${message.toTag}`);
  return new Set(texts);
}

describe(`${rounds} proxied calls in which anything may happen`, () => {
  it('end with one failure or with 2xx, and leave nothing behind', { timeout: 120_000 }, () => {
    for (let seed = 1; seed <= rounds; seed++) {
      const stage = play(seed);
      const told = [...finals(stage)];
      const failures = told.filter((text) => !text.startsWith('2'));
      const isOver = failures.length === 1 ? told.length === 1 : failures.length === 0 && told.length > 0;
      if (!isOver) throw new Error(`Seed ${seed}: the caller was told ${told.join(', ') || 'nothing'}`);
      expect([stage.transactions.leftovers(), Object.values(stage.core.sizes()), stage.transactions.clock.pending]).toEqual([
        [],
        [0, 0, 0],
        0,
      ]);
    }
  });

  it('hang up every call that was answered and not passed on', { timeout: 120_000 }, () => {
    let hungUp = 0;
    for (let seed = 1; seed <= rounds; seed++) {
      const stage = play(seed);
      const passedOn = new Set([...finals(stage)].filter((text) => text.startsWith('2')).map((text) => text.slice(4)));
      const ended = stage.history.filter(({ message }) => message.method === 'BYE').map(({ message }) => message.toTag ?? '');
      hungUp += ended.length;
      // No call is both passed on and hung up, and none is hung up twice.
      expect(ended.filter((tag) => passedOn.has(tag))).toEqual([]);
      const acknowledged = new Set(
        stage.history.filter(({ message }) => message.method === 'ACK').map(({ message }) => message.toTag),
      );
      for (const tag of ended) expect(acknowledged.has(tag)).toBe(true);
    }
    expect(hungUp).toBeGreaterThan(5);
  });
});
