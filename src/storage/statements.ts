import type { Database, Statement } from './database.ts';

/** More than a panel asks for again and again. */
const maxKept = 50;

/** Statements that are put together by what a request asks for: preparing one takes longer than a page of its rows. */
export class Statements {
  readonly #db: Database;
  /** The one used last comes last. */
  readonly #kept = new Map<string, Statement<[object]>>();

  constructor(db: Database) {
    this.#db = db;
  }

  all<Row>(sql: string, values: object): Row[] {
    return this.#prepare(sql).all(values) as Row[];
  }

  get<Row>(sql: string, values: object): Row | undefined {
    return this.#prepare(sql).get(values) as Row | undefined;
  }

  #prepare(sql: string): Statement<[object]> {
    const statement = this.#kept.get(sql) ?? this.#db.prepare<[object]>(sql);
    this.#kept.delete(sql);
    this.#kept.set(sql, statement);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
    return statement;
  }
}
