import { describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { bindEntity } from '#contract/entity.ts';
import type { StateSource } from '#contract/entity.ts';
import type { DeviceId } from '#base/ids.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { catalogOf } from './catalog.ts';
import { isStateful, StateFeed } from './state-feed.ts';
import { topicsOf } from './topics.ts';

const words = { en: 'a', de: 'a', fr: 'a', es: 'a', nl: 'a' };
const owner = { id: 'dev_1' as DeviceId, name: 'Kitchen' };
const topic = 'gosip/dev_1/calls';

function feedOf(source: Partial<StateSource<number | string, DeviceId>>) {
  const clock = new FakeClock();
  const sent: [string, string][] = [];
  const lines: string[] = [];
  const log = createLog({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } });
  const declaration = { of: 'device', key: 'calls', name: words, component: 'sensor' } as const;
  const entity = bindEntity(declaration, { owners: () => [owner], state: () => 0, changedBy: {}, ...source });
  if (!isStateful(entity)) throw new Error('A sensor has a state');
  const catalog = catalogOf([entity]);
  const topics = topicsOf({ base: 'gosip', prefix: 'homeassistant' });
  const publish = (to: string, payload: string) => void sent.push([to, payload]);
  const feed = new StateFeed({ clock, log, topics, catalog: () => catalog, publish });
  return { clock, sent, lines, feed, entity, settled: () => clock.advanceAsync(0) };
}

describe('states for Home Assistant', () => {
  it('are sent at once after a fact, and not again where they are as they were', async () => {
    let calls = 1;
    const { sent, feed, entity, settled } = feedOf({ state: () => calls });
    feed.changed(entity, owner.id);
    await settled();
    feed.changed(entity, owner.id);
    await settled();
    calls = 2;
    feed.changed(entity, owner.id);
    await settled();
    expect(sent).toEqual([
      [topic, '1'],
      [topic, '2'],
    ]);
  });

  it('that change 1,000 times in a minute are sent some 65 times, and the last one arrives', async () => {
    let calls = 0;
    const { clock, sent, feed, entity } = feedOf({ state: () => calls });
    for (let change = 0; change < 1000; change += 1) {
      calls += 1;
      feed.changed(entity, owner.id);
      await clock.advanceAsync(60);
    }
    await clock.advanceAsync(1000);
    expect(sent.length).toBeGreaterThan(55);
    expect(sent.length).toBeLessThan(70);
    expect(sent.at(-1)).toEqual([topic, '1000']);
    // After some calm the next one is sent at once again.
    await clock.advanceAsync(5000);
    calls = 0;
    feed.changed(entity, owner.id);
    await clock.advanceAsync(0);
    expect(sent.at(-1)).toEqual([topic, '0']);
    expect(clock.pending).toBe(0);
  });

  it('are never overtaken by an older one that was read more slowly', async () => {
    const answers = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
    let asked = 0;
    const { sent, feed, entity, settled } = feedOf({ state: () => answers[asked++]!.promise });
    feed.changed(entity, owner.id);
    feed.changed(entity, owner.id);
    answers[1]?.resolve(2);
    await settled();
    answers[0]?.resolve(1);
    await settled();
    await settled();
    expect(sent.map(([, payload]) => payload)).toEqual(['1', '2']);
  });

  it('come after their attributes, so that whoever is woken by a state sees what belongs to it', async () => {
    const { sent, feed, settled } = feedOf({ state: () => 1, attributes: () => ({ number: '+1' }) });
    feed.recheck();
    await settled();
    expect(sent).toEqual([
      [`${topic}/attributes`, '{"number":"+1"}'],
      [topic, '1'],
    ]);
  });

  it('are all sent again on demand, also where nothing changed', async () => {
    const { sent, feed, settled } = feedOf({ state: () => 1 });
    feed.recheck();
    await settled();
    feed.recheck();
    await settled();
    feed.resend();
    await settled();
    expect(sent).toEqual([
      [topic, '1'],
      [topic, '1'],
    ]);
  });

  it.each([
    ['of more than 255 characters', { state: () => 'x'.repeat(256) }, [topic, 'None']],
    ['that are not known', { state: () => undefined }, [topic, 'None']],
    ['that are no number', { state: () => Number.NaN }, [topic, 'None']],
  ])('%s are sent as unknown', async (_, source, expected) => {
    const { sent, lines, feed, settled } = feedOf(source);
    feed.recheck();
    await settled();
    feed.resend();
    await settled();
    expect(sent).toEqual([expected, expected]);
    // Once, and without the text.
    expect(lines.length).toBeLessThanOrEqual(1);
    expect(lines.join('')).not.toContain('xxx');
  });

  it('with attributes of more than 12 KB are sent without them, and the log says whose', async () => {
    const { sent, lines, feed, settled } = feedOf({ attributes: () => ({ text: 'ä'.repeat(6200) }) });
    feed.recheck();
    await settled();
    expect(sent[0]).toEqual([`${topic}/attributes`, '{}']);
    expect(lines.join('')).toContain('attributes of more than 12288 bytes');
  });

  it('that cannot be read are left as they were; the next fact tries again', async () => {
    let isBroken = true;
    const state = () => (isBroken ? Promise.reject(new Error('disk')) : 7);
    const { sent, lines, feed, entity, settled } = feedOf({ state });
    feed.changed(entity, owner.id);
    await settled();
    isBroken = false;
    feed.changed(entity, owner.id);
    await settled();
    expect(sent).toEqual([[topic, '7']]);
    expect(lines).toHaveLength(1);
  });

  it('of an owner who is gone are not sent any more, even where they were being read', async () => {
    const answer = Promise.withResolvers<number>();
    const { sent, feed, entity, settled } = feedOf({ state: () => answer.promise });
    feed.changed(entity, owner.id);
    feed.forget({ ownerId: owner.id, key: 'calls' });
    answer.resolve(1);
    await settled();
    expect(sent).toEqual([]);
  });

  it('of nobody are not read: a fact about another owner asks nothing', async () => {
    let asked = 0;
    const { feed, entity, settled } = feedOf({ state: () => (asked += 1) });
    feed.changed(entity, '');
    feed.changed(entity, 'dev_2');
    await settled();
    expect(asked).toBe(0);
  });

  it('of everybody are read once for the facts of one moment, and sent within 50 ms', async () => {
    let asked = 0;
    const { clock, sent, feed, entity } = feedOf({ state: () => (asked += 1) });
    for (let fact = 0; fact < 100; fact += 1) feed.changed(entity, undefined);
    await clock.advanceAsync(49);
    expect(sent).toEqual([[topic, '1']]);
    // Facts that do not end: once a second after a while.
    for (let fact = 0; fact < 1000; fact += 1) {
      feed.changed(entity, undefined);
      await clock.advanceAsync(10);
    }
    expect(asked).toBeLessThan(20);
    await clock.advanceAsync(1000);
    feed.stop();
    expect(clock.pending).toBe(0);
  });

  it('that are looked at often and stay as they are do not slow down the one that changes', async () => {
    let calls = 0;
    const { clock, sent, feed, entity } = feedOf({ state: () => calls });
    for (let look = 0; look < 50; look += 1) {
      feed.changed(entity, owner.id);
      await clock.advanceAsync(1);
    }
    calls = 1;
    feed.changed(entity, owner.id);
    await clock.advanceAsync(0);
    expect(sent.at(-1)).toEqual([topic, '1']);
  });
});
