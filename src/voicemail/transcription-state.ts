import type { transcriptionStates } from '#contract/voicemails.ts';
import { maxAgeMs } from './transcriber.ts';
import type { Voicemail } from './voicemail-store.ts';
import type { VoicemailSettings } from './voicemail-settings.ts';

export type TranscriptionState = (typeof transcriptionStates)[number];

type Facts = { readonly now: number; readonly settings: Pick<VoicemailSettings, 'transcription'> };

/** Twilio has its words within minutes, or says nothing more. */
const twilioMs = 3_600_000;
/** What Twilio transcribes: longer than the first and shorter than the last. */
const twilioSeconds = { above: 2, below: 120 };

/** What becomes of the words of a message. */
export function transcriptionOf(voicemail: Voicemail, { now, settings }: Facts): TranscriptionState {
  const { transcript, failedBy, audio, seconds, leftAt } = voicemail;
  if (transcript !== undefined) return 'ready';
  const isHouseNext = settings.transcription === 'home-assistant' && audio === 'stored' && failedBy !== 'house';
  if (isHouseNext && now - leftAt < maxAgeMs) return 'pending';
  if (failedBy !== undefined) return 'failed';
  const isForTwilio = settings.transcription === 'twilio' && seconds > twilioSeconds.above && seconds < twilioSeconds.below;
  return isForTwilio && now - leftAt < twilioMs ? 'pending' : 'none';
}
