CREATE TABLE dids (
  id TEXT PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT '',
  owner_person_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  voice_enabled INTEGER NOT NULL DEFAULT 1 CHECK (voice_enabled IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX dids_by_owner ON dids (owner_person_id);

-- Call records outlive the devices and people they name: ids are kept without a foreign key, names as they were.
CREATE TABLE cdrs (
  -- What the search knows it by: a row number without a name of its own may change when a copy is made.
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  direction TEXT NOT NULL CHECK (direction IN ('internal', 'inbound', 'outbound')),
  started_at INTEGER NOT NULL,
  ringing_at INTEGER,
  answered_at INTEGER,
  ended_at INTEGER,
  disposition TEXT CHECK (disposition IN ('answered', 'voicemail', 'missed', 'blocked', 'busy', 'failed', 'cancelled')),
  reason TEXT,
  dialled TEXT NOT NULL,
  caller_device_id TEXT,
  caller_person_id TEXT,
  caller_number TEXT NOT NULL,
  caller_name TEXT NOT NULL,
  callee_device_id TEXT,
  callee_person_id TEXT,
  callee_number TEXT NOT NULL,
  callee_name TEXT NOT NULL,
  number TEXT,
  trunk TEXT,
  transferred_from TEXT,
  -- The chain of routing reasons: codes with their parameters, first to last.
  reasons TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(reasons)),
  CHECK ((ended_at IS NULL) = (disposition IS NULL) AND (disposition IS NULL) = (reason IS NULL))
) STRICT;

CREATE INDEX cdrs_by_start ON cdrs (started_at, id);
CREATE INDEX cdrs_by_end ON cdrs (ended_at, id);
CREATE INDEX cdrs_by_answer ON cdrs (answered_at, id);
CREATE INDEX cdrs_by_disposition ON cdrs (disposition, started_at, id);
CREATE INDEX cdrs_by_caller_number ON cdrs (caller_number);
CREATE INDEX cdrs_by_callee_number ON cdrs (callee_number);
CREATE INDEX cdrs_by_dialled ON cdrs (dialled);
-- Whom the house called itself, and who calls again.
CREATE INDEX cdrs_dialled_out ON cdrs (callee_number, started_at) WHERE direction = 'outbound';
CREATE INDEX cdrs_unanswered ON cdrs (caller_number, started_at) WHERE answered_at IS NULL;
CREATE INDEX cdrs_open ON cdrs (id) WHERE ended_at IS NULL;

CREATE TABLE call_legs (
  id TEXT PRIMARY KEY,
  cdr_id TEXT NOT NULL REFERENCES cdrs (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('caller', 'callee')),
  device_id TEXT,
  person_id TEXT,
  name TEXT NOT NULL,
  trunk TEXT,
  address TEXT NOT NULL,
  sip_call_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ringing_at INTEGER,
  answered_at INTEGER,
  ended_at INTEGER,
  sip_status INTEGER,
  outcome TEXT
) STRICT;

CREATE INDEX call_legs_by_cdr ON call_legs (cdr_id);
CREATE INDEX call_legs_by_device ON call_legs (device_id, cdr_id) WHERE device_id IS NOT NULL;
CREATE INDEX call_legs_by_person ON call_legs (person_id, cdr_id) WHERE person_id IS NOT NULL;
