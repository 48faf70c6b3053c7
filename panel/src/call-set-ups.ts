import type { CallRecord } from './data.ts';

type One = Pick<CallRecord, 'id' | 'purpose' | 'transferredFrom'>;

/** Which calls went over to another one; known more and more while a list is read, the newest first. */
export type Followed = Set<CallRecord['id'] | null>;

export function noteFollowed(calls: readonly One[], followed: Followed): void {
  for (const { transferredFrom } of calls) followed.add(transferredFrom);
}

/** Whether in it the house only rang a phone for a call that is among them, or that it went over to: that is the same call. */
export function isSetUp({ id, purpose }: One, followed: Followed): boolean {
  return purpose === 'dial' && followed.has(id);
}

export function withoutSetUps<Each extends One>(calls: readonly Each[]): readonly Each[] {
  const followed: Followed = new Set();
  noteFollowed(calls, followed);
  return calls.filter((one) => !isSetUp(one, followed));
}
