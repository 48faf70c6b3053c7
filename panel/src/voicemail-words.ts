// A voicemail in words and addresses: what is heard, and what there is to read of it.
import { getVoicemailAudio, getVoicemailPeaks } from '#contract/voicemails.ts';
import type { FactName } from '#contract/facts.ts';
import type { Voicemail } from './data.ts';
import { apiAddress } from './place.ts';
import { requestPath } from './request.ts';
import { t } from './words.ts';

export const voicemailFacts: readonly FactName[] = [
  'voicemail.left',
  'voicemail.transcribed',
  'voicemail.heard',
  'voicemail.changed',
  'voicemail.deleted',
];

export function audioOf(id: Voicemail['id']): { readonly audio: string; readonly peaks: string } {
  const params = { id };
  return {
    audio: apiAddress(requestPath(getVoicemailAudio, { params })).href,
    peaks: apiAddress(requestPath(getVoicemailPeaks, { params })).href,
  };
}

/** What was said, or why there is nothing to read; empty where nothing is to be expected. */
export function wordsOf({ transcript, transcription }: Pick<Voicemail, 'transcript' | 'transcription'>): string {
  if (transcript !== null) return transcript;
  if (transcription === 'pending') return t('voicemail.words.pending');
  return transcription === 'failed' ? t('voicemail.words.failed') : '';
}

/** Why it cannot be heard; empty where it can. */
export function audioText({ audio }: Pick<Voicemail, 'audio'>): string {
  if (audio === 'stored') return '';
  return t(audio === 'fetching' ? 'voicemails.fetching' : 'voicemails.lost');
}
