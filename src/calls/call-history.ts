import type { Log } from '#base/log.ts';
import { readEmergency } from '#numbers/dial-plan.ts';
import type { OpenedDatabase } from '#storage/database.ts';

/** Whose call to whom; `called` is a number of ours or an extension. */
export type RepeatedCall = { readonly caller: string; readonly called: string; readonly since: number };

/**
 * What the records of past calls tell about a caller; times in milliseconds since the Unix epoch. Each question uses an index. Where
 * nothing can be read, nothing is known: a broken disk must not keep a phone from ringing.
 */
export class CallHistory {
  readonly #log: Log;
  readonly #db: OpenedDatabase['db'];
  #isFailing = false;

  constructor(db: OpenedDatabase['db'], log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** When the house last called this number (E.164). A call that we refused to make says nothing about whom the house trusts. */
  dialledAt(number: string, since: number): number | undefined {
    return this.#read<[string, number]>(
      `SELECT max(started_at) AS at FROM cdrs
       WHERE direction = 'outbound' AND callee_number = ? AND started_at >= ? AND coalesce(disposition, '') <> 'failed'`,
      [number, since],
    ).at(0)?.at;
  }

  /** When this caller last called and nobody answered. */
  unansweredAt(call: RepeatedCall): number | undefined {
    return this.#read<[RepeatedCall]>(
      `SELECT max(started_at) AS at FROM cdrs
       WHERE caller_number = :caller AND started_at >= :since AND callee_number = :called AND answered_at IS NULL`,
      [call],
    ).at(0)?.at;
  }

  /** When the last emergency call since then ended, or began where its end is not known. */
  lastEmergencyAt(country: string, since: number): number | undefined {
    const outbound = this.#read<[number]>(
      `SELECT callee_number AS called, coalesce(ended_at, started_at) AS at FROM cdrs
       WHERE direction = 'outbound' AND started_at >= ? AND length(callee_number) < 8 ORDER BY started_at DESC`,
      [since],
    );
    return outbound.find(({ called = '' }) => readEmergency(called, country) !== undefined)?.at;
  }

  readonly #statements = new Map<string, ReturnType<OpenedDatabase['db']['prepare']>>();

  #read<Params extends unknown[]>(
    sql: string,
    params: Params,
  ): readonly { readonly called?: string; readonly at: number | undefined }[] {
    try {
      const statement = this.#statements.get(sql) ?? this.#db.prepare(sql);
      this.#statements.set(sql, statement);
      const rows = statement.all(...params) as { called?: string; at: number | null }[];
      this.#isFailing = false;
      return rows.map(({ at, ...row }) => ({ ...row, at: at ?? undefined }));
    } catch (error) {
      if (!this.#isFailing) this.#log.error({ err: error }, 'Past calls cannot be read; calls are decided without them');
      this.#isFailing = true;
      return [];
    }
  }
}
