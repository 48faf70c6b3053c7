import { expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { LogRing } from './log-ring.ts';

const nowhere = { write: () => {} };

test('the newest lines are found by level, room and call, and hold no secret', () => {
  const ring = new LogRing();
  const log = createLog({ level: 'debug', destination: nowhere, copyTo: ring.add });
  log.child({ room: 'calls', callId: 'call_1' }).info({ password: 'hunter2' }, 'Call started');
  log.child({ room: 'calls', callId: 'call_12' }).debug('Another');
  log.child({ room: 'storage' }).error('The disk is full');
  const messages = (query: Parameters<LogRing['find']>[0]) => ring.find(query).map(({ message }) => message);
  expect(messages({})).toEqual(['The disk is full', 'Another', 'Call started']);
  expect(messages({ level: 'info' })).toEqual(['The disk is full', 'Call started']);
  expect(messages({ room: 'storage' })).toEqual(['The disk is full']);
  expect(messages({ callId: 'call_1' })).toEqual(['Call started']);
  expect(messages({ text: 'DISK' })).toEqual(['The disk is full']);
  expect(JSON.stringify(ring.find({}))).not.toContain('hunter2');
});

test('a house that logs for years keeps the newest 2000 lines', () => {
  const ring = new LogRing();
  for (let at = 0; at < 5003; at += 1) ring.add(JSON.stringify({ level: 'info', time: 't', msg: String(at) }));
  const lines = ring.find({});
  expect([lines.length, lines[0]?.message, lines.at(-1)?.message]).toEqual([2000, '5002', '3003']);
});

test('whoever follows the log gets what came since their last look, also after the oldest lines are gone', () => {
  const ring = new LogRing();
  const add = (msg: number) => ring.add(JSON.stringify({ level: 'info', time: 't', room: 'calls', msg: String(msg) }));
  for (let at = 1; at <= 2500; at += 1) add(at);
  const last = ring.find({})[0]?.id ?? 0;
  add(2501);
  add(2502);
  expect(ring.find({ after: last }).map(({ message }) => message)).toEqual(['2502', '2501']);
  expect(ring.find({ after: last + 2 })).toEqual([]);
  ring.add(JSON.stringify({ level: 'info', time: 't', msg: 'Of no part' }));
  expect(ring.rooms()).toEqual(['calls']);
});
