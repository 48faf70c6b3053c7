import { expect, test } from 'vitest';
import { givenFields } from './given-fields.ts';

test('the fields that are given are those that are not undefined', () => {
  const given = givenFields<{ name: string; seconds: number; extension: string | null; isOn: boolean }>({
    name: '',
    seconds: undefined,
    extension: null,
    isOn: false,
  });
  expect(Object.entries(given)).toEqual([
    ['name', ''],
    ['extension', null],
    ['isOn', false],
  ]);
});
