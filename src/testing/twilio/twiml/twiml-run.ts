// Runs a call through its TwiML: fetches documents, obeys their verbs, falls back, gives up as Twilio does.
// The switchboard starts one for each call; a screening document of a callee runs in one of its own.
// Must stay true: one document drives a call at a time, and whatever ends the call ends its run.
import type { EmulatedCall, Interruption, TwimlSource } from '#testing/twilio/base/call.ts';
import type { FarPhone } from '#testing/twilio/base/far-phones.ts';
import type { EmulatedRecordings } from '#testing/twilio/base/recordings.ts';
import type { CallDirection } from '#testing/twilio/base/records.ts';
import { drawDelay } from '#testing/twilio/base/delays.ts';
import type { FormFields } from '#testing/twilio/base/signature.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';
import { readReply, readTwiml } from './twiml-document.ts';
import type { TwimlResult, Verb } from './twiml-document.ts';
import type { SipDirectory, VoiceLeg, VoiceSide } from '#testing/twilio/base/voice-side.ts';
import { resolveUrl } from '#testing/twilio/base/webhook-address.ts';
import type { WebhookSender } from '#testing/twilio/base/webhooks.ts';

export type Telephony = {
  readonly state: EmulatorState;
  readonly webhooks: WebhookSender;
  readonly recordings: EmulatedRecordings;
  readonly voice: VoiceSide;
  readonly directory: SipDirectory;
  readonly farPhones: ReadonlyMap<string, FarPhone>;
  readonly runVerb: RunVerb;
  /** Who takes a REFER that comes from a leg, while its Dial has a referUrl. */
  readonly referHandlers: Map<VoiceLeg, (target: string) => Promise<number>>;
  readonly newCall: (given: NewCall) => EmulatedCall;
};

export type NewCall = {
  readonly from: string;
  readonly to: string;
  readonly direction: CallDirection;
  readonly parentSid?: string;
  readonly phoneNumberSid?: string;
  readonly trunkSid?: string;
  readonly callerName?: string;
};

/** What comes after a verb. */
export type VerbResult =
  | { readonly kind: 'next' }
  | { readonly kind: 'go'; readonly source: TwimlSource }
  /** The call ends in this state. */
  | { readonly kind: 'end'; readonly status: 'completed' | 'busy' | 'no-answer' | 'failed' };

/** Does what one verb says. */
export type RunVerb = (run: TwimlRun, verb: Verb) => Promise<VerbResult> | VerbResult;

export const nextVerb: VerbResult = { kind: 'next' };
export const hangUp: VerbResult = { kind: 'end', status: 'completed' };
const maxDocuments = 200;

export class RunInterrupted extends Error {
  readonly interruption: Interruption;
  constructor(interruption: Interruption) {
    super(interruption.kind);
    this.interruption = interruption;
  }
}

export class TwimlRun {
  readonly telephony: Telephony;
  readonly call: EmulatedCall;
  readonly isScreening: boolean;
  /** Of the document that runs; undefined for TwiML that came by REST. */
  base: string | undefined;
  baseMethod: 'GET' | 'POST' = 'POST';
  /** How often in a row a Record or Gather asked its own document again. */
  selfRequests = 0;

  constructor(telephony: Telephony, call: EmulatedCall, isScreening = false) {
    this.telephony = telephony;
    this.call = call;
    this.isScreening = isScreening;
  }

  /** Settles when the documents are at their end: true when the call was hung up by them. */
  async run(source: TwimlSource): Promise<boolean> {
    let next: TwimlSource | undefined = source;
    for (let documents = 0; next !== undefined && documents < maxDocuments; documents += 1) {
      try {
        const after: VerbResult = await this.#document(next);
        if (after.kind === 'end') {
          this.call.finish(after.status);
          return true;
        }
        if (after.kind === 'next') break;
        next = after.source;
      } catch (error) {
        if (!(error instanceof RunInterrupted)) throw error;
        next = this.#afterInterruption(error.interruption);
      }
    }
    if (this.isScreening && !this.call.isOver) return false;
    this.call.finish(this.call.isAnswered ? 'completed' : this.#unansweredStatus());
    return true;
  }

  /** Waits for something, unless the caller leaves or the document is replaced meanwhile. */
  async race<Value>(work: Promise<Value>): Promise<Value> {
    const broken = this.call.interrupted.then((interruption) => {
      throw new RunInterrupted(interruption);
    });
    return await Promise.race([work, broken]);
  }

  /** Seconds of TwiML in the emulator's own time. */
  seconds(count: number): Promise<void> {
    return this.telephony.state.wait(count * this.telephony.state.delays.twimlSecond);
  }

  resolve(reference: string): string | undefined {
    return resolveUrl(this.base, reference);
  }

  alert(code: number, about: string): void {
    this.telephony.state.alert(code, about, {
      resourceSid: this.call.sid,
      ...(this.base === undefined ? {} : { url: this.base }),
    });
  }

  /** Where a verb's action leads; undefined when it has none. Relative ones need a document with an address. */
  action(verb: Verb, fields: FormFields): TwimlSource | undefined {
    const given = verb.attributes.get('action');
    if (given === undefined) return undefined;
    const url = this.resolve(given);
    if (url === undefined) {
      this.alert(15_004, `the action ${given} is not absolute`);
      return { kind: 'twiml', text: '<Response><Hangup/></Response>' };
    }
    return { kind: 'url', url, method: methodOf(verb.attributes.get('method')), webhook: 'action', fields };
  }

  /** Requests a document only to notify the house; its TwiML is not obeyed. */
  async notify(source: TwimlSource): Promise<void> {
    if (source.kind !== 'url') return;
    const { url, method, webhook, fields = [] } = source;
    const all = [...this.call.fields(), ...fields];
    await this.telephony.webhooks.request({
      kind: webhook,
      url,
      method,
      fields: all,
      resourceSid: this.call.sid,
      cookies: this.call.cookies,
    });
  }

  #afterInterruption(interruption: Interruption): TwimlSource | undefined {
    if (interruption.kind === 'hangup') {
      this.call.close(this.call.isAnswered ? 'completed' : this.#unansweredStatus());
      return undefined;
    }
    this.call.resume();
    return interruption.source;
  }

  #unansweredStatus(): 'canceled' | 'completed' | 'no-answer' {
    return this.telephony.state.switches.abandonedCallStatus;
  }

  async #document(source: TwimlSource): Promise<VerbResult> {
    const read = source.kind === 'twiml' ? this.#inline(source.text) : await this.race(this.#fetch(source));
    if (read.kind === 'invalid') return await this.#applicationError(read.code, read.about);
    for (const { code, about } of read.warnings) this.alert(code, about);
    return await this.#verbs(read.verbs);
  }

  #inline(text: string): TwimlResult {
    this.base = undefined;
    return readTwiml(text);
  }

  async #fetch(source: TwimlSource & { readonly kind: 'url' }): Promise<TwimlResult> {
    const first = await this.#fetchOnce(source, source.fields ?? []);
    if (first.kind === 'document') return first;
    const fallback = source.fallback ?? this.call.fallback;
    if (fallback === undefined || fallback.url === '') return first;
    this.alert(first.code, first.about);
    const names: FormFields = [
      ['ErrorCode', String(first.code)],
      ['ErrorUrl', source.url],
    ];
    const more = this.telephony.state.switches.fallbackFields === 'present' ? names : [];
    return await this.#fetchOnce({ ...source, ...fallback, webhook: 'voice' }, [...(source.fields ?? []), ...more]);
  }

  async #fetchOnce(source: TwimlSource & { readonly kind: 'url' }, more: FormFields): Promise<TwimlResult> {
    const fields = [...this.call.fields(), ...more];
    const { webhook: kind, url, method } = source;
    const reply = await this.telephony.webhooks.request({
      kind,
      url,
      method,
      fields,
      resourceSid: this.call.sid,
      cookies: this.call.cookies,
    });
    if (reply.kind === 'failed') return { kind: 'invalid', code: reply.code, about: `no answer from ${url}` };
    if (reply.status >= 400) return { kind: 'invalid', code: 11_200, about: `${reply.status} from ${url}` };
    this.base = reply.url;
    this.baseMethod = method;
    return readReply({ contentType: reply.headers['content-type'], body: reply.body }, 'Say');
  }

  /** The caller hears "an application error has occurred", and the call ends. */
  async #applicationError(code: number, about: string): Promise<VerbResult> {
    this.alert(code, about);
    if (this.isScreening) return hangUp;
    await this.call.answer();
    await this.race(this.telephony.state.wait(drawDelay(this.telephony.state.delays.say, this.telephony.state.random)));
    return hangUp;
  }

  async #verbs(verbs: readonly Verb[]): Promise<VerbResult> {
    for (const verb of verbs) {
      const next = await this.telephony.runVerb(this, verb);
      if (next.kind !== 'next') return next;
    }
    return nextVerb;
  }
}

export function methodOf(text: string | undefined): 'GET' | 'POST' {
  return text?.toUpperCase() === 'GET' ? 'GET' : 'POST';
}

export function flagOf(text: string | undefined, usual = false): boolean {
  return text === undefined ? usual : text.toLowerCase() === 'true';
}

export function numberOf(text: string | undefined, usual: number): number {
  const value = Number(text);
  return text === undefined || text.trim() === '' || !Number.isFinite(value) ? usual : value;
}

export function splitWords(text: string | undefined, usual: string): readonly string[] {
  return (text ?? usual).split(/\s+/).filter((word) => word !== '');
}
