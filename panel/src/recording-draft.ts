import type { EndpointReply } from '#contract/endpoint.ts';
import type { getVoicemailSettings } from '#contract/voicemails.ts';

type Settings = EndpointReply<typeof getVoicemailSettings>;

/** Of a message, in seconds. */
export const numberNames = ['mostSeconds', 'silenceSeconds', 'discardBelowSeconds'] as const;
/** How long and how much is kept; empty is without a limit, but for the last. */
export const limitNames = [
  'keepVoicemailDays',
  'keepRecordingDays',
  'keepRecordingMegabytes',
  'freeSpaceFloorMegabytes',
] as const;

type Typed = (typeof numberNames)[number] | (typeof limitNames)[number] | 'transcriptionEngine' | 'transcriptionLanguage';

/** The settings as somebody types them. */
export type RecordingDraft = Readonly<Record<Typed, string>> &
  Pick<Settings, 'transcription' | 'transcriptionFallback' | 'deleteAtTwilio'>;

export function draftOf(settings: Settings): RecordingDraft {
  const typed = [...numberNames, ...limitNames, 'transcriptionEngine', 'transcriptionLanguage'] as const;
  const { transcription, transcriptionFallback, deleteAtTwilio } = settings;
  const texts = Object.fromEntries(typed.map((name) => [name, String(settings[name] ?? '')])) as Record<Typed, string>;
  return { ...texts, transcription, transcriptionFallback, deleteAtTwilio };
}

/** What is sent: what is no number stays as it was typed, so that the house says at the field what is wrong. */
export function changesOf(draft: RecordingDraft): Readonly<Record<string, unknown>> {
  const { transcription, transcriptionFallback, deleteAtTwilio } = draft;
  const given = (name: Typed, isEmptyNull: boolean) => {
    const text = draft[name].trim();
    if (text === '') return isEmptyNull ? null : text;
    return /^-?\d+$/.test(text) ? Number(text) : text;
  };
  return {
    ...Object.fromEntries(numberNames.map((name) => [name, given(name, false)])),
    ...Object.fromEntries(limitNames.map((name) => [name, given(name, name !== 'freeSpaceFloorMegabytes')])),
    transcriptionEngine: draft.transcriptionEngine || null,
    transcriptionLanguage: draft.transcriptionLanguage || null,
    transcription,
    transcriptionFallback,
    deleteAtTwilio,
  };
}
