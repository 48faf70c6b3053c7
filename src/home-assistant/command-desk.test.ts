import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#base/errors.ts';
import { createLog } from '#base/log.ts';
import { bindCommand, command } from '#contract/command.ts';
import { bindEntity, exchange } from '#contract/entity.ts';
import { catalogOf } from './catalog.ts';
import { CommandDesk } from './command-desk.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { topicsOf } from './topics.ts';

const words = { en: 'a', de: 'a', fr: 'a', es: 'a', nl: 'a' };
const topics = topicsOf({ base: 'gosip', prefix: 'homeassistant' });

function desk() {
  const done: unknown[] = [];
  const keys: (string | undefined)[] = [];
  const clock = new FakeClock();
  const replies: [string, object][] = [];
  const lines: { msg: string; [name: string]: unknown }[] = [];
  const shown: string[] = [];
  const note = (what: string) => async (_id: string, value?: unknown) => {
    if (value === 'fail') throw new AppError('not-found', 'There is no such phone');
    if (value === 'break') throw new Error('secret detail');
    done.push([what, value]);
  };
  const of = 'exchange';
  const owners = () => [exchange];
  const state = { owners, state: () => undefined, changedBy: {} };
  const entities = [
    bindEntity({ of, key: 'dnd', name: words, component: 'switch' }, { ...state, turn: note('turn') }),
    bindEntity({ of, key: 'restart', name: words, component: 'button' }, { owners, press: note('press') }),
    bindEntity({ of, key: 'send_sms', name: words, component: 'notify' }, { owners, send: note('send') }),
    bindEntity({ of, key: 'dial', name: words, component: 'text' }, { ...state, enter: note('enter') }),
    bindEntity({ of, key: 'calls', name: words, component: 'sensor' }, state),
  ];
  const call = command('call', z.strictObject({ to: z.string().min(1), seconds: z.number().default(30) }));
  const commands = [
    bindCommand(call, async (input, requestId) => {
      keys.push(requestId);
      await note('call')('', input.to === 'fail' || input.to === 'break' ? input.to : input);
      return { call_id: 'call_1' };
    }),
  ];
  const catalog = catalogOf(entities);
  const one = new CommandDesk({
    clock,
    log: createLog({ level: 'warn', destination: { write: (line: string) => void lines.push(JSON.parse(line)) } }),
    catalog: () => catalog,
    commands,
    onAsked: ({ declaration }, ownerId) => void shown.push(`${ownerId}/${declaration.key}`),
    reply: (id, body) => void replies.push([id, body]),
  });
  const say = async (topic: string, payload: unknown, isRetained = false) => {
    const parsed = topics.parse(topic);
    const message = { topic, payload: typeof payload === 'string' ? payload : JSON.stringify(payload), isRetained };
    if (parsed?.kind === 'set') await one.set(parsed.address, message);
    else if (parsed?.kind === 'command') await one.run(parsed.name, message);
    else throw new Error(`${topic} is no command topic`);
  };
  return { done, keys, clock, replies, lines, shown, say };
}

describe('what Home Assistant asks for', () => {
  it.each([
    ['dnd', 'ON', ['turn', true]],
    ['dnd', 'OFF', ['turn', false]],
    ['restart', 'PRESS', ['press', undefined]],
    ['send_sms', '+14165550100: On my way', ['send', '+14165550100: On my way']],
    ['dial', '21', ['enter', '21']],
  ])('of %s by %s is done, and its state is shown again', async (key, payload, expected) => {
    const { done, shown, say } = desk();
    await say(`gosip/exchange/${key}/set`, payload);
    expect(done).toEqual([expected]);
    expect(shown).toEqual([`exchange/${key}`]);
  });

  it.each([
    ['gosip/exchange/dnd/set', 'on'],
    ['gosip/exchange/restart/set', ''],
    ['gosip/exchange/calls/set', '3'],
    ['gosip/exchange/nothing/set', 'ON'],
    ['gosip/exchange/dial/set', '1'.repeat(256)],
    ['gosip/exchange/send_sms/set', 'x'.repeat(65_537)],
    ['gosip/command/call', { to: 'x'.repeat(65_537) }],
    ['gosip/dev_gone/dnd/set', 'ON'],
    ['gosip/command/nothing', {}],
    ['gosip/command/call', 'not JSON'],
    ['gosip/command/call', [1]],
    ['gosip/command/call', { to: '' }],
    ['gosip/command/call', { to: '21', more: true }],
    ['gosip/command/call', { to: '21', request_id: '#/+' }],
  ])('at %s with %j is nonsense: nothing is done, and the log says so once', async (topic, payload) => {
    const { done, shown, lines, say } = desk();
    await say(topic, payload);
    await say(topic, payload);
    expect([done, shown]).toEqual([[], []]);
    expect(lines).toMatchObject([{ msg: 'Message over MQTT is ignored', topic }]);
  });

  it.each([
    ['gosip/exchange/dnd/set', 'ON'],
    ['gosip/exchange/restart/set', 'PRESS'],
    ['gosip/command/call', { to: '21', request_id: 'a' }],
  ])('at %s by a retained message is not done: it would be again at each start', async (topic, payload) => {
    const { done, replies, lines, say } = desk();
    await say(topic, payload, true);
    expect([done, replies]).toEqual([[], []]);
    expect(lines).toMatchObject([{ topic, problem: 'is retained' }]);
  });

  it('is answered where a reply was asked for: what came of it, or what is wrong', async () => {
    const { done, replies, say } = desk();
    await say('gosip/command/call', { to: '21' });
    await say('gosip/command/call', { to: '21', request_id: 'one' });
    await say('gosip/command/call', { to: 'fail', request_id: 'two' });
    await say('gosip/command/call', { to: 'break', request_id: 'three' });
    await say('gosip/command/call', { request_id: 'four' });
    await say('gosip/command/nothing', { request_id: 'five' });
    expect(done).toEqual([
      ['call', { to: '21', seconds: 30 }],
      ['call', { to: '21', seconds: 30 }],
    ]);
    expect(replies).toEqual([
      ['one', { ok: true, call_id: 'call_1' }],
      ['two', { ok: false, message: 'There is no such phone' }],
      ['three', { ok: false, message: 'This did not work; the log says why' }],
      ['four', { ok: false, message: 'to is missing' }],
      ['five', { ok: false, message: 'There is no command of this name' }],
    ]);
  });

  it('is done once and answered again where the same request comes again: QoS 1 brings it twice, or the reply was missed', async () => {
    const { done, replies, say } = desk();
    const request = { to: '22', request_id: 'a' };
    await Promise.all([say('gosip/command/call', request), say('gosip/command/call', request)]);
    await say('gosip/command/call', request);
    expect(done).toHaveLength(1);
    expect(replies).toEqual(Array.from({ length: 3 }, () => ['a', { ok: true, call_id: 'call_1' }]));
    await say('gosip/command/call', { to: '23', request_id: 'a' });
    await say('gosip/command/call', { to: '22' });
    await say('gosip/command/call', { to: '22' });
    expect(done).toHaveLength(4);
  });

  it('is done again where an automation asks for it with the same request_id each time: the second alarm calls for help too', async () => {
    const { done, keys, clock, replies, say } = desk();
    const request = { to: '22', request_id: 'alarm' };
    await say('gosip/command/call', request);
    clock.advance(10 * 60_000);
    await say('gosip/command/call', request);
    expect(done).toHaveLength(2);
    expect(replies).toHaveLength(2);
    // Nor does a room take it for the first, which keeps the key on the disk.
    expect(new Set(keys).size).toBe(2);
  });

  it('is nonsense of tens of kilobytes and takes a short line of the log each time', async () => {
    const { lines, say } = desk();
    await say(`gosip/command/${'x'.repeat(60_000)}`, {});
    await say('gosip/command/call', { to: '21', ['y'.repeat(60_000)]: 1 });
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines).length).toBeLessThan(2000);
  });

  it('and cannot be done fills no log, however often an automation that runs away asks for it', async () => {
    const { lines, clock, say } = desk();
    for (let index = 0; index < 100; index += 1) {
      await say('gosip/command/call', { to: 'fail' });
      await say('gosip/exchange/dial/set', 'fail');
    }
    expect(lines).toHaveLength(2);
    clock.advance(60_000);
    await say('gosip/exchange/dial/set', 'fail');
    expect(lines).toHaveLength(3);
  });

  it('and cannot be done is in the log with the reason, and the switch springs back', async () => {
    const { lines, shown, say } = desk();
    await say('gosip/exchange/dial/set', 'fail');
    expect(lines).toMatchObject([{ key: 'dial', reason: 'There is no such phone' }]);
    expect(shown).toEqual(['exchange/dial']);
  });
});
