import type { Log } from '#base/log.ts';
import type { CallRecord } from '#calls/call.ts';
import type { AfterDial, DialResult, LeftMessage } from '#calls/outside-call.ts';
import type { Announced, Arrival } from '#calls/outside-story.ts';
import { calledNumber, readCaller, userOf } from './caller.ts';
import { trunkName } from '#twilio/api/twilio-settings.ts';
import type { TwilioSettings } from '#twilio/api/twilio-settings.ts';
import {
  apologyDocument,
  emptyDocument,
  hangUpDocument,
  outboundDocument,
  refusalDocument,
  rejectDocument,
  ringDocument,
  thanksDocument,
  voicemailDocument,
} from './voice-documents.ts';
import type { RecordAddresses } from './voice-documents.ts';
import type { WebhookForm } from './webhook-form.ts';
import { webhookPaths, webhookUrl } from './webhook-paths.ts';
import { plainVoicemail } from './webhook-ports.ts';
import type { VoicemailPort } from './webhook-ports.ts';

/** What calls does with the network's words; `OutsideCalls` fits. */
export type OutsideCallsPort = {
  arrive(announced: Announced): Arrival;
  /** A caller whom a trunk could not bring to us, or whom nobody here took. */
  recover(announced: Omit<Announced, 'isReachable'>): Arrival & { readonly isForVoicemail: boolean };
  /** How far a call has come: `announced` until its SIP leg was there. */
  progressOf(callSid: string): 'unknown' | 'announced' | 'rung' | 'voicemail' | 'over';
  dialDone(callSid: string, dial: Pick<DialResult, 'isCallerGone' | 'status' | 'sipStatus'>): AfterDial | undefined;
  messageDone(callSid: string, message: LeftMessage): void;
  callerGone(callSid: string): void;
  recordOf(callSid: string, callId?: string): CallRecord | undefined;
};

export type VoiceParts = {
  readonly calls: OutsideCallsPort;
  readonly settings: () => TwilioSettings;
  readonly voicemail: VoicemailPort;
  /** Whether we are registered where Twilio would ring us. */
  readonly isReachable: () => boolean;
  /** The number of ours that a call from the house goes out with: the one asked for, else any. */
  readonly callerIdFor: (asked: string) => string | undefined;
  readonly log: Log;
};

/** Twilio adds some five seconds of its own; our phones' own time-out must come first, because it knows the reason. */
const dialMarginSeconds = 10;

const overStatuses: ReadonlySet<string> = new Set(['completed', 'canceled', 'busy', 'failed', 'no-answer']);

/** Answers the requests that steer a call; every answer is a document, made of local state. */
export class VoiceWebhooks {
  readonly #parts: VoiceParts;

  constructor(parts: VoiceParts) {
    this.#parts = parts;
  }

  /** A call to one of our numbers. */
  inbound(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid === undefined) return this.apology(form);
    const arrival = this.#arrive(callSid, form);
    const { decision } = arrival;
    if (decision.kind === 'reject') return rejectDocument(decision.tone);
    if (decision.kind === 'voicemail') return this.#voicemail(arrival.personId, arrival.callId);
    return this.#ring(arrival, decision.seconds) ?? this.#voicemail(arrival.personId, arrival.callId);
  }

  /** Twilio could not get, or not understand, one of our documents: the call goes on where it was. */
  fallback(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    const { log, calls } = this.#parts;
    log.warn({ code: form.optional('ErrorCode'), callSid }, 'Twilio asked for the fallback of a call');
    if (callSid === undefined) return this.apology(form);
    if (form.optional('SipDomain') !== undefined) return refusalDocument('This call cannot be made right now.');
    const progress = calls.progressOf(callSid);
    if (progress === 'voicemail') return thanksDocument();
    // A caller who has talked must not be sent to the voicemail, and nobody's phone rings twice.
    if (progress === 'rung' || progress === 'over') return this.dialDone(form);
    // Of 12xxx and 13xxx our document is the cause: the same one would fail again.
    if (!/^1[23]\d{3}$/.test(form.text('ErrorCode'))) return this.inbound(form);
    const arrival = this.#arrive(callSid, form);
    const { decision } = arrival;
    return decision.kind === 'reject' ? rejectDocument(decision.tone) : this.#sendToVoicemail(callSid, arrival);
  }

  /** The trunk could not bring a caller to the house, or nobody here took the call: they may leave a message. */
  recovery(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid === undefined) return this.apology(form);
    const dialled = userOf(form.optional('To') ?? form.text('Called'));
    const { decision, isForVoicemail, personId, callId } = this.#parts.calls.recover({
      ...{ callSid, dialled, caller: readCaller(form), trunk: trunkName },
    });
    if (decision.kind === 'reject') return rejectDocument(decision.tone);
    return isForVoicemail ? this.#voicemail(personId, callId) : hangUpDocument();
  }

  /** The attempt to reach the house is over. */
  dialDone(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid === undefined) return this.apology(form);
    const { callId, personId } = this.#arrive(callSid, form);
    const isCallerGone = overStatuses.has(form.text('CallStatus'));
    const after = this.#parts.calls.dialDone(callSid, {
      isCallerGone,
      status: form.text('DialCallStatus'),
      sipStatus: form.count('DialSipResponseCode'),
    });
    if (isCallerGone) return emptyDocument();
    return after === undefined || after.kind === 'voicemail' ? this.#voicemail(personId, callId) : hangUpDocument();
  }

  /** The caller has left a message, or has hung up while leaving it. */
  recordDone(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    if (callSid !== undefined) {
      const { calls, voicemail } = this.#parts;
      const personId = calls.recordOf(callSid)?.callee.personId;
      const { leastSeconds } = voicemail.rulesFor(personId);
      calls.messageDone(callSid, { isThere: true, seconds: form.count('RecordingDuration'), leastSeconds, isForetold: true });
    }
    const isOver = form.text('Digits') === 'hangup' || overStatuses.has(form.text('CallStatus'));
    return isOver ? emptyDocument() : thanksDocument();
  }

  /** The caller's own leg is over. */
  status(form: WebhookForm): string {
    const callSid = form.sid('CallSid', 'CA');
    const isChild = form.optional('ParentCallSid') !== undefined;
    if (callSid !== undefined && !isChild && overStatuses.has(form.text('CallStatus'))) this.#parts.calls.callerGone(callSid);
    return emptyDocument();
  }

  /** A phone of the house calls out over our SIP Domain. */
  outbound(form: WebhookForm): string {
    const { settings, callerIdFor, log } = this.#parts;
    const { domain, outbound } = settings();
    if (domain === undefined || form.text('SipDomain').toLowerCase() !== domain.name.toLowerCase()) {
      log.warn({ domain: form.text('SipDomain') }, 'A call out came over a SIP Domain that is not ours');
      return rejectDocument('rejected');
    }
    // The house does not call this way, so it is somebody else who has its account there, or found the address still set.
    if (outbound !== 'domain') {
      log.warn('A call out came over our SIP Domain, which is not the way that was chosen');
      return rejectDocument('rejected');
    }
    const number = calledNumber(form.text('To'));
    if (number === undefined) return refusalDocument('This number cannot be called.');
    const callerId = callerIdFor(userOf(form.optional('SipHeader_X-Gosip-From') ?? form.text('From')));
    if (callerId === undefined) return refusalDocument('There is no number to call with.');
    return outboundDocument({ number, callerId });
  }

  /** For any failure: valid whatever it was, and the caller can leave a message. */
  apology(form: WebhookForm): string {
    if (overStatuses.has(form.text('CallStatus'))) return emptyDocument();
    return apologyDocument(plainVoicemail.rulesFor(undefined), this.#addresses(undefined));
  }

  #arrive(callSid: string, form: WebhookForm): Arrival {
    const dialled = userOf(form.optional('To') ?? form.text('Called'));
    const { calls, settings } = this.#parts;
    const { domain, sipAccount } = settings();
    const isReachable = domain !== undefined && sipAccount !== undefined && this.#parts.isReachable();
    return calls.arrive({ callSid, dialled, caller: readCaller(form), isReachable, trunk: trunkName });
  }

  #ring({ callId, token, caller, number }: Arrival, seconds: number): string | undefined {
    const { domain, sipAccount, isSecure, publicUrl } = this.#parts.settings();
    if (domain === undefined || sipAccount === undefined) return undefined;
    return ringDocument({
      ...{ user: sipAccount.username, domain: domain.name, isSecure, dialled: number ?? '', token, callerNumber: caller.number },
      timeoutSeconds: Math.min(600, seconds + dialMarginSeconds),
      dialDone: webhookUrl(publicUrl ?? '', webhookPaths.dialDone, { call: callId }),
    });
  }

  #sendToVoicemail(callSid: string, { personId, callId }: Arrival): string {
    this.#parts.calls.dialDone(callSid, { isCallerGone: false, status: 'failed', sipStatus: undefined });
    return this.#voicemail(personId, callId);
  }

  #voicemail(personId: string | undefined, callId: string): string {
    const { voicemail } = this.#parts;
    return voicemailDocument(voicemail.greetingFor(personId), voicemail.rulesFor(personId), this.#addresses(callId));
  }

  #addresses(callId: string | undefined): RecordAddresses {
    const publicUrl = this.#parts.settings().publicUrl ?? '';
    const query: Record<string, string> = callId === undefined ? {} : { call: callId };
    return {
      recordDone: webhookUrl(publicUrl, webhookPaths.recordDone, query),
      recording: webhookUrl(publicUrl, webhookPaths.recording, query),
      transcription: webhookUrl(publicUrl, webhookPaths.transcription, query),
      media: (token) => webhookUrl(publicUrl, `${webhookPaths.media}/${encodeURIComponent(token)}`),
    };
  }
}
