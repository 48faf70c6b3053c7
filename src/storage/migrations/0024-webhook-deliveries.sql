-- What destinations of webhooks were told: the bytes that are signed anew for every try, and how the last try went.
CREATE TABLE webhook_deliveries (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Is sent as `webhook-id`, by which a receiver knows a repeat.
  id TEXT NOT NULL UNIQUE,
  destination_id TEXT NOT NULL REFERENCES webhook_destinations (id) ON DELETE CASCADE,
  event TEXT NOT NULL,
  body TEXT NOT NULL,
  outbox_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'delivered', 'failed', 'unknown', 'cancelled')),
  reason TEXT,
  detail TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER,
  milliseconds INTEGER,
  status INTEGER,
  url TEXT,
  request_headers TEXT CHECK (request_headers IS NULL OR json_valid(request_headers)),
  reply_headers TEXT CHECK (reply_headers IS NULL OR json_valid(reply_headers)),
  reply_body TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

CREATE INDEX webhook_deliveries_of ON webhook_deliveries (destination_id, sequence);
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (destination_id) WHERE ended_at IS NULL;
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;
