import type { Clock } from '#base/clock.ts';
import { isoTime, isoTimeOrNull, parseTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { visiblePerson } from '#base/visible-person.ts';
import type { PersonId, VoicemailId } from '#base/ids.ts';
import { givenFields } from '#base/given-fields.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import type { FileReply } from '#contract/file.ts';
import { answerPage } from '#contract/page.ts';
import {
  changeVoicemail,
  changeVoicemailSettings,
  deleteVoicemail,
  getVoicemail,
  getVoicemailAudio,
  getVoicemailPeaks,
  getVoicemailSettings,
  listSpeechEngines,
  previewRetention,
  listVoicemails,
  readAllVoicemails,
  readVoicemail,
} from '#contract/voicemails.ts';
import type { AudioFiles } from './audio-files.ts';
import type { NameOf, NumbersNamed, SpeechToText } from './ports.ts';
import { fileNameOf } from './recording.ts';
import type { Recordings } from './recordings.ts';
import type { Retention } from './retention.ts';
import type { Transcriber } from './transcriber.ts';
import { transcriptionOf } from './transcription-state.ts';
import type { TranscriptionState } from './transcription-state.ts';
import type { Voicemails } from './voicemails.ts';
import type { Waveforms } from './waveforms.ts';
import type { VoicemailSettingsStore } from './voicemail-settings.ts';
import type { Voicemail } from './voicemail-store.ts';

type Deps = {
  readonly voicemails: Voicemails;
  readonly recordings: Recordings;
  readonly files: AudioFiles;
  readonly settings: VoicemailSettingsStore;
  readonly retention: Pick<Retention, 'run' | 'preview'>;
  readonly nameOf: NameOf;
  readonly numbersNamed: NumbersNamed;
  readonly speech: SpeechToText | undefined;
  readonly transcriber: Pick<Transcriber, 'resume'>;
  readonly waveforms: Pick<Waveforms, 'of'>;
  readonly clock: Clock;
};

/** A user has their own mailbox; an admin sees all. What is not yours looks as if it were not there. */
export function voicemailRoutes(deps: Deps): readonly Route[] {
  const { voicemails, recordings, files, settings, retention, speech, transcriber, waveforms, clock } = deps;
  const toReply = (voicemail: Voicemail) => {
    const facts = { now: clock.now(), settings: settings.current };
    return replyOf(voicemail, { nameOf: deps.nameOf, transcription: transcriptionOf(voicemail, facts) });
  };
  const visible = (id: VoicemailId, identity: Identity | undefined): Voicemail => {
    const found = voicemails.byId(id);
    if (found === undefined || !isVisible(found, identity)) throw new AppError('not-found', 'There is no such voicemail');
    return found;
  };
  return [
    handle(listVoicemails, ({ query, identity }) => {
      const { person, heard, archived, from, to, text } = query;
      const filter = {
        visibleTo: visiblePerson(identity),
        personId: ownerOf(person),
        isHeard: heard,
        isArchived: archived,
        text,
        named: text === undefined ? undefined : deps.numbersNamed(text, visiblePerson(identity) ?? 'anybody'),
        from: parseTime(from),
        to: parseTime(to),
      };
      return answerPage(query, (request) => voicemails.list(filter, request), toReply);
    }),
    handle(getVoicemail, ({ params, identity }) => toReply(visible(params.id, identity))),
    handle(getVoicemailAudio, async ({ params, identity }): Promise<FileReply> => {
      const voicemail = visible(params.id, identity);
      const file = await files.read(fileNameOf({ id: voicemail.recordingId }));
      if (file === undefined) throw new AppError('not-found', 'The audio of this message is not there');
      const version = `${voicemail.recordingId}-${file.bytes}`;
      return { ...file, contentType: 'audio/wav', etag: version, fileName: `${voicemail.id}.wav`, disposition: 'inline' };
    }),
    handle(getVoicemailPeaks, async ({ params, identity }) => {
      const { recordingId } = visible(params.id, identity);
      return { peaks: [...(await waveforms.of(recordingId))] };
    }),
    handle(readVoicemail, async ({ params, identity }) => {
      return toReply(await voicemails.change(visible(params.id, identity).id, { isHeard: true }));
    }),
    handle(readAllVoicemails, async ({ query, identity }) => {
      const personId = ownerOf(query.person ?? identity?.personId);
      const isTheirs = identity?.role === 'admin' || personId === identity?.personId;
      const ids = personId === undefined || !isTheirs ? [] : await voicemails.markAllHeard(personId);
      return { heard: ids.length, ids: [...ids] };
    }),
    handle(changeVoicemail, async ({ params, body, identity }) => {
      const change = { isHeard: body.heard, isArchived: body.archived };
      return toReply(await voicemails.change(visible(params.id, identity).id, change));
    }),
    handle(deleteVoicemail, ({ params, identity }) => voicemails.delete(visible(params.id, identity).id, recordings)),
    handle(getVoicemailSettings, () => settings.current),
    handle(changeVoicemailSettings, async ({ body }) => {
      if (body.transcription === 'home-assistant' && speech === undefined) throw noHomeAssistant();
      const changed = await settings.change(givenFields(body));
      transcriber.resume();
      await retention.run();
      return changed;
    }),
    handle(previewRetention, ({ query: { keepVoicemailDays = null, keepRecordingDays = null, keepRecordingMegabytes = null } }) =>
      retention.preview({ keepVoicemailDays, keepRecordingDays, keepRecordingMegabytes }),
    ),
    handle(listSpeechEngines, () => enginesOf(speech)),
  ];
}

/** Home Assistant being away is no fault of whoever asks. */
async function enginesOf(speech: SpeechToText | undefined) {
  if (speech === undefined) return { items: [], problem: noHomeAssistant().message };
  try {
    const engines = await speech.engines();
    return { items: engines.map((engine) => ({ ...engine, languages: [...engine.languages] })), problem: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { items: [], problem: error.message };
  }
}

function noHomeAssistant(): AppError {
  const details = [{ field: 'transcription', message: 'needs the options home_assistant_url and home_assistant_token' }];
  return new AppError('invalid', 'This house has no Home Assistant', { details });
}

/** Null: the house. */
function ownerOf(mailbox: PersonId | 'house' | undefined): PersonId | null | undefined {
  return mailbox === 'house' ? null : mailbox;
}

function isVisible({ personId }: Voicemail, identity: Identity | undefined): boolean {
  const person = visiblePerson(identity);
  return person === undefined || person === personId;
}

type Known = { readonly nameOf: NameOf; readonly transcription: TranscriptionState };

function replyOf(voicemail: Voicemail, { nameOf, transcription }: Known) {
  const { id, personId, callId, callerNumber, callerName, number, leftAt, seconds, audio, transcript } = voicemail;
  return {
    id,
    personId: personId ?? null,
    callId: callId ?? null,
    caller: { number: callerNumber, name: nameOf(callerNumber, personId) ?? callerName },
    number: number ?? null,
    leftAt: isoTime(leftAt),
    seconds: Math.round(seconds * 10) / 10,
    audio: audio === 'stored' || audio === 'fetching' ? audio : ('lost' as const),
    problem: voicemail.problem ?? null,
    transcript: transcript ?? null,
    transcription,
    heardAt: isoTimeOrNull(voicemail.heardAt),
    archivedAt: isoTimeOrNull(voicemail.archivedAt),
  };
}
