import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { optionSchema } from './schema.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/options.md'), 'utf8');
/** The names in the first column of the table. */
const documented = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!));
const inText = new Set([...page.matchAll(/[`"]([a-z_]+)[`"]/g)].map(([, name]) => name!));

test('docs/options.md lists every option', () => {
  expect(Object.keys(optionSchema.shape).filter((name) => !inText.has(name))).toEqual([]);
});

test('docs/options.md lists no option that does not exist, and none twice', () => {
  expect(documented.filter((name) => !(name in optionSchema.shape))).toEqual([]);
  expect(documented).toEqual([...new Set(documented)]);
});

test('docs/options.md shows the defaults that are words or figures', () => {
  const wrong = Object.entries(optionSchema.parse({})).flatMap(([name, value]) => {
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const line = page.split('\n').find((one) => (one.split('|')[1] ?? '').includes(`\`${name}\``));
    const defaults = line?.split('|')[2] ?? '';
    // Described in the line of another option.
    if (line === undefined) return [];
    return defaults.includes(String(value)) ? [] : [`${name}: ${value} is not in "${defaults.trim()}"`];
  });
  expect(wrong).toEqual([]);
});
