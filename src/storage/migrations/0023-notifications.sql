-- The house's settings of each way to reach people; a row is made when they are first saved.
CREATE TABLE notification_channels (
  id TEXT PRIMARY KEY CHECK (id IN ('mail', 'gotify', 'ntfy', 'home-assistant', 'web-push')),
  name TEXT NOT NULL,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  -- JSON of all its secrets by name, sealed with the house's key.
  secret BLOB,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE notification_preferences (
  person_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  -- Only what differs from the defaults.
  preferences TEXT NOT NULL CHECK (json_valid(preferences)),
  changed_at INTEGER NOT NULL
) STRICT;

-- Where a channel reaches one person: an address, a phone, a browser.
CREATE TABLE notification_targets (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  channel TEXT NOT NULL CHECK (channel IN ('mail', 'gotify', 'ntfy', 'home-assistant', 'web-push')),
  name TEXT NOT NULL,
  -- A mail address or a name in Home Assistant; of what is secret its SHA-256.
  address TEXT NOT NULL,
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  -- A Gotify token, an ntfy topic, the JSON of a Web Push subscription, sealed with the house's key.
  secret BLOB,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  problem TEXT,
  delivered_at INTEGER,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX notification_targets_once ON notification_targets (person_id, channel, address);
-- A browser that several people use tells the one who signed up last.
CREATE UNIQUE INDEX notification_targets_browser ON notification_targets (address) WHERE channel = 'web-push';

-- One notification to one target; what it says is read when it is sent.
CREATE TABLE deliveries (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  -- What must not be told twice.
  dedupe_key TEXT NOT NULL UNIQUE,
  person_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  target_id TEXT REFERENCES notification_targets (id) ON DELETE SET NULL,
  channel TEXT NOT NULL,
  kind TEXT NOT NULL,
  item TEXT NOT NULL CHECK (json_valid(item)),
  -- The id of the call, the voicemail, the message or the alert.
  item_id TEXT NOT NULL,
  -- Its item in the outbox, its own or that of the letter it is part of.
  outbox_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('held', 'waiting', 'sending', 'delivered', 'failed', 'unknown', 'dropped', 'cancelled')),
  reason TEXT,
  detail TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER,
  request TEXT,
  reply TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  -- The delivery that was first of those sent again.
  resent_from TEXT,
  CHECK ((ended_at IS NULL) = (state IN ('held', 'waiting', 'sending')))
) STRICT;

CREATE INDEX deliveries_by_person ON deliveries (person_id, created_at);
CREATE INDEX deliveries_by_target ON deliveries (target_id) WHERE target_id IS NOT NULL;
CREATE INDEX deliveries_by_item ON deliveries (item_id, kind);
CREATE INDEX deliveries_by_outbox ON deliveries (outbox_id) WHERE outbox_id IS NOT NULL;
CREATE INDEX deliveries_by_state ON deliveries (state, created_at);
CREATE INDEX deliveries_by_channel ON deliveries (channel, created_at);
CREATE INDEX deliveries_by_kind ON deliveries (kind, created_at);
CREATE INDEX deliveries_by_creation ON deliveries (created_at);
CREATE INDEX deliveries_resent ON deliveries (resent_from) WHERE resent_from IS NOT NULL;
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- Alerts of which people were told, so that a restart does not tell them again.
CREATE TABLE told_alerts (
  alert_id TEXT NOT NULL,
  about TEXT NOT NULL,
  -- What it names, such as a phone, for its end and for the digest.
  alert_values TEXT NOT NULL CHECK (json_valid(alert_values)),
  raised_at INTEGER NOT NULL,
  told_at INTEGER,
  over_at INTEGER,
  -- How many of its kind were not told since, but wait for the digest of the day.
  kept_back INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (alert_id, about)
) STRICT;
