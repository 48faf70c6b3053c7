-- The trunks of providers. Twilio's comes from the settings of its account.
CREATE TABLE trunks (
  id TEXT PRIMARY KEY,
  -- As call records name it.
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  -- The provider whose settings it was begun with; `other` for none.
  preset TEXT NOT NULL,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  direction TEXT NOT NULL CHECK (direction IN ('both', 'incoming', 'outgoing')),
  host TEXT NOT NULL,
  port INTEGER,
  transport TEXT NOT NULL CHECK (transport IN ('udp', 'tcp', 'tls')),
  -- The next hop of all that is sent, `host` or `host:port`; null: the host itself.
  proxy TEXT,
  -- Of our address of record; null: the host.
  domain TEXT,
  username TEXT,
  -- The name in answers to challenges; null: the username.
  auth_username TEXT,
  -- The password and the value of the secret header, sealed with the house's key.
  secret BLOB,
  registers INTEGER NOT NULL CHECK (registers IN (0, 1)),
  -- Addresses and blocks that its calls come from.
  allow TEXT NOT NULL CHECK (json_valid(allow)),
  secret_header_name TEXT,
  -- E.164, of ours.
  numbers TEXT NOT NULL CHECK (json_valid(numbers)),
  -- How the called number and ours are written, and where ours stands.
  called_form TEXT NOT NULL,
  caller_form TEXT NOT NULL,
  caller_in TEXT NOT NULL,
  -- SRTP with the keys in the session description.
  is_secure INTEGER NOT NULL CHECK (is_secure IN (0, 1)),
  keep_alive_seconds INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

-- The order in which trunks are called. `twilio` is the one of Twilio.
CREATE TABLE trunk_order (
  trunk_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
