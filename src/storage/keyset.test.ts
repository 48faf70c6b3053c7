import { expect, it } from 'vitest';
import { readByKeyset } from './keyset.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];

function readIn(perRead: number, rows: string[], onRead: () => void = () => {}): string[] {
  const after = (id: string, limit: number) => {
    onRead();
    return rows
      .filter((one) => one > id)
      .slice(0, limit)
      .map((one) => ({ id: one }));
  };
  return [...readByKeyset(after, perRead)].map(({ id }) => id);
}

it.each([1, 2, 4, 5, 6, 7])('a table is read whole and in order, %i rows at a time', (perRead) => {
  expect(readIn(perRead, ids)).toEqual(ids);
  expect(readIn(perRead, [])).toEqual([]);
});

it('a row that goes while it is read leaves none of the others out', () => {
  const rows = [...ids];
  let reads = 0;
  expect(readIn(2, rows, () => void ((reads += 1) === 2 && rows.splice(1, 1)))).toEqual(ids);
});
