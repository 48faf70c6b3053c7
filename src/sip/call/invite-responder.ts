import type { Verdict } from '#calls/verdict.ts';
import { capabilities } from '#sip/message/capabilities.ts';
import { tokens } from '#sip/message/headers.ts';
import type { Invite } from '#sip/message/invite.ts';
import { respond } from '#sip/message/respond.ts';
import { statusOf } from '#sip/message/sip-status.ts';

type InviteResponderOptions = {
  readonly localTag: string;
  /** Our refusal sends the caller on to the network's own voicemail, unless it says busy or declined. */
  readonly failsOver: boolean;
};

/** Busy and declined: after these a network tries nothing else (RFC 3261 section 16.7 of 6xx, and Twilio of 486). */
const noFailoverStatuses: ReadonlySet<number> = new Set([486, 600, 603]);

/** The responses to one INVITE: provisional ones while it rings, then a final one. */
export class InviteResponder {
  readonly #invite: Invite;
  readonly #options: InviteResponderOptions;
  #isRingingSent = false;
  #hasSentMedia = false;
  #retrySeconds: number | undefined;

  constructor(invite: Invite, options: InviteResponderOptions) {
    this.#invite = invite;
    this.#options = options;
  }

  get isRingingSent(): boolean {
    return this.#isRingingSent;
  }

  /** Whether the caller has a session description: an answer of another side would contradict it (RFC 3261 section 13.2.1). */
  get hasSentMedia(): boolean {
    return this.#hasSentMedia;
  }

  /** A provisional response; with a session description it starts early media. */
  progress(status: number, body = ''): void {
    const { request, response } = this.#invite;
    const hasMedia = body !== '' && (request.body ?? '') !== '';
    // A second plain 180 is no news: of several phones that ring, the caller hears one.
    if (!hasMedia && this.#isRingingSent) return;
    const isReliable = tokens(request.headers['require']).includes('100rel');
    // 181 and 182 do not ring yet, and the next reliable response would have to wait for their PRACK (RFC 3262 section 3).
    const isInformational = !hasMedia && (status === 181 || status === 182);
    if (isInformational && isReliable) return;
    this.#isRingingSent = !isInformational;
    this.#hasSentMedia ||= hasMedia;
    respond(response, hasMedia || status !== 183 ? status : 180, {
      headers: { ...this.#toTag, ...capabilities, ...(isReliable ? { Require: '100rel' } : {}) },
      ...(hasMedia ? { body } : {}),
    });
  }

  /** A 200; `done` gets an error where the caller's CANCEL was faster. */
  answer(body: string, done: (error: unknown) => void): void {
    const { timer, response } = this.#invite;
    const headers = { ...this.#toTag, ...capabilities, ...(timer.kind === 'agreed' ? timer.headers : {}) };
    respond(response, 200, { headers, done, ...(body === '' ? {} : { body }) });
  }

  refuse(status: number): void {
    respond(this.#invite.response, status);
  }

  statusFor(verdict: Verdict): number {
    const status = statusOf(verdict);
    return this.#options.failsOver && noFailoverStatuses.has(status) ? 480 : status;
  }

  /** A callee asked not to be called for so long (Retry-After, RFC 3261 section 20.33); the shortest time counts. */
  setRetryAfter(seconds: number): void {
    this.#retrySeconds = Math.min(seconds, this.#retrySeconds ?? seconds);
  }

  /** Refuses, with Retry-After where a callee gave one. */
  refuseWithRetryAfter(status: number): void {
    const isHinted = this.#retrySeconds !== undefined && (status === 503 || status === 480);
    respond(this.#invite.response, status, isHinted ? { headers: { 'Retry-After': String(this.#retrySeconds) } } : {});
  }

  /** Our first response fixes our tag; drachtio-srf takes it in this form. */
  get #toTag(): Record<string, string> {
    return { To: `tag=${this.#options.localTag}` };
  }
}
