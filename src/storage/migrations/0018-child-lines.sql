-- A child's line: whom a phone, or every phone of a person, calls and is called by, and when.
CREATE TABLE child_lines (
  device_id TEXT UNIQUE REFERENCES devices (id) ON DELETE CASCADE,
  person_id TEXT UNIQUE REFERENCES users (id) ON DELETE CASCADE,
  allowed TEXT NOT NULL CHECK (json_valid(allowed)),
  contact_groups TEXT NOT NULL CHECK (json_valid(contact_groups)),
  is_house_allowed INTEGER NOT NULL CHECK (is_house_allowed IN (0, 1)),
  parents TEXT NOT NULL CHECK (json_valid(parents)),
  quiet TEXT NOT NULL CHECK (json_valid(quiet)),
  is_quiet_for_parents INTEGER NOT NULL CHECK (is_quiet_for_parents IN (0, 1)),
  changed_at INTEGER NOT NULL,
  CHECK ((device_id IS NULL) <> (person_id IS NULL))
) STRICT;

-- Where a phone calls when its handset is lifted.
CREATE TABLE hotlines (
  device_id TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
  target TEXT NOT NULL CHECK (json_valid(target)),
  applies TEXT NOT NULL CHECK (applies IN ('always', 'nothing-dialled')),
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Callers that a child's line does not know, and what a parent answered.
CREATE TABLE call_approvals (
  id TEXT PRIMARY KEY,
  call_id TEXT NOT NULL UNIQUE,
  -- E.164; empty where it is hidden.
  number TEXT NOT NULL,
  caller_name TEXT NOT NULL,
  -- The ids of the phones and persons whose lines they are.
  lines TEXT NOT NULL CHECK (json_valid(lines)),
  asked_at INTEGER NOT NULL,
  answer TEXT CHECK (answer IN ('once', 'always', 'block')),
  -- Until when the next call of this number is let through, once; null where none is.
  granted_until INTEGER,
  answered_at INTEGER,
  answered_person_id TEXT REFERENCES users (id) ON DELETE SET NULL
) STRICT;

CREATE INDEX call_approvals_by_time ON call_approvals (asked_at);
CREATE INDEX call_approvals_by_person ON call_approvals (answered_person_id) WHERE answered_person_id IS NOT NULL;
