import type { EmulatedCall } from '#testing/twilio/base/call.ts';
import { callerIdRefusal, readSipTarget } from './dial-target.ts';
import type { CallStatus } from '#testing/twilio/base/records.ts';
import type { Switches } from '#testing/twilio/base/switches.ts';
import { emergency } from '#testing/twilio/sip/sip-admission.ts';
import { flagOf, methodOf, numberOf, TwimlRun, splitWords } from './twiml-run.ts';
import type { Verb } from './twiml-document.ts';
import type { LegEnd } from '#testing/twilio/base/voice-side.ts';

type Ended = {
  readonly status: CallStatus;
  readonly sipStatus: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

/** One noun of a Dial: a child call that rings, answers, is screened, loses or ends. */
export class DialLeg {
  readonly call: EmulatedCall;
  /** True once it is answered and passed its screening; false when it ended before. */
  readonly ready: Promise<boolean>;
  readonly isSip: boolean;
  sipStatus: number | undefined;
  headers: Readonly<Record<string, string>> = {};
  readonly #run: TwimlRun;
  readonly #noun: Verb;
  readonly #ready = Promise.withResolvers<boolean>();

  constructor(run: TwimlRun, noun: Verb, callerId: string) {
    this.#run = run;
    this.#noun = noun;
    this.isSip = noun.name === 'Sip';
    this.ready = this.#ready.promise;
    this.call = run.telephony.newCall({
      from: callerId,
      to: noun.text.split(/[?;]/)[0] ?? '',
      direction: 'outbound-dial',
      parentSid: run.call.sid,
    });
    this.#watch();
  }

  /** Starts to ring; `onRinging` once it does. */
  start(timeoutSeconds: number): void {
    this.call.progress('initiated', 'initiated');
    const ringing = (): void => this.call.progress('ringing', 'ringing');
    if (this.isSip) this.#placeSip(timeoutSeconds, ringing);
    else this.#placeNumber(ringing);
  }

  /** Another leg answered, or none in time. */
  giveUp(status: 'canceled' | 'no-answer' | 'completed'): void {
    this.#end({ status, sipStatus: this.sipStatus ?? (status === 'completed' ? 200 : 487), headers: this.headers });
  }

  #placeSip(timeoutSeconds: number, onRinging: () => void): void {
    const { telephony } = this.#run;
    const target = readSipTarget(this.#noun.text, telephony.directory);
    if (target.kind === 'refused') {
      this.#fail(target.code, target.about);
      return;
    }
    const callerId = this.call.record.from;
    if (!/^[\w+.-]*$/.test(callerId)) {
      this.#fail(13_214, `${callerId} may not be shown to a SIP phone`);
      return;
    }
    const username = this.#noun.attributes.get('username');
    const leg = telephony.voice.placeCall({
      callSid: this.call.sid,
      callerId,
      to: target.uri,
      headers: target.headers,
      // The Dial itself gives up first; this only keeps a leg from ringing for ever.
      timeoutSeconds: timeoutSeconds + Math.ceil(telephony.state.delays.dialExtra / 1000) + 1,
      secure: target.isSecure,
      onRinging,
      onAnswered: ({ headers }) => this.#answered(headers),
      onEnded: (end) => this.#legEnded(end),
      ...(username === undefined ? {} : { credentials: { username, password: this.#noun.attributes.get('password') ?? '' } }),
    });
    this.call.attach(leg);
  }

  #placeNumber(onRinging: () => void): void {
    const { telephony, call } = this.#run;
    const number = this.#noun.text.replaceAll(/[\s()-]/g, '');
    if (!/^\+[1-9]\d{6,14}$/.test(number) && !emergency.has(number)) {
      this.#fail(13_223, `${this.#noun.text} is no telephone number`);
      return;
    }
    const refusal = callerIdRefusal(this.call.record.from, call.record, telephony.directory);
    if (refusal !== undefined) {
      this.#fail(refusal, `${this.call.record.from} may not be shown as the caller`);
      return;
    }
    const far = telephony.farPhones.get(number)?.calls ?? { outcome: 'answers' as const };
    const leg = telephony.voice.pstnLeg(far.say === undefined ? {} : { speak: far.say });
    this.call.attach(leg);
    void leg.ended.then((end) => this.#legEnded({ ...end, headers: {} }));
    const { clock } = telephony.state;
    clock.after(5, onRinging);
    if (far.outcome === 'no-answer') return;
    clock.after(far.ringMs ?? 50, () => {
      if (this.call.isOver) return;
      if (far.outcome === 'answers') this.#answered({});
      else this.#end({ status: far.outcome, sipStatus: undefined, headers: {} });
      if (far.hangUpAfterMs !== undefined) clock.after(far.hangUpAfterMs, () => leg.remoteParty.hangup());
    });
  }

  #answered(headers: Readonly<Record<string, string>>): void {
    this.headers = headers;
    if (this.isSip) this.sipStatus = 200;
    this.call.sipResponseCode = this.sipStatus;
    void this.call.answer();
    void this.#screen();
  }

  async #screen(): Promise<void> {
    const url = this.#noun.attributes.get('url');
    const digits = this.#noun.attributes.get('sendDigits');
    if (digits !== undefined) await this.call.leg?.sendDigits(digits);
    const at = url === undefined ? undefined : this.#run.resolve(url);
    if (at === undefined) {
      this.#ready.resolve(true);
      return;
    }
    const run = new TwimlRun(this.#run.telephony, this.call, true);
    const method = methodOf(this.#noun.attributes.get('method'));
    const isHungUp = await run.run({ kind: 'url', url: at, method, webhook: 'screening' });
    this.#ready.resolve(!isHungUp);
  }

  #legEnded({
    status,
    wasAnswered,
    by,
    twilioCode,
    headers,
  }: LegEnd & { readonly headers: Readonly<Record<string, string>> }): void {
    if (twilioCode !== undefined) this.#run.alert(twilioCode, `the call to ${this.call.record.to} failed`);
    if (by === 'near' && !wasAnswered && status === 487) return;
    const sipStatus = this.isSip && twilioCode === undefined ? status : undefined;
    this.#end({
      status: wasAnswered ? 'completed' : statusOf(status, this.#run.telephony.state.switches.sipStatusMeaning),
      sipStatus,
      headers,
    });
  }

  #fail(code: number, about: string): void {
    this.#run.alert(code, about);
    this.#end({ status: 'failed', sipStatus: undefined, headers: {} });
  }

  #end({ status, sipStatus, headers }: Ended): void {
    if (this.call.isOver) return;
    if (sipStatus !== undefined) this.sipStatus = sipStatus;
    this.headers = { ...this.headers, ...headers };
    this.call.sipResponseCode = this.sipStatus;
    this.call.finish(status);
    this.#ready.resolve(false);
  }

  #watch(): void {
    const { attributes } = this.#noun;
    const given = attributes.get('statusCallback');
    const url = given === undefined ? undefined : this.#run.resolve(given);
    if (url === undefined) return;
    const method = methodOf(attributes.get('statusCallbackMethod'));
    const events = splitWords(attributes.get('statusCallbackEvent'), 'completed');
    this.call.statusCallbacks = [{ kind: 'dial-status', url, method, events }];
  }
}

/** Beyond 200 and 486 this is a guess that the house must not depend on. */
function statusOf(sipStatus: number, meaning: Switches['sipStatusMeaning']): 'busy' | 'no-answer' | 'failed' {
  if (meaning === 'failed') return sipStatus === 486 ? 'busy' : 'failed';
  if ([486, 600, 603].includes(sipStatus)) return 'busy';
  return [408, 480, 487].includes(sipStatus) ? 'no-answer' : 'failed';
}

export type DialSettings = {
  readonly timeoutSeconds: number;
  readonly timeLimitSeconds: number;
  readonly answerOnBridge: boolean;
  readonly hangupOnStar: boolean;
  readonly isSequential: boolean;
  readonly record: 'none' | 'mono' | 'dual';
};

export function readDialSettings({ attributes }: Verb): DialSettings {
  const record = attributes.get('record') ?? 'do-not-record';
  const isRecorded = record !== 'do-not-record' && record !== 'false';
  return {
    timeoutSeconds: Math.min(600, Math.max(5, numberOf(attributes.get('timeout'), 30))),
    timeLimitSeconds: Math.min(14_400, numberOf(attributes.get('timeLimit'), 14_400)),
    answerOnBridge: flagOf(attributes.get('answerOnBridge')),
    hangupOnStar: flagOf(attributes.get('hangupOnStar')),
    isSequential: flagOf(attributes.get('sequential')),
    record: !isRecorded ? 'none' : record.endsWith('-dual') ? 'dual' : 'mono',
  };
}
