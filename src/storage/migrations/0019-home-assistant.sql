-- The holidays that calendars of Home Assistant hold, as last read: they stand while it is away.
CREATE TABLE calendar_holidays (
  -- Such as `calendar.holidays`.
  entity_id TEXT NOT NULL,
  -- YYYY-MM-DD
  day TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (entity_id, day)
) STRICT, WITHOUT ROWID;

-- What Home Assistant last said of the house: `country`, `time_zone` (IANA name) and `language` (BCP 47) for what the options do not set, and
-- the ids of its users who are `administrators` there, as JSON; our page there and its own address.
CREATE TABLE house_facts (
  name TEXT PRIMARY KEY CHECK (name IN ('country', 'time_zone', 'language', 'administrators', 'app_page', 'home_assistant_url')),
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
