import { text } from './record-mapping.ts';
import type { TwilioResult } from './result.ts';
import type { RunRequest } from './run-request.ts';

/** A pool of sender numbers; a US carrier campaign (10DLC) is registered on one. */
export type MessagingService = {
  readonly sid: string;
  readonly name: string;
  /** Whether messages to its numbers go to the webhook of the number instead of its own ("Defer to sender's webhook"). */
  readonly defersToNumber: boolean;
  /** Empty: messages to its numbers are dropped and not even listed. */
  readonly inboundUrl: string;
};

/** The Messaging Services of the account. Each verb is one request, or the pages of one list. */
export class MessagingServiceApi {
  readonly #request: RunRequest;

  constructor(request: RunRequest) {
    this.#request = request;
  }

  list(): Promise<TwilioResult<readonly MessagingService[]>> {
    return this.#request(async (sdk) => (await sdk.messaging.v1.services.list({ limit: 200, pageSize: 100 })).map(toService));
  }

  fetch(sid: string): Promise<TwilioResult<MessagingService>> {
    return this.#request(async (sdk) => toService(await sdk.messaging.v1.services(sid).fetch()));
  }

  /** The sids and numbers (E.164) in a service. */
  numbersOf(sid: string): Promise<TwilioResult<readonly { readonly sid: string; readonly number: string }[]>> {
    return this.#request(async (sdk) => {
      const found = await sdk.messaging.v1.services(sid).phoneNumbers.list({ limit: 1000, pageSize: 100 });
      return found.map((one) => ({ sid: text(one.sid), number: text(one.phoneNumber) }));
    });
  }

  setDefersToNumber(sid: string, defers: boolean): Promise<TwilioResult<MessagingService>> {
    return this.#request(async (sdk) =>
      toService(await sdk.messaging.v1.services(sid).update({ useInboundWebhookOnNumber: defers })),
    );
  }
}

type Loose = {
  readonly [Field in 'sid' | 'friendlyName' | 'useInboundWebhookOnNumber' | 'inboundRequestUrl']?: unknown;
};

function toService({ sid, friendlyName, useInboundWebhookOnNumber, inboundRequestUrl }: Loose): MessagingService {
  return {
    sid: text(sid),
    name: text(friendlyName) || text(sid),
    inboundUrl: text(inboundRequestUrl),
    defersToNumber: useInboundWebhookOnNumber === true,
  };
}
