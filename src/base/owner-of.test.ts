import { describe, expect, it } from 'vitest';
import type { PersonId } from './ids.ts';
import { houseOrOwn, ownerOf } from './owner-of.ts';

const anna = 'person_anna' as PersonId;
const ben = 'person_ben' as PersonId;
const user = { role: 'user', personId: anna } as const;
const admin = { role: 'admin', personId: anna } as const;
const machine = { role: 'user', personId: undefined } as const;

describe('whose a new thing becomes', () => {
  it.each([
    ['a user’s own', undefined, user, anna],
    ['a user’s own, said', anna, user, anna],
    ['the house’s for an administrator', undefined, admin, undefined],
    ['the house’s for an administrator, said', null, admin, undefined],
    ['another person’s for an administrator', ben, admin, ben],
  ] as const)('%s', (_what, asked, identity, expected) => {
    expect(ownerOf(asked, identity)).toBe(expected);
  });

  it.each([
    ['the house’s for a user', null, user],
    ['another person’s for a user', ben, user],
    ['anything of a token without a person', undefined, machine],
    ['anything of nobody', undefined, undefined],
  ] as const)('is refused: %s', (_what, asked, identity) => {
    expect(() => ownerOf(asked, identity)).toThrow(/only do this for yourself/);
  });

  it('is the administrator’s own where they say so', () => {
    expect(houseOrOwn('me', admin)).toBe(anna);
    expect(houseOrOwn('house', admin)).toBeUndefined();
    expect(() => houseOrOwn('house', user)).toThrow(/administrator/);
  });
});
