import type { AlertId } from '#contract/alert-ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Episode } from './alert-episodes.ts';

type Row = {
  readonly alert_id: AlertId;
  readonly about: string;
  readonly alert_values: string;
  readonly raised_at: number;
  readonly told_at: number | null;
  readonly over_at: number | null;
  readonly kept_back: number;
};

/** The SQL of the table `told_alerts`. */
export class ToldAlertStore {
  readonly #all;
  readonly #save;
  readonly #remove;
  readonly #shift;

  constructor(db: OpenedDatabase['db']) {
    this.#all = db.prepare<[], Row>('SELECT * FROM told_alerts ORDER BY raised_at');
    this.#save = db.prepare<[Row]>(
      `INSERT INTO told_alerts (alert_id, about, alert_values, raised_at, told_at, over_at, kept_back)
       VALUES (:alert_id, :about, :alert_values, :raised_at, :told_at, :over_at, :kept_back)
       ON CONFLICT (alert_id, about) DO UPDATE SET alert_values = excluded.alert_values, raised_at = excluded.raised_at,
         told_at = excluded.told_at, over_at = excluded.over_at, kept_back = excluded.kept_back`,
    );
    this.#remove = db.prepare<[string, string]>('DELETE FROM told_alerts WHERE alert_id = ? AND about = ?');
    this.#shift = db.prepare<[{ byMs: number }]>(
      'UPDATE told_alerts SET raised_at = raised_at + :byMs, told_at = told_at + :byMs, over_at = over_at + :byMs',
    );
  }

  all(): readonly Episode[] {
    return this.#all.all().map((row) => ({
      alertId: row.alert_id,
      about: row.about,
      values: JSON.parse(row.alert_values) as Episode['values'],
      raisedAt: row.raised_at,
      toldAt: row.told_at ?? undefined,
      overAt: row.over_at ?? undefined,
      keptBack: row.kept_back,
    }));
  }

  save({ alertId, about, values, raisedAt, toldAt, overAt, keptBack }: Episode): void {
    this.#save.run({
      alert_id: alertId,
      about,
      alert_values: JSON.stringify(values),
      raised_at: raisedAt,
      told_at: toldAt ?? null,
      over_at: overAt ?? null,
      kept_back: keptBack,
    });
  }

  remove({ alertId, about }: Pick<Episode, 'alertId' | 'about'>): void {
    this.#remove.run(alertId, about);
  }

  /** The clock was set: everything keeps its distance from now. */
  shift(byMs: number): void {
    this.#shift.run({ byMs });
  }
}
