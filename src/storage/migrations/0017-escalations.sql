-- Chains of people who are called until one of them takes it. Whom a step names may go: it is shown as broken then, and skipped.
CREATE TABLE escalation_chains (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  steps TEXT NOT NULL CHECK (json_valid(steps)),
  rounds INTEGER NOT NULL,
  pause_seconds INTEGER NOT NULL,
  ignores_dnd INTEGER NOT NULL CHECK (ignores_dnd IN (0, 1)),
  if_nobody TEXT NOT NULL CHECK (if_nobody IN ('alert', 'nothing')),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE escalations (
  id TEXT PRIMARY KEY,
  chain_id TEXT REFERENCES escalation_chains (id) ON DELETE SET NULL,
  -- The chain as it was at the start, and the message.
  plan TEXT NOT NULL CHECK (json_valid(plan)),
  message TEXT NOT NULL CHECK (json_valid(message)),
  idempotency_key TEXT UNIQUE,
  phase TEXT NOT NULL CHECK (phase IN ('asking', 'pausing', 'taken', 'exhausted', 'cancelled')),
  round INTEGER NOT NULL,
  step INTEGER NOT NULL,
  -- Until when the pause lasts.
  until INTEGER,
  -- Who took it.
  taker TEXT CHECK (taker IS NULL OR json_valid(taker)),
  -- Whether its end was reported.
  is_reported INTEGER NOT NULL CHECK (is_reported IN (0, 1)),
  started_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

CREATE INDEX escalations_by_time ON escalations (started_at, id);
CREATE INDEX escalations_by_phase ON escalations (phase, started_at, id);
CREATE INDEX escalations_by_chain ON escalations (chain_id) WHERE chain_id IS NOT NULL;

-- Whom an escalation may ask.
CREATE TABLE escalation_persons (
  escalation_id TEXT NOT NULL REFERENCES escalations (id) ON DELETE CASCADE,
  person_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (person_id, escalation_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX escalation_persons_by_escalation ON escalation_persons (escalation_id);

-- Each call that was made for one.
CREATE TABLE escalation_legs (
  id TEXT PRIMARY KEY,
  escalation_id TEXT NOT NULL REFERENCES escalations (id) ON DELETE CASCADE,
  round INTEGER NOT NULL,
  step INTEGER NOT NULL,
  name TEXT NOT NULL,
  person_id TEXT,
  device_id TEXT,
  -- E.164, of somebody outside.
  number TEXT,
  started_at INTEGER NOT NULL,
  ringing_at INTEGER,
  answered_at INTEGER,
  pressed_at INTEGER,
  ended_at INTEGER,
  outcome TEXT
) STRICT;

CREATE INDEX escalation_legs_by_escalation ON escalation_legs (escalation_id);
