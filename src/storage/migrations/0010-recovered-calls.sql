-- A call that a trunk brought to the house and that nobody took may come back for the voicemail under another name of the network's: two
-- rows, one record.
CREATE TABLE pstn_calls_next (
  call_sid TEXT PRIMARY KEY,
  cdr_id TEXT NOT NULL REFERENCES cdrs (id) ON DELETE CASCADE,
  -- Comes back with the SIP leg; whoever knows it is the network.
  token TEXT NOT NULL UNIQUE,
  phase TEXT NOT NULL CHECK (phase IN ('ringing', 'voicemail', 'over')),
  decision TEXT NOT NULL CHECK (json_valid(decision)),
  after_dial TEXT CHECK (json_valid(after_dial)),
  -- Who calls, as the network said it: attestation and spam score.
  caller TEXT NOT NULL CHECK (json_valid(caller)),
  created_at INTEGER NOT NULL
) STRICT;

INSERT INTO pstn_calls_next SELECT * FROM pstn_calls;
DROP TABLE pstn_calls;
ALTER TABLE pstn_calls_next RENAME TO pstn_calls;

CREATE INDEX pstn_calls_cdr ON pstn_calls (cdr_id);
CREATE INDEX pstn_calls_open ON pstn_calls (created_at) WHERE phase <> 'over';
