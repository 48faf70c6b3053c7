import { runDial } from './twiml-dial.ts';
import type { Verb } from './twiml-document.ts';
import { runRecord } from './twiml-record.ts';
import { hangUp, methodOf, nextVerb } from './twiml-run.ts';
import type { VerbResult, RunVerb, TwimlRun } from './twiml-run.ts';
import { runGather, runPause, runPlay, runSay, runStart } from './twiml-simple.ts';

const verbs: Readonly<Record<string, RunVerb>> = {
  Say: runSay,
  Play: runPlay,
  PlayReply: runPlay,
  Pause: runPause,
  Gather: runGather,
  Record: runRecord,
  Dial: runDial,
  Start: runStart,
  Redirect: redirect,
  Reject: reject,
  Hangup: runHangup,
  Refer: (run) => {
    run.alert(13_801, 'Refer works on a SIP leg only');
    return nextVerb;
  },
};

export const runVerb: RunVerb = (run, verb) => {
  const known = Object.hasOwn(verbs, verb.name) ? verbs[verb.name] : undefined;
  if (known !== undefined) return known(run, verb);
  run.alert(12_200, `<${verb.name}> does nothing in a call`);
  return nextVerb;
};

function redirect(run: TwimlRun, verb: Verb): VerbResult {
  const url = run.resolve(verb.text);
  if (url === undefined) {
    run.alert(11_100, `the address ${verb.text} cannot be read`);
    return hangUp;
  }
  return { kind: 'go', source: { kind: 'url', url, method: methodOf(verb.attributes.get('method')), webhook: 'redirect' } };
}

function reject(run: TwimlRun, verb: Verb): VerbResult {
  const reason = verb.attributes.get('reason') ?? 'rejected';
  if (reason !== 'rejected' && reason !== 'busy') {
    run.alert(13_810, `the reason ${reason} is neither rejected nor busy`);
    return { kind: 'end', status: 'failed' };
  }
  if (run.call.isAnswered) return hangUp;
  run.call.refusal = reason === 'busy' ? 486 : 404;
  return { kind: 'end', status: reason === 'busy' ? 'busy' : 'no-answer' };
}

/** Even as the first verb it answers, and is billed. */
async function runHangup(run: TwimlRun): Promise<VerbResult> {
  if (!run.isScreening) await run.call.answer();
  return hangUp;
}
