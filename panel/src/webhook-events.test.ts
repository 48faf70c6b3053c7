import { expect, it } from 'vitest';
import { eventNames } from '#contract/facts.ts';
import { eventGroups } from './webhook-events.ts';

it('every event can be chosen for a webhook, in one group', () => {
  const listed = eventGroups(eventNames).flatMap(({ events }) => events);
  expect(listed.toSorted()).toEqual([...eventNames].toSorted());
});

it('an event that a later release adds is among those of the house', () => {
  const groups = eventGroups(['call.ended', 'kettle.boiled' as never]);
  expect(groups).toEqual([
    { title: 'hook.group.calls', events: ['call.ended'] },
    { title: 'hook.group.house', events: ['kettle.boiled'] },
  ]);
});
