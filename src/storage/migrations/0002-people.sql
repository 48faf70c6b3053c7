CREATE TABLE users (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'user')),
  -- By bcrypt; null for a person who signs in by Home Assistant or not at all.
  password_hash TEXT,
  -- Who this is in Home Assistant.
  home_assistant_user_id TEXT UNIQUE,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

-- A token has a role of its own, or that of the person it was made for.
CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  token_hash BLOB NOT NULL UNIQUE,
  role TEXT CHECK (role IN ('admin', 'user')),
  person_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  scope TEXT NOT NULL DEFAULT 'all' CHECK (scope IN ('read', 'all')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  CHECK ((role IS NULL) <> (person_id IS NULL))
) STRICT;

CREATE INDEX api_tokens_by_person ON api_tokens (person_id);
