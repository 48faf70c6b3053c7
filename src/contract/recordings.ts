import { z } from 'zod';
import { endpoint, noContent } from './endpoint.ts';
import { fileReply } from './file.ts';
import { callId, recordingId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { peaks } from './peaks.ts';

const params = z.object({ id: callId });

export const callRecordingState = z
  .object({ state: z.enum(['off', 'recording', 'paused']).meta({ id: 'RecordingActivity' }) })
  .meta({ id: 'CallRecordingState' });

export const getCallRecordingState = endpoint({
  id: 'getCallRecordingState',
  method: 'GET',
  path: '/calls/:id/recording',
  access: 'user',
  summary: 'Whether a call in progress is recorded',
  params,
  reply: callRecordingState,
});

export const controlCallRecording = endpoint({
  id: 'controlCallRecording',
  method: 'POST',
  path: '/calls/:id/recording',
  access: 'user',
  summary: 'Start, pause, resume or stop the recording of an external call',
  params,
  body: z.strictObject({ action: z.enum(['start', 'pause', 'resume', 'stop']) }),
  reply: callRecordingState,
});

export const callRecording = z
  .object({
    id: recordingId,
    /** `fetching`: it exists at Twilio and comes soon. `lost`: it could not be had. */
    state: z.enum(['running', 'fetching', 'stored', 'lost']).meta({ id: 'RecordingAvailability' }),
    /** Why it could not be had, or not yet, and what helps; null where it is there. */
    problem: z.string().nullable(),
    startedAt: isoDateTime,
    seconds: z.number().nullable(),
    channels: z.number().int(),
    bytes: z.number().int().nullable(),
  })
  .meta({ id: 'CallRecording' });

export const listCallRecordings = endpoint({
  id: 'listCallRecordings',
  method: 'GET',
  path: '/cdrs/:id/recordings',
  access: 'user',
  summary: 'Recordings of a call, oldest first',
  params,
  reply: z.object({ items: z.array(callRecording) }),
});

const which = z.strictObject({
  /** Of several; the first by default. */
  recording: recordingId.optional(),
});

export const getCallRecordingAudio = endpoint({
  id: 'getCallRecordingAudio',
  method: 'GET',
  path: '/cdrs/:id/recording',
  access: 'user',
  summary: 'Audio of a call recording, whole or by range',
  params,
  query: which,
  reply: fileReply,
  replyTypes: ['audio/wav'],
});

export const getCallRecordingPeaks = endpoint({
  id: 'getCallRecordingPeaks',
  method: 'GET',
  path: '/cdrs/:id/recording/peaks',
  access: 'user',
  summary: 'The waveform of a call recording',
  params,
  query: which,
  reply: peaks,
});

export const deleteCallRecording = endpoint({
  id: 'deleteCallRecording',
  method: 'DELETE',
  path: '/cdrs/:id/recording',
  access: 'admin',
  summary: 'Delete a call recording and its audio, for good',
  status: 204,
  params,
  query: which,
  reply: noContent,
});
