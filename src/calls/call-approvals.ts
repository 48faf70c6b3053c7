// Owns the callers whom children's lines do not know, and what parents answer: once, always, or block.
// Called by its routes, by the keys of whoever answers a phone that rings instead of the child's, and by the decision.
// Must stay true: each such call is asked about once, whoever answers; who is let through for one call gets no second one.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { CallApprovalId, CallId, NewId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { ApprovalState } from '#contract/approval-states.ts';
import type { Facts } from '#contract/facts.ts';
import type { Blocklist } from '#routing/blocklist.ts';
import type { LineHolder } from '#routing/child-line.ts';
import type { ChildLines } from '#routing/child-lines.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { CallRecord } from './call.ts';
import { callerOfParty } from './house-call.ts';
import { answerOfKey, approvalState, askedLines } from './call-approval.ts';
import type { ApprovalAnswer, CallApproval } from './call-approval.ts';
import type { CallApprovalStore } from './call-approval-store.ts';

/** The calls that are asked about. */
export type ApprovedCalls = {
  recordOf(callId: CallId): CallRecord | undefined;
  isRinging(callId: CallId): boolean;
  /** Refuses the caller, who was blocked while it rings. */
  block(callId: CallId): void;
  /** Rings the child too, where the call still rings and now may. */
  letThrough(callId: CallId): void;
};

export type CallApprovalsDeps = {
  readonly store: CallApprovalStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly lines: Pick<ChildLines, 'allow'>;
  readonly blocklist: Pick<Blocklist, 'addAll'>;
  readonly calls: () => ApprovedCalls;
  /** The parents of the lines, each of whom may answer. */
  readonly parentsOf: (lines: readonly LineHolder[]) => readonly PersonId[];
};

/** `key`: whoever pressed it has the call, or has refused it, so that nothing else is to ring. */
export type AnswerFrom = { readonly personId: PersonId | undefined; readonly by: 'api' | 'key' };

/** An answer after the call is for the next one of that caller; for no longer, since nobody would remember. */
const grantMs = 24 * 3_600_000;

export class CallApprovals {
  readonly #deps: CallApprovalsDeps;
  /** By number: who is let through for one call. */
  readonly #grants = new Map<string, CallApproval>();

  constructor(deps: CallApprovalsDeps) {
    this.#deps = deps;
    for (const approval of deps.store.all()) if (approval.grantedUntil !== undefined) this.#grants.set(approval.number, approval);
  }

  /** Returns the function that ends it. */
  start(): () => void {
    const { events } = this.#deps;
    const stops = [
      events.on('call.started', ({ callId }) => this.#ask(callId)),
      events.on('call.ended', ({ callId }) => this.#ended(callId)),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** The newest first. */
  all(): readonly CallApproval[] {
    return this.#deps.store.all();
  }

  byId(id: CallApprovalId): CallApproval | undefined {
    return this.#deps.store.byId(id);
  }

  stateOf(approval: CallApproval): ApprovalState {
    return approvalState(approval, this.#deps.calls().isRinging(approval.callId));
  }

  /** Lines to which this number (E.164) gets through for one call. */
  linesFor(number: string): readonly LineHolder[] {
    const grant = this.#grants.get(number);
    return grant?.grantedUntil !== undefined && grant.grantedUntil > this.#deps.clock.now() ? grant.lines : [];
  }

  /** The one call is made. */
  use(number: string): void {
    const grant = this.#grants.get(number);
    if (grant === undefined) return;
    this.#grants.delete(number);
    this.#write({ ...grant, grantedUntil: undefined });
  }

  /** Throws `invalid` where the caller hid their number, so that nothing can be kept of it. May be answered again. */
  async answer(approval: CallApproval, answer: ApprovalAnswer, { personId, by }: AnswerFrom): Promise<CallApproval> {
    const { clock, calls, log } = this.#deps;
    const isHidden = approval.number === '';
    if (isHidden && by === 'api' && answer !== 'once') throw hidden();
    const isRinging = calls().isRinging(approval.callId);
    // Before anything else is done with the call, so that the caller gets to no mailbox.
    if (isRinging && answer === 'block') calls().block(approval.callId);
    if (!isHidden) await this.#keep(approval, answer);
    const isGranted = answer === 'once' && by === 'api' && !isHidden;
    const answered = {
      ...approval,
      answer: isHidden && answer === 'always' ? 'once' : answer,
      answeredAt: clock.now(),
      answeredBy: personId,
      grantedUntil: isGranted ? clock.now() + grantMs : undefined,
    } as const;
    await this.#deps.writes.write(() => this.#deps.store.put(answered));
    if (isGranted) this.#grants.set(approval.number, answered);
    else this.#grants.delete(approval.number);
    log.info({ callId: approval.callId, answer: answered.answer, by }, 'A parent has answered about an unknown caller');
    this.#report(answered, answered.answer);
    if (isRinging && answer !== 'block' && by === 'api') calls().letThrough(approval.callId);
    return answered;
  }

  /** The key of whoever answered instead of the child. Never throws: the call goes on. */
  pressed(callId: CallId, key: string, personId: PersonId | undefined): void {
    const [answer, approval] = [answerOfKey(key), this.#deps.store.ofCall(callId)];
    if (approval === undefined || answer === undefined) return;
    this.answer(approval, answer, { personId, by: 'key' }).catch((error: unknown) =>
      this.#deps.log.warn({ callId, err: error }, 'What a parent answered about a caller was not kept'),
    );
  }

  /** The phone or person is gone: in the transaction that removes it. */
  release(holder: LineHolder): () => void {
    this.#deps.store.release(holder);
    return () => {
      for (const [number, { lines }] of this.#grants) if (lines.includes(holder)) this.#grants.delete(number);
    };
  }

  async #keep({ lines, number }: CallApproval, answer: ApprovalAnswer): Promise<void> {
    const { blocklist, lines: childLines } = this.#deps;
    if (answer === 'always') await childLines.allow(lines, number);
    if (answer !== 'block') return;
    const entry = {
      kind: 'exact',
      pattern: number,
      reason: 'Blocked for a child’s line',
      personId: undefined,
      isEnabled: true,
    } as const;
    const [addition] = await blocklist.addAll([entry]);
    if (addition?.kind === 'refused') throw new AppError('conflict', addition.problem);
  }

  #ask(callId: CallId): void {
    const { calls, newId, clock } = this.#deps;
    const record = calls().recordOf(callId);
    const lines = record === undefined ? [] : askedLines(record);
    if (record === undefined || lines.length === 0) return;
    const unanswered = { answer: undefined, grantedUntil: undefined, answeredAt: undefined, answeredBy: undefined };
    const { number = '' } = callerOfParty(record.caller, 'outside');
    const { name: callerName } = record.caller;
    const approval = { id: newId('approval'), callId, number, callerName, lines, askedAt: clock.now(), ...unanswered };
    // Whoever is told must find it.
    this.#write(approval, () => this.#report(approval, 'asked'));
  }

  #ended(callId: CallId): void {
    const approval = this.#deps.store.ofCall(callId);
    if (approval !== undefined && approval.answer === undefined) this.#report(approval, 'missed');
  }

  #write(approval: CallApproval, written = () => {}): void {
    const { writes, store, log } = this.#deps;
    writes
      .write(() => store.put(approval))
      .then(written)
      .catch((error: unknown) => log.warn({ err: error }, 'A question about an unknown caller was not kept'));
  }

  #report({ id: approvalId, callId, lines }: CallApproval, state: ApprovalState): void {
    const parents = this.#deps.parentsOf(lines);
    for (const personId of parents.length === 0 ? [null] : parents)
      this.#deps.events.emit('call-approval.changed', { approvalId, callId, personId, state });
  }
}

function hidden(): AppError {
  const message = 'can only be once: the caller hid the number, and would not be known again';
  return new AppError('invalid', 'There is no number to keep', { details: [{ field: 'answer', message }] });
}
