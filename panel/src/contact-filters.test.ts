import { describe, expect, it } from 'vitest';
import { openApprovals } from './approvals.ts';
import { addressOf, contactQuery, filterOf, groupValue } from './contact-filters.ts';
import { saidOf } from './import-words.ts';
import { uploadType } from './upload-type.ts';

describe('what the list of contacts is narrowed down to', () => {
  it.each([
    [{}, { text: '', shown: 'all' }, {}, {}],
    [{ text: ' Mum ' }, { text: ' Mum ', shown: 'all' }, { text: 'Mum' }, { text: 'Mum' }],
    [{ shown: 'me' }, { text: '', shown: 'me' }, { owner: 'me' }, { shown: 'me' }],
    [{ shown: groupValue('VIP') }, { text: '', shown: 'group:VIP' }, { group: 'VIP' }, { shown: 'group:VIP' }],
    [{ shown: 'else' }, { text: '', shown: 'else' }, {}, { shown: 'else' }],
  ])('%j', (address, filter, query, kept) => {
    expect(filterOf(address)).toEqual(filter);
    expect(contactQuery(filter)).toEqual(query);
    expect(addressOf(filter)).toEqual(kept);
  });
});

describe('a line that was not taken', () => {
  it.each([
    ['Ben has no phone number', 'import.withoutNumber', { name: 'Ben' }],
    ['Ben has no phone number that can be called, only "x", "y"', 'import.noCallable', { name: 'Ben', texts: '"x", "y"' }],
    ['A contact without a name has no phone number', 'import.nobodyWithoutNumber', {}],
    ['There are 20000 contacts already', 'import.full', { count: '20000' }],
    ['This line cannot be read: quote', 'import.unreadable', {}],
    ['pattern: is not a phone number: write it like', 'field.number.wrong', {}],
    ['"abc" is not a phone number', 'import.noNumber', { text: '"abc"' }],
  ])('is said in the language of the reader: %s', (message, key, values) => {
    expect(saidOf(message)).toEqual({ key, values });
  });

  it('is shown as it is where it is not known', () => {
    expect(saidOf('Something else')).toBeUndefined();
  });
});

describe('a file', () => {
  it.each([
    ['contacts.VCF', 'text/vcard'],
    ['contacts.csv', 'text/csv'],
    ['numbers.txt', 'text/csv'],
    ['vcf', 'text/csv'],
  ])('%s is sent as %s', (name, type) => {
    expect(uploadType(name)).toBe(type);
  });
});

describe('unknown callers of a child', () => {
  it('wait while they ring, and for a day after nobody answered', () => {
    const now = Date.parse('2026-11-30T12:00:00Z');
    const one = (state: string, hours: number) => ({ state, askedAt: new Date(now - hours * 3_600_000).toISOString() });
    const all = [one('missed', 2), one('asked', 0), one('once', 1), one('missed', 25), one('block', 1)];
    expect(openApprovals(all, now)).toEqual([all[1], all[0]]);
  });
});
