import { z } from 'zod';
import { endpoint, noContent } from './endpoint.ts';
import { fileReply, uploadBody } from './file.ts';
import { wavMediaTypeAliases } from './media-types.ts';
import { callId, personId, personIdOrMe, voicemailId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';
import { peaks } from './peaks.ts';

const params = z.object({ id: voicemailId });
/** A person’s, or `house`: those that are nobody’s. */
const mailbox = z.union([personId, z.literal('house')]);
const booleanParam = z.enum(['true', 'false']).transform((text) => text === 'true');

export const transcriptionStates = ['none', 'pending', 'ready', 'failed'] as const;

export const voicemail = z
  .object({
    id: voicemailId,
    /** Whose mailbox; null for the house's, which administrators see. */
    personId: personId.nullable(),
    /** Of the call record. */
    callId: callId.nullable(),
    /** `number`: E.164, empty where the caller hides it. */
    caller: z.object({ number: z.string(), name: z.string() }),
    /** Our number that was called. */
    number: z.string().nullable(),
    leftAt: isoDateTime,
    seconds: z.number(),
    /** `lost`: a message was left, and its audio could not be fetched. */
    audio: z.enum(['stored', 'fetching', 'lost']).meta({ id: 'VoicemailAudioState' }),
    /** Why the audio could not be fetched, and what helps; null where it is there. */
    problem: z.string().nullable(),
    /** Null while there is none, and where the words could not be recognized. */
    transcript: z.string().nullable(),
    /** `pending`: the words are being recognized, or will be. `none`: nobody is asked to. */
    transcription: z.enum(transcriptionStates).meta({ id: 'TranscriptionState' }),
    heardAt: isoDateTime.nullable(),
    archivedAt: isoDateTime.nullable(),
  })
  .meta({ id: 'Voicemail' });

export const listVoicemails = endpoint({
  id: 'listVoicemails',
  method: 'GET',
  path: '/voicemails',
  access: 'user',
  summary: 'Voicemails of your own mailbox; for an admin, of all mailboxes',
  query: listQuery(['leftAt', 'seconds'], {
    person: mailbox.optional(),
    heard: booleanParam.optional(),
    /** Only what is not archived, by default. */
    archived: booleanParam.default(false),
    from: isoDateTime.optional(),
    to: isoDateTime.optional(),
    /** Part of the caller’s name or number, or of the transcript. */
    text: z.string().trim().min(1).max(64).optional(),
  }),
  reply: pageOf(voicemail),
});

export const getVoicemail = endpoint({
  id: 'getVoicemail',
  method: 'GET',
  path: '/voicemails/:id',
  access: 'user',
  summary: 'One voicemail',
  params,
  reply: voicemail,
});

export const getVoicemailAudio = endpoint({
  id: 'getVoicemailAudio',
  method: 'GET',
  path: '/voicemails/:id/audio',
  access: 'user',
  summary: 'Audio of a voicemail, whole or by range. Listening does not mark it as heard',
  params,
  reply: fileReply,
  replyTypes: ['audio/wav'],
});

export const getVoicemailPeaks = endpoint({
  id: 'getVoicemailPeaks',
  method: 'GET',
  path: '/voicemails/:id/peaks',
  access: 'user',
  summary: 'The waveform of a voicemail',
  params,
  reply: peaks,
});

export const readVoicemail = endpoint({
  id: 'readVoicemail',
  method: 'POST',
  path: '/voicemails/:id/read',
  access: 'user',
  summary: 'Mark a voicemail as heard',
  params,
  reply: voicemail,
});

export const readAllVoicemails = endpoint({
  id: 'readAllVoicemails',
  method: 'POST',
  path: '/voicemails/read',
  access: 'user',
  summary: 'Mark all voicemails of a mailbox as heard, by default your own',
  query: z.strictObject({ person: mailbox.optional() }),
  reply: z.object({
    heard: z.number().int(),
    /** Those that were not heard before: to take it back. */
    ids: z.array(voicemailId),
  }),
});

export const changeVoicemail = endpoint({
  id: 'changeVoicemail',
  method: 'PATCH',
  path: '/voicemails/:id',
  access: 'user',
  summary: 'Mark a voicemail as heard or not, archive it or take it out of the archive',
  params,
  body: z.strictObject({ heard: z.boolean().optional(), archived: z.boolean().optional() }),
  reply: voicemail,
});

export const deleteVoicemail = endpoint({
  id: 'deleteVoicemail',
  method: 'DELETE',
  path: '/voicemails/:id',
  access: 'user',
  summary: 'Delete a voicemail and its audio, for good',
  status: 204,
  params,
  reply: noContent,
});

const personParams = z.object({
  /** A person’s id, or `me`. */
  personId: personIdOrMe,
});

export const greetingKinds = ['standard', 'text', 'audio'] as const;
export const greeting = z
  .object({
    personId,
    /** `standard`: the house’s words. */
    kind: z.enum(greetingKinds).meta({ id: 'GreetingKind' }),
    text: z.string(),
    /** Such as `en-GB`; empty for the house’s language. */
    language: z.string(),
  })
  .meta({ id: 'Greeting' });

export const getGreeting = endpoint({
  id: 'getGreeting',
  method: 'GET',
  path: '/mailboxes/:personId/greeting',
  access: 'user',
  summary: 'The greeting of a mailbox',
  params: personParams,
  reply: greeting,
});

export const setGreeting = endpoint({
  id: 'setGreeting',
  method: 'PUT',
  path: '/mailboxes/:personId/greeting',
  access: 'user',
  summary: 'Greet callers with the standard greeting or with a text that is read to them',
  params: personParams,
  body: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('standard') }),
    z.strictObject({
      kind: z.literal('text'),
      text: z.string().trim().min(1).max(1000),
      language: z
        .string()
        .regex(/^[a-z]{2,3}-[A-Z]{2}$/, 'must be like en-GB')
        .optional(),
    }),
  ]),
  reply: greeting,
});

export const getGreetingAudio = endpoint({
  id: 'getGreetingAudio',
  method: 'GET',
  path: '/mailboxes/:personId/greeting/audio',
  access: 'user',
  summary: 'The recorded greeting',
  params: personParams,
  reply: fileReply,
  replyTypes: ['audio/wav'],
});

export const greetingUpload = { types: ['audio/wav'], aliases: wavMediaTypeAliases, maxBytes: 5 * 1024 * 1024 } as const;

export const setGreetingAudio = endpoint({
  id: 'setGreetingAudio',
  method: 'PUT',
  path: '/mailboxes/:personId/greeting/audio',
  access: 'user',
  summary: 'Greet callers with a recording: WAV, two minutes and 5 MiB at most',
  params: personParams,
  body: uploadBody,
  upload: greetingUpload,
  reply: greeting,
});

const days = z.number().int().min(1).max(36_500).nullable();
export const voicemailSettings = z
  .object({
    /** What a caller may speak at most. */
    mostSeconds: z.number().int().min(10).max(3600),
    /** Silence after which recording ends. */
    silenceSeconds: z.number().int().min(2).max(60),
    /** Shorter messages are dropped. */
    discardBelowSeconds: z.number().int().min(0).max(30),
    transcription: z
      .enum(['off', 'twilio', 'home-assistant'])
      .meta({ id: 'Transcription' })
      .describe(
        'Who transcribes. Twilio, paid per minute: English (US) only, and only messages of more than 2 and less than 120 seconds; with ' +
          'mostSeconds 119 none is too long. Home Assistant: an engine there, in the house; messages of the last seven days',
      ),
    transcriptionFallback: z
      .enum(['none', 'twilio'])
      .meta({ id: 'TranscriptionFallback' })
      .describe('Whether Twilio is asked for messages that are left while Home Assistant is to transcribe and cannot'),
    transcriptionEngine: z
      .string()
      .regex(/^[a-z0-9_.-]{1,255}$/, 'must be an engine such as stt.faster_whisper')
      .nullable()
      .describe('Of Home Assistant; null: the first that knows the language'),
    transcriptionLanguage: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language such as en-CA')
      .nullable()
      .describe('Null: that of the house'),
    /** Delete at Twilio what is stored here. */
    deleteAtTwilio: z.boolean(),
    /** Null keeps without a limit. */
    keepVoicemailDays: days,
    keepRecordingDays: days,
    keepRecordingMegabytes: z.number().int().min(1).max(100_000_000).nullable(),
    /** Calls are not recorded while less is free on the disk. */
    freeSpaceFloorMegabytes: z.number().int().min(0).max(100_000_000),
  })
  .meta({ id: 'VoicemailSettings' });

export const getVoicemailSettings = endpoint({
  id: 'getVoicemailSettings',
  method: 'GET',
  path: '/system/config/voicemail',
  access: 'admin',
  summary: 'Settings of voicemail and call recordings, and their retention',
  reply: voicemailSettings,
});

const count = z.number().int();
const limitParam = z.coerce.number().int().min(1).max(100_000_000).optional();

export const previewRetention = endpoint({
  id: 'previewRetention',
  method: 'GET',
  path: '/system/config/voicemail/retention',
  access: 'admin',
  summary:
    'What would be deleted at once if voicemails and recordings were kept like this; without a limit where one is left out',
  query: z.strictObject({ keepVoicemailDays: limitParam, keepRecordingDays: limitParam, keepRecordingMegabytes: limitParam }),
  reply: z.object({ voicemails: count, recordings: count }).meta({ id: 'RetentionPreview' }),
});

export const listSpeechEngines = endpoint({
  id: 'listSpeechEngines',
  method: 'GET',
  path: '/system/config/voicemail/engines',
  access: 'admin',
  summary: 'The speech-to-text engines of Home Assistant, and the languages that each knows',
  reply: z.object({
    items: z.array(z.object({ id: z.string(), name: z.string(), languages: z.array(z.string()) })),
    /** Why they are not known, in words for people; null where they are. */
    problem: z.string().nullable(),
  }),
});

export const changeVoicemailSettings = endpoint({
  id: 'changeVoicemailSettings',
  method: 'PATCH',
  path: '/system/config/voicemail',
  access: 'admin',
  summary: 'Change settings; what is left out stays as it is. A shorter retention deletes at once',
  body: z.strictObject(voicemailSettings.shape).partial(),
  reply: voicemailSettings,
});
