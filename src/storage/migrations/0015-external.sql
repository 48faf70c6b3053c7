-- Where the house sends what happens in it. The secret that signs it is sealed.
CREATE TABLE webhook_destinations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  allows_private INTEGER NOT NULL CHECK (allows_private IN (0, 1)),
  -- A JSON array of names.
  events TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  secret BLOB NOT NULL,
  -- The one before it, which signs too until then.
  previous_secret BLOB,
  previous_until INTEGER,
  -- Whether what an event is about is sent too.
  includes_content INTEGER NOT NULL CHECK (includes_content IN (0, 1)),
  switched_off_because TEXT,
  -- Events that were not queued, because too many waited.
  dropped INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_destinations_by_creation ON webhook_destinations (created_at, id);
CREATE INDEX webhook_destinations_by_name ON webhook_destinations (name COLLATE NOCASE, id);
