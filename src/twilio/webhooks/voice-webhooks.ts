import type { CallId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { NextStep } from '#calls/next-step.ts';
import type { DialResult } from '#calls/pstn-call-decision.ts';
import type { InboundCallNotice, InboundCallResult } from '#calls/pstn-call.ts';
import { calledNumber, readCaller, userOf } from './caller.ts';
import { readDialOutcome } from './dial-outcome.ts';
import { trunkName } from '#twilio/api/settings.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import {
  apologyTwiml,
  challengeTwiml,
  emptyTwiml,
  forwardTwiml,
  hangUpTwiml,
  outboundTwiml,
  playTwiml,
  refusalTwiml,
  rejectTwiml,
  ringTwiml,
  screenTwiml,
  thanksTwiml,
  voicemailTwiml,
} from './twiml.ts';
import type { RecordCallbackUrls } from './twiml.ts';
import type { WebhookForm } from './webhook-form.ts';
import { webhookPaths, webhookUrl } from './webhook-paths.ts';
import type { VoicemailPort } from './webhook-ports.ts';

/** What calls does with the webhooks of a call; `PstnCalls` fits. */
export type PstnCallsPort = {
  receive(notice: InboundCallNotice): InboundCallResult;
  /** Disaster recovery: the trunk could not connect the call, or no phone answered. */
  recover(notice: Omit<InboundCallNotice, 'isReachable'>): InboundCallResult;
  /** `announced` until the SIP leg of the call has arrived. */
  progressOf(callSid: string): 'unknown' | 'announced' | 'ringing' | 'voicemail' | 'over';
  /** `dial`: which attempt to reach somebody has ended; the one that was going on where undefined. */
  dialDone(callSid: string, result: DialResult, dial?: number): NextStep | undefined;
  /** The keys that a caller pressed who was asked for one. */
  challenged(callSid: string, pressed: string): NextStep | undefined;
  callerGone(callSid: string): void;
};

export type VoiceWebhookDeps = {
  readonly calls: PstnCallsPort;
  readonly settings: () => TwilioSettings;
  readonly voicemail: VoicemailPort;
  /** Whether we are registered at the SIP Domain that Twilio dials. */
  readonly isReachable: () => boolean;
  /** The caller ID of an outbound call: the requested number if it is ours, else any. */
  readonly callerIdFor: (asked: string) => string | undefined;
  readonly log: Log;
};

/** Twilio adds some five seconds of its own; our ring timeout must come first, because it knows the reason. */
const dialMarginSeconds = 10;

/** For a call of which nothing is known. */
const someMailbox: NextStep = { kind: 'voicemail', personId: undefined };

const finalStatuses: ReadonlySet<string> = new Set(['completed', 'canceled', 'busy', 'failed', 'no-answer']);

/** Answers the webhooks that control a call; every response is TwiML, made from local state. */
export class VoiceWebhooks {
  readonly #deps: VoiceWebhookDeps;

  constructor(deps: VoiceWebhookDeps) {
    this.#deps = deps;
  }

  /** An inbound call to one of our numbers. */
  inbound(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid === undefined) return this.apology(form);
    return this.#twiml(callSid, this.#receive(callSid, form));
  }

  /** Twilio could not fetch or parse our TwiML: the call continues where it was. */
  fallback(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    const { log, calls } = this.#deps;
    log.warn({ code: form.optional('ErrorCode'), callSid }, 'Twilio requested the fallback URL of a call');
    if (callSid === undefined) return this.apology(form);
    if (form.optional('SipDomain') !== undefined) return refusalTwiml('This call cannot be made right now.');
    const progress = calls.progressOf(callSid);
    if (progress === 'voicemail') return thanksTwiml();
    // A caller who has been connected must not be sent to voicemail, and no phone rings twice.
    if (progress === 'ringing' || progress === 'over') return this.dialDone(form);
    // With 12xxx and 13xxx our TwiML is the cause: the same document would fail again.
    if (!/^1[23]\d{3}$/.test(form.text('ErrorCode'))) return this.inbound(form);
    return this.#unreachable(callSid, this.#receive(callSid, form));
  }

  /** Disaster recovery: the trunk could not connect the call, or no phone answered; the caller may leave a message. */
  recovery(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid === undefined) return this.apology(form);
    const dialled = userOf(form.optional('To') ?? form.text('Called'));
    return this.#twiml(callSid, this.#deps.calls.recover({ callSid, dialled, caller: readCaller(form), trunk: trunkName }));
  }

  /** A <Dial> to the house or to a number outside has ended. */
  dialDone(form: WebhookForm, query = new URLSearchParams()): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid === undefined) return this.apology(form);
    const result = this.#receive(callSid, form);
    const isCallerGone = finalStatuses.has(form.text('CallStatus'));
    const dial = query.get('dial');
    const ended = { isCallerGone, outcome: readDialOutcome(form), seconds: form.count('DialCallDuration') };
    const step = this.#deps.calls.dialDone(callSid, ended, dial === null ? undefined : Number(dial));
    return isCallerGone ? emptyTwiml() : this.#twiml(callSid, { ...result, step: step ?? someMailbox });
  }

  /** The caller has pressed the key that they were asked for, another one, or none. */
  challenge(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid === undefined) return this.apology(form);
    const result = this.#receive(callSid, form);
    return this.#twiml(callSid, { ...result, step: this.#deps.calls.challenged(callSid, form.text('Digits')) ?? result.step });
  }

  /** A forwarded call was answered: by a mailbox, unless somebody presses the key. */
  screen(): string {
    return screenTwiml(webhookUrl(this.#publicUrl, webhookPaths.screened));
  }

  /** Connects both where the key was pressed. */
  screened(form: WebhookForm): string {
    return form.text('Digits') === '1' ? emptyTwiml() : hangUpTwiml();
  }

  /** The caller has left a message, or has hung up while leaving it. */
  recordDone(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid !== undefined) {
      const seconds = form.count('RecordingDuration');
      this.#deps.voicemail.messageEnded({ source: 'twilio', externalCallId: callSid, seconds });
    }
    const isOver = form.text('Digits') === 'hangup' || finalStatuses.has(form.text('CallStatus'));
    return isOver ? emptyTwiml() : thanksTwiml();
  }

  /** Status callback: the caller's own leg has ended. */
  status(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    const isChild = form.optional('ParentCallSid') !== undefined;
    if (callSid !== undefined && !isChild && finalStatuses.has(form.text('CallStatus'))) this.#deps.calls.callerGone(callSid);
    return emptyTwiml();
  }

  /** An outbound call of the house through our SIP Domain. */
  outbound(form: WebhookForm): string {
    const { settings, callerIdFor, log } = this.#deps;
    const { domain, outbound } = settings();
    if (domain === undefined || form.text('SipDomain').toLowerCase() !== domain.name.toLowerCase()) {
      log.warn({ domain: form.text('SipDomain') }, 'Outbound call through a SIP Domain that is not ours rejected');
      return rejectTwiml('rejected');
    }
    // The house does not use the SIP Domain for outbound calls: another client has its credentials, or the URL was not removed.
    if (outbound !== 'domain') {
      log.warn('Outbound call through our SIP Domain rejected: outbound calls use another way');
      return rejectTwiml('rejected');
    }
    const number = calledNumber(form.text('To'));
    if (number === undefined) return refusalTwiml('This number cannot be called.');
    const callerId = callerIdFor(userOf(form.optional('SipHeader_X-Gosip-From') ?? form.text('From')));
    if (callerId === undefined) return refusalTwiml('There is no number to call with.');
    return outboundTwiml({ number, callerId });
  }

  /** For any failure: always valid TwiML, and the caller can leave a message. */
  apology(form: WebhookForm): string {
    if (finalStatuses.has(form.text('CallStatus'))) return emptyTwiml();
    return apologyTwiml(this.#recordCallbackUrls(undefined));
  }

  #receive(callSid: string, form: WebhookForm): InboundCallResult {
    const dialled = userOf(form.optional('To') ?? form.text('Called'));
    const { calls, settings } = this.#deps;
    const { domain, sipAccount } = settings();
    const isReachable = domain !== undefined && sipAccount !== undefined && this.#deps.isReachable();
    return calls.receive({ callSid, dialled, caller: readCaller(form), isReachable, trunk: trunkName });
  }

  #twiml(callSid: string, result: InboundCallResult): string {
    const { step, callId } = result;
    switch (step.kind) {
      case 'ring':
        return this.#ring(result, step.seconds) ?? this.#unreachable(callSid, result);
      case 'challenge':
        return challengeTwiml({
          digit: step.digit,
          action: webhookUrl(this.#publicUrl, webhookPaths.challenge, { call: callId }),
        });
      case 'forward':
        return this.#forward(result, step);
      case 'voicemail':
        return this.#voicemail(step, callId);
      case 'reject':
        return rejectTwiml(step.tone);
      case 'play':
        return playTwiml(step);
      case 'hang-up':
        return hangUpTwiml();
    }
  }

  #ring({ callId, token, caller, number }: InboundCallResult, seconds: number): string | undefined {
    const { domain, sipAccount, isSecure } = this.#deps.settings();
    if (domain === undefined || sipAccount === undefined) return undefined;
    return ringTwiml({
      user: sipAccount.username,
      domain: domain.name,
      isSecure,
      dialled: number ?? '',
      token,
      callerNumber: caller.number,
      timeoutSeconds: Math.min(600, seconds + dialMarginSeconds),
      dialDone: this.#dialDoneUrl(callId, 0),
    });
  }

  /** The number outside sees who calls, and ours where that is withheld. */
  #forward({ callId, caller, number }: InboundCallResult, step: Extract<NextStep, { kind: 'forward' }>): string {
    return forwardTwiml({
      number: step.number,
      callerId: caller.number ?? number,
      timeoutSeconds: Math.min(600, step.seconds),
      dialDone: this.#dialDoneUrl(callId, step.dial),
      screen: step.isScreened ? this.#screenUrl : undefined,
    });
  }

  get #publicUrl(): string {
    return this.#deps.settings().publicUrl ?? '';
  }

  get #screenUrl(): string {
    return webhookUrl(this.#publicUrl, webhookPaths.screen);
  }

  #dialDoneUrl(callId: CallId, dial: number): string {
    return webhookUrl(this.#publicUrl, webhookPaths.dialDone, { call: callId, dial: String(dial) });
  }

  /** What the plan has for callers who cannot be put through. */
  #unreachable(callSid: string, result: InboundCallResult): string {
    const { kind } = result.step;
    if (kind !== 'ring' && kind !== 'challenge') return this.#twiml(callSid, result);
    const step = this.#deps.calls.dialDone(callSid, { isCallerGone: false, outcome: 'unreachable' }, 0);
    return this.#twiml(callSid, { ...result, step: step ?? someMailbox });
  }

  #voicemail({ personId, greeting }: Extract<NextStep, { kind: 'voicemail' }>, callId: CallId): string {
    const answer = this.#deps.voicemail.answer(personId);
    const spoken =
      greeting === undefined ? answer : { ...answer, greeting: { kind: 'text', text: greeting, language: '' } as const };
    return voicemailTwiml(spoken, this.#recordCallbackUrls(callId));
  }

  #recordCallbackUrls(callId: CallId | undefined): RecordCallbackUrls {
    const publicUrl = this.#deps.settings().publicUrl ?? '';
    const query: Record<string, string> = callId === undefined ? {} : { call: callId };
    return {
      recordDone: webhookUrl(publicUrl, webhookPaths.recordDone, query),
      recording: webhookUrl(publicUrl, webhookPaths.recording, query),
      transcription: webhookUrl(publicUrl, webhookPaths.transcription, query),
      media: (token) => webhookUrl(publicUrl, `${webhookPaths.media}/${encodeURIComponent(token)}`),
    };
  }
}
