import { describe, expect, it } from 'vitest';
import { KnownRows } from './known-rows.ts';
import { pagesOf } from './row-source.ts';
import type { RowPage, RowSource } from './row-source.ts';

type Row = { readonly id: number };
const rows = (from: number, count: number): readonly Row[] => Array.from({ length: count }, (_, index) => ({ id: from - index }));
const keyOf = ({ id }: Row) => String(id);
const load = async (): Promise<RowPage<Row>> => ({ items: [], next: undefined });
const byPages: RowSource<Row> = {
  load,
  pageAt: (index) => ({ cursor: String(Math.floor(index / 3)), first: index - (index % 3) }),
};
const shown = (known: KnownRows<Row>) => Array.from({ length: known.length }, (_, index) => known.keyAt(index) ?? '-').join(' ');

describe('rows that are read one page after another', () => {
  it('have a place for those to come, until there are none', () => {
    const known = new KnownRows<Row>({ load }, keyOf);
    known.renew({ items: rows(9, 3), next: 'a' });
    expect(shown(known)).toBe('9 8 7 -');
    expect(known.total).toBeUndefined();
    known.add(known.missing(0, 9)!, { items: rows(7, 3), next: undefined });
    expect(shown(known)).toBe('9 8 7 6 5');
    expect(known.total).toBe(5);
    expect(known.missing(0, 9)).toBeUndefined();
  });

  it('keep what was read when new ones come on top, and drop what is gone from the newest', () => {
    const known = new KnownRows<Row>({ load }, keyOf);
    known.renew({ items: rows(9, 3), next: 'a' });
    known.add(known.missing(0, 9)!, { items: rows(6, 3), next: 'b' });
    expect(known.renew({ items: [{ id: 10 }, { id: 9 }, { id: 7 }], next: 'x' })).toBe(0);
    expect(shown(known)).toBe('10 9 7 6 5 4 -');
    expect(known.missing(0, 9)).toEqual({ cursor: 'b', first: 6 });
    expect(known.renew({ items: rows(99, 3), next: 'c' })).toBeUndefined();
    expect(shown(known)).toBe('99 98 97 -');
  });
});

describe('rows that can be read out of turn', () => {
  it('have their places from the first on', () => {
    const known = new KnownRows(byPages, keyOf);
    known.renew({ items: rows(9, 3), next: '1', total: 8 });
    expect(shown(known)).toBe('9 8 7 - - - - -');
    known.add(known.missing(6, 8)!, { items: rows(3, 2), next: undefined, total: 8 });
    expect(shown(known)).toBe('9 8 7 - - - 3 2');
    expect(known.missing(2, 8)).toEqual({ cursor: '1', first: 3 });
    expect(known.pagesOf(0, 8).map(({ first }) => first)).toEqual([3, 6]);
  });

  it('move down when new ones come on top, and up when some are gone', () => {
    const known = new KnownRows(byPages, keyOf);
    known.renew({ items: rows(9, 3), next: '1', total: 8 });
    known.add(known.missing(6, 8)!, { items: rows(3, 2), next: undefined, total: 8 });
    expect(known.renew({ items: rows(11, 3), next: '1', total: 10 })).toBe(2);
    expect(shown(known)).toBe('11 10 9 8 7 - - - 3 2');
    expect(known.indexOf('3', 6)).toBe(8);
    expect(known.renew({ items: rows(9, 3), next: '1', total: 8 })).toBe(-2);
    expect(shown(known)).toBe('9 8 7 - - - 3 2');
  });

  it('are at one place each, also where one moved while the next page was read', () => {
    const known = new KnownRows(byPages, keyOf);
    known.renew({ items: rows(9, 3), next: '1', total: 6 });
    known.add(known.missing(3, 6)!, { items: rows(7, 3), next: undefined, total: 7 });
    expect(shown(known)).toBe('9 8 - 7 6 5 -');
  });

  it('end where the house has no more', () => {
    const known = new KnownRows(byPages, keyOf);
    known.renew({ items: rows(9, 3), next: '1', total: 8 });
    known.add(known.missing(6, 8)!, { items: [], next: undefined, total: 4 });
    expect(shown(known)).toBe('9 8 7 -');
    known.renew({ items: [], next: undefined, total: 0 });
    expect(known.length).toBe(0);
  });
});

it('knows on which page of a list with numbers a row is', async () => {
  const asked: unknown[] = [];
  const source = pagesOf(async (page) => {
    asked.push(page);
    return { items: [page.page], total: 250 };
  });
  expect(source.pageAt?.(249)).toEqual({ cursor: '3', first: 200 });
  expect(await source.load('3')).toEqual({ items: [3], total: 250, next: undefined });
  expect(await source.load(undefined)).toMatchObject({ next: '2' });
  expect(asked).toEqual([
    { page: 3, per_page: 100 },
    { page: 1, per_page: 100 },
  ]);
});
