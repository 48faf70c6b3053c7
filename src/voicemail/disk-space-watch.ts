import type { Events } from '#base/events.ts';
import type { Facts } from '#contract/facts.ts';
import type { HealthStatus } from '#contract/system.ts';

/** What found too little room: the audio of one kind, or the start of a recording. */
export type DiskSpaceUse = 'voicemail' | 'call' | 'start';

/** Publishes once that the disk has too little room for recordings, however often that is found, and once that it has enough again. */
export class DiskSpaceWatch {
  readonly #events: Events<Facts>;
  readonly #problems = new Map<DiskSpaceUse, string>();

  constructor(events: Events<Facts>) {
    this.#events = events;
  }

  /** In the user's words; undefined where there is room. */
  get problem(): string | undefined {
    for (const problem of this.#problems.values()) return problem;
    return undefined;
  }

  health(): { readonly status: HealthStatus; readonly message: string } {
    const { problem } = this;
    return problem === undefined
      ? { status: 'ok', message: 'There is room for recordings' }
      : { status: 'degraded', message: problem };
  }

  report(use: DiskSpaceUse, problem: string | undefined): void {
    const before = this.problem;
    if (problem === undefined) this.#problems.delete(use);
    else this.#problems.set(use, problem);
    const after = this.problem;
    if (before === undefined && after !== undefined) this.#events.emit('recording.suspended', { reason: after });
    if (before !== undefined && after === undefined) this.#events.emit('recording.resumed', {});
  }
}
