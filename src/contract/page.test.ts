import { expect, test } from 'vitest';
import { z } from 'zod';
import { answerInMemory, listQuery, pageOf } from './page.ts';
import { validate } from './validation.ts';

const letters = 'abcdefghij'.split('');
const query = listQuery(['name', 'createdAt'], { text: z.string().optional() });

function ask(given: object) {
  const checked = validate(query, given);
  if (checked.kind === 'problems') return checked.problems;
  return answerInMemory(checked.value, letters, (letter) => letter.toUpperCase());
}

test.each([
  [{ per_page: '4', order: 'asc' }, ['A', 'B', 'C', 'D'], 1, 4],
  [{ per_page: '4', page: '3', order: 'asc' }, ['I', 'J'], 3, 4],
  [{ per_page: '4', page: '4', order: 'asc' }, [], 4, 4],
  [{}, letters.toReversed().map((one) => one.toUpperCase()), 1, 20],
])('%j is answered with this page and the total', (given, items, page, perPage) => {
  const reply = ask(given);
  expect(reply).toEqual({ items, page, perPage, total: 10 });
  expect(validate(pageOf(z.string()), reply).kind).toBe('fits');
});

test.each([{ page: '0' }, { per_page: '101' }, { sort: 'size' }, { limit: '5' }])('%j is no page', (given) => {
  expect(ask(given)).toMatchObject([{ field: Object.keys(given)[0] }]);
});
