import { expect, it } from 'vitest';
import { askedDeliveries, readDeliveryQuery, withDeliveryFilters } from './delivery-query.ts';

it('an address of the list of notifications asks for nothing that the house refuses', () => {
  const query = {
    state: 'failed',
    kind: 'fax',
    channel: 'mail',
    person: '../x',
    from: '2026-13-40',
    to: '2026-03-01',
    page: '7',
  };
  expect(readDeliveryQuery(query)).toEqual({ state: 'failed', channel: 'mail', to: '2026-03-01' });
});

it('a filter that is emptied is out of the address, the others stay', () =>
  expect(withDeliveryFilters({ state: 'failed', channel: 'mail' }, { state: '' })).toEqual({ channel: 'mail' }));

it('days are whole days where the house is', () =>
  expect(askedDeliveries({ from: '2026-03-29', to: '2026-03-29', kind: 'voicemail' }, 'Europe/Berlin')).toEqual({
    kind: 'voicemail',
    from: '2026-03-28T23:00:00.000Z',
    to: '2026-03-29T22:00:00.000Z',
  }));
