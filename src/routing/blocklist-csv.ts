import { csvLine, csvStart } from '#base/csv.ts';
import { readCsv } from '#base/csv-rows.ts';
import type { CsvRow } from '#base/csv-rows.ts';
import type { ImportReport } from '#contract/import-report.ts';
import type { Blocklist, BlocklistInput } from './blocklist.ts';
import type { BlocklistEntry, BlocklistKind } from './blocklist-entry.ts';

const columns = ['kind', 'pattern', 'reason', 'enabled'] as const;
type Column = (typeof columns)[number];
type Positions = Readonly<Partial<Record<Column, number>>>;
type Candidate = { readonly line: number; readonly input: BlocklistInput };

/** Numbers are read and written part by part: calls go on meanwhile. */
const perWrite = 100;
const maxProblems = 100;

/** Adds what a CSV text lists to the list of the whole house; says what became of it, with the lines that were refused. */
export async function importBlocklist(text: string, blocklist: Blocklist): Promise<ImportReport> {
  const report = { added: 0, known: 0, changed: 0, refused: 0, problems: [] as { line: number; message: string }[] };
  const refuse = (line: number, message: string) => {
    report.refused += 1;
    if (report.problems.length < maxProblems) report.problems.push({ line, message });
  };
  let part: Candidate[] = [];
  const store = async () => {
    const additions = await blocklist.addAll(part.map(({ input }) => input));
    additions.forEach((addition, index) => {
      if (addition.kind === 'refused') refuse(part[index]?.line ?? 0, `${addition.field}: ${addition.problem}`);
      else report[addition.kind] += 1;
    });
    part = [];
  };
  for (const read of readRows(text)) {
    if (read.kind === 'refused') refuse(read.line, read.message);
    else part.push(read);
    if (part.length >= perWrite) await store();
  }
  await store();
  report.problems.sort((a, b) => a.line - b.line);
  return report;
}

type RowRead =
  | ({ readonly kind: 'read' } & Candidate)
  | { readonly kind: 'refused'; readonly line: number; readonly message: string };

function* readRows(text: string): Generator<RowRead> {
  let positions: Positions | undefined;
  for (const row of readCsv(text)) {
    if (positions === undefined && row.kind === 'row') {
      positions = headerOf(row.fields);
      if (positions !== undefined) continue;
      positions = row.fields.length === 1 ? { pattern: 0 } : { kind: 0, pattern: 1, reason: 2, enabled: 3 };
    }
    yield readRow(row, positions ?? { pattern: 0 });
  }
}

/** The columns by their names; undefined where the first line names none. */
function headerOf(fields: readonly string[]): Positions | undefined {
  const names = fields.map((field) => field.trim().toLowerCase());
  const found = columns.flatMap((column) => (names.includes(column) ? [[column, names.indexOf(column)] as const] : []));
  return found.some(([column]) => column === 'pattern') ? Object.fromEntries(found) : undefined;
}

function readRow(row: CsvRow, positions: Positions): RowRead {
  const { line } = row;
  const refuse = (message: string): RowRead => ({ kind: 'refused', line, message });
  if (row.kind === 'bad') return refuse(`This line cannot be read: ${row.problem}`);
  const field = (column: Column) => row.fields[positions[column] ?? -1]?.trim() ?? '';
  const kind = kindOf(field('kind').toLowerCase(), field('pattern'));
  if (kind === undefined) return refuse(`kind: must be exact, prefix or regex, not ${quoted(field('kind'))}`);
  const enabled = field('enabled').toLowerCase();
  if (!['', 'true', 'false', 'yes', 'no', '1', '0'].includes(enabled)) return refuse('enabled: must be true or false');
  const input = {
    kind,
    pattern: field('pattern'),
    reason: field('reason').slice(0, 200),
    personId: undefined,
    isEnabled: !['false', 'no', '0'].includes(enabled),
  };
  return input.pattern === '' ? refuse('pattern: must not be empty') : { kind: 'read', line, input };
}

/** A number that ends with a star is the beginning of numbers, as many lists write it. */
function kindOf(text: string, pattern: string): BlocklistKind | undefined {
  if (text === '') return pattern.endsWith('*') ? 'prefix' : 'exact';
  return text === 'exact' || text === 'prefix' || text === 'regex' ? text : undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

/** The list of the whole house, as `importBlocklist` reads it. */
export function* exportBlocklist(entries: Iterable<BlocklistEntry>): Generator<string> {
  yield csvStart + csvLine([...columns, 'hits']);
  for (const { personId, kind, pattern, reason, isEnabled, hits } of entries) {
    if (personId === undefined) yield csvLine([kind, pattern, reason, isEnabled, hits]);
  }
}
