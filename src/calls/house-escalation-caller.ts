import type { DeviceId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import type { Calls } from './calls.ts';
import type { EscalationLeg, EscalationOutcome } from './escalation.ts';
import type { EscalationCall, EscalationCaller, EscalationCallListener } from './escalation-port.ts';
import type { Phrase } from './phrase.ts';
import type { HouseCaller, HouseLeg, HouseVoice } from './ports.ts';
import type { Verdict } from './verdict.ts';

type HouseEscalationCallerDeps = {
  readonly log: Log;
  readonly house: HouseCaller;
  readonly calls: Pick<Calls, 'place'>;
  readonly devices: { byId(id: DeviceId): Pick<Device, 'extension'> | undefined };
};

/** The user part of the displayed address: phones that refuse callers without a number must ring for an alarm. */
const shownAs = 'house';
/** Longer than any step: the escalation says when it has rung enough. */
const ringSeconds = 600;

/** Calls phones and numbers in the name of the house, with a record and within the limits of any call. */
export class HouseEscalationCaller implements EscalationCaller {
  readonly #deps: HouseEscalationCallerDeps;

  constructor(deps: HouseEscalationCallerDeps) {
    this.#deps = deps;
  }

  call(leg: EscalationLeg, from: string, listener: EscalationCallListener): EscalationCall {
    const dialled = leg.deviceId === undefined ? leg.number : this.#deps.devices.byId(leg.deviceId)?.extension;
    const call = new HouseEscalationCall(listener);
    if (dialled === undefined) call.ended('offline');
    else void this.#place(call, dialled, from);
    return call;
  }

  async #place(call: HouseEscalationCall, dialled: string, name: string): Promise<void> {
    try {
      const leg = await this.#deps.house.open();
      if (leg === undefined) call.ended('failed');
      else if (call.takes(leg)) {
        const party = { deviceId: undefined, personId: undefined, number: '', name };
        const caller = { kind: 'house', party, ringSeconds, shown: { number: shownAs, name } } as const;
        leg.call = this.#deps.calls.place({ caller, dialled, leg });
      }
    } catch (error) {
      this.#deps.log.error({ err: error }, 'Internal error in a call of an escalation');
      call.ended('failed');
    }
  }
}

class HouseEscalationCall implements EscalationCall {
  readonly #listener: EscalationCallListener;
  #leg: HouseLeg | undefined;
  #voice: HouseVoice | undefined;
  #isOver = false;

  constructor(listener: EscalationCallListener) {
    this.#listener = listener;
  }

  /** False, and closes it, where nobody wants the call any more. */
  takes(leg: HouseLeg): boolean {
    if (this.#isOver) {
      leg.close();
      return false;
    }
    this.#leg = leg;
    leg.onRinging = () => this.#listener.ringing();
    leg.onAnswered = (voice) => {
      this.#voice = voice;
      this.#listener.answered();
    };
    leg.onKey = (key) => this.#listener.key(key);
    leg.onEnded = (verdict) => this.ended(outcomeOf(verdict));
    return true;
  }

  play(what: readonly Phrase[], done?: () => void): void {
    this.#voice?.play(what, done);
  }

  hangUp(why: 'elsewhere' | 'no-answer' | 'stopped'): void {
    if (this.#leg === undefined) this.ended('cancelled');
    else this.#leg.close(why === 'elsewhere' ? why : undefined);
  }

  ended(outcome: EscalationOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.ended(outcome);
  }
}

function outcomeOf({ reason }: Verdict): EscalationOutcome {
  switch (reason) {
    case 'no-answer':
    case 'declined':
    case 'busy':
    case 'offline':
      return reason;
    case 'no-devices':
    case 'unreachable':
      return 'offline';
    case 'destination-not-allowed':
    case 'call-not-permitted':
    case 'outgoing-limit':
    case 'minutes-used-up':
      return 'not-allowed';
    case 'caller-cancelled':
    case 'hung-up-by-house':
      return 'cancelled';
    default:
      return 'failed';
  }
}
