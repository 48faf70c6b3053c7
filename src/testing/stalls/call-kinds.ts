/** What a caller of the stalled house does, how often of a hundred, whom it dials, and what is the end of it without a stall. */
export type CallKind = {
  readonly name: string;
  readonly share: number;
  readonly dials: 'answer' | 'answer-late' | 'answer-and-hang-up' | 'busy' | 'decline' | 'ring' | 'silent' | 'help';
  readonly caller: 'talks' | 'offers-again' | 'waits' | 'cancels';
  readonly statuses: readonly number[];
};

const answered = [200];
/** A CANCEL and the answer may cross. */
const cancelled = [487, 200];

export const callKinds: readonly CallKind[] = [
  { name: 'answered, ended by the caller', share: 34, dials: 'answer', caller: 'talks', statuses: answered },
  { name: 'answered, ended by the callee', share: 10, dials: 'answer-and-hang-up', caller: 'waits', statuses: answered },
  { name: 'answered, with a re-INVITE', share: 8, dials: 'answer', caller: 'offers-again', statuses: answered },
  { name: 'busy', share: 10, dials: 'busy', caller: 'waits', statuses: [486] },
  { name: 'declined', share: 8, dials: 'decline', caller: 'waits', statuses: [603] },
  { name: 'cancelled about when it is answered', share: 10, dials: 'answer-late', caller: 'cancels', statuses: cancelled },
  { name: 'cancelled while it rings', share: 8, dials: 'ring', caller: 'cancels', statuses: [487] },
  { name: 'unanswered', share: 3, dials: 'ring', caller: 'waits', statuses: [480] },
  { name: 'the called phone sends nothing', share: 3, dials: 'silent', caller: 'waits', statuses: [480] },
  { name: 'emergency', share: 6, dials: 'help', caller: 'talks', statuses: answered },
];

export function drawCallKind(random: (below: number) => number): CallKind {
  let left = random(callKinds.reduce((sum, { share }) => sum + share, 0));
  for (const kind of callKinds) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  throw new Error('The shares of the kinds do not add up');
}
