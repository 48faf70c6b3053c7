// Owns how many rows a list has in all: what was counted once is kept, and only what was added since is counted again.
// Called by the stores of the rooms whose tables grow with the years.
// Must stay true: a count is exact at every moment, whoever wrote what.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from './database.ts';
import { RowWatch } from './row-watch.ts';
import type { RowWatchOptions } from './row-watch.ts';
import { Statements } from './statements.ts';

const maxKept = 100;
/** Counted before others have their turn, where each is looked at. */
const rowsPerTurn = 2000;

export type KeptCountsOptions = {
  readonly db: Database;
  /** As the conditions name it, such as `messages m`; with a column `sequence`, its row number. */
  readonly table: string;
  /** Which changes tell with their `sequence` what of the table they change: its own, and those of what conditions look into. */
  readonly watched: RowWatchOptions['tables'];
  /** Selects the `sequence` up to which rows hardly ever change any more. */
  readonly settled: string;
};

export type Countable = {
  /** What stands behind FROM to count all by the best index: the table, or another that names its rows by their `sequence`. */
  readonly from: string;
  readonly where: string;
  /** The same condition for one row of the table; `where` by default. */
  readonly each?: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** Whether there are but a few, which are counted at once and not kept. */
  readonly isFew?: boolean;
};

type Kept = { readonly upTo: number; readonly rows: number };

export class KeptCounts {
  readonly #options: KeptCountsOptions;
  readonly #statements: Statements;
  readonly #settled;
  readonly #watch: RowWatch;
  readonly #kept = new Map<string, Kept>();
  /** No kept count knows a row beyond it. */
  #highest = 0;
  /** How often all was forgotten. */
  #generation = 0;

  constructor(options: KeptCountsOptions) {
    const { db, settled } = options;
    this.#options = options;
    this.#statements = new Statements(db);
    this.#settled = db.prepare<[], number>(settled).pluck();
    const onChange = (sequence: number) => {
      if (sequence <= this.#highest) this.#forget();
    };
    this.#watch = new RowWatch({ db, tables: options.watched, column: 'sequence', onChange });
  }

  count(rows: Countable): number {
    // What is not committed may never have been. Without a condition SQLite adds up what its pages hold.
    if (rows.isFew === true || rows.where === 'TRUE' || this.#options.db.inTransaction) return this.#countAll(rows);
    this.#forgetForeignWrites();
    const settled = this.#settled.get() ?? 0;
    const key = keyOf(rows);
    const kept = this.#kept.get(key);
    const known = kept === undefined || kept.upTo > settled ? undefined : this.#extend(rows, kept, settled);
    const added = this.#countBetween(rows, settled, Number.MAX_SAFE_INTEGER);
    const settledRows = known ?? this.#countAll(rows) - added;
    this.#keep(key, { upTo: settled, rows: settledRows });
    return settledRows + added;
  }

  /** The same for a condition that no index knows: calls and other requests come in between. */
  async countInTurns(rows: Countable): Promise<number> {
    this.#forgetForeignWrites();
    const [settled, generation, key] = [this.#settled.get() ?? 0, this.#generation, keyOf(rows)];
    if (this.#kept.has(key)) return this.count(rows);
    this.#highest = Math.max(this.#highest, settled);
    let counted = 0;
    for (let after = 0; after < settled; after += rowsPerTurn) {
      counted += this.#countBetween(rows, after, Math.min(after + rowsPerTurn, settled));
      await nextTurn();
    }
    this.#forgetForeignWrites();
    // Where rows changed meanwhile, some were counted before and some after.
    if (generation === this.#generation) this.#keep(key, { upTo: settled, rows: counted });
    return this.count(rows);
  }

  #extend(rows: Countable, { upTo, rows: known }: Kept, settled: number): number {
    return upTo === settled ? known : known + this.#countBetween(rows, upTo, settled);
  }

  #forget(): void {
    this.#kept.clear();
    this.#generation += 1;
  }

  #keep(key: string, kept: Kept): void {
    this.#highest = Math.max(this.#highest, kept.upTo);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
  }

  #countAll({ from, where, values }: Countable): number {
    const condition = where === 'TRUE' ? '' : `WHERE ${where}`;
    return this.#statements.get<{ n: number }>(`SELECT count(*) AS n FROM ${from} ${condition}`, values)?.n ?? 0;
  }

  /** NOT INDEXED: by the row number, for few rows. */
  #countBetween({ where, each = where, values }: Countable, after: number, upTo: number): number {
    const { table } = this.#options;
    const sequence = `${table.split(' ').at(-1)}.sequence`;
    const sql = `SELECT count(*) AS n FROM ${table} NOT INDEXED WHERE ${sequence} > :after AND ${sequence} <= :upTo AND (${each})`;
    return this.#statements.get<{ n: number }>(sql, { ...values, after, upTo })?.n ?? 0;
  }

  #forgetForeignWrites(): void {
    if (this.#watch.hasForeignWrites()) this.#forget();
  }
}

function keyOf({ from, where, values }: Countable): string {
  return `${from} ${where} ${JSON.stringify(values)}`;
}
