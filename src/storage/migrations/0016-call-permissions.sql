-- What a phone or a person may call outside the house. Those without a row may call wherever the house may.
CREATE TABLE call_permissions (
  device_id TEXT UNIQUE REFERENCES devices (id) ON DELETE CASCADE,
  person_id TEXT UNIQUE REFERENCES users (id) ON DELETE CASCADE,
  allow TEXT NOT NULL CHECK (allow IN ('house', 'list', 'national', 'countries', 'everything')),
  numbers TEXT NOT NULL CHECK (json_valid(numbers)),
  countries TEXT NOT NULL CHECK (json_valid(countries)),
  hours TEXT NOT NULL CHECK (json_valid(hours)),
  changed_at INTEGER NOT NULL,
  CHECK ((device_id IS NULL) <> (person_id IS NULL))
) STRICT;
