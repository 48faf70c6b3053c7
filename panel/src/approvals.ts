type Approval = { readonly state: string; readonly askedAt: string };

/** For so long somebody may still want to say whether the next call of an unknown caller gets through. */
const openMs = 24 * 3_600_000;

/** Those that wait for an answer: the ones that ring now, then those nobody answered within a day. */
export function openApprovals<One extends Approval>(all: readonly One[], now: number): readonly One[] {
  const isNew = ({ askedAt }: Approval) => now - Date.parse(askedAt) < openMs;
  const ringing = all.filter(({ state }) => state === 'asked');
  return [...ringing, ...all.filter((one) => one.state === 'missed' && isNew(one))];
}
