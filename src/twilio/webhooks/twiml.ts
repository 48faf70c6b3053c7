import { newMessagingResponse, newVoiceResponse } from './sdk-loader.ts';
import type { Voice } from './sdk-loader.ts';
import type { MailboxGreeting } from '#voicemail/greetings.ts';
import type { MailboxAnswer } from '#voicemail/voicemail-room.ts';
import type { MessageLimits } from '#voicemail/voicemail-settings.ts';

/** The callback URLs of a TwiML document; absolute. */
export type RecordCallbackUrls = {
  readonly recordDone: string;
  readonly recording: string;
  readonly transcription: string;
  /** The URL of a file that Twilio may fetch. */
  readonly media: (token: string) => string;
};

export type RingTwiml = {
  readonly user: string;
  readonly domain: string;
  readonly isSecure: boolean;
  /** Our number that was called, E.164. */
  readonly dialled: string;
  /** Joins the SIP leg to the call. */
  readonly token: string;
  /** The caller ID; undefined where it is withheld. */
  readonly callerNumber: string | undefined;
  readonly timeoutSeconds: number;
  readonly dialDone: string;
};

/** Dials our registration; the caller hears ringback until a phone answers. */
export function ringTwiml(ring: RingTwiml): string {
  const response = newVoiceResponse();
  const dial = response.dial({
    answerOnBridge: true,
    action: ring.dialDone,
    timeout: ring.timeoutSeconds,
    callerId: callerIdOf(ring.callerNumber),
  });
  const headers = new URLSearchParams({ 'x-did': ring.dialled, 'x-gosip-call': ring.token }).toString();
  const security = ring.isSecure ? ';secure=true' : '';
  dial.sip(`sip:${encodeURIComponent(ring.user)}@${ring.domain};transport=tls${security}?${headers}`);
  return response.toString();
}

export type ForwardTwiml = {
  readonly number: string;
  /** Shown to whom it rings; undefined: the caller's. */
  readonly callerId: string | undefined;
  readonly timeoutSeconds: number;
  readonly dialDone: string;
  /** The document that asks whoever answers for a key; undefined: the answer alone connects. */
  readonly screen: string | undefined;
};

/** Dials a number outside; the caller hears ringback until somebody has taken the call. */
export function forwardTwiml({ number, callerId, timeoutSeconds, dialDone, screen }: ForwardTwiml): string {
  const response = newVoiceResponse();
  const shown = callerId === undefined ? {} : { callerId };
  const dial = response.dial({ answerOnBridge: true, action: dialDone, timeout: timeoutSeconds, ...shown });
  dial.number(screen === undefined ? {} : { url: screen }, number);
  return response.toString();
}

const keySeconds = 10;

/** Runs on the side of whoever has answered: the caller still hears ringback, and a mailbox presses no key. */
export function screenTwiml(action: string): string {
  const response = newVoiceResponse();
  say(response.gather({ numDigits: 1, timeout: keySeconds, action }), plain('You have a call. To take it, press 1.'));
  response.hangup();
  return response.toString();
}

/** Asks the caller for a key. */
export function challengeTwiml({ digit, action }: { readonly digit: string; readonly action: string }): string {
  const response = newVoiceResponse();
  const gather = response.gather({ numDigits: 1, timeout: keySeconds, action, actionOnEmptyResult: true });
  say(gather, plain(`To be put through, please press ${digit}.`));
  return response.toString();
}

/** Says an announcement and hangs up. */
export function playTwiml({ text, language }: { readonly text: string; readonly language: string }): string {
  const response = newVoiceResponse();
  say(response, { text, language: language === '' ? undefined : language });
  response.hangup();
  return response.toString();
}

/** For SIP, Twilio allows only letters, digits and `+-_.`. */
function callerIdOf(number: string | undefined): string {
  return number !== undefined && /^[A-Za-z0-9+\-_.]{1,64}$/.test(number) ? number : 'anonymous';
}

/** Lets the caller leave a message. */
export function voicemailTwiml({ greeting, limits }: MailboxAnswer, urls: RecordCallbackUrls): string {
  const response = newVoiceResponse();
  if (greeting.kind === 'audio') response.play(urls.media(greeting.token));
  else say(response, wordsOf(greeting));
  record(response, limits, urls);
  return response.toString();
}

/** For a failure of ours: the caller can still leave a message. */
export function apologyTwiml(urls: RecordCallbackUrls): string {
  const response = newVoiceResponse();
  say(response, plain('We are sorry, we cannot put you through right now. Please leave a message after the tone.'));
  record(response, fallbackLimits, urls);
  return response.toString();
}

export function thanksTwiml(): string {
  const response = newVoiceResponse();
  say(response, plain('Thank you. Goodbye.'));
  response.hangup();
  return response.toString();
}

export function hangUpTwiml(): string {
  const response = newVoiceResponse();
  response.hangup();
  return response.toString();
}

/** As the first verb it neither answers the call nor is billed. */
export function rejectTwiml(reason: 'busy' | 'rejected'): string {
  const response = newVoiceResponse();
  response.reject({ reason });
  return response.toString();
}

/** Connects an outbound call of the house to a number. */
export function outboundTwiml({ number, callerId }: { readonly number: string; readonly callerId: string }): string {
  const response = newVoiceResponse();
  response.dial({ answerOnBridge: true, callerId, timeout: 120 }).number(number);
  return response.toString();
}

/** Says the reason and hangs up. */
export function refusalTwiml(text: string): string {
  const response = newVoiceResponse();
  say(response, plain(text));
  response.hangup();
  return response.toString();
}

/** No instruction, for voice and messaging. */
export function emptyTwiml(): string {
  return newMessagingResponse().toString();
}

/** Where voicemail cannot be asked. */
const fallbackLimits: MessageLimits = { mostSeconds: 180, silenceSeconds: 10, transcribe: false };

type Spoken = { readonly text: string; readonly language: string | undefined };

function plain(text: string): Spoken {
  return { text, language: undefined };
}

function wordsOf(greeting: Exclude<MailboxGreeting, { kind: 'audio' }>): Spoken {
  if (greeting.kind === 'text') return { text: greeting.text, language: greeting.language || undefined };
  return plain('Nobody can take your call right now. Please leave a message after the tone.');
}

function say(response: Pick<Voice, 'say'>, { text, language }: Spoken): void {
  const spoken = speakable(text);
  if (spoken === '') return;
  // The SDK's union of languages lags behind Twilio's; a wrong one was refused where the greeting was set.
  type Attributes = Parameters<Voice['say']>[0];
  const attributes = language === undefined ? {} : { language };
  response.say(attributes as Extract<Attributes, object>, spoken);
}

function record(response: Voice, limits: MessageLimits, urls: RecordCallbackUrls): void {
  response.record({
    action: urls.recordDone,
    maxLength: limits.mostSeconds,
    timeout: limits.silenceSeconds,
    finishOnKey: '#',
    playBeep: true,
    trim: 'do-not-trim',
    recordingStatusCallback: urls.recording,
    recordingStatusCallbackEvent: ['completed', 'absent'],
    ...(limits.transcribe ? { transcribe: true, transcribeCallback: urls.transcription } : {}),
  });
}

/** Twilio's limit of one <Say> with the basic voices, in bytes. */
const maxSpokenBytes = 2_800;

/** The SDK throws on characters that XML cannot carry. */
function speakable(text: string): string {
  const clean = text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, '')
    .trim();
  let spoken = clean;
  while (Buffer.byteLength(spoken) > maxSpokenBytes) spoken = spoken.slice(0, Math.floor(spoken.length * 0.9));
  return spoken.toWellFormed();
}
