import type { RecordingId } from '#base/ids.ts';
import type { Recording } from './recording.ts';
import type { VoicemailCall } from './voicemail-store.ts';

/** The messages behind recordings. All but `notify` are synchronous SQL inside the transaction that writes the recording. */
export type Mailbox = {
  recordingAdded(recording: Recording, call: VoicemailCall | undefined): void;
  isUnresolved(recordingId: RecordingId): boolean;
  resolve(recordingId: RecordingId, call: VoicemailCall): void;
  settled(recording: Recording): void;
  /** After the commit. */
  notify(recording: Recording): void;
};
