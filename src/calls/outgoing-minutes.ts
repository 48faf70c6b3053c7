type Talk = { readonly deviceId: string | undefined; readonly endedAt: number; readonly milliseconds: number };

const dayMs = 86_400_000;

/** How long the phones have talked outside in the last 24 hours. Times are the clock's monotonic ones. */
export class OutgoingMinutes {
  #talks: Talk[] = [];

  add(talk: Talk): void {
    this.#talks.push(talk);
  }

  /** Of one phone, or of the whole house. */
  of(now: number, deviceId?: string): number {
    this.#talks = this.#talks.filter(({ endedAt }) => now - endedAt < dayMs);
    const talks = deviceId === undefined ? this.#talks : this.#talks.filter((talk) => talk.deviceId === deviceId);
    return talks.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 60_000;
  }
}
