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
  -- The person, or the token of no person, who asked for it through the API.
  requested_by TEXT,
  -- Why the house called a phone itself.
  purpose TEXT CHECK (purpose IN ('test', 'dial')),
  -- The chain of routing reasons: codes with their parameters, first to last.
  reasons TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(reasons)),
  CHECK ((ended_at IS NULL) = (disposition IS NULL) AND (disposition IS NULL) = (reason IS NULL))
) STRICT;

-- Lists go along these; calls of the same moment are in the order in which they were written down, which each index has by itself.
CREATE INDEX cdrs_by_start ON cdrs (started_at);
CREATE INDEX cdrs_by_end ON cdrs (ended_at);
CREATE INDEX cdrs_by_answer ON cdrs (answered_at);
CREATE INDEX cdrs_by_direction ON cdrs (direction, started_at);
CREATE INDEX cdrs_by_disposition ON cdrs (disposition, started_at);
CREATE INDEX cdrs_by_direction_and_disposition ON cdrs (direction, disposition, started_at);
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

-- Whose call it was: each number, phone and person of it, with what else lists filter by, so that the calls of one are read in their order
-- and counted without a look at any of them.
CREATE TABLE cdr_parties (
  kind TEXT NOT NULL CHECK (kind IN ('number', 'device', 'person')),
  party TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  -- Of cdrs.
  sequence INTEGER NOT NULL,
  direction TEXT NOT NULL,
  disposition TEXT,
  PRIMARY KEY (kind, party, started_at, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER cdrs_insert_parties AFTER INSERT ON cdrs BEGIN
  INSERT INTO cdr_parties (kind, party, started_at, sequence, direction, disposition)
  SELECT 'number', number, new.started_at, new.sequence, new.direction, new.disposition
  FROM (SELECT new.dialled AS number UNION SELECT new.caller_number UNION SELECT new.callee_number) WHERE number <> '';
END;

-- What is copied out of a damaged file may have the legs first.
CREATE TRIGGER cdrs_insert_parties_of_legs AFTER INSERT ON cdrs WHEN EXISTS (SELECT 1 FROM call_legs WHERE cdr_id = new.id) BEGIN
  INSERT INTO cdr_parties (kind, party, started_at, sequence, direction, disposition)
  SELECT DISTINCT 'device', device_id, new.started_at, new.sequence, new.direction, new.disposition FROM call_legs
  WHERE cdr_id = new.id AND device_id IS NOT NULL;
  INSERT INTO cdr_parties (kind, party, started_at, sequence, direction, disposition)
  SELECT DISTINCT 'person', person_id, new.started_at, new.sequence, new.direction, new.disposition FROM call_legs
  WHERE cdr_id = new.id AND person_id IS NOT NULL;
END;

CREATE TRIGGER call_legs_insert_parties AFTER INSERT ON call_legs BEGIN
  INSERT INTO cdr_parties (kind, party, started_at, sequence, direction, disposition)
  SELECT 'device', new.device_id, started_at, sequence, direction, disposition FROM cdrs
  WHERE id = new.cdr_id AND new.device_id IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO cdr_parties (kind, party, started_at, sequence, direction, disposition)
  SELECT 'person', new.person_id, started_at, sequence, direction, disposition FROM cdrs
  WHERE id = new.cdr_id AND new.person_id IS NOT NULL ON CONFLICT DO NOTHING;
END;

-- The end of a call, for each of its parties.
CREATE TRIGGER cdrs_update_parties AFTER UPDATE OF started_at, direction, disposition ON cdrs
WHEN new.started_at <> old.started_at OR new.direction <> old.direction OR new.disposition IS NOT old.disposition BEGIN
  UPDATE cdr_parties SET started_at = new.started_at, direction = new.direction, disposition = new.disposition
  WHERE kind = 'number' AND party IN (old.dialled, old.caller_number, old.callee_number)
    AND started_at = old.started_at AND sequence = old.sequence;
  UPDATE cdr_parties SET started_at = new.started_at, direction = new.direction, disposition = new.disposition
  WHERE kind = 'device' AND party IN (SELECT device_id FROM call_legs WHERE cdr_id = new.id)
    AND started_at = old.started_at AND sequence = old.sequence;
  UPDATE cdr_parties SET started_at = new.started_at, direction = new.direction, disposition = new.disposition
  WHERE kind = 'person' AND party IN (SELECT person_id FROM call_legs WHERE cdr_id = new.id)
    AND started_at = old.started_at AND sequence = old.sequence;
END;

CREATE TRIGGER cdrs_update_numbers AFTER UPDATE OF dialled, caller_number, callee_number ON cdrs
WHEN new.dialled <> old.dialled OR new.caller_number <> old.caller_number OR new.callee_number <> old.callee_number BEGIN
  DELETE FROM cdr_parties WHERE kind = 'number' AND party IN (old.dialled, old.caller_number, old.callee_number)
    AND started_at IN (old.started_at, new.started_at) AND sequence = old.sequence;
  INSERT INTO cdr_parties (kind, party, started_at, sequence, direction, disposition)
  SELECT 'number', number, new.started_at, new.sequence, new.direction, new.disposition
  FROM (SELECT new.dialled AS number UNION SELECT new.caller_number UNION SELECT new.callee_number) WHERE number <> '';
END;

-- Before the legs go with it.
CREATE TRIGGER cdrs_delete_parties BEFORE DELETE ON cdrs BEGIN
  DELETE FROM cdr_parties WHERE kind = 'number' AND party IN (old.dialled, old.caller_number, old.callee_number)
    AND started_at = old.started_at AND sequence = old.sequence;
  DELETE FROM cdr_parties WHERE kind = 'device' AND party IN (SELECT device_id FROM call_legs WHERE cdr_id = old.id)
    AND started_at = old.started_at AND sequence = old.sequence;
  DELETE FROM cdr_parties WHERE kind = 'person' AND party IN (SELECT person_id FROM call_legs WHERE cdr_id = old.id)
    AND started_at = old.started_at AND sequence = old.sequence;
END;
