import type { DeviceId, EscalationChainId, EscalationId, EscalationLegId, PersonId } from '#base/ids.ts';
import type { Listed, ListRequest } from '#contract/page.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { Escalation, EscalationLeg, EscalationOutcome, EscalationState } from './escalation.ts';

type Row = {
  readonly id: EscalationId;
  readonly chain_id: EscalationChainId | null;
  readonly plan: string;
  readonly message: string;
  readonly idempotency_key: string | null;
  readonly phase: EscalationState['phase'];
  readonly round: number;
  readonly step: number;
  readonly until: number | null;
  readonly taker: string | null;
  readonly is_reported: 0 | 1;
  readonly started_at: number;
  readonly ended_at: number | null;
};

type LegRow = {
  readonly id: EscalationLegId;
  readonly escalation_id: EscalationId;
  readonly round: number;
  readonly step: number;
  readonly name: string;
  readonly person_id: PersonId | null;
  readonly device_id: DeviceId | null;
  readonly number: string | null;
  readonly started_at: number;
  readonly ringing_at: number | null;
  readonly answered_at: number | null;
  readonly pressed_at: number | null;
  readonly ended_at: number | null;
  readonly outcome: EscalationOutcome | null;
};

export type EscalationFilter = {
  readonly visibleTo?: PersonId | undefined;
  readonly phase?: EscalationState['phase'] | undefined;
};

/** The SQL of escalations, of whom they may ask and of their calls. */
export class EscalationStore {
  readonly #db: Database;
  readonly #save: Statement<[Row]>;
  readonly #addPerson: Statement<[string, string]>;
  readonly #saveLeg: Statement<[LegRow]>;
  readonly #legs: Statement<[string], LegRow>;
  readonly #byId: Statement<[string], Row>;
  readonly #byKey: Statement<[string], Row>;
  readonly #current: Statement<[], Row>;
  readonly #persons: Statement<[string], { person_id: PersonId }>;

  constructor(db: Database) {
    this.#db = db;
    this.#save = db.prepare(
      `INSERT INTO escalations (id, chain_id, plan, message, idempotency_key, phase, round, step, until, taker, is_reported,
         started_at, ended_at)
       VALUES (:id, :chain_id, :plan, :message, :idempotency_key, :phase, :round, :step, :until, :taker, :is_reported,
         :started_at, :ended_at)
       ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, round = excluded.round, step = excluded.step, until = excluded.until,
         taker = excluded.taker, is_reported = excluded.is_reported, ended_at = excluded.ended_at`,
    );
    this.#addPerson = db.prepare(
      'INSERT OR IGNORE INTO escalation_persons (escalation_id, person_id) SELECT ?, id FROM users WHERE id = ?',
    );
    this.#saveLeg = db.prepare(
      `INSERT INTO escalation_legs (id, escalation_id, round, step, name, person_id, device_id, number, started_at, ringing_at,
         answered_at, pressed_at, ended_at, outcome)
       VALUES (:id, :escalation_id, :round, :step, :name, :person_id, :device_id, :number, :started_at, :ringing_at,
         :answered_at, :pressed_at, :ended_at, :outcome)
       ON CONFLICT (id) DO UPDATE SET ringing_at = excluded.ringing_at, answered_at = excluded.answered_at,
         pressed_at = excluded.pressed_at, ended_at = excluded.ended_at, outcome = excluded.outcome`,
    );
    this.#legs = db.prepare('SELECT * FROM escalation_legs WHERE escalation_id = ? ORDER BY rowid');
    this.#byId = db.prepare('SELECT * FROM escalations WHERE id = ?');
    this.#byKey = db.prepare('SELECT * FROM escalations WHERE idempotency_key = ?');
    this.#current = db.prepare(
      `SELECT * FROM escalations WHERE phase IN ('asking', 'pausing', 'exhausted') OR is_reported = 0 ORDER BY started_at, id`,
    );
    this.#persons = db.prepare('SELECT person_id FROM escalation_persons WHERE escalation_id = ?');
  }

  /** New or changed. `persons`: whom it may ask. `before`: what is stored of it; undefined where nothing is. */
  save(escalation: Escalation, persons: readonly PersonId[], before: EscalationState | undefined): void {
    const { id, state } = escalation;
    const known = new Set(before?.legs);
    this.#db.transaction(() => {
      this.#save.run(toRow(escalation));
      if (before === undefined) for (const person of persons) this.#addPerson.run(id, person);
      for (const leg of state.legs) if (!known.has(leg)) this.#saveLeg.run(legRow(id, leg));
    })();
  }

  byId(id: string): Escalation | undefined {
    return this.#read(this.#byId.get(id));
  }

  byKey(key: string): Escalation | undefined {
    return this.#read(this.#byKey.get(key));
  }

  /** Those that somebody may still take, and those whose end was not reported; the oldest first. */
  current(): readonly Escalation[] {
    return this.#current.all().map((row) => this.#toEscalation(row));
  }

  personsOf(id: string): readonly PersonId[] {
    return this.#persons.all(id).map(({ person_id: personId }) => personId);
  }

  find(
    { visibleTo, phase }: EscalationFilter,
    { limit, offset, order }: Pick<ListRequest, 'limit' | 'offset' | 'order'>,
  ): Listed<Escalation> {
    const bound = { visibleTo, phase, limit, offset };
    const from = visibleTo === undefined ? 'escalations e' : 'escalation_persons p JOIN escalations e ON e.id = p.escalation_id';
    const where = [
      ...(visibleTo === undefined ? [] : ['p.person_id = :visibleTo']),
      ...(phase === undefined ? [] : ['e.phase = :phase']),
    ];
    const matching = `FROM ${from} ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}`;
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const items = this.#db
      .prepare<[typeof bound], Row>(
        `SELECT e.* ${matching} ORDER BY e.started_at ${direction}, e.id ${direction} LIMIT :limit OFFSET :offset`,
      )
      .all(bound);
    const { total = 0 } =
      this.#db.prepare<[typeof bound], { total: number }>(`SELECT count(*) AS total ${matching}`).get(bound) ?? {};
    return { items: items.map((row) => this.#toEscalation(row)), total };
  }

  #read(row: Row | undefined): Escalation | undefined {
    return row === undefined ? undefined : this.#toEscalation(row);
  }

  #toEscalation(row: Row): Escalation {
    return {
      id: row.id,
      chainId: row.chain_id ?? undefined,
      plan: JSON.parse(row.plan),
      message: JSON.parse(row.message),
      idempotencyKey: row.idempotency_key ?? undefined,
      startedAt: row.started_at,
      state: {
        phase: row.phase,
        round: row.round,
        step: row.step,
        until: row.until ?? undefined,
        taker: row.taker === null ? undefined : JSON.parse(row.taker),
        isReported: row.is_reported === 1,
        endedAt: row.ended_at ?? undefined,
        legs: this.#legs.all(row.id).map(fromLegRow),
      },
    };
  }
}

function toRow({ id, chainId, plan, message, idempotencyKey, startedAt, state }: Escalation): Row {
  const { phase, round, step, until, taker, isReported, endedAt } = state;
  return {
    id,
    phase,
    round,
    step,
    chain_id: chainId ?? null,
    plan: JSON.stringify(plan),
    message: JSON.stringify(message),
    idempotency_key: idempotencyKey ?? null,
    until: until ?? null,
    taker: taker === undefined ? null : JSON.stringify(taker),
    is_reported: isReported ? 1 : 0,
    started_at: startedAt,
    ended_at: endedAt ?? null,
  };
}

function legRow(escalationId: EscalationId, leg: EscalationLeg): LegRow {
  return {
    id: leg.id,
    escalation_id: escalationId,
    round: leg.round,
    step: leg.step,
    name: leg.name,
    person_id: leg.personId ?? null,
    device_id: leg.deviceId ?? null,
    number: leg.number ?? null,
    started_at: leg.startedAt,
    ringing_at: leg.ringingAt ?? null,
    answered_at: leg.answeredAt ?? null,
    pressed_at: leg.pressedAt ?? null,
    ended_at: leg.endedAt ?? null,
    outcome: leg.outcome ?? null,
  };
}

function fromLegRow(row: LegRow): EscalationLeg {
  return {
    id: row.id,
    round: row.round,
    step: row.step,
    name: row.name,
    personId: row.person_id ?? undefined,
    deviceId: row.device_id ?? undefined,
    number: row.number ?? undefined,
    startedAt: row.started_at,
    ringingAt: row.ringing_at ?? undefined,
    answeredAt: row.answered_at ?? undefined,
    pressedAt: row.pressed_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    outcome: row.outcome ?? undefined,
  };
}
