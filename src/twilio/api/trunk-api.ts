import { text } from './record-mapping.ts';
import type { TwilioResult } from './result.ts';
import { everything } from './run-request.ts';
import type { RunRequest } from './run-request.ts';

/** An elastic SIP trunk. */
export type TwilioTrunk = {
  readonly sid: string;
  readonly friendlyName: string;
  readonly domainName: string;
  readonly secure: boolean;
  /** Fetched for TwiML where no origination URL can be reached (disaster recovery); empty: nothing is. */
  readonly disasterRecoveryUrl: string;
  readonly disasterRecoveryMethod: string;
};
export type TrunkChange = Partial<Omit<TwilioTrunk, 'sid' | 'friendlyName'>>;

/** The elastic SIP trunks of the account. Each verb is one request, or the pages of one list. */
export class TrunkApi {
  readonly #request: RunRequest;

  constructor(request: RunRequest) {
    this.#request = request;
  }

  list(): Promise<TwilioResult<readonly TwilioTrunk[]>> {
    return this.#request(async (sdk) => (await sdk.trunking.v1.trunks.list(everything())).map(toTrunk));
  }

  create(trunk: {
    readonly friendlyName: string;
    readonly domainName: string;
    readonly secure: boolean;
  }): Promise<TwilioResult<TwilioTrunk>> {
    return this.#request(async (sdk) => toTrunk(await sdk.trunking.v1.trunks.create(trunk)));
  }

  update(sid: string, change: TrunkChange): Promise<TwilioResult<TwilioTrunk>> {
    return this.#request(async (sdk) => {
      type Change = Parameters<ReturnType<typeof sdk.trunking.v1.trunks>['update']>[0];
      return toTrunk(await sdk.trunking.v1.trunks(sid).update(change as Extract<Change, object>));
    });
  }

  delete(sid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.trunking.v1.trunks(sid).remove()));
  }

  /** The sids of the credential lists that may terminate calls through the trunk. */
  listCredentialLists(trunkSid: string): Promise<TwilioResult<readonly string[]>> {
    return this.#request(async (sdk) =>
      (await sdk.trunking.v1.trunks(trunkSid).credentialsLists.list(everything())).map(({ sid }) => sid),
    );
  }

  addCredentialList(trunkSid: string, credentialListSid: string): Promise<TwilioResult<void>> {
    return this.#request(
      async (sdk) => void (await sdk.trunking.v1.trunks(trunkSid).credentialsLists.create({ credentialListSid })),
    );
  }

  removeCredentialList(trunkSid: string, credentialListSid: string): Promise<TwilioResult<void>> {
    return this.#request(
      async (sdk) => void (await sdk.trunking.v1.trunks(trunkSid).credentialsLists(credentialListSid).remove()),
    );
  }
}

function toTrunk(from: { readonly [Field in keyof TwilioTrunk]?: unknown }): TwilioTrunk {
  return {
    sid: text(from.sid),
    friendlyName: text(from.friendlyName),
    domainName: text(from.domainName),
    secure: from.secure === true,
    disasterRecoveryUrl: text(from.disasterRecoveryUrl),
    disasterRecoveryMethod: text(from.disasterRecoveryMethod),
  };
}
