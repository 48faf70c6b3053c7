import type { Database } from './database.ts';

export type RowChange = 'INSERT' | 'UPDATE' | 'DELETE';

export type RowWatchOptions = {
  readonly db: Database;
  /** The tables, each with the changes that are to be told. */
  readonly tables: Readonly<Record<string, readonly RowChange[]>>;
  /** Of each of the tables; a number. */
  readonly column: string;
  /** Called within the write, which may be undone yet, with the column of the row as it is, and as it was. */
  readonly onChange: (value: number) => void;
};

/** Tells of each row that is written, so that what was read of others can be kept. By triggers of this connection alone: they are not in the file. */
export class RowWatch {
  readonly #version;
  #knownVersion: number | undefined;

  constructor({ db, tables, column, onChange }: RowWatchOptions) {
    this.#version = db.prepare<[], number>('PRAGMA data_version').pluck();
    const name = `row_changed_${db.prepare<[], number>('SELECT count(*) FROM temp.sqlite_schema').pluck().get()}`;
    db.function(name, (value: number) => {
      onChange(value);
      return null;
    });
    for (const [table, changes] of Object.entries(tables)) {
      for (const change of changes) {
        const row = change === 'INSERT' ? 'new' : 'old';
        const moved = change === 'UPDATE' ? `SELECT ${name}(new.${column}) WHERE new.${column} <> old.${column};` : '';
        db.exec(`CREATE TEMP TRIGGER ${name}_${table}_${change} AFTER ${change} ON main.${table}
          BEGIN SELECT ${name}(${row}.${column}); ${moved} END`);
      }
    }
  }

  /** Whether another connection, which has no such triggers, wrote since this was asked last. */
  hasForeignWrites(): boolean {
    const version = this.#version.get();
    const isNew = version !== this.#knownVersion;
    this.#knownVersion = version;
    return isNew;
  }
}
