import { unguardCell } from './csv.ts';

/** One row of a CSV text, and the line it begins at, counted from 1. */
export type CsvRow =
  | { readonly kind: 'row'; readonly line: number; readonly fields: readonly string[] }
  | { readonly kind: 'bad'; readonly line: number; readonly problem: string };

/** Longer fields are a quotation mark that was never closed. */
const maxFieldLength = 10_000;
const maxFields = 200;
/** We write no longer ones, and it takes time. */
const maxGuardedLength = 500;

type Field = { readonly text: string; readonly end: number };

/**
 * The rows of RFC 4180, one by one: fields in quotation marks, any line end, separated by commas, semicolons or tabs as the first line shows.
 * Empty lines are left out. A row that cannot be read is reported and the next line read.
 */
export function* readCsv(text: string): Generator<CsvRow> {
  const separator = separatorOf(text);
  let line = 1;
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length;) {
    const { row, end, lines } = readRow(text, at, { separator, line });
    if (row !== undefined) yield row;
    at = end;
    line += lines;
  }
}

type RowRead = { readonly row: CsvRow | undefined; readonly end: number; readonly lines: number };

function readRow(
  text: string,
  start: number,
  { separator, line }: { readonly separator: string; readonly line: number },
): RowRead {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at, separator);
    const next = field === undefined ? undefined : text[field.end];
    if (field === undefined || fields.length >= maxFields || !isEnd(next, separator)) {
      const problem = field === undefined ? 'a quotation mark is not closed' : 'it is not a row of a CSV file';
      return { row: { kind: 'bad', line, problem }, end: nextLine(text, lineEnd(text, start)), lines: 1 };
    }
    fields.push(field.text.length > maxGuardedLength ? field.text : unguardCell(field.text));
    at = field.end + 1;
    if (next === separator) continue;
    const end = nextLine(text, field.end);
    const isEmpty = fields.every((one) => one.trim() === '');
    return { row: isEmpty ? undefined : { kind: 'row', line, fields }, end, lines: countLines(text, start, end) };
  }
}

function quotedField(text: string, start: number): Field | undefined {
  let at = start + 1;
  for (;;) {
    const quote = text.slice(at, start + maxFieldLength).indexOf('"');
    if (quote === -1) return undefined;
    at += quote;
    if (text[at + 1] !== '"') return { text: text.slice(start + 1, at).replaceAll('""', '"'), end: at + 1 };
    at += 2;
  }
}

function plainField(text: string, start: number, separator: string): Field {
  let end = start;
  while (end < text.length && !isEnd(text[end], separator)) end += 1;
  return { text: text.slice(start, end), end };
}

function isEnd(character: string | undefined, separator: string): boolean {
  return character === undefined || character === separator || character === '\n' || character === '\r';
}

function lineEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}

/** Behind the line end that stands here. */
function nextLine(text: string, end: number): number {
  return text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1;
}

function countLines(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = start; at < end; at += 1) {
    if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) lines += 1;
  }
  return lines;
}

/** The one that stands most often in the first line. */
function separatorOf(text: string): string {
  const first = text.slice(0, Math.min(lineEnd(text, 0), maxFieldLength));
  const [best = ','] = [',', ';', '\t'].toSorted((a, b) => first.split(b).length - first.split(a).length);
  return best;
}
