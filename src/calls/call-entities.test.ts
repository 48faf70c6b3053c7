import { expect, test } from 'vitest';
import { stateSource } from '#testing/harness/state-source.ts';
import { callEntities } from './call-entities.ts';

test('the exchange counts its calls, anew after each that begins or ends', () => {
  const calls = ['one', 'two'];
  const active = stateSource(callEntities({ list: () => calls })[0]);
  expect([...active.owners()]).toEqual([{ id: 'exchange', name: 'GoSIP' }]);
  expect(active.state('exchange')).toBe(2);
  calls.pop();
  expect(active.state('exchange')).toBe(1);
  expect(Object.keys(active.changedBy)).toEqual(['call.started', 'call.ended']);
  expect(active.changedBy['call.started']?.({ callId: 'call_1' })).toBe('exchange');
  expect(active.changedBy['call.ended']?.({ callId: 'call_1', disposition: '', reason: '' })).toBe('exchange');
});
