-- Any part of a text, from three characters on (trigrams): people look for the middle of a number too, and not every language has spaces.
-- The rows hold no text of their own, only where it occurs: what is deleted leaves nothing behind, and there is no second copy to differ.
CREATE VIRTUAL TABLE cdr_search USING fts5 (
  dialled, caller_number, caller_name, callee_number, callee_name, content = '', contentless_delete = 1, tokenize = 'trigram remove_diacritics 1'
);
CREATE VIRTUAL TABLE message_search USING fts5 (body, content = '', contentless_delete = 1, tokenize = 'trigram remove_diacritics 1');
CREATE VIRTUAL TABLE conversation_search USING fts5 (far_number, content = '', contentless_delete = 1, tokenize = 'trigram remove_diacritics 1');
CREATE VIRTUAL TABLE voicemail_search USING fts5 (
  caller_number, caller_name, transcript, content = '', contentless_delete = 1, tokenize = 'trigram remove_diacritics 1'
);

-- Not INSERT OR REPLACE: inside an upsert that replaces nothing.
-- A call is indexed when it ends, not while somebody waits for it to ring.
CREATE TRIGGER cdrs_insert_search AFTER INSERT ON cdrs WHEN new.ended_at IS NOT NULL BEGIN
  INSERT INTO cdr_search (rowid, dialled, caller_number, caller_name, callee_number, callee_name)
  VALUES (new.sequence, new.dialled, new.caller_number, new.caller_name, new.callee_number, new.callee_name);
END;

CREATE TRIGGER cdrs_update_search AFTER UPDATE ON cdrs WHEN new.ended_at IS NOT NULL AND (
  old.ended_at IS NULL OR new.dialled <> old.dialled OR new.caller_number <> old.caller_number OR new.caller_name <> old.caller_name
  OR new.callee_number <> old.callee_number OR new.callee_name <> old.callee_name
) BEGIN
  DELETE FROM cdr_search WHERE rowid = new.sequence;
  INSERT INTO cdr_search (rowid, dialled, caller_number, caller_name, callee_number, callee_name)
  VALUES (new.sequence, new.dialled, new.caller_number, new.caller_name, new.callee_number, new.callee_name);
END;

CREATE TRIGGER cdrs_delete_search AFTER DELETE ON cdrs WHEN old.ended_at IS NOT NULL BEGIN
  DELETE FROM cdr_search WHERE rowid = old.sequence;
END;

CREATE TRIGGER messages_insert_search AFTER INSERT ON messages BEGIN
  INSERT INTO message_search (rowid, body) VALUES (new.sequence, new.body);
END;

CREATE TRIGGER messages_update_search AFTER UPDATE OF body ON messages BEGIN
  DELETE FROM message_search WHERE rowid = new.sequence;
  INSERT INTO message_search (rowid, body) VALUES (new.sequence, new.body);
END;

CREATE TRIGGER messages_delete_search AFTER DELETE ON messages BEGIN
  DELETE FROM message_search WHERE rowid = old.sequence;
END;

CREATE TRIGGER conversations_insert_search AFTER INSERT ON conversations BEGIN
  INSERT INTO conversation_search (rowid, far_number) VALUES (new.sequence, new.far_number);
END;

CREATE TRIGGER conversations_delete_search AFTER DELETE ON conversations BEGIN
  DELETE FROM conversation_search WHERE rowid = old.sequence;
END;

-- A voicemail and what was said in it.
CREATE VIEW voicemail_texts AS
SELECT v.sequence, v.recording_id, v.caller_number, v.caller_name, coalesce(t.text, '') AS transcript
FROM voicemails v LEFT JOIN recording_transcripts t ON t.recording_id = v.recording_id AND t.status = 'completed';

CREATE TRIGGER voicemails_insert_search AFTER INSERT ON voicemails BEGIN
  INSERT INTO voicemail_search (rowid, caller_number, caller_name, transcript)
  SELECT sequence, caller_number, caller_name, transcript FROM voicemail_texts WHERE sequence = new.sequence;
END;

CREATE TRIGGER voicemails_update_search AFTER UPDATE OF caller_number, caller_name ON voicemails BEGIN
  DELETE FROM voicemail_search WHERE rowid = new.sequence;
  INSERT INTO voicemail_search (rowid, caller_number, caller_name, transcript)
  SELECT sequence, caller_number, caller_name, transcript FROM voicemail_texts WHERE sequence = new.sequence;
END;

CREATE TRIGGER voicemails_delete_search AFTER DELETE ON voicemails BEGIN
  DELETE FROM voicemail_search WHERE rowid = old.sequence;
END;

CREATE TRIGGER transcripts_insert_search AFTER INSERT ON recording_transcripts BEGIN
  DELETE FROM voicemail_search WHERE rowid = (SELECT sequence FROM voicemails WHERE recording_id = new.recording_id);
  INSERT INTO voicemail_search (rowid, caller_number, caller_name, transcript)
  SELECT sequence, caller_number, caller_name, transcript FROM voicemail_texts WHERE recording_id = new.recording_id;
END;

CREATE TRIGGER transcripts_update_search AFTER UPDATE ON recording_transcripts BEGIN
  DELETE FROM voicemail_search WHERE rowid = (SELECT sequence FROM voicemails WHERE recording_id = new.recording_id);
  INSERT INTO voicemail_search (rowid, caller_number, caller_name, transcript)
  SELECT sequence, caller_number, caller_name, transcript FROM voicemail_texts WHERE recording_id = new.recording_id;
END;

CREATE TRIGGER transcripts_delete_search AFTER DELETE ON recording_transcripts BEGIN
  DELETE FROM voicemail_search WHERE rowid = (SELECT sequence FROM voicemails WHERE recording_id = old.recording_id);
  INSERT INTO voicemail_search (rowid, caller_number, caller_name, transcript)
  SELECT sequence, caller_number, caller_name, transcript FROM voicemail_texts WHERE recording_id = old.recording_id;
END;

INSERT INTO cdr_search (rowid, dialled, caller_number, caller_name, callee_number, callee_name)
SELECT sequence, dialled, caller_number, caller_name, callee_number, callee_name FROM cdrs WHERE ended_at IS NOT NULL;
INSERT INTO message_search (rowid, body) SELECT sequence, body FROM messages;
INSERT INTO conversation_search (rowid, far_number) SELECT sequence, far_number FROM conversations;
INSERT INTO voicemail_search (rowid, caller_number, caller_name, transcript)
SELECT sequence, caller_number, caller_name, transcript FROM voicemail_texts;

-- For the filters of lists.
-- With the time of reading, so that what was read is counted along it too.
CREATE INDEX messages_by_direction ON messages (direction, created_at, read_at);
CREATE INDEX conversations_by_unread ON conversations (unread, last_at);
CREATE INDEX voicemails_shown ON voicemails (left_at, person_id, heard_at, archived_at) WHERE is_shown = 1;
