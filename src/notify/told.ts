// Owns which things of the house people are told of: calls that ring or were missed, voicemails, messages.
// Called by the facts of the rooms, and by catch-up.ts for what a kill kept from being told.
// Must stay true: one thing is one notification to one person; a listener keeps up no call: what has to be read is read in the write.
import type { Events } from '#base/events.ts';
import type { CallId, DeviceId, MessageId, PersonId, VoicemailId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { Notification } from './kinds/notification.ts';
import type { Recipients, ToldCall } from './recipients.ts';
import type { ToldDeliveries } from './to-tell.ts';
import type { ToldWrites } from './told-writes.ts';

/** What the rooms know of what happened; read at once, without a file. */
export type ToldSources = {
  /** Whom a call that begins to ring at a phone is incoming for; undefined where it is nobody's business. */
  readonly ringing: (callId: CallId, deviceId: DeviceId) => ToldCall | undefined;
  /** Who missed a call that is over; undefined where nobody did, or it goes on. */
  readonly missed: (callId: CallId) => MissedCall | undefined;
  /** Undefined where it was heard or deleted. */
  readonly voicemail: (id: VoicemailId) => ToldVoicemail | undefined;
  /** Undefined where it was read or deleted, or went out. */
  readonly message: (id: MessageId) => ToldMessage | undefined;
};

/** `mailbox`: whose has a voicemail of it, null the house's; undefined: none was left. */
export type MissedCall = ToldCall & { readonly mailbox: PersonId | null | undefined; readonly endedAt?: number | undefined };
export type ToldVoicemail = {
  readonly personId: PersonId | null;
  readonly leftAt: number;
  readonly isTranscriptPending: boolean;
};
export type ToldMessage = {
  readonly personId: PersonId | null;
  readonly isMediaPending: boolean;
  readonly receivedAt?: number | undefined;
};

export type ToldDeps = {
  readonly events: Events<Facts>;
  readonly clock: { now(): number };
  readonly log: Log;
  readonly writes: Pick<ToldWrites, 'write'>;
  readonly deliveries: Pick<ToldDeliveries, 'tell' | 'advance' | 'cancel' | 'personsOf' | 'reconsider'>;
  readonly recipients: Pick<Recipients, 'of' | 'ofCall'>;
  readonly sources: ToldSources;
  /** When the data of the house were restored last: what was before, and is fetched only now, may have been told. */
  readonly restoredAt?: number | undefined;
};

/** How long a mail waits for what belongs to it. */
const transcriptMs = 30_000;
const mediaMs = 60_000;
/** Within which it becomes known whose a voicemail is. */
const resolvedMs = 3_600_000;

export class Telling {
  readonly #deps: ToldDeps;
  #unsubscribers: (() => void)[] = [];

  constructor(deps: ToldDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { events, writes } = this.#deps;
    const write = (run: () => void) => writes.write(run);
    this.#unsubscribers = [
      events.on('leg.changed', (fact) => this.#legChanged(fact)),
      events.on('call.answered', ({ callId }) => write(() => this.#over(callId))),
      events.on('call.ended', ({ callId }) => write(() => this.callEnded(callId))),
      // A message turned out otherwise after the call.
      events.on('call.changed', ({ callId, state }) => state === 'voicemail' && write(() => this.callEnded(callId))),
      events.on('voicemail.left', ({ voicemailId }) => write(() => this.voicemailLeft(voicemailId))),
      // Whose it is may turn out only then.
      events.on('voicemail.changed', ({ voicemailId }) => write(() => this.#voicemailChanged(voicemailId))),
      events.on('voicemail.transcribed', ({ voicemailId }) => write(() => this.#transcribed(voicemailId))),
      events.on('message.received', ({ messageId }) => write(() => this.messageReceived(messageId))),
      events.on('message.changed', ({ messageId }) => write(() => this.#messageChanged(messageId))),
      events.on('dnd.changed', ({ of, personId }) => of !== 'device' && this.#quietChanged(personId)),
      events.on('notification-preferences.changed', ({ personId }) => this.#quietChanged(personId)),
    ];
  }

  stop(): void {
    for (const end of this.#unsubscribers.splice(0)) end();
  }

  /** Inside a write, also again: who missed it is told once. */
  callEnded(callId: CallId): void {
    const { sources, recipients } = this.#deps;
    const missed = sources.missed(callId);
    // Whoever is told of the message is not told of the call too.
    const left = missed?.mailbox === undefined ? [] : recipients.of(missed.mailbox);
    const persons = missed === undefined ? [] : recipients.ofCall(missed).filter((personId) => !left.includes(personId));
    this.#tell({ kind: 'missed-call', item: { callId } }, persons, { dedupe: missedOf(callId), at: missed?.endedAt });
    this.#over(callId);
  }

  /** Inside a write, also again. */
  voicemailLeft(voicemailId: VoicemailId): void {
    const { sources, recipients, clock } = this.#deps;
    const left = sources.voicemail(voicemailId);
    if (left === undefined) return;
    const notBefore = left.isTranscriptPending ? clock.now() + transcriptMs : undefined;
    this.#tell({ kind: 'voicemail', item: { voicemailId } }, recipients.of(left.personId), {
      dedupe: `voicemail:${voicemailId}`,
      at: left.leftAt,
      notBefore,
    });
  }

  /** Inside a write, also again. */
  messageReceived(messageId: MessageId): void {
    const { sources, recipients, clock } = this.#deps;
    const received = sources.message(messageId);
    if (received === undefined) return;
    const notBefore = received.isMediaPending ? clock.now() + mediaMs : undefined;
    this.#tell({ kind: 'message', item: { messageId } }, recipients.of(received.personId), {
      dedupe: `message:${messageId}`,
      at: received.receivedAt,
      notBefore,
    });
  }

  /** Read while the phone begins to ring: a moment later it may be one of several, or over. */
  #legChanged({ callId, deviceId, state }: Facts['leg.changed']): void {
    const { sources, recipients, writes } = this.#deps;
    const call = state === 'ringing' ? sources.ringing(callId, deviceId) : undefined;
    if (call === undefined) return;
    const persons = recipients.ofCall(call);
    if (persons.length === 0) return;
    writes.write(() => this.#tell({ kind: 'incoming-call', item: { callId } }, persons, { dedupe: incomingOf(callId) }));
  }

  /** It rings no more: what says that it does goes away, where the missed call does not take its place. */
  #over(callId: CallId): void {
    const { deliveries } = this.#deps;
    deliveries.cancel(callId, 'incoming-call', 'obsolete');
    const persons = deliveries.personsOf(callId, 'incoming-call');
    const replaces = { dedupe: `call-over:${callId}`, after: incomingOf(callId), unless: missedOf(callId) };
    this.#tell({ kind: 'call-over', item: { callId } }, persons, replaces);
  }

  #voicemailChanged(voicemailId: VoicemailId): void {
    const { sources, clock } = this.#deps;
    const left = sources.voicemail(voicemailId);
    if (left !== undefined && clock.now() - left.leftAt < resolvedMs) this.voicemailLeft(voicemailId);
  }

  /** Its mail has waited for that; whoever was told before may want to know it too. */
  #transcribed(voicemailId: VoicemailId): void {
    const { sources, recipients, deliveries } = this.#deps;
    const left = sources.voicemail(voicemailId);
    if (left === undefined) return;
    deliveries.advance(voicemailId, 'voicemail');
    const dedupes = { dedupe: `transcript:${voicemailId}`, after: `voicemail:${voicemailId}` };
    this.#tell({ kind: 'transcript', item: { voicemailId } }, recipients.of(left.personId), dedupes);
  }

  #messageChanged(messageId: MessageId): void {
    if (this.#deps.sources.message(messageId)?.isMediaPending === false) this.#deps.deliveries.advance(messageId, 'message');
  }

  /** Null: the house's, which is everybody's. */
  #quietChanged(personId: PersonId | null): void {
    this.#deps.writes.write(() => this.#deps.deliveries.reconsider(personId));
  }

  #tell(notification: Notification, persons: readonly PersonId[], { at, ...keys }: Keys): void {
    const { deliveries, restoredAt } = this.#deps;
    if (persons.length === 0) return;
    const isInDoubt = at !== undefined && restoredAt !== undefined && at < restoredAt;
    deliveries.tell(persons.map((personId) => ({ notification, personId, isUrgent: false, isInDoubt, ...keys })));
  }
}

type Keys = {
  readonly dedupe: string;
  /** When it happened. */
  readonly at?: number | undefined;
  readonly notBefore?: number | undefined;
  readonly after?: string;
  readonly unless?: string;
};

function incomingOf(callId: CallId): string {
  return `incoming-call:${callId}`;
}

function missedOf(callId: CallId): string {
  return `call:${callId}:missed`;
}
