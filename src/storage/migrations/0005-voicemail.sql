-- Everything Twilio recorded for us, by its sid there. A row outlives its audio, so that nothing is fetched a second time.
CREATE TABLE recordings (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('voicemail', 'call')),
  recording_sid TEXT NOT NULL UNIQUE,
  call_sid TEXT NOT NULL,
  -- The call record, where we know it.
  call_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('running', 'fetching', 'stored', 'discarded', 'lost', 'removed')),
  started_at INTEGER NOT NULL,
  -- As Twilio says until it is stored, then as the file says.
  seconds REAL,
  channels INTEGER NOT NULL DEFAULT 1,
  bytes INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- How often Twilio said that there is nothing.
  absences INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER,
  problem TEXT,
  changed_at INTEGER NOT NULL,
  CHECK ((state = 'fetching') = (due_at IS NOT NULL)),
  CHECK ((state = 'stored') = (bytes IS NOT NULL))
) STRICT;

CREATE INDEX recordings_due ON recordings (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX recordings_by_call ON recordings (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX recordings_by_call_sid ON recordings (call_sid);
CREATE INDEX recordings_stored ON recordings (kind, started_at) WHERE state = 'stored';

-- Nobody's are the house's: administrators see them. One is kept from when we first hear of it and shown once its audio is there.
CREATE TABLE voicemails (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL UNIQUE REFERENCES recordings (id) ON DELETE CASCADE,
  person_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  call_id TEXT,
  caller_number TEXT NOT NULL,
  caller_name TEXT NOT NULL,
  number TEXT,
  left_at INTEGER NOT NULL,
  -- Whether the call is known; what Twilio recorded while we were away names only its sid.
  is_resolved INTEGER NOT NULL CHECK (is_resolved IN (0, 1)),
  is_shown INTEGER NOT NULL DEFAULT 0 CHECK (is_shown IN (0, 1)),
  heard_at INTEGER,
  archived_at INTEGER
) STRICT;

CREATE INDEX voicemails_by_person ON voicemails (person_id, left_at);
CREATE INDEX voicemails_by_time ON voicemails (left_at);
CREATE INDEX voicemails_unheard ON voicemails (person_id) WHERE heard_at IS NULL AND is_shown = 1;

-- By Twilio's sid, because a transcript may come before we know of the recording.
CREATE TABLE recording_transcripts (
  recording_sid TEXT PRIMARY KEY,
  source TEXT NOT NULL CHECK (source IN ('twilio', 'house')),
  status TEXT NOT NULL CHECK (status IN ('completed', 'failed')),
  text TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mailboxes (
  person_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  greeting TEXT NOT NULL CHECK (greeting IN ('text', 'audio')),
  text TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '',
  -- The unguessable name of the file, which is also the public path.
  file TEXT UNIQUE,
  bytes INTEGER,
  changed_at INTEGER NOT NULL,
  CHECK ((greeting = 'audio') = (file IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE voicemail_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  changed_at INTEGER NOT NULL
) STRICT;

-- Up to when a list of a service outside has been read for certain.
CREATE TABLE watermarks (
  name TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
