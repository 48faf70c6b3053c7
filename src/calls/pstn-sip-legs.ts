import type { CallId } from '#base/ids.ts';
import type { CallRecord } from './call.ts';
import type { LegClaim, PstnCallTracker } from './ports.ts';
import type { PstnCallPhases } from './pstn-call-phases.ts';
import type { PstnCallRecords } from './pstn-call-records.ts';
import type { OpenPstnCalls, PstnCall } from './pstn-call.ts';
import { remainingPlan } from './remaining-plan.ts';
import type { RoutingPlan } from '#routing/decision.ts';

export type PstnSipLegsDeps = {
  readonly open: OpenPstnCalls;
  readonly records: PstnCallRecords;
  readonly phases: PstnCallPhases;
  readonly newToken: () => string;
};

/** The SIP legs that the network sends for its PSTN calls: each joins the record of its call by a token, and only once. */
export class PstnSipLegs implements PstnCallTracker {
  readonly #deps: PstnSipLegsDeps;

  constructor(deps: PstnSipLegsDeps) {
    this.#deps = deps;
  }

  attachSipLeg(token: string): LegClaim {
    const pstnCall = this.#deps.open.byToken(token);
    if (pstnCall === undefined) return { kind: 'unknown' };
    // The network rings every place where we are registered, which may twice be us.
    const { leg, phase, plan, challenge, record, time } = pstnCall;
    const isRinging = leg === 'none' && phase === 'ringing' && plan.kind === 'ring';
    if (!isRinging || challenge?.isPassed === false) return { kind: 'taken' };
    pstnCall.leg = 'live';
    pstnCall.deadlineAt = Number.POSITIVE_INFINITY;
    return { kind: 'joined', record, time, plan };
  }

  recordToWrite(record: CallRecord): CallRecord {
    const pstnCall = this.#callOf(record);
    if (pstnCall === undefined) return record;
    // Only an answered call is over with its SIP leg; how any other ends, the network decides.
    const isOver = record.verdict?.disposition === 'answered';
    const { endedAt, verdict } = pstnCall.phase === 'over' ? pstnCall.record : isOver ? record : stillOpen;
    pstnCall.record = { ...record, endedAt, verdict };
    return pstnCall.record;
  }

  legEnded(record: CallRecord): boolean {
    const pstnCall = this.#callOf(record);
    if (pstnCall === undefined) return true;
    pstnCall.leg = 'over';
    pstnCall.sipVerdict = record.verdict;
    const { open, phases } = this.#deps;
    if (pstnCall.phase !== 'over' && record.verdict?.disposition === 'answered') {
      phases.closeWithLeg(pstnCall);
      return true;
    }
    if (pstnCall.phase === 'over') open.delete(pstnCall);
    else phases.awaitDialDone(pstnCall);
    return false;
  }

  /** The network will list it: then it is known, and no call that was missed. */
  linkCallSid(record: CallRecord, callSid: string, plan: RoutingPlan): void {
    this.#deps.records.linkCallSid(record, { callSid, token: this.#deps.newToken(), plan: remainingPlan(plan) });
  }

  openCallIds(): readonly string[] {
    return this.#deps.open.callIds();
  }

  recordOf(id: CallId): CallRecord | undefined {
    return this.#deps.open.byCall(id)?.record;
  }

  #callOf({ id }: CallRecord): PstnCall | undefined {
    return this.#deps.open.byCall(id);
  }
}

const stillOpen = { endedAt: undefined, verdict: undefined };
