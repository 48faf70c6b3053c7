-- What the house remembers of its clock: `seen`, when it was last looked at; `keeping`, the time by which recordings grow old.
CREATE TABLE house_times (
  name TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- By the time `keeping`, which no clock that is wrong can move; null until it is noted.
ALTER TABLE recordings ADD COLUMN kept_from INTEGER;
UPDATE recordings SET kept_from = started_at;

DROP INDEX recordings_stored;
CREATE INDEX recordings_stored ON recordings (kind, kept_from) WHERE state = 'stored';
CREATE INDEX recordings_unnoted ON recordings (id) WHERE kept_from IS NULL;
