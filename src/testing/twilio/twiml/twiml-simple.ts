import { drawDelay } from '#testing/twilio/base/delays.ts';
import type { FormFields } from '#testing/twilio/base/signature.ts';
import { ownDocument, recordingCallbackOf } from './twiml-callbacks.ts';
import { flagOf, numberOf, nextVerb } from './twiml-run.ts';
import type { VerbResult, TwimlRun } from './twiml-run.ts';
import type { Verb } from './twiml-document.ts';
import type { AudioClip } from '#testing/twilio/base/voice-side.ts';
import { mixed, readWavFile } from '#testing/twilio/base/wav-file.ts';

const playable = [
  'audio/mpeg', 'audio/wav', 'audio/wave', 'audio/x-wav', 'audio/aiff', 'audio/x-aifc', 'audio/x-aiff', 'audio/x-gsm',
  'audio/gsm', 'audio/ulaw',
]; // prettier-ignore
/** What a voice sounds like here. */
const speechAudio: AudioClip = { kind: 'tone', frequency: 300 };

export async function runSay(run: TwimlRun, verb: Verb): Promise<VerbResult> {
  if (verb.text === '') {
    run.alert(13_520, 'Say has no text');
    return nextVerb;
  }
  const voice = verb.attributes.get('voice') ?? 'man';
  const most = voice.startsWith('Polly.') ? 3000 : voice.startsWith('Google.') ? 5000 : 4096;
  if (Buffer.byteLength(verb.text) > most || encodeURIComponent(verb.text).length > 4500 + most) {
    run.alert(13_521, 'Say has too much text');
    return nextVerb;
  }
  await run.call.answer();
  await playFor(run, speechAudio, drawDelay(run.telephony.state.delays.say, run.telephony.state.random));
  return nextVerb;
}

async function playFor(run: TwimlRun, clip: AudioClip, milliseconds: number): Promise<void> {
  const playing = run.call.leg?.play(clip);
  try {
    await run.race(run.telephony.state.wait(milliseconds));
  } finally {
    playing?.stop();
  }
}

export async function runPlay(run: TwimlRun, verb: Verb): Promise<VerbResult> {
  const digits = verb.attributes.get('digits');
  if (digits !== undefined) {
    await run.call.answer();
    await run.race(run.call.leg?.sendDigits(digits) ?? Promise.resolve());
    return nextVerb;
  }
  const clip = verb.name === 'PlayReply' ? decodeAudio(Buffer.from(verb.text, 'latin1')) : await fetchAudio(run, verb.text);
  if (clip === undefined) return nextVerb;
  await run.call.answer();
  const playing = run.call.leg?.play(clip);
  try {
    await run.race(playing?.done ?? Promise.resolve());
  } finally {
    playing?.stop();
  }
  return nextVerb;
}

async function fetchAudio(run: TwimlRun, reference: string): Promise<AudioClip | undefined> {
  const url = run.resolve(reference);
  if (url === undefined) {
    run.alert(11_100, `the address ${reference} cannot be read`);
    return undefined;
  }
  const request = run.telephony.webhooks.request({ kind: 'play', url, method: 'GET', fields: [], resourceSid: run.call.sid });
  const reply = await run.race(request);
  if (reply.kind === 'failed' || reply.status >= 400) {
    run.alert(reply.kind === 'failed' ? reply.code : 11_200, `${url} could not be fetched to be played`);
    return undefined;
  }
  const type = reply.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!playable.includes(type)) {
    run.alert(13_420, `${type} cannot be played`);
    return undefined;
  }
  return decodeAudio(reply.body);
}

/** WAV as it is (8 kHz), anything else as a second of a tone. */
function decodeAudio(bytes: Buffer): AudioClip {
  const [first, second] = readWavFile(bytes) ?? [];
  if (first === undefined) return { kind: 'tone', frequency: 600, seconds: 1 };
  return { kind: 'samples', samples: second === undefined ? first : mixed(first, second) };
}

/** As the first verb it delays the answer instead of answering. */
export async function runPause(run: TwimlRun, verb: Verb): Promise<VerbResult> {
  await run.race(run.seconds(numberOf(verb.attributes.get('length'), 1)));
  return nextVerb;
}

export async function runGather(run: TwimlRun, verb: Verb): Promise<VerbResult> {
  await run.call.answer();
  const digits = await collect(run, verb);
  const isEmpty = digits === '';
  if (isEmpty && !flagOf(verb.attributes.get('actionOnEmptyResult'))) return nextVerb;
  const fields: FormFields = [['Digits', digits]];
  const source = run.action(verb, fields) ?? ownDocument(run, verb, fields);
  return source === undefined ? nextVerb : { kind: 'go', source };
}

async function collect(run: TwimlRun, verb: Verb): Promise<string> {
  const most = numberOf(verb.attributes.get('numDigits'), Infinity);
  const finishOn = verb.attributes.get('finishOnKey') ?? '#';
  const timeout = numberOf(verb.attributes.get('timeout'), 5);
  const done = Promise.withResolvers<void>();
  let digits = '';
  let pressed = Promise.withResolvers<void>();
  const forget = run.call.leg?.onDigit((digit) => {
    if (finishOn.includes(digit)) done.resolve();
    else digits += digit;
    if (digits.length >= most) done.resolve();
    pressed.resolve();
    pressed = Promise.withResolvers();
  });
  try {
    // A key stops what is being said; from then on silence counts.
    await run.race(Promise.race([done.promise, pressed.promise, prompt(run, verb)]));
    for (let before = -1; before < digits.length;) {
      before = digits.length;
      await run.race(Promise.race([done.promise, pressed.promise, run.seconds(timeout)]));
      if (await isSettled(done.promise)) break;
    }
  } finally {
    forget?.();
  }
  return digits;
}

async function prompt(run: TwimlRun, verb: Verb): Promise<void> {
  for (const child of verb.children) {
    if (child.name === 'Say') await runSay(run, child);
    else if (child.name === 'Play') await runPlay(run, child);
    else await runPause(run, child);
  }
}

function isSettled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve(false)]);
}

export function runStart(run: TwimlRun, verb: Verb): VerbResult {
  for (const child of verb.children) {
    const callback = child.attributes.get('recordingStatusCallback') ?? child.attributes.get('statusCallbackUrl');
    if (callback !== undefined && !URL.canParse(callback)) run.alert(11_200, `the callback ${callback} is not absolute`);
    if (child.name !== 'Recording' || run.call.leg === undefined) continue;
    const recording = run.call.leg.record({ maxSeconds: 14_400, track: 'dual' });
    run.telephony.recordings.begin(run.call, recording, {
      source: 'StartCallRecordingTwiML',
      channels: 2,
      track: child.attributes.get('track') ?? 'both',
      callback: recordingCallbackOf(run, child),
    });
  }
  return nextVerb;
}
