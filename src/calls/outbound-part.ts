import type { Clock } from '#base/clock.ts';
import type { DeviceId } from '#base/ids.ts';
import { TalkTimer } from './talk-timer.ts';

type OutboundPartOptions = {
  readonly isOutbound: boolean;
  /** The device on whose behalf it goes out or on: the caller's, or who transferred it. */
  readonly requestedBy: DeviceId | undefined;
  /** Where the outbound call limits hold for it: the longest it may last once it is answered. */
  readonly maxMinutes: number | undefined;
};

/** What the outbound call limits have to know of a call: whose it is, whether it goes outside, how long it has been answered. */
export class OutboundPart {
  readonly #talkTimer: TalkTimer;
  #isOutbound: boolean;
  #requestedBy: DeviceId | undefined;
  #maxMinutes: number | undefined;

  constructor(clock: Clock, { isOutbound, requestedBy, maxMinutes }: OutboundPartOptions) {
    this.#talkTimer = new TalkTimer(clock);
    this.#isOutbound = isOutbound;
    this.#requestedBy = requestedBy;
    this.#maxMinutes = maxMinutes;
  }

  /** Whether the outbound call limits hold for it. */
  get isLimited(): boolean {
    return this.#isOutbound && this.#maxMinutes !== undefined;
  }

  /** The device on whose behalf it goes out or on. */
  get requestedBy(): DeviceId | undefined {
    return this.#requestedBy;
  }

  get talkTimeMs(): number {
    return this.#talkTimer.milliseconds;
  }

  /** Whether it goes out on behalf of this device. */
  isOf(deviceId: DeviceId): boolean {
    return this.#isOutbound && this.#requestedBy === deviceId;
  }

  /** A phone has forwarded it to a trunk: from here on it is an outbound call of that phone. */
  sentToTrunk(deviceId: DeviceId, maxMinutes: number | undefined): void {
    this.#requestedBy = deviceId;
    this.#maxMinutes = maxMinutes;
    this.#isOutbound = true;
  }

  /** `isOutside`: by a number outside, whoever called. `onTooLong` is called where it lasts too long. */
  answered({ isOutside, onTooLong }: { readonly isOutside: boolean; readonly onTooLong: () => void }): void {
    if (isOutside) this.#isOutbound = true;
    this.#talkTimer.start(this.isLimited ? this.#maxMinutes : undefined, onTooLong);
  }

  ended(): void {
    this.#talkTimer.stop();
  }
}
