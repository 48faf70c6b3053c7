import { text } from './record-mapping.ts';
import type { TwilioResult } from './result.ts';
import type { RunRequest } from './run-request.ts';

/** Where a trunk sends calls to its numbers (origination). The lowest priority is tried first. */
export type OriginationUrl = {
  readonly sid: string;
  readonly friendlyName: string;
  readonly sipUrl: string;
  readonly weight: number;
  readonly priority: number;
  readonly enabled: boolean;
};
type Wanted = Omit<OriginationUrl, 'sid'>;

/** The origination URLs of trunks. Each verb is one request, or the pages of one list. */
export class OriginationApi {
  readonly #request: RunRequest;

  constructor(request: RunRequest) {
    this.#request = request;
  }

  list(trunkSid: string): Promise<TwilioResult<readonly OriginationUrl[]>> {
    return this.#request(async (sdk) =>
      (await sdk.trunking.v1.trunks(trunkSid).originationUrls.list({ limit: 100, pageSize: 100 })).map(toUrl),
    );
  }

  create(trunkSid: string, url: Wanted): Promise<TwilioResult<OriginationUrl>> {
    return this.#request(async (sdk) => toUrl(await sdk.trunking.v1.trunks(trunkSid).originationUrls.create(url)));
  }

  update({ trunkSid, sid }: { trunkSid: string; sid: string }, url: Wanted): Promise<TwilioResult<OriginationUrl>> {
    return this.#request(async (sdk) => toUrl(await sdk.trunking.v1.trunks(trunkSid).originationUrls(sid).update(url)));
  }

  delete(trunkSid: string, sid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.trunking.v1.trunks(trunkSid).originationUrls(sid).remove()));
  }
}

function toUrl(from: { readonly [Field in keyof OriginationUrl]?: unknown }): OriginationUrl {
  return {
    sid: text(from.sid),
    friendlyName: text(from.friendlyName),
    sipUrl: text(from.sipUrl),
    weight: Number(from.weight),
    priority: Number(from.priority),
    enabled: from.enabled === true,
  };
}
