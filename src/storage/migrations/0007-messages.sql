-- One per pair of numbers, ours and the far one: what was written between them, and whether the far side asked for no more.
CREATE TABLE conversations (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  our_number TEXT NOT NULL,
  far_number TEXT NOT NULL,
  last_message_id TEXT,
  last_at INTEGER NOT NULL,
  unread INTEGER NOT NULL DEFAULT 0,
  opted_out_at INTEGER,
  UNIQUE (our_number, far_number)
) STRICT;

CREATE INDEX conversations_by_time ON conversations (last_at);
CREATE INDEX conversations_by_far_number ON conversations (far_number);

CREATE TABLE messages (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (
    state IN (
      'waiting', 'unknown', 'accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'canceled',
      'read', 'received'
    )
  ),
  segments INTEGER NOT NULL,
  media_count INTEGER NOT NULL DEFAULT 0,
  -- At Twilio; a message we send has none before Twilio took it.
  message_sid TEXT UNIQUE,
  -- Who sent it; outlives the person.
  sent_by TEXT,
  auto_reply_id TEXT,
  -- What an automation called its request: asked for again, it is the same message.
  request_id TEXT UNIQUE,
  error_code INTEGER,
  error TEXT,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  read_at INTEGER,
  CHECK ((direction = 'inbound') = (state = 'received'))
) STRICT;

CREATE INDEX messages_by_conversation ON messages (conversation_id, created_at);
CREATE INDEX messages_by_time ON messages (created_at);
CREATE INDEX messages_by_state ON messages (state, created_at);
CREATE INDEX messages_unread ON messages (conversation_id) WHERE direction = 'inbound' AND read_at IS NULL;

-- What Twilio reported of a message before we knew its sid.
CREATE TABLE message_early_states (
  message_sid TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  error_code INTEGER,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Pictures and the like: of a received message, of one we send, or uploaded for one that is being written. Files are named by id.
CREATE TABLE message_media (
  id TEXT PRIMARY KEY,
  message_id TEXT REFERENCES messages (id) ON DELETE CASCADE,
  position INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('fetching', 'stored', 'lost')),
  source_url TEXT,
  -- As its bytes say, never as somebody claims.
  content_type TEXT,
  bytes INTEGER,
  uploaded_by TEXT,
  -- Under which Twilio may fetch it, and until when.
  token TEXT UNIQUE,
  token_until INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER,
  problem TEXT,
  created_at INTEGER NOT NULL,
  UNIQUE (message_id, position),
  CHECK ((state = 'fetching') = (due_at IS NOT NULL)),
  CHECK ((state = 'stored') = (bytes IS NOT NULL AND content_type IS NOT NULL)),
  CHECK ((token IS NULL) = (token_until IS NULL))
) STRICT;

CREATE INDEX message_media_due ON message_media (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX message_media_loose ON message_media (created_at) WHERE message_id IS NULL;

CREATE TABLE auto_replies (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- One of ours; null for all of them.
  number TEXT,
  trigger_kind TEXT NOT NULL CHECK (trigger_kind IN ('dnd', 'after_hours', 'keyword')),
  keywords TEXT NOT NULL CHECK (json_valid(keywords)),
  -- When somebody is there; an after-hours reply goes out at every other time.
  hours TEXT NOT NULL CHECK (json_valid(hours)),
  body TEXT NOT NULL,
  quiet_minutes INTEGER NOT NULL,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
