import { seconds } from '#testing/twilio/base/recordings.ts';
import type { FormFields } from '#testing/twilio/base/signature.ts';
import { RunInterrupted, flagOf, numberOf, nextVerb } from './twiml-run.ts';
import type { VerbResult, TwimlRun } from './twiml-run.ts';
import type { Verb } from './twiml-document.ts';
import { ownDocument, recordingCallbackOf } from './twiml-callbacks.ts';
import type { Recorded } from '#testing/twilio/base/voice-side.ts';

export async function runRecord(run: TwimlRun, verb: Verb): Promise<VerbResult> {
  await run.call.answer();
  const { leg } = run.call;
  if (leg === undefined) return nextVerb;
  const isTranscribed = flagOf(verb.attributes.get('transcribe'));
  if (flagOf(verb.attributes.get('playBeep'), true))
    await run.race(leg.play({ kind: 'tone', frequency: 1000, seconds: 0.2 }).done);
  const timeout = numberOf(verb.attributes.get('timeout'), 5);
  const recording = leg.record({
    maxSeconds: numberOf(verb.attributes.get('maxLength'), isTranscribed ? 120 : 3600),
    finishOnKey: verb.attributes.get('finishOnKey') ?? '1234567890*#',
    track: 'heard',
    ...(timeout > 0 ? { stopSilenceSeconds: timeout } : {}),
  });
  const transcribeTo = isTranscribed ? run.resolve(verb.attributes.get('transcribeCallback') ?? '') : undefined;
  if (isTranscribed && transcribeTo === undefined) run.alert(13_257, 'the transcription callback cannot be read');
  const record = run.telephony.recordings.begin(run.call, recording, {
    source: 'RecordVerb',
    channels: 1,
    track: verb.attributes.get('recordingTrack') ?? 'both',
    callback: recordingCallbackOf(run, verb),
    transcribeTo,
  });
  const recorded = await heard(run, recording.done, () => recording.stop());
  const isKept = !run.telephony.recordings.drops(recorded);
  const named: FormFields = [
    ['RecordingUrl', run.telephony.recordings.url(record.sid)],
    ...(run.telephony.state.switches.recordActionHasSid ? [['RecordingSid', record.sid] as const] : []),
  ];
  const fields: FormFields = [
    ...(isKept ? named : []),
    ['RecordingDuration', String(isKept ? seconds(recorded.durationMs) : 0)],
    ['Digits', recorded.endedBy === 'hangup' ? 'hangup' : (recorded.key ?? '')],
  ];
  const source = run.action(verb, fields) ?? ownDocument(run, verb, fields);
  if (!run.call.isOver) return source === undefined ? nextVerb : { kind: 'go', source };
  // The caller is gone: the house is notified, its answer is not obeyed.
  if (source !== undefined) await run.notify(source);
  throw new RunInterrupted({ kind: 'hangup' });
}

/** Waits for the recording; a caller who hangs up ends it, and the call is over from then on. */
async function heard(run: TwimlRun, done: Promise<Recorded>, stop: () => void): Promise<Recorded> {
  try {
    const recorded = await run.race(done);
    if (recorded.endedBy === 'hangup') run.call.close('completed');
    return recorded;
  } catch (error) {
    if (!(error instanceof RunInterrupted)) throw error;
    stop();
    const recorded = await done;
    if (error.interruption.kind === 'replaced') throw error;
    run.call.close('completed');
    return { ...recorded, endedBy: 'hangup' };
  }
}
