-- Who rings, when. What a rule or group names may go: it is shown as broken then, and skipped.
CREATE TABLE routes (
  id TEXT PRIMARY KEY,
  number_id TEXT NOT NULL REFERENCES dids (id) ON DELETE CASCADE,
  -- From 1 on; the lower one is looked at first.
  priority INTEGER NOT NULL,
  name TEXT NOT NULL,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  conditions TEXT NOT NULL CHECK (json_valid(conditions)),
  action TEXT NOT NULL CHECK (json_valid(action)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX routes_by_number ON routes (number_id, priority);

CREATE TABLE ring_groups (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  extension TEXT UNIQUE,
  members TEXT NOT NULL CHECK (json_valid(members)),
  ring_order TEXT NOT NULL CHECK (ring_order IN ('all', 'one-after-another')),
  seconds INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Do not disturb that is on: of a person, of a phone, or of the house, for which both are null.
CREATE TABLE dnd (
  person_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  device_id TEXT REFERENCES devices (id) ON DELETE CASCADE,
  -- Null: until it is switched off.
  until INTEGER,
  CHECK (person_id IS NULL OR device_id IS NULL)
) STRICT;

CREATE UNIQUE INDEX dnd_by_subject ON dnd (ifnull(person_id, ''), ifnull(device_id, ''));
CREATE INDEX dnd_by_person ON dnd (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX dnd_by_device ON dnd (device_id) WHERE device_id IS NOT NULL;

-- What differs from the options and the defaults.
CREATE TABLE routing_settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;
