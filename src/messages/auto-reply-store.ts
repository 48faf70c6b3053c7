import type { AutoReplyId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { AutoReply, AutoReplyTrigger } from './auto-reply.ts';
import type { PageRequest } from './conversation-store.ts';

type Row = {
  readonly id: AutoReplyId;
  readonly name: string;
  readonly number: string | null;
  readonly trigger_kind: AutoReplyTrigger;
  readonly keywords: string;
  readonly hours: string;
  readonly body: string;
  readonly quiet_minutes: number;
  readonly is_enabled: number;
  readonly created_at: number;
};

const where = 'WHERE :numbers IS NULL OR number IN (SELECT value FROM json_each(:numbers))';

/** The SQL of the table `auto_replies`. */
export class AutoReplyStore {
  readonly #save;
  readonly #delete;
  readonly #byId;
  readonly #for;
  readonly #find;
  readonly #count;

  constructor(db: OpenedDatabase['db']) {
    this.#save = db.prepare<[Row]>(
      `INSERT INTO auto_replies (id, name, number, trigger_kind, keywords, hours, body, quiet_minutes, is_enabled, created_at)
       VALUES (:id, :name, :number, :trigger_kind, :keywords, :hours, :body, :quiet_minutes, :is_enabled, :created_at)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, number = excluded.number, trigger_kind = excluded.trigger_kind,
         keywords = excluded.keywords, hours = excluded.hours, body = excluded.body, quiet_minutes = excluded.quiet_minutes,
         is_enabled = excluded.is_enabled`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM auto_replies WHERE id = ?');
    this.#byId = db.prepare<[string], Row>('SELECT * FROM auto_replies WHERE id = ?');
    // A number's own rules precede those for all numbers.
    this.#for = db.prepare<[string], Row>(
      'SELECT * FROM auto_replies WHERE number = ? OR number IS NULL ORDER BY number IS NULL, created_at, id',
    );
    const page = (order: string) =>
      db.prepare<[object], Row>(
        `SELECT * FROM auto_replies ${where} ORDER BY created_at ${order}, id ${order} LIMIT :limit OFFSET :offset`,
      );
    this.#find = { asc: page('ASC'), desc: page('DESC') };
    this.#count = db.prepare<[object], { n: number }>(`SELECT count(*) AS n FROM auto_replies ${where}`);
  }

  /** New or changed. */
  save(rule: AutoReply): void {
    this.#save.run({
      id: rule.id,
      name: rule.name,
      number: rule.number ?? null,
      trigger_kind: rule.trigger,
      keywords: JSON.stringify(rule.keywords),
      hours: JSON.stringify(rule.hours),
      body: rule.body,
      quiet_minutes: rule.quietMinutes,
      is_enabled: Number(rule.isEnabled),
      created_at: rule.createdAt,
    });
  }

  delete(id: AutoReplyId): void {
    this.#delete.run(id);
  }

  byId(id: AutoReplyId): AutoReply | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** The rules that apply to a number of ours, in their order. */
  forNumber(number: string): readonly AutoReply[] {
    return this.#for.all(number).map(fromRow);
  }

  /** `numbers` undefined: all. */
  find(
    numbers: readonly string[] | undefined,
    { order, ...page }: PageRequest,
  ): { readonly items: readonly AutoReply[]; readonly total: number } {
    const values = { numbers: numbers === undefined ? null : JSON.stringify(numbers) };
    return { items: this.#find[order].all({ ...values, ...page }).map(fromRow), total: this.#count.get(values)?.n ?? 0 };
  }
}

function fromRow(row: Row): AutoReply {
  return {
    id: row.id,
    name: row.name,
    number: row.number ?? undefined,
    trigger: row.trigger_kind,
    keywords: JSON.parse(row.keywords),
    hours: JSON.parse(row.hours),
    body: row.body,
    quietMinutes: row.quiet_minutes,
    isEnabled: row.is_enabled === 1,
    createdAt: row.created_at,
  };
}
