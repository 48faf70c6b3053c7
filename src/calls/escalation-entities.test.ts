import { expect, test } from 'vitest';
import { entityOf, eventSource } from '#testing/harness/state-source.ts';
import { escalationEntities } from './escalation-entities.ts';

test('an alarm is an event when it begins, when somebody takes it, and when nobody did', () => {
  const entities = escalationEntities({ current: () => [], nameOf: (id) => (id === 'esc_1' ? 'Smoke' : '') });
  const { occursBy } = eventSource(entityOf(entities, 'exchange', 'escalation'));
  const about = { escalation_id: 'esc_1', name: 'Smoke' };
  const ownerId = 'exchange';
  expect(occursBy['escalation.started']?.({ escalationId: 'esc_1', name: 'Smoke' })).toEqual([
    { ownerId, type: 'started', attributes: about },
  ]);
  expect(occursBy['escalation.taken']?.({ escalationId: 'esc_1', personId: null, takenBy: 'Neighbour' })).toEqual([
    { ownerId, type: 'taken', attributes: { ...about, taken_by: 'Neighbour' } },
  ]);
  expect(occursBy['escalation.exhausted']?.({ escalationId: 'esc_1', name: 'Smoke' })).toEqual([
    { ownerId, type: 'exhausted', attributes: about },
  ]);
});
