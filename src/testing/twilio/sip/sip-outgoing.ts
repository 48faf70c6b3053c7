import type { SipMessage } from '#sip-engine/message/message.ts';
import type { Timer } from '#base/clock.ts';
import { customHeaders, newCallId, newTag } from './sip-build.ts';
import type { Edge } from './sip-edge.ts';
import { Fork } from './sip-fork.ts';
import type { ForkTarget } from './sip-fork.ts';
import { hangupReason, SipLeg } from './sip-leg.ts';
import { openMedia } from './sip-open-media.ts';
import type { LegEnd, OutboundCall, ReferHandler } from '#testing/twilio/base/voice-side.ts';

type Ending = LegEnd & { readonly headers?: Readonly<Record<string, string>> };

export type RingPlan =
  | {
      readonly kind: 'ring';
      /** All of a group ring at once; the next group when the one before failed. */
      readonly groups: readonly (readonly ForkTarget[])[];
      /** How long a group may stay without any response before the next is tried. */
      readonly attemptMs?: number;
      readonly nextAfter: (status: number) => boolean;
      /** Targets of a 302. */
      readonly redirect?: (contact: string) => ForkTarget | undefined;
    }
  | { readonly kind: 'impossible'; readonly status: number; readonly twilioCode: number };

const faultStatuses = [486, 480, 503, 603];

/** A call from Twilio to the house: rings, takes the first who answers, takes the INVITE back from the others. */
export class OutgoingSipCall {
  readonly leg: SipLeg;
  readonly #edge: Edge;
  readonly #call: OutboundCall;
  readonly #callId = newCallId();
  readonly #localTag = newTag();
  #groups: (readonly ForkTarget[])[] = [];
  #plan: Extract<RingPlan, { kind: 'ring' }> | undefined;
  #forks: Fork[] = [];
  #isDecided = false;
  #isRinging = false;
  #hasRedirected = false;
  #best: SipMessage | undefined;
  #headers: Readonly<Record<string, string>> = {};
  #ringLimit: Timer | undefined;

  constructor(edge: Edge, call: OutboundCall, onRefer: ReferHandler | undefined) {
    this.#edge = edge;
    this.#call = call;
    this.leg = new SipLeg(edge, this.#callId);
    this.leg.onRefer = onRefer;
    this.leg.giveUp = (headers) => this.#stop({ status: 487, wasAnswered: false, by: 'near' }, headers);
    void this.leg.ended.then((end) => call.onEnded({ ...end, headers: this.#endHeaders(end) }));
  }

  start(makePlan: () => RingPlan): void {
    const fault = faultStatuses.find((status) => this.#edge.deps.takesFault(`sip.${status}`, 'invite.out'));
    if (fault !== undefined) {
      this.#failSoon({ status: fault, wasAnswered: false, by: 'far' });
      return;
    }
    const plan = makePlan();
    if (plan.kind === 'impossible') {
      this.#failSoon({ status: plan.status, wasAnswered: false, by: 'near', twilioCode: plan.twilioCode });
    } else {
      this.#plan = plan;
      this.#groups = [...plan.groups];
      const limitMs = this.#call.timeoutSeconds * 1000;
      this.#ringLimit = this.#edge.deps.clock.after(limitMs, () =>
        this.#stop({ status: 408, wasAnswered: false, by: 'near' }, hangupReason),
      );
      void this.#next();
    }
  }

  #failSoon(end: LegEnd): void {
    this.#isDecided = true;
    queueMicrotask(() => this.leg.end(end));
  }

  async #next(): Promise<void> {
    const group = this.#groups.shift();
    if (group === undefined || this.#isDecided) {
      if (!this.#isDecided) this.#failed();
      return;
    }
    const forks = await Promise.all(group.map((target, index) => this.#fork(target, index)));
    if (this.#isDecided) return;
    const live = forks.filter((fork) => fork !== undefined);
    if (live.length === 0) return this.#next();
    const limit = this.#plan?.attemptMs;
    if (limit !== undefined) this.#edge.wireClock.after(limit, () => this.#giveUpGroup(live));
  }

  async #fork(target: ForkTarget, index: number): Promise<Fork | undefined> {
    const { switches } = this.#edge;
    const media = await openMedia(this.#edge, this.#call.secure);
    try {
      const flow = await target.flow();
      if (this.#isDecided || !flow.isOpen()) throw new Error('The flow is closed');
      const callId = switches.forkCallId === 'own' && index > 0 ? newCallId() : this.#callId;
      const parts = { call: this.#call, target, media, callId, localTag: this.#localTag };
      const fork = new Fork(this.#edge, parts, {
        onRinging: (response) => this.#ringing(fork, response),
        onAnswered: (from, response) => void this.#answered(from, response),
        onRefused: (from, response) => this.#refused(from, response),
      });
      this.#forks.push(fork);
      fork.send(flow);
      return fork;
    } catch {
      media.close();
      return undefined;
    }
  }

  #giveUpGroup(group: readonly Fork[]): void {
    if (this.#isDecided || group.some((fork) => fork.hasAnyResponse || fork.state !== 'calling')) return;
    for (const fork of group) fork.cancel();
    void this.#next();
  }

  #ringing(fork: Fork, response: SipMessage): void {
    if (this.#isDecided) return;
    if (response.body.length > 0 && fork.media.accept(response.body.toString('latin1'))) this.leg.hear(fork.media);
    if (this.#isRinging) return;
    this.#isRinging = true;
    this.#call.onRinging();
  }

  async #answered(fork: Fork, response: SipMessage): Promise<void> {
    const { takesFault } = this.#edge.deps;
    if (this.#isDecided) {
      await this.#refuseLate(fork, response);
      return;
    }
    const losers = this.#forks.filter((each) => each !== fork && each.state === 'calling');
    const isGlare = losers.length > 0 && takesFault('sip.fork-glare', 'invite.out');
    this.#decide();
    if (takesFault('sip.late-cancel-after-200', 'invite.out')) fork.sendCancel();
    if (!isGlare) for (const loser of losers) loser.cancel();
    const acknowledges = !takesFault('sip.no-ack', 'invite.out');
    const dialog = await fork.confirm(response, { acknowledges });
    this.leg.confirm(dialog);
    this.leg.keepAlive(response);
    if (!fork.media.accept(response.body.toString('latin1'))) {
      this.#edge.trace.breach(`The 200 has no usable SDP answer: ${response.body.toString('latin1')}`);
    }
    this.leg.hear(fork.media);
    this.#call.onAnswered({ headers: customHeaders(response) });
  }

  /** Another leg answered after one had won, or after the end of the call: ACK, then BYE (RFC 3261 section 13.2.2.4). */
  async #refuseLate(fork: Fork, response: SipMessage): Promise<void> {
    const dialog = await fork.confirm(response);
    const bye = dialog.request('BYE', this.#edge.wire, hangupReason);
    this.#edge.transactions.request(bye, dialog.flow, { onFinal: () => {} });
    fork.media.close();
  }

  #refused(fork: Fork, response: SipMessage): void {
    fork.media.close();
    if (this.#isDecided) return;
    const contact = response.status === 302 ? response.get('contact') : undefined;
    const redirect = contact === undefined || this.#hasRedirected ? undefined : this.#plan?.redirect?.(contact);
    if (redirect) {
      this.#hasRedirected = true;
      this.#groups.unshift([redirect]);
    } else if (this.#best === undefined || isBetter(response.status, this.#best.status)) this.#best = response;
    if (response.status >= 600) this.#failed();
    else if (this.#forks.some((each) => each.state === 'calling')) return;
    else if (redirect || this.#plan?.nextAfter(response.status) === true) void this.#next();
    else this.#failed();
  }

  #failed(): void {
    const status = this.#best?.status ?? 480;
    this.#headers = this.#best ? customHeaders(this.#best) : {};
    const isUnreached = this.#best === undefined || (status === 408 && !this.#isRinging);
    this.#stop({ status, wasAnswered: false, by: 'far', ...(isUnreached ? { twilioCode: 32_011 } : {}) }, hangupReason);
  }

  #stop(end: Ending, headers: Readonly<Record<string, string>>): void {
    this.#decide();
    for (const fork of this.#forks) fork.cancel(headers);
    this.leg.end(end);
  }

  #decide(): void {
    this.#isDecided = true;
    this.#ringLimit?.cancel();
  }

  #endHeaders(end: LegEnd): Readonly<Record<string, string>> {
    if (!end.wasAnswered) return this.#headers;
    return Object.fromEntries(Object.entries(this.leg.endHeaders).filter(([name]) => name.toLowerCase().startsWith('x-')));
  }
}

/** RFC 3261 section 16.7, step 6: a 6xx first, then the lowest class; a 408 or 481 only for want of another. */
function isBetter(status: number, than: number): boolean {
  const rank = (value: number): number =>
    value >= 600 ? 0 : Math.floor(value / 100) * 10 + (value === 408 || value === 481 ? 1 : 0);
  return rank(status) < rank(than);
}
