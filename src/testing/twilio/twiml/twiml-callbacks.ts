import type { TwimlSource } from '#testing/twilio/base/call.ts';
import type { RecordingCallback } from '#testing/twilio/base/recordings.ts';
import type { FormFields } from '#testing/twilio/base/signature.ts';
import type { Verb } from './twiml-document.ts';
import { methodOf, splitWords } from './twiml-run.ts';
import type { TwimlRun } from './twiml-run.ts';

/** The recording callback that a verb asks for. */
export function recordingCallbackOf(run: TwimlRun, verb: Verb): RecordingCallback | undefined {
  const given = verb.attributes.get('recordingStatusCallback');
  if (given === undefined) return undefined;
  const url = run.resolve(given);
  if (url === undefined) {
    run.alert(13_256, `the recording callback ${given} cannot be read`);
    return undefined;
  }
  return {
    url,
    method: methodOf(verb.attributes.get('recordingStatusCallbackMethod')),
    events: splitWords(verb.attributes.get('recordingStatusCallbackEvent'), 'completed'),
  };
}

/** Without an action a verb asks its own document again: an endless loop unless that one decides otherwise. */
export function ownDocument(run: TwimlRun, verb: Verb, fields: FormFields): TwimlSource | undefined {
  run.selfRequests += 1;
  run.telephony.state.loops.push({ callSid: run.call.sid, verb: verb.name });
  if (run.base === undefined || run.selfRequests > 20) return undefined;
  const method = verb.attributes.get('method')?.toUpperCase() === 'GET' ? 'GET' : 'POST';
  return { kind: 'url', url: run.base, method, webhook: 'action', fields };
}
