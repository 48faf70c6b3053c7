import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { RoutingPlan } from '#routing/decision.ts';
import { CallClock } from './call-clock.ts';
import type { CallLeg, CallRecord } from './call.ts';
import type { CdrStore } from './cdr-store.ts';
import type { PstnCallStore } from './pstn-call-store.ts';
import type { PstnCall } from './pstn-call.ts';

export type PstnCallRecordsDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly store: PstnCallStore;
  readonly cdrs: CdrStore;
};

/** A call left open by the last run is not waited for longer than the network lets a call last (four hours). */
const maxAgeMs = 4 * 3_600_000;

/** The stored part of PSTN calls. A full disk must not end a call: it goes on without its record, and that is reported once. */
export class PstnCallRecords {
  readonly #deps: PstnCallRecordsDeps;
  #isFailing = false;

  constructor(deps: PstnCallRecordsDeps) {
    this.#deps = deps;
  }

  save(
    { callSid, token, phase, plan, challenge, afterDials, caller, createdAt, record }: PstnCall,
    legs: readonly CallLeg[],
  ): void {
    const { store, cdrs } = this.#deps;
    this.#safely(() => {
      store.transaction(() => {
        cdrs.save(record, legs);
        store.save({ callSid, callId: record.id, token, phase, plan, challenge, afterDials, caller, createdAt });
      });
      this.#isFailing = false;
    });
  }

  /** Keeps the network's id of a call that came without a notice. No callback is awaited for it. */
  linkCallSid({ id, caller, startedAt }: CallRecord, given: { callSid: string; token: string; plan: RoutingPlan }): void {
    const { callSid, token, plan } = given;
    const number = caller.number === '' ? undefined : caller.number;
    const from = {
      number,
      isWithheld: number === undefined,
      name: caller.name,
      attestation: 'none',
      spamScore: undefined,
    } as const;
    const rest = { phase: 'over', plan, challenge: undefined, afterDials: [], caller: from } as const;
    this.#safely(() => this.#deps.store.save({ ...rest, callSid, callId: id, token, createdAt: startedAt }));
  }

  /** A call that is over, as it was kept. */
  find(callSid: string): PstnCall | undefined {
    return this.#safely(() => {
      const { store, cdrs } = this.#deps;
      const row = store.bySid(callSid);
      const record = row === undefined ? undefined : cdrs.get(row.callId);
      if (row === undefined || record === undefined) return undefined;
      return {
        ...row,
        phase: 'over',
        record,
        sipVerdict: record.verdict,
        leg: 'over',
        isStartReported: true,
        isCallerGone: true,
        deadlineAt: 0,
        time: new CallClock(this.#deps.clock),
      };
    });
  }

  /** What the last run left open and is still worth waiting for, until `deadlineAt`; closes the rest. */
  restore(deadlineAt: number): readonly PstnCall[] {
    return this.#safely(() => this.#restore(deadlineAt)) ?? [];
  }

  #restore(deadlineAt: number): readonly PstnCall[] {
    const { store, cdrs, clock } = this.#deps;
    const pstnCalls: PstnCall[] = [];
    const time = new CallClock(clock);
    for (const row of store.open()) {
      const record = cdrs.get(row.callId);
      const isTooOld = clock.now() - row.createdAt > maxAgeMs;
      if (record === undefined || record.answeredAt !== undefined || record.verdict !== undefined || isTooOld) {
        // Others are still worth waiting for where this cannot be written.
        this.#safely(() => store.save({ ...row, phase: 'over' }));
      } else {
        pstnCalls.push({
          ...row,
          record,
          sipVerdict: undefined,
          // It may still be on its way, and follows the plan that was made before.
          leg: cdrs.legsOf(row.callId).length === 0 ? 'none' : 'over',
          isStartReported: true,
          isCallerGone: false,
          deadlineAt,
          time,
        });
      }
    }
    return pstnCalls;
  }

  #safely<Result>(run: () => Result): Result | undefined {
    try {
      return run();
    } catch (error) {
      if (this.#isFailing) return undefined;
      this.#isFailing = true;
      this.#deps.log.error({ err: error }, 'PSTN calls cannot be stored; they go on');
      this.#deps.events.emit('storage.failed', { reason: 'Call records cannot be written. Calls go on.' });
      return undefined;
    }
  }
}
