import type { EmulatedCall, TwimlSource } from '#testing/twilio/base/call.ts';
import { readSipTarget } from '#testing/twilio/twiml/dial-target.ts';
import type { Switchboard } from '#testing/twilio/twiml/switchboard.ts';

type Placing = { readonly source: TwimlSource; readonly timeoutSeconds: number; readonly sendDigits: string | null };

/** Rings a SIP phone or a number of the telephone network; once answered, the call runs through its TwiML. */
export function placeByRest(switchboard: Switchboard, call: EmulatedCall, placing: Placing): void {
  call.progress('initiated', 'initiated');
  if (call.record.to.startsWith('sip:')) placeSip(switchboard, call, placing);
  else placeNumber(switchboard, call, placing);
}

function placeSip(switchboard: Switchboard, call: EmulatedCall, { source, timeoutSeconds }: Placing): void {
  const { voice, directory, state } = switchboard.telephony;
  const target = readSipTarget(call.record.to, directory);
  if (target.kind === 'refused') {
    state.alert(target.code, target.about, { resourceSid: call.sid });
    call.finish('failed');
    return;
  }
  const leg = voice.placeCall({
    callSid: call.sid,
    callerId: call.record.from,
    to: target.uri,
    headers: target.headers,
    // The clock below gives up first; this only keeps a leg from ringing for ever.
    timeoutSeconds: timeoutSeconds + Math.ceil(state.delays.dialExtra / 1000) + 1,
    secure: target.isSecure,
    onRinging: () => call.progress('ringing', 'ringing'),
    onAnswered: () => void answered(switchboard, call, source),
    onEnded: ({ wasAnswered, status, twilioCode }) => {
      if (twilioCode !== undefined) state.alert(twilioCode, 'the call failed', { resourceSid: call.sid });
      call.sipResponseCode = status;
      if (!wasAnswered) call.finish(unansweredStatus(status));
    },
  });
  call.attach(leg);
  state.clock.after(timeoutSeconds * state.delays.twimlSecond + state.delays.dialExtra, () => {
    if (!call.isAnswered) call.finish('no-answer');
  });
}

function placeNumber(switchboard: Switchboard, call: EmulatedCall, { source, timeoutSeconds, sendDigits }: Placing): void {
  const { voice, farPhones, state } = switchboard.telephony;
  const far = farPhones.get(call.record.to)?.calls ?? { outcome: 'answers' as const };
  const leg = voice.pstnLeg(far.say === undefined ? {} : { speak: far.say });
  call.attach(leg);
  state.clock.after(5, () => call.isAnswered || call.progress('ringing', 'ringing'));
  state.clock.after(timeoutSeconds * state.delays.twimlSecond + state.delays.dialExtra, () => {
    if (!call.isAnswered) call.finish('no-answer');
  });
  if (far.outcome === 'no-answer') return;
  state.clock.after(far.ringMs ?? 50, () => {
    if (call.isOver) return;
    if (far.outcome !== 'answers') {
      call.finish(far.outcome);
      return;
    }
    if (sendDigits !== null) void leg.sendDigits(sendDigits);
    void answered(switchboard, call, source);
    if (far.hangUpAfterMs !== undefined) state.clock.after(far.hangUpAfterMs, () => leg.remoteParty.hangup());
  });
}

async function answered(switchboard: Switchboard, call: EmulatedCall, source: TwimlSource): Promise<void> {
  await call.answer();
  switchboard.start(call, source);
}

function unansweredStatus(sipStatus: number): 'busy' | 'no-answer' | 'failed' {
  if ([486, 600, 603].includes(sipStatus)) return 'busy';
  return [408, 480, 487].includes(sipStatus) ? 'no-answer' : 'failed';
}
