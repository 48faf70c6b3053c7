-- When do not disturb is on by itself: of a person, or of the house, for which person_id is null.
CREATE TABLE dnd_schedules (
  person_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  entries TEXT NOT NULL CHECK (json_valid(entries)),
  -- Switched off by hand until then; null: it was not.
  off_until INTEGER,
  changed_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX dnd_schedules_by_person ON dnd_schedules (ifnull(person_id, ''));
CREATE INDEX dnd_schedules_of_person ON dnd_schedules (person_id) WHERE person_id IS NOT NULL;
