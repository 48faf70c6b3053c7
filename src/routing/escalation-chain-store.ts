import type { EscalationChainId } from '#base/ids.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { EscalationChain } from './escalation-chain.ts';

type Row = {
  readonly id: EscalationChainId;
  readonly name: string;
  readonly steps: string;
  readonly rounds: number;
  readonly pause_seconds: number;
  readonly ignores_dnd: 0 | 1;
  readonly if_nobody: EscalationChain['ifNobody'];
  readonly created_at: number;
};

/** The SQL of the table `escalation_chains`. */
export class EscalationChainStore {
  readonly #all: Statement<[], Row>;
  readonly #save: Statement<[Row]>;
  readonly #delete: Statement<[string]>;

  constructor(db: Database) {
    this.#all = db.prepare('SELECT * FROM escalation_chains ORDER BY created_at, id');
    this.#save = db.prepare(
      `INSERT INTO escalation_chains (id, name, steps, rounds, pause_seconds, ignores_dnd, if_nobody, created_at)
       VALUES (:id, :name, :steps, :rounds, :pause_seconds, :ignores_dnd, :if_nobody, :created_at)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, steps = excluded.steps, rounds = excluded.rounds,
         pause_seconds = excluded.pause_seconds, ignores_dnd = excluded.ignores_dnd, if_nobody = excluded.if_nobody`,
    );
    this.#delete = db.prepare('DELETE FROM escalation_chains WHERE id = ?');
  }

  /** The oldest first. */
  all(): readonly EscalationChain[] {
    return this.#all.all().map(fromRow);
  }

  /** New or changed. */
  save({ id, name, steps, rounds, pauseSeconds, ignoresDnd, ifNobody, createdAt }: EscalationChain): void {
    this.#save.run({
      id,
      name,
      rounds,
      steps: JSON.stringify(steps),
      pause_seconds: pauseSeconds,
      ignores_dnd: ignoresDnd ? 1 : 0,
      if_nobody: ifNobody,
      created_at: createdAt,
    });
  }

  delete(id: EscalationChainId): void {
    this.#delete.run(id);
  }
}

function fromRow(row: Row): EscalationChain {
  return {
    id: row.id,
    name: row.name,
    steps: JSON.parse(row.steps),
    rounds: row.rounds,
    pauseSeconds: row.pause_seconds,
    ignoresDnd: row.ignores_dnd === 1,
    ifNobody: row.if_nobody,
    createdAt: row.created_at,
  };
}
