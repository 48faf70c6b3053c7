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
-- With the reason, so that looking for a text in both reads the index alone.
CREATE INDEX blocklist_by_pattern ON blocklist (pattern, id, reason);
CREATE INDEX blocklist_by_state ON blocklist (is_enabled);
CREATE INDEX blocklist_by_time ON blocklist (created_at, id);
CREATE INDEX blocklist_by_hits ON blocklist (hits, id);
CREATE INDEX blocklist_by_last_hit ON blocklist (last_hit_at, id);
CREATE INDEX blocklist_by_person ON blocklist (person_id) WHERE person_id IS NOT NULL;

-- Lists of numbers that others reported, each switched on by a person.
CREATE TABLE spam_lists (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- Where it is fetched from; null where it is uploaded.
  url TEXT,
  -- What the server is shown, sealed with the house's key.
  secret BLOB,
  -- Of numbers that are not written in full.
  country TEXT NOT NULL,
  refresh_hours INTEGER NOT NULL,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  -- The import that counts; its numbers replaced those of the one before at once.
  generation INTEGER NOT NULL,
  numbers INTEGER NOT NULL,
  imported_at INTEGER,
  tried_at INTEGER,
  problem TEXT,
  created_at INTEGER NOT NULL
) STRICT;

-- E.164, or the first digits of numbers with a star behind.
CREATE TABLE spam_list_numbers (
  number TEXT NOT NULL,
  list_id TEXT NOT NULL REFERENCES spam_lists (id) ON DELETE CASCADE,
  generation INTEGER NOT NULL,
  PRIMARY KEY (number, list_id, generation)
) STRICT, WITHOUT ROWID;

CREATE INDEX spam_list_numbers_by_list ON spam_list_numbers (list_id, generation);
