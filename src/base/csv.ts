/** Excel reads a file without it in the machine's own character set. */
export const csvStart = '\uFEFF';

/** A cell that begins so is computed by spreadsheets, also behind a separator of theirs or a line break (full-width forms included). */
const formula = /(^\s*|[;\t\r\n]["\s]*)('*)(?=[=+\-@＝＋－＠])/gu;
const guarded = /(^\s*|[;\t\r\n]["\s]*)'('*)(?=[=+\-@＝＋－＠])/gu;
/** Computed too, but to itself: E.164 numbers and amounts stay as they are. */
const plainNumber = /^[+-]?\d+(?:\.\d+)?$/;
/** Ids, times and most words: nothing to look at twice in an export of millions of cells. */
const plainWord = /^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/;
const needsQuotes = /[",;\t\r\n]|^\s|\s$|^$/u;

/**
 * One line of CSV (RFC 4180) with its line break. Nothing in it is a formula to a spreadsheet: an apostrophe stands before what would be
 * one, `unguardCell` takes it away again. Null is an empty cell, and so is empty text, in quotes.
 */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

/** The text that `csvLine` was given, from the cell as it was read. */
export function unguardCell(cell: string): string {
  return cell.replace(guarded, '$1$2');
}

function toCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  if (plainWord.test(value)) return value;
  const safe = plainNumber.test(value) ? value : value.replace(formula, "$1'$2");
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
