// Every call of the emulated Twilio: from the telephone network, from the house, and by REST.
// The emulator's control methods, the voice side and the REST routes of calls use it.
// Must stay true: a number is served by its voice address or by its trunk, and an empty address ends the call in silence.
import { EmulatedCall } from '#testing/twilio/base/call.ts';
import type { StatusCallback, TwimlSource } from '#testing/twilio/base/call.ts';
import { asText } from '#testing/twilio/base/records.ts';
import type { Resource } from '#testing/twilio/base/records.ts';
import type { FormFields } from '#testing/twilio/base/signature.ts';
import { TrunkOrigination, trunkAddress } from './trunk-origination.ts';
import { TwimlRun } from './twiml-run.ts';
import type { NewCall, Telephony } from './twiml-run.ts';
import { runVerb } from './twiml-verbs.ts';
import type { InboundInvite, PstnLeg, AudioClip } from '#testing/twilio/base/voice-side.ts';

export type CallerOptions = {
  /** What the caller says as soon as the call is answered. */
  readonly speak?: AudioClip;
  readonly callerName?: string;
  readonly stirVerstat?: string;
  /** JSON text of the add-ons. */
  readonly addOns?: string;
  readonly forwardedFrom?: string;
  /** Any other fields of the voice webhook. */
  readonly fields?: FormFields;
};

/** A caller on the telephone network who called one of our numbers. */
export type PstnCaller = {
  readonly callSid: string;
  readonly call: EmulatedCall;
  readonly remoteParty: PstnLeg['remoteParty'];
  readonly hangUp: () => void;
  readonly press: (digits: string) => void;
  /** Settles when the call is over for Twilio. */
  readonly over: Promise<void>;
};

export class Switchboard {
  readonly calls = new Map<string, EmulatedCall>();
  readonly telephony: Telephony;

  constructor(on: Omit<Telephony, 'newCall' | 'runVerb' | 'referHandlers'>) {
    this.telephony = { ...on, runVerb, referHandlers: new Map(), newCall: (given) => this.newCall(given) };
    on.voice.onIncoming((incoming) => this.#receiveFromPbx(incoming));
    on.voice.onRefer?.((leg, target) => this.telephony.referHandlers.get(leg)?.(target));
  }

  newCall(given: NewCall): EmulatedCall {
    const { state, webhooks } = this.telephony;
    const now = state.now();
    const call = new EmulatedCall(
      {
        sid: state.sid('CA'),
        parentSid: given.parentSid ?? null,
        from: given.from,
        to: given.to,
        direction: given.direction,
        status: given.direction === 'inbound' ? 'ringing' : 'queued',
        phoneNumberSid: given.phoneNumberSid ?? null,
        trunkSid: given.trunkSid ?? null,
        callerName: given.callerName ?? null,
        createdMs: now,
        updatedMs: now,
        answeredMs: null,
        endedMs: null,
        price: null,
      },
      { state, webhooks },
    );
    this.calls.set(call.sid, call);
    return call;
  }

  /** A call from the telephone network to one of our numbers. */
  callFrom(from: string, to: string, options: CallerOptions = {}): PstnCaller {
    const { state, voice } = this.telephony;
    const number = state.numberOf(to);
    if (number === undefined) throw new Error(`${to} is no number of this account`);
    const leg = voice.pstnLeg(options.speak === undefined ? {} : { speak: options.speak });
    const trunk = state.trunks.get(asText(number['trunk_sid']));
    const given = {
      from,
      phoneNumberSid: number.sid,
      ...(options.callerName === undefined ? {} : { callerName: options.callerName }),
    };
    const call =
      trunk === undefined
        ? this.newCall({ ...given, to, direction: 'inbound' })
        : this.newCall({
            ...given,
            to: trunkAddress(this.telephony.directory, trunk, to),
            direction: 'trunking-originating',
            trunkSid: trunk.sid,
          });
    call.attach(leg);
    call.extraFields = callerFields(this.telephony, options);
    if (trunk === undefined) {
      this.reportStatusTo(call, asText(number['status_callback']), asText(number['status_callback_method']));
      this.#run(call, number);
    }
    return {
      callSid: call.sid,
      call,
      remoteParty: leg.remoteParty,
      hangUp: () => leg.remoteParty.hangup(),
      press: (digits) => leg.remoteParty.press(digits),
      over: trunk === undefined ? call.over : new TrunkOrigination(this.telephony, { call, leg, trunk, number: to }).run(),
    };
  }

  /** Runs a call through TwiML in the background. */
  start(call: EmulatedCall, source: TwimlSource): void {
    void new TwimlRun(this.telephony, call).run(source);
  }

  #run(call: EmulatedCall, owner: Resource): void {
    const url = asText(owner['voice_url']);
    if (url === '') {
      // Twilio's debugger says nothing about it either.
      call.finish('failed');
      return;
    }
    const fallback = asText(owner['voice_fallback_url']);
    call.fallback = fallback === '' ? undefined : { url: fallback, method: verb(owner['voice_fallback_method']) };
    this.start(call, { kind: 'url', url, method: verb(owner['voice_method']), webhook: 'voice' });
  }

  reportStatusTo(call: EmulatedCall, url: string, method: string): void {
    if (url === '') return;
    // Number and SIP Domain report the end only, once.
    const callback: StatusCallback = { kind: 'call-status', url, method: verb(method), events: ['completed'] };
    call.statusCallbacks = [callback];
  }

  #receiveFromPbx(incoming: InboundInvite): void {
    if (incoming.kind === 'trunk') this.#terminate(incoming);
    else this.#receiveFromDomain(incoming);
  }

  /** Trunk termination: to the telephone network, without any TwiML. */
  #terminate(incoming: InboundInvite): void {
    const { directory, voice, farPhones, state } = this.telephony;
    const trunk = directory.trunk(incoming.domain);
    const number = userOf(incoming.to);
    const call = this.newCall({
      from: userOf(incoming.from),
      to: number,
      direction: 'trunking-terminating',
      ...(trunk === undefined ? {} : { trunkSid: trunk.sid }),
    });
    call.attach(incoming.leg);
    call.rejectLeg = (status) => incoming.reject(status);
    call.answerLeg = () => incoming.answer();
    const far = farPhones.get(number)?.calls ?? { outcome: 'answers' as const };
    state.clock.after(5, () => call.isOver || incoming.ring());
    const pstnLeg = voice.pstnLeg(far.say === undefined ? {} : { speak: far.say });
    void incoming.leg.ended.then(() => {
      pstnLeg.hangup();
      call.finish(call.isAnswered ? 'completed' : 'canceled');
    });
    void pstnLeg.ended.then(() => call.finish(call.isAnswered ? 'completed' : 'canceled'));
    this.remoteParties.set(call.sid, pstnLeg);
    if (far.outcome === 'no-answer') return;
    state.clock.after(far.ringMs ?? 50, () => {
      if (call.isOver) return;
      if (far.outcome !== 'answers') {
        call.finish(far.outcome);
        return;
      }
      void call.answer().then(() => voice.bridge(incoming.leg, pstnLeg));
      if (far.hangUpAfterMs !== undefined) state.clock.after(far.hangUpAfterMs, () => pstnLeg.remoteParty.hangup());
    });
  }

  /** Who the house reached through a trunk, by call. */
  readonly remoteParties = new Map<string, PstnLeg>();

  #receiveFromDomain(incoming: InboundInvite): void {
    const { state } = this.telephony;
    const domain = [...state.domains.values()].find((each) => each['domain_name'] === incoming.domain);
    const call = this.newCall({ from: incoming.from, to: incoming.to, direction: 'inbound' });
    call.attach(incoming.leg);
    call.answerLeg = () => incoming.answer();
    call.rejectLeg = (status) => incoming.reject(status);
    call.extraFields = [
      ['SipDomain', incoming.domain],
      ['SipDomainSid', domain?.sid ?? ''],
      ['SipCallId', incoming.sipCallId],
      ['SipSourceIp', incoming.sourceIp],
      ...(incoming.username === undefined ? [] : [['SipUsername', incoming.username] as const]),
      ...Object.entries(incoming.headers).map(([name, value]) => [`SipHeader_${name}`, value] as const),
    ];
    if (domain === undefined) {
      call.finish('failed');
      return;
    }
    // The phone hears that it rings before the house is asked what to do.
    incoming.ring();
    this.reportStatusTo(call, asText(domain['voice_status_callback_url']), asText(domain['voice_status_callback_method']));
    this.#run(call, domain);
  }
}

function callerFields({ state }: Telephony, options: CallerOptions): FormFields {
  const token = { parentCallInfoToken: `eyJ${state.sid('XR')}`, identityHeaderTokens: [] };
  return [
    ['CallToken', JSON.stringify(token)],
    ...(options.stirVerstat === undefined ? [] : [['StirVerstat', options.stirVerstat] as const]),
    ...(options.addOns === undefined ? [] : [['AddOns', options.addOns] as const]),
    ...(options.forwardedFrom === undefined ? [] : [['ForwardedFrom', options.forwardedFrom] as const]),
    ...(options.fields ?? []),
  ];
}

function userOf(uri: string): string {
  return /^sips?:([^@;]+)@/i.exec(uri)?.[1] ?? uri;
}

function verb(method: Resource[string] | undefined): 'GET' | 'POST' {
  return asText(method).toUpperCase() === 'GET' ? 'GET' : 'POST';
}
