import { expect, it } from 'vitest';
import { noPerson } from './ids.ts';
import type { PersonId } from './ids.ts';
import { visiblePerson } from './visible-person.ts';

const admin = { role: 'admin', personId: 'person_anna' } as const;
const user = { role: 'user', personId: 'person_ben' } as const;
const scriptUser = { role: 'user', personId: undefined } as const;

it.each<[string, Parameters<typeof visiblePerson>[0], PersonId | undefined, PersonId | undefined]>([
  ['an administrator sees all', admin, undefined, undefined],
  ['an administrator sees whom they ask for', admin, 'person_ben', 'person_ben'],
  ['a user sees their own', user, undefined, 'person_ben'],
  ['a user sees their own whoever they ask for', user, 'person_anna', 'person_ben'],
  ['a token without a person sees nothing', scriptUser, 'person_anna', noPerson],
  ['nobody sees nothing', undefined, 'person_anna', noPerson],
])('%s', (_case, identity, asked, expected) => {
  expect(visiblePerson(identity, asked)).toBe(expected);
});
