import { describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { bindEntity } from '#contract/entity.ts';
import type { CallId, DeviceId } from '#base/ids.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { EventFeed } from './event-feed.ts';
import { topicsOf } from './topics.ts';

const words = { en: 'a', de: 'a', fr: 'a', es: 'a', nl: 'a' };
const ownerId = 'dev_1' as DeviceId;
const types = { incoming: words, missed: words, started: words };

function feed() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const sent: { type: string; [name: string]: unknown }[] = [];
  const broker = { isThere: true, takes: () => Promise.resolve() };
  const entity = bindEntity(
    { of: 'device', key: 'call', name: words, component: 'event', types },
    {
      owners: () => [],
      occursBy: { 'call.changed': ({ state, callId }) => [{ ownerId, type: state, attributes: { call_id: callId } }] },
    },
  );
  if (entity.kind !== 'event') throw new Error('It is an event');
  const events = new EventFeed({
    clock,
    log: createLog({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } }),
    topics: topicsOf({ base: 'gosip', prefix: 'homeassistant' }),
    isHeard: () => broker.isThere,
    publish: async (topic, payload) => {
      expect(topic).toBe('gosip/dev_1/call');
      await broker.takes();
      const { event_type: type, ...rest } = JSON.parse(payload) as { event_type: string };
      sent.push({ type, ...rest });
    },
  });
  const happens = (type: string, callId = 'call_1') =>
    events.occurred(entity, 'call.changed', { callId: callId as CallId, state: type });
  return { clock, lines, sent, broker, events, happens, settled: () => clock.advanceAsync(0) };
}

describe('events for Home Assistant', () => {
  it('are sent at once, each, in order, also where two are alike', async () => {
    const { sent, happens, settled } = feed();
    for (const type of ['incoming', 'missed', 'missed']) happens(type);
    await settled();
    expect(sent.map(({ type }) => type)).toEqual(['incoming', 'missed', 'missed']);
    expect(sent[0]).toEqual({ type: 'incoming', call_id: 'call_1' });
  });

  it('that happen while nobody hears them wait: a missed call for a day, a ringing phone for ten seconds', async () => {
    const { clock, sent, broker, events, happens } = feed();
    broker.isThere = false;
    happens('incoming', 'call_1');
    happens('missed', 'call_1');
    await clock.advanceAsync(11_000);
    happens('incoming', 'call_2');
    broker.isThere = true;
    await events.flush();
    expect(sent).toEqual([
      { type: 'missed', call_id: 'call_1' },
      { type: 'incoming', call_id: 'call_2' },
    ]);
    await events.flush();
    expect(sent).toHaveLength(2);
  });

  it.each([
    ['incoming', 10_000],
    ['started', 600_000],
    ['missed', 86_400_000],
  ])('of type %s are sent as late as %d ms after, and not later', async (type, limitMs) => {
    for (const [lateMs, count] of [
      [limitMs, 1],
      [limitMs + 1, 0],
    ] as const) {
      const { clock, sent, broker, events, happens } = feed();
      broker.isThere = false;
      happens(type);
      clock.advance(lateMs);
      broker.isThere = true;
      await events.flush();
      expect(sent).toHaveLength(count);
    }
  });

  it('are kept where the connection breaks under them, and sent over the next one, once', async () => {
    const { sent, broker, events, happens, settled } = feed();
    broker.takes = () => {
      broker.isThere = false;
      return Promise.reject(new Error('Connection closed'));
    };
    happens('missed', 'call_1');
    happens('missed', 'call_2');
    await settled();
    expect(sent).toEqual([]);
    broker.takes = () => Promise.resolve();
    broker.isThere = true;
    await Promise.all([events.flush(), events.flush()]);
    expect(sent.map(({ call_id }) => call_id)).toEqual(['call_1', 'call_2']);
  });

  it('that the broker refuses do not hold up those after them', async () => {
    const { sent, broker, happens, settled } = feed();
    broker.takes = () => Promise.reject(new Error('Publish error: Not authorized'));
    happens('missed', 'call_1');
    await settled();
    broker.takes = () => Promise.resolve();
    happens('missed', 'call_2');
    await settled();
    expect(sent.map(({ call_id }) => call_id)).toEqual(['call_2']);
  });

  it('are bounded: of 1,001 that wait the oldest is dropped', async () => {
    const { sent, broker, events, happens } = feed();
    broker.isThere = false;
    for (let call = 0; call <= 1000; call += 1) happens('missed', `call_${call}`);
    broker.isThere = true;
    await events.flush();
    expect(sent).toHaveLength(1000);
    expect(sent[0]).toMatchObject({ call_id: 'call_1' });
  });

  it('that are dropped for want of room while one is under way take nothing else with them', async () => {
    const { sent, broker, events, happens } = feed();
    const taken = Promise.withResolvers<void>();
    broker.takes = () => taken.promise;
    for (let call = 0; call <= 1000; call += 1) happens('missed', `call_${call}`);
    broker.takes = () => Promise.resolve();
    taken.resolve();
    await events.flush();
    await expect.poll(() => sent.length).toBe(1001);
    expect(sent.at(-1)).toMatchObject({ call_id: 'call_1000' });
  });

  it('with more than 12 KB are sent with their type alone, and the log names them without what they say', async () => {
    const { sent, lines, happens, settled } = feed();
    happens('missed', 'x'.repeat(13_000));
    await settled();
    expect(sent).toEqual([{ type: 'missed' }]);
    expect(lines.join('')).not.toContain('xxx');
    expect(lines).toHaveLength(1);
  });
});
