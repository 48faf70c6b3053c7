// Owns that what happened right before a kill is told after it: facts are not durable, and nobody hears one twice.
// Called at the start, before anything else is told.
// Must stay true: what was told before is known by its key, so that reading too much tells nothing again; a first start tells nothing old.
import type { CallId, MessageId, VoicemailId } from '#base/ids.ts';
import type { Telling } from './told.ts';
import type { ToldWrites } from './told-writes.ts';

/** What there is since a moment, the oldest first. */
export type CatchUpSources = {
  readonly callsSince: (at: number) => readonly CallId[];
  readonly voicemailsSince: (at: number) => readonly VoicemailId[];
  readonly messagesSince: (at: number) => readonly MessageId[];
};

export type CatchUpDeps = {
  readonly sources: CatchUpSources;
  readonly telling: Pick<Telling, 'callEnded' | 'voicemailLeft' | 'messageReceived'>;
  readonly writes: Pick<ToldWrites, 'toldUntil' | 'write'>;
  readonly clock: { now(): number };
};

const overlapMs = 10 * 60_000;
const maxBackMs = 24 * 3_600_000;

/** From when on everything is looked at again; undefined: nothing is. */
export function catchUpFrom(toldUntil: number | undefined, now: number): number | undefined {
  return toldUntil === undefined ? undefined : Math.max(toldUntil - overlapMs, now - maxBackMs);
}

export function catchUp({ sources, telling, writes, clock }: CatchUpDeps): void {
  const from = catchUpFrom(writes.toldUntil, clock.now());
  const found =
    from === undefined
      ? []
      : [
          ...sources.callsSince(from).map((id) => () => telling.callEnded(id)),
          ...sources.voicemailsSince(from).map((id) => () => telling.voicemailLeft(id)),
          ...sources.messagesSince(from).map((id) => () => telling.messageReceived(id)),
        ];
  for (const tell of found) writes.write(tell);
  // From now on there is something to go on from.
  if (from === undefined) writes.write(() => {});
}
