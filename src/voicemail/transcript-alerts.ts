import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';

export const transcriptsMissing = alert({ alertId: 'transcripts-missing', title: 'Voicemails are not transcribed' });

export function transcriptAlerts(transcriber: { readonly problem: string | undefined }): readonly Alert[] {
  const active = () => (transcriber.problem === undefined ? [] : [{ about: 'home-assistant', message: transcriber.problem }]);
  return [bindAlert(transcriptsMissing, { active, changedBy: ['voicemail.left', 'voicemail.transcribed'] })];
}
