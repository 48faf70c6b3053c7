-- Who is signed in by password. The secret that the browser keeps is here as a hash alone.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  secret_hash BLOB NOT NULL UNIQUE,
  person_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_person ON sessions (person_id, created_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Failed logins by source address, and how long it has to wait for them. `source`: an IPv4 address or the network of a subscriber.
CREATE TABLE login_attempts (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('password', 'token')),
  failures INTEGER NOT NULL,
  failed_at INTEGER NOT NULL,
  locked_until INTEGER,
  UNIQUE (source, kind)
) STRICT;

CREATE INDEX login_attempts_by_lock ON login_attempts (locked_until) WHERE locked_until IS NOT NULL;
CREATE INDEX login_attempts_by_failure ON login_attempts (failed_at);

-- Whether the first administrator may still be made with the setup token; closed once and for all.
CREATE TABLE first_setup (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  token_hash BLOB,
  closed_at INTEGER,
  CHECK ((token_hash IS NULL) <> (closed_at IS NULL))
) STRICT;
