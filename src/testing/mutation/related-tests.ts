import { readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path/posix';

// Owns which tests can notice a change of a file: those that import it, by however many steps.
// Called by the mutation run.
// Must stay true: the nearest tests come first, because they are the fast ones.

const importPattern = /\bfrom '([#.][^']+)'|\bimport\(\s*'([#.][^']+)'/g;

/** Paths are relative to the project, as in `src/calls/calls.ts`. */
export class ImportGraph {
  readonly #importersOf = new Map<string, string[]>();

  constructor(files: readonly string[], read = (file: string) => readFileSync(file, 'utf8')) {
    const known = new Set(files);
    for (const file of files) {
      for (const [, fixed, dynamic] of read(file).matchAll(importPattern)) {
        const target = resolve(file, fixed ?? dynamic ?? '');
        if (!known.has(target)) continue;
        const importers = this.#importersOf.get(target);
        if (importers === undefined) this.#importersOf.set(target, [file]);
        else if (!importers.includes(file)) importers.push(file);
      }
    }
  }

  /** Test files that import `file`, nearest first. */
  testsOf(file: string): readonly string[] {
    const seen = new Set([file]);
    for (const one of seen) for (const importer of this.#importersOf.get(one) ?? []) seen.add(importer);
    return [...seen].filter((one) => one.endsWith('.test.ts'));
  }
}

/** Those first that share the most words with the name of the file: all whole-app tests are as near to what composes the app. */
export function bySubject(file: string, tests: readonly string[]): readonly string[] {
  const subject = wordsOf(file);
  const shared = (test: string) => wordsOf(test).filter((word) => subject.includes(word)).length;
  return tests.toSorted((one, other) => shared(other) - shared(one));
}

function wordsOf(file: string): readonly string[] {
  return basename(file).split('.')[0]?.split('-') ?? [];
}

function resolve(from: string, specifier: string): string {
  return specifier.startsWith('#') ? `src/${specifier.slice(1)}` : normalize(join(dirname(from), specifier));
}
