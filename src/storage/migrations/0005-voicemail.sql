-- Everything recorded for us. A row outlives its audio, so that nothing is fetched a second time.
CREATE TABLE recordings (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('voicemail', 'call')),
  -- Who recorded it, and what it and its call are called there; null where the source has no name for them.
  source TEXT NOT NULL CHECK (source IN ('twilio', 'house')),
  external_id TEXT,
  external_call_id TEXT,
  -- The call record, where we know it.
  call_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('running', 'fetching', 'stored', 'discarded', 'lost', 'removed')),
  started_at INTEGER NOT NULL,
  -- As the source says until it is stored, then as the file says.
  seconds REAL,
  channels INTEGER NOT NULL DEFAULT 1,
  bytes INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- How often the source said that there is nothing.
  absences INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER,
  problem TEXT,
  changed_at INTEGER NOT NULL,
  UNIQUE (source, external_id),
  CHECK ((state = 'fetching') = (due_at IS NOT NULL)),
  CHECK ((state = 'stored') = (bytes IS NOT NULL))
) STRICT;

CREATE INDEX recordings_by_length ON recordings (seconds);
CREATE INDEX recordings_due ON recordings (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX recordings_by_call ON recordings (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX recordings_by_external_call ON recordings (source, external_call_id) WHERE external_call_id IS NOT NULL;
CREATE INDEX recordings_stored ON recordings (kind, started_at) WHERE state = 'stored';

-- Those without a person belong to the house: administrators see them. Kept from the first notice, shown once the audio is there.
CREATE TABLE voicemails (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  recording_id TEXT NOT NULL UNIQUE REFERENCES recordings (id) ON DELETE CASCADE,
  person_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  call_id TEXT,
  caller_number TEXT NOT NULL,
  caller_name TEXT NOT NULL,
  number TEXT,
  left_at INTEGER NOT NULL,
  -- Whether the call is known; what was recorded while we were away names only the source's id of the call.
  is_resolved INTEGER NOT NULL CHECK (is_resolved IN (0, 1)),
  is_shown INTEGER NOT NULL DEFAULT 0 CHECK (is_shown IN (0, 1)),
  heard_at INTEGER,
  archived_at INTEGER
) STRICT;

CREATE INDEX voicemails_by_person ON voicemails (person_id, left_at);
CREATE INDEX voicemails_by_caller ON voicemails (caller_number);
CREATE INDEX voicemails_by_time ON voicemails (left_at);
CREATE INDEX voicemails_unheard ON voicemails (person_id) WHERE heard_at IS NULL AND is_shown = 1;

-- A transcript that comes before its recording opens the row of the recording.
CREATE TABLE recording_transcripts (
  recording_id TEXT PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
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
