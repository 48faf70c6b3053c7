-- Where calls may go beside the house's own country: a country of two letters, a kind of number, or the digits a number begins with.
CREATE TABLE outgoing_destinations (
  destination TEXT PRIMARY KEY,
  because TEXT NOT NULL CHECK (because IN ('called-before', 'allowed')),
  allowed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When the destinations of earlier calls were taken over; that is done once.
CREATE TABLE outgoing_seed (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seeded_at INTEGER NOT NULL
) STRICT;
