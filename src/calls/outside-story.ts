import type { CallTime } from './call-time.ts';
import type { CallRecord } from './call.ts';
import type { AfterDial, Caller, InboundDecision, VoicemailReason } from './outside-call.ts';
import type { OutsidePhase } from './outside-call-store.ts';
import type { Verdict } from './verdict.ts';

/** The first word of a call. */
export type Announced = {
  /** The network's name of the call, and of its whole story. */
  readonly callSid: string;
  /** Our number, E.164, as the network says it. */
  readonly dialled: string;
  readonly caller: Caller;
  /** Whether the network can hand us the call. */
  readonly isReachable: boolean;
  /** The network that tells it; the record says that the call came by it. */
  readonly trunk: string;
};

export type Arrival = {
  readonly callId: string;
  readonly token: string;
  readonly decision: InboundDecision;
  readonly caller: Caller;
  readonly number: string | undefined;
  /** Whose mailbox it is. */
  readonly personId: string | undefined;
};

export type Story = {
  readonly callSid: string;
  readonly token: string;
  readonly decision: InboundDecision;
  readonly caller: Caller;
  readonly createdAt: number;
  readonly time: CallTime;
  record: CallRecord;
  phase: OutsidePhase;
  afterDial: AfterDial | undefined;
  /** How our own side of the call ended. */
  ours: Verdict | undefined;
  leg: 'none' | 'live' | 'over';
  /** Whether anybody was told that there is a call. */
  isTold: boolean;
  isCallerGone: boolean;
  /** By the monotonic time. */
  deadlineAt: number;
};

/** The calls whose last word has not come, by each of their names. */
export class OpenStories {
  readonly #bySid = new Map<string, Story>();
  readonly #byToken = new Map<string, Story>();
  readonly #byCall = new Map<string, Story>();

  get size(): number {
    return this.#bySid.size;
  }

  add(story: Story): void {
    this.#bySid.set(story.callSid, story);
    this.#byToken.set(story.token, story);
    this.#byCall.set(story.record.id, story);
  }

  delete(story: Story): void {
    this.#bySid.delete(story.callSid);
    this.#byToken.delete(story.token);
    this.#byCall.delete(story.record.id);
  }

  bySid(callSid: string): Story | undefined {
    return this.#bySid.get(callSid);
  }

  byToken(token: string): Story | undefined {
    return this.#byToken.get(token);
  }

  byCall(callId: string): Story | undefined {
    return this.#byCall.get(callId);
  }

  callIds(): readonly string[] {
    return [...this.#byCall.keys()];
  }

  all(): Iterable<Story> {
    return this.#bySid.values();
  }
}

/** Why the caller was sent to the voicemail. */
export function reasonOf({ decision, afterDial }: Story): VoicemailReason {
  if (afterDial?.kind === 'voicemail') return afterDial.reason;
  return decision.kind === 'voicemail' ? decision.reason : 'no-answer';
}
