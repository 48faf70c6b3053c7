-- Address books of CardDAV servers that contacts are read from.
CREATE TABLE address_books (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- Whose contacts they become; null for the whole house.
  person_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  username TEXT NOT NULL,
  -- The password, sealed with the house's key.
  secret BLOB NOT NULL,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  refresh_hours INTEGER NOT NULL,
  -- The books that were read the last time: their addresses.
  books TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(books)),
  -- The last time its cards were read, and the last time that was tried.
  synced_at INTEGER,
  tried_at INTEGER,
  problem TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE contacts (
  id TEXT PRIMARY KEY,
  -- Whose; null for the whole house.
  person_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  -- The name without capitals and accents, by which lists are in order: Élodie stands before Felix.
  sort_name TEXT NOT NULL DEFAULT '',
  -- Set here, and as the card says.
  groups TEXT NOT NULL CHECK (json_valid(groups)),
  card_groups TEXT NOT NULL CHECK (json_valid(card_groups)),
  -- The UID of the vCard it came from; of an address book, the address of the card there.
  uid TEXT,
  address_book_id TEXT REFERENCES address_books (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX contacts_by_name ON contacts (name COLLATE NOCASE, id);
CREATE INDEX contacts_by_sort_name ON contacts (sort_name, id);
CREATE INDEX contacts_by_time ON contacts (created_at, id);
CREATE INDEX contacts_by_change ON contacts (changed_at, id);
CREATE INDEX contacts_by_groups ON contacts (groups, card_groups);
CREATE INDEX contacts_by_person ON contacts (person_id, sort_name);
CREATE INDEX contacts_by_uid ON contacts (uid) WHERE uid IS NOT NULL;
CREATE INDEX contacts_by_address_book ON contacts (address_book_id) WHERE address_book_id IS NOT NULL;

CREATE TABLE contact_numbers (
  contact_id TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  -- E.164.
  number TEXT NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (contact_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_numbers_by_number ON contact_numbers (number, contact_id);
