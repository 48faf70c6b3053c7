CREATE TABLE config (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  extension TEXT NOT NULL UNIQUE,
  username TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL CHECK (type IN ('grandstream', 'softphone', 'webrtc', 'door-station')),
  transports TEXT NOT NULL,
  person_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  recording_enabled INTEGER NOT NULL DEFAULT 0 CHECK (recording_enabled IN (0, 1)),
  sha256 INTEGER NOT NULL DEFAULT 0 CHECK (sha256 IN (0, 1)),
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  -- The realm both hashes were made for.
  realm TEXT NOT NULL,
  ha1_md5 TEXT NOT NULL,
  ha1_sha256 TEXT NOT NULL,
  sealed_secret BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX devices_by_person ON devices (person_id);

CREATE TABLE registrations (
  id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  contact_uri TEXT NOT NULL,
  q REAL NOT NULL,
  params TEXT NOT NULL,
  path TEXT NOT NULL,
  instance_id TEXT,
  reg_id INTEGER,
  source_protocol TEXT NOT NULL,
  source_address TEXT NOT NULL,
  source_port INTEGER NOT NULL,
  user_agent TEXT,
  call_id TEXT NOT NULL,
  cseq INTEGER NOT NULL,
  registered_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX registrations_by_device ON registrations (device_id);
CREATE INDEX registrations_by_expiry ON registrations (expires_at);
