// Owns the test calls of phones: the house rings one, speaks to whoever picks it up, and keeps which part of the way failed.
// Called by the routes of test calls.
// Must stay true: one at a time for a phone, and one that began has a result; it rings whatever the phone's switches and rules say.
import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { DeviceId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { Device } from '#devices/device.ts';
import type { Calls } from './calls.ts';
import type { ControlledBy } from './call-control-decision.ts';
import { houseName } from './house-name.ts';
import type { OngoingCall } from './ongoing-call.ts';
import type { Phrase } from './phrase.ts';
import type { HouseCaller, HouseLeg, HouseVoice, RegistrationLookup } from './ports.ts';
import { beginTestCall, furthestLeg, resultOf } from './test-call.ts';
import type { TestCall, TestCallResult } from './test-call.ts';
import type { Verdict } from './verdict.ts';

export type TestCallsDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<Events<Facts>, 'emit'>;
  readonly house: HouseCaller;
  readonly calls: Pick<Calls, 'place' | 'list'>;
  readonly registrations: RegistrationLookup;
};

const ringSeconds = 45;
/** The words are said so often, with a pause to press the key. */
const timesSaid = 3;
const pauseMs = 2_500;
const key = '1';
const words: readonly Phrase[] = [
  { kind: 'prompt', name: 'test-call' },
  { kind: 'number', digits: key },
];
const thanks: readonly Phrase[] = [{ kind: 'prompt', name: 'test-call-works' }];

type Running = { readonly leg: HouseLeg; call: Pick<OngoingCall, 'record' | 'legs'> | undefined; timer: Timer | undefined };

export class TestCalls {
  readonly #deps: TestCallsDeps;
  readonly #tests = new Map<DeviceId, TestCall>();
  readonly #running = new Map<DeviceId, Running>();

  constructor(deps: TestCallsDeps) {
    this.#deps = deps;
  }

  /** The one that goes on, or the last one since the start. */
  of(deviceId: DeviceId): TestCall | undefined {
    return this.#tests.get(deviceId);
  }

  /** Begins one, unless one goes on; what cannot be rung has its result at once. */
  async start(device: Device, by: ControlledBy): Promise<TestCall> {
    const before = this.#tests.get(device.id);
    if (before !== undefined && before.result === undefined) return before;
    const { clock, house, log } = this.#deps;
    this.#put(beginTestCall(device.id, clock.now()));
    const obstacle = this.#obstacle(device);
    if (obstacle !== undefined) return this.#finish(device.id, obstacle);
    log.info({ device: device.id, by: by.id }, 'A test call begins');
    try {
      const leg = await house.open();
      return leg === undefined ? this.#finish(device.id, 'no-voice') : this.#ring(device, leg, by);
    } catch (error) {
      log.error({ err: error, device: device.id }, 'Internal error in a test call');
      return this.#finish(device.id, 'no-voice');
    }
  }

  stop(deviceId: DeviceId): TestCall | undefined {
    this.#running.get(deviceId)?.leg.close();
    return this.of(deviceId);
  }

  forget(deviceId: DeviceId): void {
    this.stop(deviceId);
    this.#tests.delete(deviceId);
  }

  #obstacle({ id, enabled }: Device): TestCallResult | undefined {
    const { registrations, calls } = this.#deps;
    if (!enabled) return 'switched-off';
    if (registrations.of(id).length === 0) return 'not-registered';
    const isInCall = calls.list().some(({ record }) => record.caller.deviceId === id || record.callee.deviceId === id);
    return isInCall ? 'in-call' : undefined;
  }

  #ring(device: Device, leg: HouseLeg, by: ControlledBy): TestCall {
    const { id } = device;
    const party = { deviceId: undefined, personId: undefined, number: '', name: houseName };
    const running: Running = { leg, call: undefined, timer: undefined };
    this.#running.set(id, running);
    leg.onRinging = () => this.#ringing(id);
    leg.onAnswered = (voice) => this.#answered(id, voice);
    leg.onSound = () => this.#change(id, { isHeard: true });
    leg.onReceived = () => this.#received(id);
    // Where `place` has not returned yet, its legs are not known here.
    leg.onEnded = (verdict) => running.call !== undefined && this.#ended(id, verdict);
    const caller = { kind: 'house', party, ringSeconds, shown: { number: 'house', name: houseName } } as const;
    const call = this.#deps.calls.place({ caller, dialled: device.extension, leg, requestedBy: by.id, purpose: 'test' });
    leg.call = call;
    running.call = call;
    this.#change(id, { callId: call.record.id });
    const { verdict } = call.record;
    if (verdict !== undefined) {
      leg.close();
      this.#ended(id, verdict);
    }
    return this.#tests.get(id) ?? beginTestCall(id, call.record.startedAt);
  }

  #ringing(id: DeviceId): void {
    if (this.#tests.get(id)?.ringingAt === undefined) this.#change(id, { ringingAt: this.#deps.clock.now() });
  }

  #answered(id: DeviceId, voice: HouseVoice): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    this.#change(id, { answeredAt: this.#deps.clock.now() });
    running.leg.onKey = () => this.#confirmed(id, voice);
    this.#say(running, voice, timesSaid);
  }

  #say(running: Running, voice: HouseVoice, left: number): void {
    if (left === 0) running.leg.close();
    else voice.play(words, () => (running.timer = this.#deps.clock.after(pauseMs, () => this.#say(running, voice, left - 1))));
  }

  #received(id: DeviceId): void {
    if (this.#tests.get(id)?.hearsUs === 'not-known') this.#change(id, { hearsUs: 'reported' });
  }

  #confirmed(id: DeviceId, voice: HouseVoice): void {
    const running = this.#running.get(id);
    if (running === undefined || this.#tests.get(id)?.hearsUs === 'confirmed') return;
    running.timer?.cancel();
    // A key that is sent by SIP says nothing of sound, but whoever pressed it has heard the words.
    this.#change(id, { hearsUs: 'confirmed' });
    voice.play(thanks, () => running.leg.close());
  }

  #ended(id: DeviceId, verdict: Verdict): void {
    const running = this.#running.get(id);
    const test = this.#tests.get(id);
    if (running === undefined || test === undefined) return;
    running.timer?.cancel();
    const leg = furthestLeg(running.call?.legs ?? []);
    const found = { endedAt: this.#deps.clock.now(), sipStatus: leg?.sipStatus, address: leg?.address };
    this.#finish(id, resultOf({ ...test, ...found }, verdict), found);
  }

  #finish(id: DeviceId, result: TestCallResult, found: Partial<TestCall> = {}): TestCall {
    this.#running.delete(id);
    this.#change(id, { endedAt: this.#deps.clock.now(), ...found, result });
    const test = this.#tests.get(id) ?? beginTestCall(id, this.#deps.clock.now());
    this.#deps.log.info({ device: id, result, sipStatus: test.sipStatus }, 'A test call has its result');
    return test;
  }

  #change(id: DeviceId, change: Partial<TestCall>): void {
    const test = this.#tests.get(id);
    if (test !== undefined) this.#put({ ...test, ...change });
  }

  #put(test: TestCall): void {
    this.#tests.set(test.deviceId, test);
    this.#deps.events.emit('test-call.changed', { deviceId: test.deviceId, result: test.result ?? null });
  }
}
