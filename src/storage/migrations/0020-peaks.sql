-- What a recording looks like, from its audio. Null: still to be looked at. Empty: it cannot be read.
CREATE TABLE recording_peaks (
  recording_id TEXT PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
  -- The loudest of each of equal slices, one byte each: 255 is full scale.
  peaks BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX recording_peaks_missing ON recording_peaks (recording_id) WHERE peaks IS NULL;

INSERT INTO recording_peaks (recording_id) SELECT id FROM recordings WHERE state = 'stored';

CREATE TRIGGER recordings_insert_peaks AFTER INSERT ON recordings WHEN new.state = 'stored' BEGIN
  INSERT INTO recording_peaks (recording_id) VALUES (new.id);
END;

-- They go with the audio, not with the row, and other audio has others.
CREATE TRIGGER recordings_update_peaks AFTER UPDATE OF state ON recordings WHEN new.state <> old.state BEGIN
  DELETE FROM recording_peaks WHERE recording_id = new.id;
  INSERT INTO recording_peaks (recording_id) SELECT new.id WHERE new.state = 'stored';
END;
