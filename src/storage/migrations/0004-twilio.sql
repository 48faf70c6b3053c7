-- Everything that goes out to a service on the internet, in the order in which it was asked for.
CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  -- Whose failures are counted together, and which gets only so many requests at a time.
  service TEXT NOT NULL DEFAULT '',
  order_key TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'attempting', 'doubtful', 'done', 'failed', 'unknown')),
  -- Attempts that failed in a way that counts.
  failures INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  give_up_at INTEGER NOT NULL,
  first_attempt_at INTEGER,
  last_attempt_at INTEGER,
  -- Since when the attempt may have been done: before, a restart repeats it.
  committed_at INTEGER,
  ended_at INTEGER,
  code INTEGER,
  message TEXT,
  CHECK ((ended_at IS NULL) = (state IN ('waiting', 'attempting', 'doubtful')))
) STRICT;

CREATE INDEX outbox_open ON outbox (order_key, sequence) WHERE ended_at IS NULL;
CREATE INDEX outbox_due ON outbox (service, due_at, sequence) WHERE ended_at IS NULL;
CREATE INDEX outbox_of_kind ON outbox (kind) WHERE ended_at IS NULL;
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE ended_at IS NOT NULL;

-- What the house knows of its account at Twilio; secrets are sealed with the house's key.
CREATE TABLE twilio_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  secrets BLOB,
  changed_at INTEGER NOT NULL
) STRICT;

-- Every value of the account that setup wrote: what it was before, what we made of it. Kept until it is put back.
CREATE TABLE twilio_changes (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  account_sid TEXT NOT NULL,
  -- Such as number, domain, credential-list.
  resource TEXT NOT NULL,
  resource_sid TEXT NOT NULL,
  -- The field's name at Twilio; `*` where the resource itself was made by us.
  field TEXT NOT NULL,
  before TEXT,
  after TEXT,
  changed_at INTEGER NOT NULL,
  UNIQUE (account_sid, resource, resource_sid, field)
) STRICT;

-- The steps of the last runs of setup, for the person who wonders what was done.
CREATE TABLE twilio_steps (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL,
  step TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'unchanged', 'skipped', 'failed')),
  message TEXT NOT NULL,
  code INTEGER,
  at INTEGER NOT NULL
) STRICT;

CREATE INDEX twilio_steps_by_run ON twilio_steps (run_id, sequence);
