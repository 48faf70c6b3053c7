-- What joins the network's name of a PSTN call, its call record and its SIP leg, and what the network was answered. A call that a trunk
-- brought and that was not answered may come back for the voicemail under another name of the network's: two rows, one record.
CREATE TABLE pstn_calls (
  call_sid TEXT PRIMARY KEY,
  cdr_id TEXT NOT NULL REFERENCES cdrs (id) ON DELETE CASCADE,
  -- Comes back with the SIP leg; only the network knows it.
  token TEXT NOT NULL UNIQUE,
  phase TEXT NOT NULL CHECK (phase IN ('ringing', 'voicemail', 'over')),
  -- As it was decided at the first notice; its SIP leg follows it, and so does a restart.
  plan TEXT NOT NULL CHECK (json_valid(plan)),
  challenge TEXT CHECK (json_valid(challenge)),
  after_dials TEXT NOT NULL CHECK (json_valid(after_dials)),
  -- Who calls, as the network said it: attestation and spam score.
  caller TEXT NOT NULL CHECK (json_valid(caller)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX pstn_calls_cdr ON pstn_calls (cdr_id);
CREATE INDEX pstn_calls_open ON pstn_calls (created_at) WHERE phase <> 'over';
