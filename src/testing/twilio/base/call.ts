import { geo } from './message-params.ts';
import { rfc2822 } from './dates.ts';
import { isFinalCall } from './records.ts';
import type { CallRecord, CallStatus } from './records.ts';
import type { FormFields } from './signature.ts';
import type { EmulatorState } from './state.ts';
import type { VoiceLeg } from './voice-side.ts';
import type { WebhookSender, WebhookKind } from './webhooks.ts';

/** Where TwiML comes from. */
export type TwimlSource =
  | {
      readonly kind: 'url';
      readonly url: string;
      readonly method: 'GET' | 'POST';
      readonly webhook: WebhookKind;
      readonly fields?: FormFields;
      readonly fallback?: { readonly url: string; readonly method: 'GET' | 'POST' };
    }
  | { readonly kind: 'twiml'; readonly text: string };

export type Interruption = { readonly kind: 'hangup' } | { readonly kind: 'replaced'; readonly source: TwimlSource };

export type StatusCallback = {
  readonly kind: WebhookKind;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly events: readonly string[];
};

/** One leg with its record, its callbacks and what may break into its TwiML. */
export class EmulatedCall {
  readonly record: CallRecord;
  leg: VoiceLeg | undefined;
  readonly cookies = new Map<string, string>();
  /** Fields that come with every request about this call (SIP, STIR, add-ons). */
  extraFields: FormFields = [];
  statusCallbacks: readonly StatusCallback[] = [];
  fallback: { readonly url: string; readonly method: 'GET' | 'POST' } | undefined;
  /** Answers the caller: 200 to an INVITE, nothing on a telephone line. */
  answerLeg: () => Promise<void> = () => Promise.resolve();
  /** Refuses an INVITE that was not answered yet. */
  rejectLeg: ((status: number) => void) | undefined;
  /** What a Reject says to a SIP caller; otherwise the status of the call decides. */
  refusal: number | undefined;
  /** Runs when it is over, whatever ended it. */
  readonly over: Promise<void>;
  sipResponseCode: number | undefined;
  readonly #state: EmulatorState;
  readonly #webhooks: WebhookSender;
  readonly #over = Promise.withResolvers<void>();
  readonly #conference = Promise.withResolvers<void>();
  #isFinished = false;
  #sequence = 0;
  #interruption = Promise.withResolvers<Interruption>();

  constructor(record: CallRecord, { state, webhooks }: { readonly state: EmulatorState; readonly webhooks: WebhookSender }) {
    this.record = record;
    this.#state = state;
    this.#webhooks = webhooks;
    this.over = this.#over.promise;
  }

  get sid(): string {
    return this.record.sid;
  }

  get isOver(): boolean {
    return isFinalCall(this.record.status);
  }

  get isAnswered(): boolean {
    return this.record.answeredMs !== null;
  }

  get conferenceEnded(): Promise<void> {
    return this.#conference.promise;
  }

  endConference(): void {
    this.#conference.resolve();
  }

  get interrupted(): Promise<Interruption> {
    return this.#interruption.promise;
  }

  interrupt(interruption: Interruption): void {
    this.#interruption.resolve(interruption);
  }

  /** The document was replaced and the next one starts. */
  resume(): void {
    this.#interruption = Promise.withResolvers<Interruption>();
    if (this.leg !== undefined) void this.leg.ended.then(() => this.interrupt({ kind: 'hangup' }));
  }

  attach(leg: VoiceLeg): void {
    this.leg = leg;
    void leg.ended.then(() => this.interrupt({ kind: 'hangup' }));
  }

  async answer(): Promise<void> {
    if (this.isAnswered || this.isOver) return;
    this.record.answeredMs = this.#state.now();
    await this.answerLeg();
    this.progress('in-progress', 'answered');
  }

  progress(status: CallStatus, event: string): void {
    if (this.isOver) return;
    this.record.status = status;
    this.record.updatedMs = this.#state.now();
    this.#report(event);
  }

  /** Sets the final state so that requests show it; `finish` reports it. */
  close(status: CallStatus): void {
    if (this.isOver) return;
    const now = this.#state.now();
    this.record.status = status;
    this.record.updatedMs = now;
    this.record.endedMs = now;
    this.record.price = this.isAnswered ? `-${(0.0085 * Math.ceil((this.durationSeconds || 1) / 60)).toFixed(5)}` : null;
  }

  finish(status: CallStatus): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.close(status);
    if (!this.isAnswered && this.rejectLeg !== undefined)
      this.rejectLeg(this.refusal ?? (status === 'busy' ? 486 : status === 'failed' ? 500 : 480));
    this.leg?.hangup();
    this.#report('completed');
    this.#over.resolve();
  }

  get durationSeconds(): number {
    const { answeredMs, endedMs } = this.record;
    return answeredMs === null ? 0 : Math.round(((endedMs ?? this.#state.now()) - answeredMs) / 1000);
  }

  /** The fields of every request about this call. */
  fields(): FormFields {
    const { sid, from, to, status, direction, parentSid, callerName } = this.record;
    const places = (['From', 'Caller', 'To', 'Called'] as const).flatMap((name): [string, string][] => {
      const { country, state } = geo(name === 'From' || name === 'Caller' ? from : to);
      return [
        [`${name}City`, ''],
        [`${name}State`, state],
        [`${name}Zip`, ''],
        [`${name}Country`, country],
      ];
    });
    return [
      ['AccountSid', this.#state.account.sid],
      ['ApiVersion', '2010-04-01'],
      ['CallSid', sid],
      ['CallStatus', status],
      ['Direction', direction],
      ['From', from],
      ['Caller', from],
      ['To', to],
      ['Called', to],
      ...(parentSid === null ? [] : [['ParentCallSid', parentSid] as const]),
      ...(callerName === null ? [] : [['CallerName', callerName] as const]),
      ...(from.startsWith('sip:') ? [] : places),
      ...this.extraFields,
    ];
  }

  #report(event: string): void {
    const sequence = this.#sequence;
    this.#sequence += 1;
    const { billedDuration } = this.#state.switches;
    const isLast = event === 'completed';
    const fields: FormFields = [
      ...this.fields(),
      ['Timestamp', rfc2822(this.#state.now())],
      ['CallbackSource', 'call-progress-events'],
      ['SequenceNumber', String(sequence)],
      ...(isLast ? [['CallDuration', String(this.durationSeconds)] as const] : []),
      ...(isLast && billedDuration ? [['Duration', String(Math.ceil(this.durationSeconds / 60))] as const] : []),
      ...(this.sipResponseCode === undefined ? [] : [['SipResponseCode', String(this.sipResponseCode)] as const]),
    ];
    for (const { kind, url, method, events } of this.statusCallbacks) {
      if (events.includes(event)) this.#webhooks.post({ kind, url, method, fields, resourceSid: this.sid });
    }
  }
}
