import { readCsv } from '#base/csv-rows.ts';

export type ListedNumber =
  | { readonly kind: 'number'; readonly line: number; readonly number: string }
  | { readonly kind: 'bad'; readonly line: number; readonly problem: string };

/** How a list's country reads a number as it is written; undefined where it is none. */
export type ReadListed = {
  readonly number: (text: string) => string | undefined;
  readonly prefix: (text: string) => string | undefined;
};

const column = /phone|number|telefon|rufnummer|nummer|\btel\b/i;
/** In JSON of such services each report is an object with the number in one of these. */
const inJson = /"(?:phone|number|phoneNumber)"\s*:\s*"([^"\\]{3,40})"/g;

/**
 * The numbers of a list: a CSV with a column for them, numbers alone, or the JSON of a service. One that ends with a star stands for all that
 * begin so.
 */
export function* readListedNumbers(text: string, read: ReadListed): Generator<ListedNumber> {
  if (/^\ufeff?\s{0,10}[[{]/.test(text.slice(0, 20))) {
    for (const match of text.matchAll(inJson)) yield toListed(match[1] ?? '', 1, read);
    return;
  }
  let at: number | undefined;
  for (const row of readCsv(text)) {
    if (row.kind === 'bad') {
      yield { kind: 'bad', line: row.line, problem: `This line cannot be read: ${row.problem}` };
      continue;
    }
    if (at === undefined) {
      const named = row.fields.findIndex((field) => column.test(field));
      at =
        named === -1
          ? Math.max(
              0,
              row.fields.findIndex((field) => readText(field, read) !== undefined),
            )
          : named;
      if (named !== -1) continue;
    }
    yield toListed(row.fields[at] ?? '', row.line, read);
  }
}

function toListed(text: string, line: number, read: ReadListed): ListedNumber {
  const number = readText(text, read);
  if (number !== undefined) return { kind: 'number', line, number };
  return { kind: 'bad', line, problem: `${JSON.stringify(text.trim().slice(0, 40))} is not a phone number` };
}

function readText(text: string, read: ReadListed): string | undefined {
  const plain = text.trim();
  // Most are written in full: reading them as people write costs a hundred times as much.
  if (/^\+[1-9][0-9]{6,14}$/.test(plain)) return plain;
  if (!plain.endsWith('*')) return read.number(plain);
  const prefix = read.prefix(plain.slice(0, -1));
  // Shorter ones would be whole countries.
  return prefix === undefined || prefix.length < 5 ? undefined : `${prefix}*`;
}
