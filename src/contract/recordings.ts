import { z } from 'zod';
import { endpoint, noContent } from './endpoint.ts';
import { fileReply } from './file.ts';
import { isoDateTime } from './page.ts';

const params = z.object({ id: z.string() });

export const callRecordingState = z.object({ state: z.enum(['off', 'recording', 'paused']) }).meta({ id: 'CallRecordingState' });

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
  summary: 'Begin, interrupt, go on with or end the recording of a call that crosses the border of the house',
  params,
  body: z.strictObject({ action: z.enum(['start', 'pause', 'resume', 'stop']) }),
  reply: callRecordingState,
});

export const callRecording = z
  .object({
    id: z.string(),
    /** `fetching`: it exists at Twilio and comes soon. `lost`: it could not be had. */
    state: z.enum(['running', 'fetching', 'stored', 'lost']),
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
  summary: 'The recordings of a call, in the order in which they were made',
  params,
  reply: z.object({ items: z.array(callRecording) }),
});

const which = z.strictObject({
  /** Of several; the first unless told. */
  recording: z.string().optional(),
});

export const getCallRecordingAudio = endpoint({
  id: 'getCallRecordingAudio',
  method: 'GET',
  path: '/cdrs/:id/recording',
  access: 'user',
  summary: 'The sound of a call’s recording, whole or in parts',
  params,
  query: which,
  reply: fileReply,
  replyTypes: ['audio/wav'],
});

export const deleteCallRecording = endpoint({
  id: 'deleteCallRecording',
  method: 'DELETE',
  path: '/cdrs/:id/recording',
  access: 'admin',
  summary: 'Delete a call’s recording with its sound, for good',
  status: 204,
  params,
  query: which,
  reply: noContent,
});
