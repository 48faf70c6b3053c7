// Owns what people do to calls through the API: have the house dial for a phone, transfer a call, hold it.
// Called by the routes of calls.
// Must stay true: nothing is allowed here that the phone itself could not do, an emergency call is left alone, and the record says who asked.
import { AppError, spokenError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import type { Party } from './call.ts';
import type { Calls } from './calls.ts';
import { assertMayEnd, leavingRole, otherRole, refusalError } from './call-control-decision.ts';
import type { ControlledBy } from './call-control-decision.ts';
import { houseName } from './house-name.ts';
import type { OngoingCall } from './ongoing-call.ts';
import { inCall, nobodyThere, noMediaPort, notRegistered, switchedOff } from './spoken-words.ts';
import type { CallerId, ConnectedCall, DeviceLookup, HouseCaller, HouseLeg, HouseVoice, RegistrationLookup } from './ports.ts';

export type CallControlDeps = {
  readonly calls: Calls;
  readonly house: HouseCaller;
  readonly devices: Pick<DeviceLookup, 'byId'>;
  readonly registrations: RegistrationLookup;
  /** The name of a number in the address books that this person sees. */
  readonly nameOf: (number: string, personId: PersonId | undefined) => string | undefined;
  readonly log: Log;
};

type ClickToCall = { readonly deviceId: DeviceId; readonly to: string; readonly autoAnswer: boolean };
type ApiTransfer = { readonly deviceId?: DeviceId | undefined; readonly to: string };

export class CallControl {
  readonly #deps: CallControlDeps;

  constructor(deps: CallControlDeps) {
    this.#deps = deps;
  }

  /** Rings a phone, and dials for it once it is picked up. Rejects with why it does not, before anything rings. */
  async call({ deviceId, to, autoAnswer }: ClickToCall, by: ControlledBy): Promise<OngoingCall> {
    const { calls, house } = this.#deps;
    const device = this.#freePhone(deviceId, by);
    const { refusal, callee, isEmergency } = calls.check({ caller: { kind: 'device', device }, dialled: to });
    if (refusal !== undefined) throw refusalError(refusal);
    // It answers by itself: help would be called by a machine, and nobody would be there to speak.
    if (isEmergency && device.type === 'door-station')
      throw spokenError('conflict', nobodyThere(device.name), because('nobody-at-door', { name: device.name }));
    const leg = await house.open();
    if (leg === undefined) throw spokenError('unavailable', noMediaPort, because('no-media-port'));
    try {
      return this.#ring(this.#freePhone(deviceId, by), leg, { to, by, autoAnswer, shown: this.#shown(callee, device) });
    } catch (error) {
      leg.close();
      throw error;
    }
  }

  /** The side of one phone leaves the call, and the other one is connected with `to`. Until somebody answers there, they go on talking. */
  transfer(call: OngoingCall, { to, deviceId }: ApiTransfer, by: ControlledBy): OngoingCall {
    const { calls, log } = this.#deps;
    const connected = this.#connected(call, by);
    const leaves = leavingRole(call.record, { personId: by.personId, deviceId });
    const device = this.#deps.devices.byId(call.record[leaves].deviceId ?? ('' as DeviceId));
    if (device?.enabled !== true)
      throw new AppError('conflict', 'The phone may not call any more', because('phone-may-not-call'));
    const stays = otherRole(leaves);
    const caller = { kind: 'device', device, party: call.record[stays] } as const;
    const { refusal } = calls.check({ caller, dialled: to });
    if (refusal !== undefined) throw refusalError(refusal);
    const leg = connected.transfer(stays);
    if (leg === undefined) throw new AppError('conflict', 'The call is being transferred already', because('being-transferred'));
    const placed = calls.place({ caller, dialled: to, leg, transferredFrom: call.record.id, requestedBy: by.id });
    leg.call = placed;
    log.info({ callId: call.record.id, by: by.id, newCallId: placed.record.id }, 'A call is transferred through the API');
    return placed;
  }

  /** Holds a call, or ends that; settles when both sides have agreed. */
  async hold(call: OngoingCall, isHeld: boolean, by: ControlledBy): Promise<OngoingCall> {
    const outcome = await this.#connected(call, by).hold(isHeld);
    this.#deps.log.info({ callId: call.record.id, by: by.id, isHeld, outcome }, 'A call is held or resumed through the API');
    switch (outcome) {
      case 'done':
        return call;
      case 'busy':
        throw new AppError(
          'conflict',
          'The call is just being changed by one of its phones; try again',
          because('call-changing'),
        );
      case 'refused':
        throw new AppError('conflict', 'One of the phones does not take part in that', because('side-declines'));
      case 'over':
        throw new AppError('conflict', 'The call has ended', because('call-over'));
    }
  }

  #ring(device: Device, leg: HouseLeg, { to, by, autoAnswer, shown }: DialledCall): OngoingCall {
    const { calls } = this.#deps;
    const party: Party = { deviceId: undefined, personId: undefined, number: '', name: houseName };
    leg.onAnswered = (voice) => this.#dial(first, leg, { voice, device, to, by });
    const first = calls.place({
      caller: { kind: 'house', party, shown, autoAnswer },
      dialled: device.extension,
      leg,
      requestedBy: by.id,
      purpose: 'dial',
    });
    leg.call = first;
    const { verdict } = first.record;
    if (verdict !== undefined) throw refusalError(verdict);
    return first;
  }

  /** The phone was picked up: it is the caller of a call as if it had dialled itself. */
  #dial(first: OngoingCall, leg: HouseLeg, { voice, device, to, by }: PickedUp): void {
    const failed = () => voice.play([{ kind: 'prompt', name: 'cannot-be-taken' }], () => leg.close());
    const caller = leg.asCaller({ progressed: () => {}, failed });
    if (caller === undefined) return;
    voice.play([{ kind: 'tone', tone: 'ringback' }]);
    caller.call = this.#deps.calls.place({
      caller: { kind: 'device', device },
      dialled: to,
      leg: caller,
      transferredFrom: first.record.id,
      requestedBy: by.id,
    });
  }

  #freePhone(id: DeviceId, { personId }: ControlledBy): Device {
    const { devices, registrations, calls } = this.#deps;
    const device = devices.byId(id);
    if (personId !== undefined && device?.personId !== personId)
      throw new AppError('forbidden', 'You can call with your own phones only', because('own-phones-only'));
    if (device === undefined) {
      const details = [{ field: 'deviceId', message: 'There is no such phone' }];
      throw new AppError('invalid', 'The request is not valid', { details });
    }
    if (!device.enabled) throw spokenError('conflict', switchedOff(device.name), because('phone-off', { name: device.name }));
    if (registrations.of(id).length === 0)
      throw spokenError('conflict', notRegistered(device.name), because('phone-offline', { name: device.name }));
    const isInCall = calls.list().some(({ record }) => record.caller.deviceId === id || record.callee.deviceId === id);
    if (isInCall) throw spokenError('conflict', inCall(device.name), because('phone-in-call', { name: device.name }));
    return device;
  }

  #connected(call: OngoingCall, by: ControlledBy): ConnectedCall {
    assertMayEnd(call.record, by);
    if (call.isEmergency)
      throw new AppError('conflict', 'An emergency call is neither held nor transferred', because('emergency-call'));
    const { connected } = call;
    if (connected === undefined)
      throw new AppError(
        'conflict',
        'The call is not answered yet, or the house itself takes part in it',
        because('not-connected'),
      );
    return connected;
  }

  #shown({ number, name }: Party, { personId }: Device): CallerId {
    return { number, name: name || (this.#deps.nameOf(number, personId) ?? '') };
  }
}

type DialledCall = {
  readonly to: string;
  readonly by: ControlledBy;
  readonly autoAnswer: boolean;
  readonly shown: CallerId;
};
type PickedUp = {
  readonly voice: HouseVoice;
  readonly device: Device;
  readonly to: string;
  readonly by: ControlledBy;
};
