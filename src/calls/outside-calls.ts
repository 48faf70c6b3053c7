// Owns the calls that the network announces before their SIP leg comes: one record from the first word to the last.
// Called by the edge that hears the network (arrive, dialDone, …) and by calls.ts, whose SIP leg joins the record by its token.
// Words may come twice, late, in any order or never: the same question gets the same answer, and every record is closed once.
import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { OurNumber } from '#numbers/number.ts';
import { CallTime } from './call-time.ts';
import type { CallLeg, CallRecord } from './call.ts';
import type { CdrStore } from './cdr-store.ts';
import { decideAfterDial, decideInbound, verdictOfMessage, verdictOfUntold } from './outside-call.ts';
import type { AfterDial, Caller, DialResult, InboundDecision, LeftMessage } from './outside-call.ts';
import { callerLegOf, newOutsideRecord, unrungLegs } from './outside-record.ts';
import type { OutsideCallStore } from './outside-call-store.ts';
import { OpenStories, reasonOf } from './outside-story.ts';
import type { Announced, Arrival, Story } from './outside-story.ts';
import { StoryRecords } from './story-records.ts';
import type { Devices, OutsideStories, Registrations, StoryClaim } from './ports.ts';
import { explain } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export type OutsideCallsParts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: NewId;
  /** Unguessable. */
  readonly newToken: () => string;
  readonly events: Events<Facts>;
  readonly store: OutsideCallStore;
  readonly cdrs: CdrStore;
  readonly byNumber: (number: string) => OurNumber | undefined;
  readonly devices: Pick<Devices, 'ofPerson'>;
  readonly registrations: Registrations;
  readonly ringSeconds: number;
  readonly spamThreshold?: number;
  /** Calls at one time; further ones get a busy tone. */
  readonly mostCalls?: number;
};

const spamThresholdByDefault = 0.7;
const mostCallsByDefault = 2000;
const sweepMs = 5_000;
/** How long the network may take for its next word; its own time-outs are far below. */
const silenceMs = { legExpected: 120_000, dialDoneExpected: 30_000, messageExpected: 600_000, lastWordExpected: 60_000 };

/** The network asks what becomes of a caller at once when it has given up; and for so long nobody lets it ring. */
const rejoinMs = 30_000;
const longestRingMs = 600_000;

export class OutsideCalls implements OutsideStories {
  readonly #parts: OutsideCallsParts;
  readonly #records: StoryRecords;
  readonly #stories = new OpenStories();
  #sweep: Timer | undefined;

  constructor(parts: OutsideCallsParts) {
    this.#parts = parts;
    this.#records = new StoryRecords(parts);
  }

  /** Takes up what the last run left open; before `Calls.start`, which closes all others. */
  start(): void {
    for (const story of this.#records.takeUp(this.#in(silenceMs.lastWordExpected))) this.#stories.add(story);
    this.#sweep = this.#parts.clock.every(sweepMs, () => this.#closeSilent());
  }

  stop(): void {
    this.#sweep?.cancel();
  }

  /** Calls whose last word has not come. */
  get size(): number {
    return this.#stories.size;
  }

  /** Decides a new call and opens its record; a call that is known gets its first answer again. */
  arrive(announced: Announced): Arrival {
    const known = this.#storyOf(announced.callSid);
    const story = known ?? this.#open(announced);
    const { token, decision, caller, record } = story;
    return { callId: record.id, token, decision, caller, number: record.number, personId: record.callee.personId };
  }

  /** Decides what becomes of a caller whose call did, or did not, get through. Undefined: we never heard of the call. */
  dialDone(callSid: string, dial: Pick<DialResult, 'isCallerGone' | 'status' | 'sipStatus'>): AfterDial | undefined {
    const story = this.#storyOf(callSid);
    if (story === undefined) return undefined;
    if (story.afterDial !== undefined) return story.afterDial;
    const { decision, record } = story;
    if (decision.kind === 'reject') return { kind: 'hang-up', verdict: decision.verdict };
    const after = decideAfterDial({ ...dial, ours: story.ours, hasMailbox: record.callee.personId !== undefined });
    story.afterDial = after;
    // Closed already, because this word came late: the caller is served all the same, and a message they leave is still found.
    if (story.phase === 'over') this.#records.save(story, []);
    else if (after.kind === 'voicemail') this.#toVoicemail(story);
    else if (after.verdict.result !== 'answered' || story.leg !== 'live') this.#close(story, after.verdict);
    return after;
  }

  /**
   * A caller whom the network could not hand to the house over its trunk, or whom nobody here took: the same call, in one record, whatever
   * it is called now.
   */
  recover(announced: Omit<Announced, 'isReachable'>): Arrival & { readonly isForVoicemail: boolean } {
    if (this.#storyOf(announced.callSid) === undefined) this.#rejoin(announced);
    const arrival = this.arrive({ ...announced, isReachable: false });
    const gaveUp = { isCallerGone: false, status: 'failed', sipStatus: undefined };
    const isForVoicemail =
      arrival.decision.kind === 'ring'
        ? this.dialDone(announced.callSid, gaveUp)?.kind === 'voicemail'
        : arrival.decision.kind === 'voicemail';
    return { ...arrival, isForVoicemail };
  }

  /** Gives a call that came over the trunk a moment ago its other name. */
  #rejoin({ callSid, dialled, caller, trunk }: Omit<Announced, 'isReachable'>): void {
    const { store, byNumber, clock, newToken, cdrs, ringSeconds } = this.#parts;
    const number = byNumber(dialled)?.number;
    const now = clock.now();
    if (number === undefined) return;
    const who = { trunk, number, caller: caller.number ?? '' };
    const found = store.unanswered({ ...who, from: now - longestRingMs, to: now, endedSince: now - rejoinMs });
    const record = found === undefined ? undefined : cdrs.get(found.callId);
    if (record !== undefined) this.#records.name(record, { callSid, token: newToken(), seconds: ringSeconds });
  }

  /** What became of the message of a caller: the first who knows decides. */
  messageDone(callSid: string, message: LeftMessage): void {
    const story = this.#storyOf(callSid);
    if (story === undefined) return;
    const verdict = verdictOfMessage(message, reasonOf(story));
    if (verdict === undefined) story.deadlineAt = this.#in(silenceMs.lastWordExpected);
    else if (story.phase !== 'over') this.#close(story, verdict);
    // Which of the two comes first is chance: what is known of the recording itself stands.
    else if (verdict.result === 'voicemail' ? message.isForetold !== true : !message.isThere) this.#amend(story, verdict);
  }

  /** The caller's own leg is over; what else there is to say may still come. */
  callerGone(callSid: string): void {
    const story = this.#stories.bySid(callSid);
    if (story === undefined) return;
    story.isCallerGone = true;
    // While the SIP leg is there, its own end says more.
    if (story.leg !== 'live') story.deadlineAt = Math.min(story.deadlineAt, this.#in(silenceMs.lastWordExpected));
  }

  /** How far a call has come: `announced` until its SIP leg was there. */
  progressOf(callSid: string): 'unknown' | 'announced' | 'rung' | 'voicemail' | 'over' {
    const story = this.#storyOf(callSid);
    if (story === undefined) return 'unknown';
    if (story.phase !== 'ringing') return story.phase;
    return story.leg === 'none' ? 'announced' : 'rung';
  }

  /** The network's name of a call, such as it takes to record it. */
  sidOf(callId: string): string | undefined {
    return this.#stories.byCall(callId)?.callSid ?? this.#parts.store.byCall(callId)?.callSid;
  }

  /** The record of a call by the network's name of it, else by ours. */
  recordOf(callSid: string, callId?: string): CallRecord | undefined {
    const story = this.#storyOf(callSid);
    if (story !== undefined) return story.record;
    const row = callId === undefined ? undefined : this.#parts.store.byCall(callId);
    return row === undefined ? undefined : this.#parts.cdrs.get(row.callId);
  }

  claim(token: string): StoryClaim {
    const story = this.#stories.byToken(token);
    if (story === undefined) return { kind: 'unknown' };
    // The network rings every place where we are registered, which may twice be us.
    if (story.leg !== 'none' || story.phase !== 'ringing') return { kind: 'taken' };
    story.leg = 'live';
    story.deadlineAt = Number.POSITIVE_INFINITY;
    return { kind: 'joined', record: story.record, time: story.time };
  }

  written(record: CallRecord): CallRecord {
    const story = this.#stories.byCall(record.id);
    if (story === undefined) return record;
    // Only an answered call is over with its SIP leg; of any other the network has the last word.
    const isOver = record.verdict?.result === 'answered';
    const { endedAt, verdict } = story.phase === 'over' ? story.record : isOver ? record : stillOpen;
    story.record = { ...record, endedAt, verdict };
    return story.record;
  }

  legEnded(record: CallRecord): boolean {
    const story = this.#stories.byCall(record.id);
    if (story === undefined) return true;
    story.leg = 'over';
    story.ours = record.verdict;
    if (story.phase === 'over') this.#stories.delete(story);
    else if (record.verdict?.result === 'answered') return this.#endWithLeg(story);
    else story.deadlineAt = this.#in(silenceMs.dialDoneExpected);
    return false;
  }

  /** The network will list it: then it is known, and no call that was missed. */
  came(record: CallRecord, callSid: string): void {
    this.#records.name(record, { callSid, token: this.#parts.newToken(), seconds: this.#parts.ringSeconds });
  }

  openCallIds(): readonly string[] {
    return this.#stories.callIds();
  }

  #open({ callSid, dialled, caller, isReachable, trunk }: Announced): Story {
    const { clock, newId, newToken, byNumber } = this.#parts;
    const time = new CallTime(clock);
    const number = byNumber(dialled);
    const decision = this.#decide(number, caller, isReachable);
    const record = newOutsideRecord({ id: newId('call'), now: time.now(), number, dialled, caller, trunk });
    const story: Story = {
      ...{ callSid, token: newToken(), decision, caller, record, createdAt: record.startedAt, time },
      ...{ phase: 'ringing', afterDial: undefined, ours: undefined, leg: 'none', isTold: false, isCallerGone: false },
      deadlineAt: this.#in(this.#parts.ringSeconds * 1000 + silenceMs.legExpected),
    };
    const shown = { from: caller.number === undefined ? 'hidden' : maskNumber(caller.number), to: maskNumber(dialled) };
    this.#parts.log.info({ callId: record.id, ...shown, decision: decision.kind }, 'A call from outside');
    this.#stories.add(story);
    if (decision.kind === 'reject') this.#close(story, decision.verdict);
    else if (decision.kind === 'voicemail') this.#toVoicemail(story);
    else this.#records.save(story, []);
    return story;
  }

  #decide(number: OurNumber | undefined, caller: Caller, isReachable: boolean): InboundDecision {
    const { devices, registrations, ringSeconds } = this.#parts;
    const owner = number?.ownerPersonId;
    const enabled = owner === undefined ? [] : devices.ofPerson(owner).filter((device) => device.enabled);
    const registered = enabled.filter(({ id }) => registrations.of(id).length > 0).length;
    return decideInbound({
      ...{ number, caller, isReachable, ringSeconds, phones: { enabled: enabled.length, registered } },
      spamThreshold: this.#parts.spamThreshold ?? spamThresholdByDefault,
      isFull: this.#stories.size >= (this.#parts.mostCalls ?? mostCallsByDefault),
    });
  }

  #toVoicemail(story: Story): void {
    story.phase = 'voicemail';
    story.deadlineAt = this.#in(silenceMs.messageExpected);
    this.#records.save(story, story.leg === 'none' ? this.#unrung(story) : []);
    this.#tellStart(story);
    this.#parts.events.emit('call.changed', { callId: story.record.id, state: 'voicemail' });
  }

  /** Who would have been rung, so that the record says why nobody was, and to whom it belongs. */
  #unrung({ record, callSid, decision, time }: Story): readonly CallLeg[] {
    const { newId, devices } = this.#parts;
    const owner = record.callee.personId;
    const caller = callerLegOf(record, callSid, newId('leg'));
    if (owner === undefined || decision.kind === 'reject') return [caller];
    const outcome = decision.kind === 'voicemail' && decision.reason !== 'unreachable' ? 'offline' : 'unreachable';
    const phones = devices.ofPerson(owner).filter((device) => device.enabled);
    return [caller, ...unrungLegs({ record, phones, outcome, now: time.now(), newId })];
  }

  #close(story: Story, verdict: Verdict): void {
    const { log, events } = this.#parts;
    const wasInVoicemail = story.phase === 'voicemail';
    story.phase = 'over';
    story.record = { ...story.record, endedAt: Math.max(story.record.startedAt, story.time.now()), verdict };
    this.#records.save(story, story.leg === 'none' && !wasInVoicemail ? this.#unrung(story) : []);
    this.#tellStart(story);
    events.emit('call.ended', { callId: story.record.id, disposition: verdict.result, reason: verdict.reason });
    log.info({ callId: story.record.id, ...verdict }, `Call from outside ended: ${explain(verdict)}`);
    if (story.leg !== 'live') this.#stories.delete(story);
  }

  /** With a SIP leg, calls.ts tells it. */
  #tellStart(story: Story): void {
    if (story.leg === 'none' && !story.isTold) this.#parts.events.emit('call.started', { callId: story.record.id });
    story.isTold = true;
  }

  /** calls.ts has closed the record and tells of it. */
  #endWithLeg(story: Story): boolean {
    story.phase = 'over';
    this.#records.save(story, []);
    this.#stories.delete(story);
    return true;
  }

  /** A message that was there after all: its recording was announced later than we waited. */
  #amend(story: Story, verdict: Verdict): void {
    const { result } = story.record.verdict ?? {};
    if (result === 'answered' || result === 'blocked' || result === verdict.result) return;
    story.record = { ...story.record, verdict };
    this.#records.save(story, []);
    this.#parts.events.emit('call.changed', { callId: story.record.id, state: 'voicemail' });
  }

  #closeSilent(): void {
    const now = this.#parts.clock.monotonic();
    for (const story of this.#stories.all()) {
      if (story.deadlineAt > now || story.phase === 'over') continue;
      const voicemailReason = story.phase === 'voicemail' ? reasonOf(story) : undefined;
      this.#close(story, verdictOfUntold({ voicemailReason, ours: story.ours, isCallerGone: story.isCallerGone }));
    }
  }

  /** From memory while it is open, else as it was kept. */
  #storyOf(callSid: string): Story | undefined {
    return this.#stories.bySid(callSid) ?? this.#records.find(callSid);
  }

  #in(milliseconds: number): number {
    return this.#parts.clock.monotonic() + milliseconds;
  }
}

const stillOpen = { endedAt: undefined, verdict: undefined };
