-- What must not be done a second time, also where the house was started again meanwhile: requests with an Idempotency-Key, buttons of
-- notifications.
CREATE TABLE done_once (
  key TEXT PRIMARY KEY,
  -- A digest of what was asked for.
  asked TEXT NOT NULL,
  -- NULL until it is done.
  reply TEXT,
  person_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX done_once_by_end ON done_once (until);
CREATE INDEX done_once_by_person ON done_once (person_id) WHERE person_id IS NOT NULL;
