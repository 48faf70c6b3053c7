import { expect, it } from 'vitest';
import { transcriptionOf } from './transcription-state.ts';
import type { Voicemail } from './voicemail-store.ts';

const now = Date.UTC(2026, 10, 30);
const day = 86_400_000;

const message = (more: Partial<Voicemail>): Voicemail => ({
  ...{
    id: 'vm_1',
    recordingId: 'rec_1',
    callId: undefined,
    personId: undefined,
    callerNumber: '',
    callerName: '',
    number: undefined,
  },
  ...{ audio: 'stored', problem: undefined, seconds: 20, heardAt: undefined, archivedAt: undefined },
  leftAt: now - 60_000,
  transcript: undefined,
  failedBy: undefined,
  ...more,
});

it.each([
  ['off', {}, 'none'],
  ['off', { transcript: 'Hello' }, 'ready'],
  ['off', { failedBy: 'twilio' }, 'failed'],
  ['home-assistant', {}, 'pending'],
  ['home-assistant', { transcript: 'Hello' }, 'ready'],
  ['home-assistant', { failedBy: 'twilio' }, 'pending'],
  ['home-assistant', { failedBy: 'house' }, 'failed'],
  ['home-assistant', { leftAt: now - 8 * day }, 'none'],
  ['home-assistant', { audio: 'lost' }, 'none'],
  ['twilio', {}, 'pending'],
  ['twilio', { leftAt: now - 2 * 3_600_000 }, 'none'],
  ['twilio', { seconds: 2 }, 'none'],
  ['twilio', { seconds: 120 }, 'none'],
  ['twilio', { failedBy: 'twilio' }, 'failed'],
] as const)('with transcription %s, a message with %j has words that are %s', (transcription, more, state) => {
  expect(transcriptionOf(message(more), { now, settings: { transcription } })).toBe(state);
});
