import type { OpenedDatabase } from '#storage/database.ts';
import type { SetupLog, SetupStep } from './setup-records.ts';

type Row = Omit<SetupStep, 'code'> & { readonly code: number | null };

/** A dozen runs or more. */
const maxSteps = 500;

/** The SQL of the table `twilio_steps`: what the last runs of setup did, step by step. */
export class TwilioStepsStore implements SetupLog {
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

  add(runId: string, { code, ...step }: SetupStep): void {
    this.#insert.run({ ...step, runId, code: code ?? null });
    this.#prune.run(maxSteps);
  }

  /** In the order in which they were done; empty where there was no run. */
  lastRun(): readonly SetupStep[] {
    return this.#last.all().map(({ code, ...step }) => ({ ...step, code: code ?? undefined }));
  }
}
