// What the house says of the lines of a file, which it says in English, in the reader's language.
import type { StringKey } from './strings/en.ts';

/** The key of each sentence, and the names of what it holds, in their order. */
const sentences: readonly (readonly [RegExp, StringKey, ...(readonly string[])])[] = [
  [/^A contact without a name has no phone number$/, 'import.nobodyWithoutNumber'],
  [/^(.+) has no phone number$/s, 'import.withoutNumber', 'name'],
  [/^(.+) has no phone number that can be called, only (.+)$/s, 'import.noCallable', 'name', 'texts'],
  [/^There are (\d+) contacts already$/, 'import.full', 'count'],
  [/^This line cannot be read: /, 'import.unreadable'],
  [/^pattern: is not a phone number/, 'field.number.wrong'],
  [/^pattern: must be the first digits/, 'block.prefix.wrong'],
  [/^pattern: would block every caller/, 'block.everybody'],
  [/^pattern: must not be empty/, 'import.empty'],
  [/^pattern: There are \d+ entries already/, 'import.listFull'],
  [/^kind: must be/, 'import.kind'],
  [/^enabled: must be/, 'import.enabled'],
  [/^("[^]*") is not a phone number$/, 'import.noNumber', 'text'],
];

export type Said = { readonly key: StringKey; readonly values: Readonly<Record<string, string>> };

/** Undefined: it is shown as it is. Pure. */
export function saidOf(message: string): Said | undefined {
  for (const [pattern, key, ...names] of sentences) {
    const found = pattern.exec(message);
    if (found !== null) return { key, values: Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ''])) };
  }
  return undefined;
}
