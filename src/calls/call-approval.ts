import type { CallApprovalId, CallId, PersonId } from '#base/ids.ts';
import type { ApprovalState } from '#contract/approval-states.ts';
import type { LineHolder } from '#routing/child-line.ts';
import type { CallRecord } from './call.ts';

export type ApprovalAnswer = 'once' | 'always' | 'block';

/** A caller whom children's lines do not know, and what a parent answered. Times in milliseconds since the Unix epoch. */
export type CallApproval = {
  readonly id: CallApprovalId;
  readonly callId: CallId;
  /** E.164; empty where the caller hides it. */
  readonly number: string;
  readonly callerName: string;
  readonly lines: readonly LineHolder[];
  readonly askedAt: number;
  readonly answer: ApprovalAnswer | undefined;
  /** Until when the next call of this number is let through, once. */
  readonly grantedUntil: number | undefined;
  readonly answeredAt: number | undefined;
  readonly answeredBy: PersonId | undefined;
};

/** What a key means that is pressed by whoever answers instead of the child: those that the words name, and the usual signs. */
const answerKeys: ReadonlyMap<string, ApprovalAnswer> = new Map([
  ['1', 'once'],
  ['2', 'always'],
  ['*', 'always'],
  ['3', 'block'],
  ['#', 'block'],
]);

/** Undefined: the key means nothing. */
export function answerOfKey(key: string): ApprovalAnswer | undefined {
  return answerKeys.get(key);
}

export function keysFor(...answers: readonly ApprovalAnswer[]): readonly string[] {
  return [...answerKeys].flatMap(([key, answer]) => (answers.includes(answer) ? key : []));
}

/** The lines about which a call asks the parents; empty where it asks nobody. */
export function askedLines({ reasons }: Pick<CallRecord, 'reasons'>): readonly LineHolder[] {
  if (!reasons.some(({ code }) => code === 'parents-asked')) return [];
  const holders = reasons.flatMap(({ code, params }) => (code === 'child-line-caller' ? [params.holder as LineHolder] : []));
  return [...new Set(holders)];
}

export function approvalState({ answer }: Pick<CallApproval, 'answer'>, isRinging: boolean): ApprovalState {
  return answer ?? (isRinging ? 'asked' : 'missed');
}
