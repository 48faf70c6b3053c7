import { expect, test } from 'vitest';
import { applyMutant, mutantsOf } from './mutants.ts';

const mutated = (source: string): string[] => mutantsOf(source).map((mutant) => applyMutant(source, mutant));

test.each([
  ['a limit', 'f(a < b);', [';', 'f(a <= b);']],
  ['an equality', 'const x = a === b;', ['const x = a !== b;']],
  ['a conjunction', 'const x = a && b;', ['const x = a || b;']],
  ['a negation', 'const x = !a;', ['const x = a;']],
  ['a condition', 'if (a) { b; }', ['if (true) { b; }', 'if (false) { b; }']],
  ['a choice', 'const x = a ? b : c;', ['const x = true ? b : c;', 'const x = false ? b : c;']],
  ['a number', 'const maxAgeMs = 40;', ['const maxAgeMs = 400;']],
  ['a switch', 'const isKept = true;', ['const isKept = false;']],
  ['a call that is not made', 'await this.close();', [';']],
  ['a line of the log is not tested', "this.#deps.log.info({ a }, 'Here');", []],
  ['text is put together, not computed', "const x = 'a' + b + `c`;", []],
  ['a loop ends', 'while (a < b) { c = d < e; }', ['while (a < b) { c = d <= e; }']],
  ['types are nothing to test', 'type A = 1 | true; const x: 2 = y as 2;', []],
  ['what an import says stays', "import { a } from './b.ts';", []],
])('%s: %s', (_what, source, expected) => {
  expect(mutated(source)).toEqual(expected);
});

test('says where it is and what it changes', () => {
  const [mutant] = mutantsOf('const a = 1;\nconst isOld = age > limit;\n').slice(1);
  expect(mutant).toMatchObject({ line: 2, what: '> → >=   in   const isOld = age > limit;' });
});
