import { describe, expect, it } from 'vitest';
import { expectedVerdict, messageVerdict } from './message-verdict.ts';
import type { RecordingState } from './recording.ts';

const recording = (state: RecordingState, seconds: number | undefined = 5) => ({ kind: 'voicemail', state, seconds }) as const;

describe('whether a caller left a message', () => {
  it.each([
    ['nothing is recorded', [], undefined],
    ['it is being recorded', [recording('running')], undefined],
    ['it is complete and long enough', [recording('fetching')], 'message'],
    ['it is complete and its length is not known', [{ ...recording('fetching'), seconds: undefined }], undefined],
    ['it is stored', [recording('stored')], 'message'],
    ['its audio is lost, which the mailbox shows', [recording('lost')], 'message'],
    ['it was deleted by its owner', [recording('removed')], 'message'],
    ['it was discarded', [recording('discarded')], 'none'],
    ['one of two was discarded', [recording('discarded'), recording('stored')], 'message'],
    ['one was discarded, the other not complete', [recording('discarded'), recording('running')], undefined],
    ['only the call was recorded', [{ ...recording('stored'), kind: 'call' }], undefined],
  ] as const)('where %s', (_what, recordings, kind) => {
    expect(messageVerdict(recordings)?.kind).toBe(kind);
  });

  it.each([
    [undefined, undefined],
    [2, 'none'],
    [3, 'message'],
  ] as const)('before its recording is known, after %s seconds', (seconds, kind) => {
    expect(expectedVerdict(seconds, 3)?.kind).toBe(kind);
  });
});
