import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

function importsOf(path: string): string[] {
  const text = readFileSync(join(import.meta.dirname, path), 'utf8');
  const targets = [...text.matchAll(/ from '(#testing\/|\.{1,2}\/)([^']+)'/g)].map(([, start = '', rest = '']) =>
    start === '#testing/' ? rest : relative('.', join(dirname(path), start, rest)),
  );
  return targets.filter((target) => !target.startsWith('..'));
}

it('no folder of testing needs another one that needs it', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const needs = new Map<string, Set<string>>();
  for (const path of files) {
    const folder = dirname(path);
    const known = needs.get(folder) ?? new Set();
    needs.set(folder, known);
    for (const target of importsOf(path)) if (dirname(target) !== folder) known.add(dirname(target));
  }
  const reaches = (folder: string, seen = new Set<string>()): Set<string> => {
    for (const next of needs.get(folder) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      reaches(next, seen);
    }
    return seen;
  };
  expect(needs.size).toBeGreaterThan(10);
  expect([...needs.keys()].filter((folder) => reaches(folder).has(folder))).toEqual([]);
});
