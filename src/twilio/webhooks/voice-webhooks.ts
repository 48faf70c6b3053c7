import type { CallId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { AfterDial, DialResult } from '#calls/pstn-call-decision.ts';
import type { InboundCallNotice, InboundCallResult } from '#calls/pstn-call.ts';
import { calledNumber, readCaller, userOf } from './caller.ts';
import { readDialOutcome } from './dial-outcome.ts';
import { trunkName } from '#twilio/api/settings.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import {
  apologyTwiml,
  emptyTwiml,
  hangUpTwiml,
  outboundTwiml,
  refusalTwiml,
  rejectTwiml,
  ringTwiml,
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
  recover(notice: Omit<InboundCallNotice, 'isReachable'>): InboundCallResult & { readonly isForVoicemail: boolean };
  /** `announced` until the SIP leg of the call has arrived. */
  progressOf(callSid: string): 'unknown' | 'announced' | 'ringing' | 'voicemail' | 'over';
  dialDone(callSid: string, dial: DialResult): AfterDial | undefined;
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
    const result = this.#receive(callSid, form);
    const { decision } = result;
    if (decision.kind === 'reject') return rejectTwiml(decision.tone);
    if (decision.kind === 'voicemail') return this.#voicemail(result.personId, result.callId);
    return this.#ring(result, decision.seconds) ?? this.#voicemail(result.personId, result.callId);
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
    const result = this.#receive(callSid, form);
    const { decision } = result;
    return decision.kind === 'reject' ? rejectTwiml(decision.tone) : this.#sendToVoicemail(callSid, result);
  }

  /** Disaster recovery: the trunk could not connect the call, or no phone answered; the caller may leave a message. */
  recovery(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid === undefined) return this.apology(form);
    const dialled = userOf(form.optional('To') ?? form.text('Called'));
    const { decision, isForVoicemail, personId, callId } = this.#deps.calls.recover({
      callSid,
      dialled,
      caller: readCaller(form),
      trunk: trunkName,
    });
    if (decision.kind === 'reject') return rejectTwiml(decision.tone);
    return isForVoicemail ? this.#voicemail(personId, callId) : hangUpTwiml();
  }

  /** The <Dial> to the house has ended. */
  dialDone(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid === undefined) return this.apology(form);
    const { callId, personId } = this.#receive(callSid, form);
    const isCallerGone = finalStatuses.has(form.text('CallStatus'));
    const after = this.#deps.calls.dialDone(callSid, { isCallerGone, outcome: readDialOutcome(form) });
    if (isCallerGone) return emptyTwiml();
    return after === undefined || after.kind === 'voicemail' ? this.#voicemail(personId, callId) : hangUpTwiml();
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

  #ring({ callId, token, caller, number }: InboundCallResult, seconds: number): string | undefined {
    const { domain, sipAccount, isSecure, publicUrl } = this.#deps.settings();
    if (domain === undefined || sipAccount === undefined) return undefined;
    return ringTwiml({
      user: sipAccount.username,
      domain: domain.name,
      isSecure,
      dialled: number ?? '',
      token,
      callerNumber: caller.number,
      timeoutSeconds: Math.min(600, seconds + dialMarginSeconds),
      dialDone: webhookUrl(publicUrl ?? '', webhookPaths.dialDone, { call: callId }),
    });
  }

  #sendToVoicemail(callSid: string, { personId, callId }: InboundCallResult): string {
    this.#deps.calls.dialDone(callSid, { isCallerGone: false, outcome: 'unreachable' });
    return this.#voicemail(personId, callId);
  }

  #voicemail(personId: PersonId | undefined, callId: CallId): string {
    return voicemailTwiml(this.#deps.voicemail.answer(personId), this.#recordCallbackUrls(callId));
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
