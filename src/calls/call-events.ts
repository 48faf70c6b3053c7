// Owns what the calls of the house are as events: of the exchange, of each phone, of each person.
// Called by the entities of calls, with each fact about a call; what a fact is to whom is decided in call-occurrences.ts.
// Must stay true: a fact is read at once, while the call is as it was when the fact was emitted.
import { isDeviceId } from '#base/ids.ts';
import type { CallId, DeviceId, PersonId, VoicemailId } from '#base/ids.ts';
import type { Attributes, EventSource, Occurrence } from '#contract/entity.ts';
import type { FactName, Facts } from '#contract/facts.ts';
import { callAttributes, endAttributes } from './call-event-attributes.ts';
import type { CallNames } from './call-event-attributes.ts';
import { whenAnswered, whenCallingForHelp, whenEnded, whenRinging, whenVoicemailLeft } from './call-occurrences.ts';
import type { CallOccurrence, CallSnapshot } from './call-occurrences.ts';
import type { Verdict } from './verdict.ts';

/** A message that was left, as far as its call goes. */
export type LeftVoicemail = {
  readonly id: VoicemailId;
  readonly personId: PersonId | undefined;
  readonly callId: CallId | undefined;
  readonly number: string;
  readonly name: string;
  readonly seconds: number;
};

export type CallEventsDeps = {
  readonly clock: { now(): number };
  readonly calls: {
    find(id: CallId): CallSnapshot | undefined;
    get(id: CallId): { readonly isEmergency: boolean } | undefined;
  };
  readonly names: CallNames;
  readonly voicemailOf: (id: VoicemailId) => LeftVoicemail | undefined;
};

type OccursBy = EventSource['occursBy'];
type OwnerKind = 'exchange' | 'device' | 'person';

export class CallEvents {
  readonly #deps: CallEventsDeps;
  /** The exchange, the phones and the people ask about the same fact one after the other. */
  #latest: { readonly fact: object; readonly occurrences: readonly Occurrence[] } | undefined;

  constructor(deps: CallEventsDeps) {
    this.#deps = deps;
  }

  /** What each fact is to owners of one kind. */
  occursBy<Id extends string>(kind: OwnerKind): EventSource<Id>['occursBy'] {
    const read = <Name extends FactName>(occur: (fact: Facts[Name]) => readonly Occurrence[]) => {
      return (fact: Facts[Name]) => this.#read(fact, occur).filter(({ ownerId }) => kindOf(ownerId) === kind);
    };
    const occursBy: OccursBy = {
      'call.started': read<'call.started'>(({ callId }) => this.#started(callId)),
      'leg.changed': read<'leg.changed'>((fact) => (fact.state === 'ringing' ? this.#rings(fact) : [])),
      'call.answered': read<'call.answered'>(({ callId }) => this.#answered(callId)),
      'call.ended': read<'call.ended'>((fact) => this.#ended(fact)),
      'voicemail.left': read<'voicemail.left'>(({ voicemailId }) => this.#voicemailLeft(voicemailId)),
    };
    return occursBy as EventSource<Id>['occursBy'];
  }

  #read<Fact extends object>(fact: Fact, occur: (fact: Fact) => readonly Occurrence[]): readonly Occurrence[] {
    if (this.#latest?.fact !== fact) this.#latest = { fact, occurrences: occur(fact) };
    return this.#latest.occurrences;
  }

  #started(callId: CallId): readonly Occurrence[] {
    const { calls } = this.#deps;
    const call = calls.get(callId)?.isEmergency === true ? calls.find(callId) : undefined;
    return call === undefined ? [] : this.#show(call, whenCallingForHelp(call), {});
  }

  #rings({ callId, deviceId }: Facts['leg.changed']): readonly Occurrence[] {
    const call = this.#deps.calls.find(callId);
    return call === undefined ? [] : this.#show(call, whenRinging(call, deviceId), { phone: deviceId });
  }

  #answered(callId: CallId): readonly Occurrence[] {
    const call = this.#deps.calls.find(callId);
    if (call === undefined) return [];
    const over = endAttributes(call.record, { disposition: 'answered' }, this.#deps.clock.now());
    return this.#show(call, whenAnswered(call), { over });
  }

  #ended({ callId, disposition, reason }: Facts['call.ended']): readonly Occurrence[] {
    const call = this.#deps.calls.find(callId);
    if (call === undefined) return [];
    // Only verdicts of the closed list are ever emitted.
    const verdict = { disposition, reason } as Verdict;
    return this.#show(call, whenEnded(call, verdict), { over: endAttributes(call.record, verdict, this.#deps.clock.now()) });
  }

  #voicemailLeft(voicemailId: VoicemailId): readonly Occurrence[] {
    const { calls, voicemailOf } = this.#deps;
    const left = voicemailOf(voicemailId);
    if (left === undefined) return [];
    const call = left.callId === undefined ? undefined : calls.find(left.callId);
    const { number, name, seconds } = left;
    const message = { voicemail_id: voicemailId, number, name, seconds: Math.round(seconds) };
    return whenVoicemailLeft(call?.legs ?? [], left.personId).map((one) => ({
      ownerId: one.owner,
      type: one.type,
      attributes: { ...(call === undefined ? {} : this.#attributes(call, one)), ...message },
    }));
  }

  #show(call: CallSnapshot, occurrences: readonly CallOccurrence[], { phone, over }: Shown): readonly Occurrence[] {
    return occurrences.map((one) => ({
      ownerId: one.owner,
      type: one.type,
      attributes: {
        ...this.#attributes(call, one, phone),
        ...(isBeginning(one.type) ? {} : over),
        ...(one.type === 'star_code' ? { code: call.record.dialled } : {}),
      },
    }));
  }

  #attributes(call: CallSnapshot, occurrence: CallOccurrence, phone?: DeviceId): Attributes {
    return callAttributes(call, occurrence, { phone, names: this.#deps.names });
  }
}

type Shown = { readonly phone?: DeviceId; readonly over?: Attributes };

function isBeginning(type: CallOccurrence['type']): boolean {
  return type === 'incoming' || type === 'answered' || type === 'emergency';
}

function kindOf(ownerId: string): OwnerKind {
  if (ownerId === 'exchange') return 'exchange';
  return isDeviceId(ownerId as DeviceId | PersonId) ? 'device' : 'person';
}
