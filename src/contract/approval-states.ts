/** `asked`: the phones of the parents ring, and nobody has answered yet. `missed`: nobody did. */
export const approvalStates = ['asked', 'once', 'always', 'block', 'missed'] as const;
export type ApprovalState = (typeof approvalStates)[number];
