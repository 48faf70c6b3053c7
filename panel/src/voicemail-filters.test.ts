import { expect, it } from 'vitest';
import { addressOf, filterOf, queryOf } from './voicemail-filters.ts';

it.each([
  [{}, {}],
  [{ view: 'new' }, { heard: 'false' }],
  [
    { view: 'archived', person: 'person_1' },
    { archived: 'true', person: 'person_1' },
  ],
  [{ text: 'Mum' }, { text: 'Mum' }],
])('an address with %j asks the house for %j, and is kept as it is', (address, query) => {
  expect(queryOf(filterOf(address))).toEqual(query);
  expect(addressOf(filterOf(address))).toEqual(address);
});

it('an address that says what there is not shows all', () => {
  expect(filterOf({ view: 'stolen', text: ' ' })).toEqual({ view: 'all', person: undefined, text: ' ' });
  expect(addressOf({ view: 'all', person: undefined, text: '  ' })).toEqual({});
});
