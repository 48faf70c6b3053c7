import { describe, expect, it } from 'vitest';
import {
  emptyDraft,
  groupChoices,
  toggled,
  withNumber,
  withOneMore,
  withoutBlanks,
  withoutNumber,
  withTypedGroup,
} from './contact-draft.ts';
import { initials } from './initials.ts';

const draft = emptyDraft({ name: 'Anna', number: '+4930901820', personId: null });

describe('a contact that is typed', () => {
  it('is not named like its number', () => {
    expect(emptyDraft({ name: '+4930901820', number: '+4930901820', personId: null }).name).toBe('');
  });

  it('loses the lines without a number, and keeps one to type in', () => {
    const typed = withNumber(withOneMore(withOneMore(draft)), 2, { number: '030 1', label: 'work' });
    expect(withoutBlanks(typed).numbers).toEqual([
      { number: '+4930901820', label: '' },
      { number: '030 1', label: 'work' },
    ]);
    expect(withoutBlanks(withNumber(draft, 0, { number: '  ' })).numbers).toEqual([{ number: '', label: '' }]);
    expect(withoutNumber(draft, 0).numbers).toEqual([{ number: '', label: '' }]);
  });

  it.each([
    [[], 'VIP', ['VIP']],
    [['vip'], 'VIP', []],
    [['Family'], ' ', ['Family']],
    [['Family'], ' Chess ', ['Family', 'Chess']],
  ])('is in groups in whatever case they are written: %j and %j', (groups, group, expected) => {
    expect(toggled(groups, group)).toEqual(expected);
  });

  it('is put into the group that was typed and not added', () => {
    expect(withTypedGroup({ ...draft, groups: ['Chess'] }, 'chess').groups).toEqual(['Chess']);
    expect(withTypedGroup(draft, 'Chess ').groups).toEqual(['Chess']);
    expect(withTypedGroup(draft, '').groups).toEqual([]);
  });

  it('is offered each group once', () => {
    expect(groupChoices(['vip', 'Chess'], ['chess', 'Choir'])).toEqual(['VIP', 'family', 'Chess', 'Choir']);
  });
});

describe('the initials of a name', () => {
  it.each([
    ['Anna', 'A'],
    ['Clara Maria Hohenstein-Oberhausen', 'CH'],
    ['"Dr." (Weber)', 'DW'],
    ['+4930901820', '+'],
    ['Élodie d’Arc', 'ÉD'],
    ['👩 Mum', 'M'],
    ['!!!', ''],
  ])('%s', (name, expected) => {
    expect(initials(name)).toBe(expected);
  });
});
