import type { OpenedDatabase } from '#storage/database.ts';

type Outcome = 'done' | 'unchanged' | 'skipped' | 'failed';
type Step = {
  readonly step: string;
  readonly outcome: Outcome;
  readonly message: string;
  readonly code: number | undefined;
  readonly at: number;
};
type Row = Omit<Step, 'code'> & { readonly code: number | null };

/** Runs are kept for the last few times somebody wondered. */
const maxSteps = 500;

/** The SQL of the table `twilio_steps`: what the last runs of set-up did, step by step. */
export class TwilioStepsStore {
  readonly #insert;
  readonly #prune;
  readonly #last;

  constructor(db: OpenedDatabase['db']) {
    this.#insert = db.prepare<[Row & { runId: string }]>(
      `INSERT INTO twilio_steps (run_id, step, outcome, message, code, at)
       VALUES (:runId, :step, :outcome, :message, :code, :at)`,
    );
    this.#prune = db.prepare<[number]>('DELETE FROM twilio_steps WHERE sequence <= (SELECT max(sequence) FROM twilio_steps) - ?');
    this.#last = db.prepare<[], Row>(
      `SELECT step, outcome, message, code, at FROM twilio_steps
       WHERE run_id = (SELECT run_id FROM twilio_steps ORDER BY sequence DESC LIMIT 1) ORDER BY sequence`,
    );
  }

  add(runId: string, { code, ...step }: Step): void {
    this.#insert.run({ ...step, runId, code: code ?? null });
    this.#prune.run(maxSteps);
  }

  /** In the order in which they were done; empty where there was no run. */
  lastRun(): readonly Step[] {
    return this.#last.all().map(({ code, ...step }) => ({ ...step, code: code ?? undefined }));
  }
}
