import type { TwimlSource } from '#testing/twilio/base/call.ts';
import { DialLeg, readDialSettings } from './dial-leg.ts';
import type { DialSettings } from './dial-leg.ts';
import type { RecordingRecord } from '#testing/twilio/base/records.ts';
import type { FormFields } from '#testing/twilio/base/signature.ts';
import { joinConference } from './twiml-conference.ts';
import { recordingCallbackOf } from './twiml-callbacks.ts';
import { RunInterrupted, methodOf, nextVerb, TwimlRun } from './twiml-run.ts';
import type { VerbResult } from './twiml-run.ts';
import type { Verb } from './twiml-document.ts';
import type { LegRecording, VoiceLeg } from '#testing/twilio/base/voice-side.ts';

const maxNouns = 10;

export async function runDial(run: TwimlRun, verb: Verb): Promise<VerbResult> {
  if (run.isScreening) {
    run.alert(13_201, 'a screening document may not dial');
    return { kind: 'end', status: 'completed' };
  }
  return await new Dial(run, verb).run();
}

type Outcome = {
  readonly status: string;
  readonly leg: DialLeg | undefined;
  readonly isBridged: boolean;
  readonly seconds: number;
};

class Dial {
  readonly #run: TwimlRun;
  readonly #verb: Verb;
  readonly #settings: DialSettings;
  readonly #legs: DialLeg[] = [];
  #winner: DialLeg | undefined;
  #recorded: RecordingRecord | undefined;

  constructor(run: TwimlRun, verb: Verb) {
    this.#run = run;
    this.#verb = verb;
    this.#settings = readDialSettings(verb);
  }

  async run(): Promise<VerbResult> {
    const nouns = this.#nouns();
    const conference = nouns.find(({ name }) => name === 'Conference');
    try {
      if (conference !== undefined) {
        await joinConference(this.#run, conference);
        return this.#after({ status: 'answered', leg: undefined, isBridged: true, seconds: 0 });
      }
      if (nouns.length > maxNouns) {
        this.#run.alert(13_250, `a Dial may have ${maxNouns} nouns, not ${nouns.length}`);
        return this.#after({ status: 'failed', leg: undefined, isBridged: false, seconds: 0 });
      }
      return this.#after(await this.#dial(nouns));
    } catch (error) {
      if (error instanceof RunInterrupted) await this.#leave(error);
      throw error;
    }
  }

  #nouns(): readonly Verb[] {
    const { children, text } = this.#verb;
    return children.length > 0 || text === '' ? children : [{ name: 'Number', text, attributes: new Map(), children: [] }];
  }

  async #dial(nouns: readonly Verb[]): Promise<Outcome> {
    const { call } = this.#run;
    if (!this.#settings.answerOnBridge) await call.answer();
    const callerId = this.#verb.attributes.get('callerId') ?? call.record.from.replace(/^sip:/, '').replace(/@.*$/, '');
    for (const noun of nouns) this.#legs.push(new DialLeg(this.#run, noun, callerId));
    const winner = this.#settings.isSequential ? await this.#dialSequentially() : await this.#together(this.#legs);
    if (winner === undefined) return this.#unanswered();
    this.#winner = winner;
    for (const leg of this.#legs) if (leg !== winner) leg.giveUp('canceled');
    return await this.#bridge(winner);
  }

  async #dialSequentially(): Promise<DialLeg | undefined> {
    for (const leg of this.#legs) {
      const winner = await this.#together([leg]);
      if (winner !== undefined) return winner;
    }
    return undefined;
  }

  /** Rings all of them; the first that is ready wins. None in time: all give up. */
  async #together(legs: readonly DialLeg[]): Promise<DialLeg | undefined> {
    const run = this.#run;
    for (const leg of legs) leg.start(this.#settings.timeoutSeconds);
    const first = Promise.any(legs.map(async (leg) => ((await leg.ready) ? leg : Promise.reject(new Error('ended')))));
    const unanswered = first.then(
      (leg) => leg,
      () => undefined,
    );
    const { delays, clock } = run.telephony.state;
    const late = Promise.withResolvers<undefined>();
    const timer = clock.after(this.#settings.timeoutSeconds * delays.twimlSecond + delays.dialExtra, () =>
      late.resolve(undefined),
    );
    try {
      const winner = await run.race(Promise.race([unanswered, late.promise]));
      if (winner === undefined) for (const leg of legs) leg.giveUp('no-answer');
      return winner;
    } finally {
      timer.cancel();
    }
  }

  #unanswered(): Outcome {
    const statuses = this.#legs.map(({ call }) => call.record.status);
    const status = ['no-answer', 'busy'].find((each) => statuses.some((one) => one === each)) ?? 'failed';
    const leg = this.#run.telephony.state.switches.unansweredDialSid === 'first' ? this.#legs[0] : this.#legs.at(-1);
    return { status, leg, isBridged: false, seconds: 0 };
  }

  async #bridge(winner: DialLeg): Promise<Outcome> {
    const { call, telephony } = this.#run;
    await call.answer();
    const { leg } = call;
    if (leg === undefined || winner.call.leg === undefined)
      return { status: 'failed', leg: winner, isBridged: false, seconds: 0 };
    const bridge = telephony.voice.bridge(leg, winner.call.leg);
    const recording = this.#record();
    this.#onReferRequest(winner.call.leg);
    const over = Promise.withResolvers<{ readonly kind: 'limit' }>();
    const timer = telephony.state.clock.after(this.#settings.timeLimitSeconds * telephony.state.delays.twimlSecond, () =>
      over.resolve({ kind: 'limit' }),
    );
    const forget = this.#settings.hangupOnStar
      ? leg.onDigit((digit) => digit === '*' && over.resolve({ kind: 'limit' }))
      : undefined;
    try {
      const end = await this.#run.race(Promise.race([winner.call.interrupted, over.promise]));
      if (end.kind === 'replaced') this.#release(winner, end.source);
      else winner.giveUp('completed');
      return { status: 'completed', leg: winner, isBridged: true, seconds: winner.call.durationSeconds };
    } finally {
      timer.cancel();
      forget?.();
      bridge.undo();
      if (winner.call.leg !== undefined) telephony.referHandlers.delete(winner.call.leg);
      recording?.stop();
    }
  }

  /** A REFER of the far leg asks the referUrl what the caller does next; the leg itself is done. */
  #onReferRequest(leg: VoiceLeg): void {
    const given = this.#verb.attributes.get('referUrl');
    const url = given === undefined ? undefined : this.#run.resolve(given);
    if (url === undefined) return;
    this.#run.telephony.referHandlers.set(leg, (target) => {
      const fields: FormFields = [['ReferTransferTarget', target.slice(0, 256)]];
      const method = methodOf(this.#verb.attributes.get('referMethod'));
      this.#run.call.interrupt({ kind: 'replaced', source: { kind: 'url', url, method, webhook: 'action', fields } });
      return Promise.resolve(200);
    });
  }

  /** The far leg got a document of its own: it goes on alone. */
  #release(leg: DialLeg, source: TwimlSource): void {
    leg.call.resume();
    void new TwimlRun(this.#run.telephony, leg.call).run(source);
  }

  #record(): LegRecording | undefined {
    const { call, telephony } = this.#run;
    if (this.#settings.record === 'none' || call.leg === undefined) return undefined;
    const isDual = this.#settings.record === 'dual';
    const recording = call.leg.record({ maxSeconds: 14_400, track: isDual ? 'dual' : 'both' });
    this.#recorded = telephony.recordings.begin(call, recording, {
      source: 'DialVerb',
      channels: isDual ? 2 : 1,
      track: this.#verb.attributes.get('recordingTrack') ?? 'both',
      callback: recordingCallbackOf(this.#run, this.#verb),
    });
    return recording;
  }

  #after(outcome: Outcome): VerbResult {
    const source = this.#run.action(this.#verb, this.#fields(outcome));
    // Without an action the next verb runs, after a call that was talked out just as well.
    return source === undefined ? nextVerb : { kind: 'go', source };
  }

  /** The caller left, or the document was replaced: every leg ends, and the action is requested. */
  async #leave({ interruption }: RunInterrupted): Promise<void> {
    const winner = this.#winner;
    const wasBridged = winner?.call.isAnswered === true && this.#run.call.isAnswered;
    for (const leg of this.#legs) leg.giveUp(leg === winner ? 'completed' : 'canceled');
    if (interruption.kind !== 'hangup') return;
    const { switches } = this.#run.telephony.state;
    this.#run.call.close(this.#run.call.isAnswered ? 'completed' : switches.abandonedCallStatus);
    if (!wasBridged && !switches.abandonedDialAction) return;
    const status = wasBridged ? 'completed' : switches.abandonedDialStatus;
    const leg = winner ?? this.#legs[0];
    const seconds = winner?.call.durationSeconds ?? 0;
    const source = this.#run.action(this.#verb, this.#fields({ status, leg, isBridged: wasBridged, seconds }));
    if (source !== undefined) await this.#run.notify(source);
  }

  #fields({ status, leg, isBridged, seconds }: Outcome): FormFields {
    const { switches } = this.#run.telephony.state;
    const hasDuration = isBridged || switches.unansweredDialDuration === 'zero';
    const sip: FormFields =
      leg?.isSip === true
        ? [
            ...(leg.call.leg?.sipCallId === undefined ? [] : [['DialSipCallId', leg.call.leg.sipCallId] as const]),
            ...(leg.sipStatus === undefined ? [] : [['DialSipResponseCode', String(leg.sipStatus)] as const]),
            ...Object.entries(leg.headers).map(([name, value]) => [`DialSipHeader_${name}`, value] as const),
          ]
        : [];
    return [
      ...(leg === undefined ? [] : [['DialCallSid', leg.call.sid] as const]),
      ['DialCallStatus', status],
      ...(hasDuration ? [['DialCallDuration', String(seconds)] as const] : []),
      ['DialBridged', String(isBridged)],
      ...(this.#recorded === undefined
        ? []
        : ([
            ['RecordingUrl', this.#run.telephony.recordings.url(this.#recorded.sid)],
            ['RecordingSid', this.#recorded.sid],
          ] as const)),
      ...sip,
    ];
  }
}
