import { parseNameAddr } from '#sip-engine/message/fields.ts';
import { parseUri } from '#sip-engine/message/uri.ts';
import { customHeaders, newTag, responseTo, twilioAllow } from './sip-build.ts';
import { EdgeDialog, gatewayContact, recordRoutes } from './sip-edge.ts';
import type { Edge } from './sip-edge.ts';
import { SipLeg } from './sip-leg.ts';
import type { SipMedia } from './sip-media.ts';
import { openMedia } from './sip-open-media.ts';
import type { InviteAdmission } from './sip-admission.ts';
import type { EdgeServerTransaction } from './sip-transactions.ts';
import type { InboundInvite, LegEnd, ReferHandler, AudioClip } from '#testing/twilio/base/voice-side.ts';

type Headers = Readonly<Record<string, string>>;

/** A call from the house that was let in. */
export class IncomingSipCall {
  readonly leg: SipLeg;
  readonly #edge: Edge;
  readonly #transaction: EdgeServerTransaction;
  readonly #secure: boolean;
  readonly #tag = newTag();
  readonly #contact: string;
  #media: SipMedia | undefined;
  #answerText: string | undefined;
  #state: 'new' | 'answered' | 'over' = 'new';

  constructor(
    edge: Edge,
    transaction: EdgeServerTransaction,
    { secure, onRefer }: { secure: boolean; onRefer: ReferHandler | undefined },
  ) {
    const { request } = transaction;
    this.#edge = edge;
    this.#transaction = transaction;
    this.#secure = secure;
    this.#contact = gatewayContact(parseUri(request.requestUri)?.user ?? 'gateway');
    this.leg = new SipLeg(edge, request.callId);
    this.leg.onRefer = onRefer;
    this.leg.giveUp = (headers) => this.reject(480, undefined, headers);
    transaction.onCancel = () => this.#refuse(487, { by: 'far' });
  }

  facts(admission: InviteAdmission): InboundInvite {
    const { request, flow } = this.#transaction;
    return {
      kind: admission.kind,
      domain: admission.domain,
      from: request.from?.uri ?? '',
      to: request.requestUri,
      username: admission.username,
      sourceIp: flow.remote.address,
      sipCallId: request.callId,
      headers: customHeaders(request),
      leg: this.leg,
      ring: (early) => void this.ring(early),
      answer: () => this.answer(),
      reject: (status, reason, headers) => this.reject(status, reason, headers),
    };
  }

  async ring(early?: AudioClip): Promise<void> {
    if (this.#state !== 'new') return;
    if (early === undefined) {
      this.#respond(180);
      return;
    }
    const body = await this.#composeMediaRelay();
    if (body === undefined || this.#state !== 'new') return;
    this.#respond(183, body);
    this.leg.play(early);
  }

  async answer(): Promise<void> {
    if (this.#state !== 'new') return;
    const body = await this.#composeMediaRelay();
    if (this.#state !== 'new') return;
    if (body === undefined) {
      this.#refuse(488, { by: 'near' });
      return;
    }
    this.#state = 'answered';
    await this.#confirm(body);
  }

  readonly reject = (status: number, reason?: string, headers?: Headers): void => {
    this.#refuse(status, { by: 'near' }, { reason, headers });
  };

  #refuse(
    status: number,
    { by }: Pick<LegEnd, 'by'>,
    more: { reason?: string | undefined; headers?: Headers | undefined } = {},
  ): void {
    if (this.#state !== 'new') return;
    this.#state = 'over';
    const { request } = this.#transaction;
    this.#transaction.respond(responseTo(request, status, { ...more, tag: this.#tag }));
    this.#media?.close();
    this.leg.end({ status, wasAnswered: false, by });
  }

  /** The SDP answer, or the offer when the INVITE had none. */
  async #composeMediaRelay(): Promise<string | undefined> {
    if (this.#answerText !== undefined) return this.#answerText;
    const media = await openMedia(this.#edge, this.#secure);
    const { body } = this.#transaction.request;
    this.#answerText = body.length === 0 ? media.offer() : media.answer(body.toString('latin1'));
    if (this.#answerText === undefined || this.leg.isEnded) media.close();
    else {
      this.#media = media;
      this.leg.hear(media);
    }
    return this.#answerText;
  }

  #confirm(body: string): Promise<void> {
    const { request, flow } = this.#transaction;
    const ours = recordRoutes(this.#edge.wire, flow.protocol).toReversed();
    const bare = (text: string) => `<${parseNameAddr(text)?.uri ?? ''}>`;
    const dialog = new EdgeDialog(
      {
        callId: request.callId,
        localTag: this.#tag,
        remoteTag: request.fromTag ?? '',
        local: bare(request.get('to') ?? ''),
        remote: bare(request.get('from') ?? ''),
        contact: this.#contact,
        remoteTarget: parseNameAddr(request.get('contact') ?? '')?.uri ?? '',
        routes: request.getAll('record-route'),
        expectedRoutes: ours.toReversed(),
        sequence: 0,
      },
      flow,
    );
    const { promise, resolve } = Promise.withResolvers<void>();
    this.leg.confirm(dialog, (ack) => {
      this.#transaction.acknowledged();
      if (request.body.length === 0) this.#media?.accept(ack.body.toString('latin1'));
      resolve();
    });
    this.#transaction.onUnacknowledged = () => {
      this.#edge.deps.alert(32_022, `No ACK for the answer to ${request.requestUri}`);
      this.#edge.trace.breach(`No ACK came for the 200 to the INVITE for ${request.requestUri}`);
      this.leg.hangup();
    };
    void this.leg.ended.then(() => {
      this.#transaction.acknowledged();
      resolve();
    });
    this.#respond(200, body);
    return promise;
  }

  #respond(status: number, body?: string): void {
    const { request, flow } = this.#transaction;
    const response = responseTo(request, status, { tag: this.#tag, ...(body === undefined ? {} : { body }) });
    // The request passed the outer side first, so the inner one is on top.
    for (const route of recordRoutes(this.#edge.wire, flow.protocol).toReversed()) response.append('record-route', route);
    for (const route of request.getAll('record-route')) response.append('record-route', route);
    response.append('contact', `<${this.#contact}>`);
    response.append('allow', twilioAllow);
    this.#transaction.respond(response);
  }
}
