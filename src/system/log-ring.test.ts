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
