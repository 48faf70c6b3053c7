-- Callers who reach nobody: the house's own list, and what persons blocked for the calls to themselves.
CREATE TABLE blocklist (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('exact', 'prefix', 'regex')),
  -- E.164, the digits that it begins with, or a regular expression.
  pattern TEXT NOT NULL,
  reason TEXT NOT NULL,
  -- Whose calls; null for everybody's.
  person_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  hits INTEGER NOT NULL DEFAULT 0,
  last_hit_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX blocklist_patterns ON blocklist (kind, pattern, ifnull(person_id, ''));
CREATE INDEX blocklist_by_time ON blocklist (created_at, id);
CREATE INDEX blocklist_by_hits ON blocklist (hits, id);
CREATE INDEX blocklist_by_last_hit ON blocklist (last_hit_at, id);
CREATE INDEX blocklist_by_person ON blocklist (person_id) WHERE person_id IS NOT NULL;
