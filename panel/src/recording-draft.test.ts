import { describe, expect, it } from 'vitest';
import { changesOf, draftOf } from './recording-draft.ts';

const settings = {
  mostSeconds: 180,
  silenceSeconds: 10,
  discardBelowSeconds: 3,
  transcription: 'home-assistant',
  transcriptionFallback: 'none',
  transcriptionEngine: 'stt.whisper',
  transcriptionLanguage: null,
  deleteAtTwilio: false,
  keepVoicemailDays: null,
  keepRecordingDays: 90,
  keepRecordingMegabytes: 2000,
  freeSpaceFloorMegabytes: 500,
} as const;

describe('settings of recordings', () => {
  it('are sent as they came where nobody changed them', () => {
    expect(changesOf(draftOf(settings))).toEqual(settings);
  });

  it('keep without a limit where the field is empty', () => {
    expect(changesOf({ ...draftOf(settings), keepRecordingDays: ' ' })).toMatchObject({ keepRecordingDays: null });
  });

  it.each(['', '1,5', 'soon'])('send what is no number as it was typed, so that the field says so: %s', (mostSeconds) => {
    expect(changesOf({ ...draftOf(settings), mostSeconds })).toMatchObject({ mostSeconds });
  });
});
