// Owns how a text that a person looks for becomes a condition of SQL: by the full-text index where it can tell, row by row where it cannot.
// Called by the stores of the rooms whose lists can be searched; the indexes are made by the migrations.
// Must stay true: what is found is the same either way, and no text of a person is ever part of the SQL or of the index's own query language.
import type { Database } from 'better-sqlite3';
import { withoutAccents } from '#base/without-accents.ts';

/** `sql` has `:text` where `value` belongs. */
export type TextCondition = {
  readonly sql: string;
  readonly value: string;
  /** Whether `sql` names the rows, a few. */
  readonly isFew: boolean;
  /** Another condition beside it, so that the few rows found are looked up, and not all that the other one holds for. */
  readonly beside: (condition: string) => string;
};

export type TextSearchOptions = {
  readonly db: Database;
  /** The table of the index. */
  readonly index: string;
  /** The column of the list's statements that is the row of the index, such as `cdrs.sequence`. */
  readonly sequence: string;
  /** The same text as in the index, as the list's statements name it. */
  readonly columns: readonly string[];
  /** Selects the rows that are not in the index yet and contain `:text`, a pattern for LIKE. */
  readonly unindexed?: string;
};

/** The shortest text that is in the index. */
const minIndexed = 3;
/** A list of more rows than this is left to the order of the list: a page is full after a few of them. */
const maxFound = 2000;

export class TextSearch {
  readonly #byOrder: string;
  readonly #byRow: string;
  readonly #find;
  readonly #unindexed;

  constructor({ db, index, sequence, columns, unindexed }: TextSearchOptions) {
    this.#byOrder = likeAny(columns);
    this.#byRow = `${sequence} IN (SELECT value FROM json_each(:text))`;
    this.#find = db.prepare<[string], number>(`SELECT rowid FROM ${index} WHERE ${index} MATCH ? LIMIT ${maxFound + 1}`).pluck();
    this.#unindexed = unindexed === undefined ? undefined : db.prepare<[{ text: string }], number>(unindexed).pluck();
  }

  /** The condition that holds for every row with `text` anywhere in it, in capitals or not, with or without accents. */
  condition(text: string): TextCondition {
    const like = { sql: this.#byOrder, value: likePattern(text), isFew: false, beside: asItIs };
    if (isUnindexed(text)) return like;
    const found = this.#find.all(phrase(text));
    if (found.length > maxFound) return like;
    const more = this.#unindexed?.all({ text: like.value }) ?? [];
    return { sql: this.#byRow, value: JSON.stringify([...found, ...more]), isFew: true, beside: withoutIndex };
  }
}

const asItIs = (condition: string) => condition;
/** SQLite takes no index for an expression (its documentation, "The Query Optimizer", section 8.1.2). */
const withoutIndex = (condition: string) => `+(${condition})`;

/** Whether one of `columns` contains `:text`, made by `likePattern`. */
export function likeAny(columns: readonly string[]): string {
  // LIKE knows capitals of ASCII alone, and no accents; most texts have neither, and are compared without leaving SQLite.
  const contains = (column: string) =>
    `${column} LIKE :text ESCAPE '\\' OR (${column} GLOB '*[^ -~]*' AND folded(${column}) LIKE :text ESCAPE '\\')`;
  return `(${columns.map(contains).join(' OR ')})`;
}

/** Of LIKE, with `\` as the escape: `text` anywhere, as `folded` writes it. */
export function likePattern(text: string): string {
  return `%${folded(text).replaceAll(/[\\%_]/g, '\\$&')}%`;
}

/** Gives `db` the function that the conditions of `likeAny` call. */
export function defineFolded(db: Database): void {
  db.function('folded', { deterministic: true }, (text: unknown) => (typeof text === 'string' ? folded(text) : text));
}

function folded(text: string): string {
  return withoutAccents(text).toLowerCase();
}

/** SQLite cuts a text at NUL, and the index with it. */
function isUnindexed(text: string): boolean {
  return Array.from(text).length < minIndexed || text.includes('\0');
}

/** A string of FTS5 (section 3.1 of its documentation): everything in it stands for itself. */
function phrase(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
