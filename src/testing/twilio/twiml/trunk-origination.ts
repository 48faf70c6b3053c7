import type { EmulatedCall } from '#testing/twilio/base/call.ts';
import { asText } from '#testing/twilio/base/records.ts';
import type { Resource } from '#testing/twilio/base/records.ts';
import { stopsFailover } from '#testing/twilio/sip/sip-targets.ts';
import type { Switches } from '#testing/twilio/base/switches.ts';
import { methodOf, TwimlRun } from './twiml-run.ts';
import type { Telephony } from './twiml-run.ts';
import type { LegEnd, PstnLeg, SipDirectory, TrunkFacts } from '#testing/twilio/base/voice-side.ts';

type OriginatedCall = {
  readonly call: EmulatedCall;
  readonly leg: PstnLeg;
  readonly trunk: Resource;
  /** The number called. */
  readonly number: string;
};

/** The address of a call on a trunk, as its record shows it: without header and parameters, the number called as its user. */
export function trunkAddress(directory: SipDirectory, trunk: Resource, number: string): string {
  const uris = directory.trunk(trunk.sid)?.originationUris ?? [];
  const [first] = uris.toSorted((one, other) => one.priority - other.priority);
  const [, user = number, host = 'nowhere.invalid'] = /^sips?:(?:([^@;?]*)@)?([^;?]+)/i.exec(first?.uri ?? '') ?? [];
  return `sip:${user}@${host}`;
}

/** A call to a number on a trunk: it rings at the trunk's addresses, in one record; the disaster recovery address is the last resort. */
export class TrunkOrigination {
  readonly telephony: Telephony;
  readonly #originated: OriginatedCall;
  readonly #recovered = Promise.withResolvers<EmulatedCall | undefined>();
  #isRecovering = false;

  constructor(telephony: Telephony, originated: OriginatedCall) {
    this.telephony = telephony;
    this.#originated = originated;
  }

  /** Settles when the caller is gone. */
  async run(): Promise<void> {
    const { call, leg, trunk } = this.#originated;
    void call.over.then(() => this.#recovered.resolve(undefined));
    void leg.ended.then(() => {
      if (!this.#isRecovering) call.finish(call.isAnswered ? 'completed' : this.telephony.state.switches.abandonedCallStatus);
    });
    const facts = this.telephony.directory.trunk(trunk.sid);
    if (facts === undefined || facts.originationUris.length === 0) this.#recover(32_010);
    else this.#originate(facts);
    const own = await this.#recovered.promise;
    await (own ?? call).over;
  }

  #originate(facts: TrunkFacts): void {
    const { call, leg, number } = this.#originated;
    const { voice } = this.telephony;
    const pbxLeg = voice.originate?.(facts, {
      callSid: call.sid,
      callerId: call.record.from,
      to: number,
      headers: {},
      timeoutSeconds: 60,
      secure: facts.secure,
      onRinging: () => call.progress('ringing', 'ringing'),
      onAnswered: () => {
        void call.answer();
        const bridge = pbxLeg === undefined ? undefined : voice.bridge(leg, pbxLeg);
        void leg.ended.then(() => bridge?.undo());
      },
      onEnded: (end) => this.#ended(end),
    });
    if (pbxLeg === undefined) this.#recover(32_010);
    else void leg.ended.then(() => pbxLeg.hangup());
  }

  #ended(end: LegEnd): void {
    const { call } = this.#originated;
    const isOver = end.wasAnswered || call.isOver;
    const after = isOver ? 'completed' : outcomeOfOrigination(end, this.telephony.state.switches.recoveryAfter);
    if (after === 'recover') this.#recover(end.twilioCode ?? 32_011);
    else call.finish(after);
  }

  /** The caller gets the document of the disaster recovery address, in the call there is or in one of its own. */
  #recover(code: number): void {
    const { call, leg, trunk, number } = this.#originated;
    const { state, newCall } = this.telephony;
    this.#isRecovering = true;
    state.alert(code, 'no origination address took the call', { resourceSid: call.sid });
    const url = asText(trunk['disaster_recovery_url']);
    if (url === '') {
      call.finish('failed');
      return;
    }
    const isSame = state.switches.recoveryRecord === 'same';
    const next = isSame ? call : newCall({ from: call.record.from, to: number, direction: 'inbound' });
    if (!isSame) {
      next.attach(leg);
      next.extraFields = call.extraFields;
      call.leg = undefined;
      this.#recovered.resolve(next);
      call.finish('failed');
    }
    const method = methodOf(asText(trunk['disaster_recovery_method']));
    void new TwimlRun(this.telephony, next).run({ kind: 'url', url, method, webhook: 'voice' });
  }
}

/**
 * What becomes of a caller whom no origination address took. Published is that an error while sending SIP to them leads to the disaster
 * recovery address, and after which statuses the next of them is not tried; whether a refusal is such an error is not.
 */
function outcomeOfOrigination({ status, twilioCode }: LegEnd, after: Switches['recoveryAfter']): 'busy' | 'failed' | 'recover' {
  if (status === 486) return 'busy';
  if (twilioCode === undefined && stopsFailover(status)) return 'failed';
  return after === 'every-failure' || twilioCode !== undefined ? 'recover' : 'failed';
}
