import type { DeviceId } from '#base/ids.ts';

type TalkTime = { readonly deviceId: DeviceId | undefined; readonly endedAt: number; readonly milliseconds: number };

const dayMs = 86_400_000;

/** Talk time of outbound calls in the last 24 hours. Times are the clock's monotonic ones. */
export class OutgoingTalkTime {
  #talkTimes: TalkTime[] = [];

  add(talkTime: TalkTime): void {
    this.#talkTimes.push(talkTime);
  }

  /** Of one phone, or of the whole house. */
  of(now: number, deviceId?: DeviceId): number {
    this.#talkTimes = this.#talkTimes.filter(({ endedAt }) => now - endedAt < dayMs);
    const talkTimes = deviceId === undefined ? this.#talkTimes : this.#talkTimes.filter((talk) => talk.deviceId === deviceId);
    return talkTimes.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 60_000;
  }
}
