import { MessagingServiceApi } from './messaging-service-api.ts';
import { OriginationApi } from './origination-api.ts';
import { everything } from './run-request.ts';
import type { RunRequest } from './run-request.ts';
import { SipApi } from './sip-api.ts';
import { TrunkApi } from './trunk-api.ts';
import { number, optionalText, text, time, toNumber } from './record-mapping.ts';
import type { TwilioAccountFacts, TwilioAlert, TwilioBalance, TwilioLookup, TwilioNumber, TwilioUsage } from './records.ts';
import type { TwilioResult } from './result.ts';

/** The fields of a number that may be written, by the names of TwilioNumber. */
export type TwilioNumberChange = Partial<
  Record<
    | 'voiceUrl'
    | 'voiceMethod'
    | 'voiceFallbackUrl'
    | 'voiceFallbackMethod'
    | 'voiceApplicationSid'
    | 'statusCallback'
    | 'statusCallbackMethod'
    | 'smsUrl'
    | 'smsMethod'
    | 'smsFallbackUrl'
    | 'smsFallbackMethod'
    | 'smsApplicationSid'
    | 'trunkSid',
    string
  >
>;

/** What setup and health ask of an account. Each verb is one request, or the pages of one list. */
export class TwilioAccountApi {
  readonly #request: RunRequest;
  readonly #accountSid: string;
  readonly sip: SipApi;
  readonly trunks: TrunkApi;
  readonly originations: OriginationApi;
  readonly messagingServices: MessagingServiceApi;

  constructor(request: RunRequest, accountSid: string) {
    this.#request = request;
    this.#accountSid = accountSid;
    this.sip = new SipApi(request);
    this.trunks = new TrunkApi(request);
    this.originations = new OriginationApi(request);
    this.messagingServices = new MessagingServiceApi(request);
  }

  /** Refused with 20003 for any API key, also a valid one. */
  fetchAccount(): Promise<TwilioResult<TwilioAccountFacts>> {
    return this.#request(async (sdk) => {
      const { sid, friendlyName, status, type } = await sdk.api.v2010.accounts(this.#accountSid).fetch();
      return { sid, name: text(friendlyName), status: text(status), type: text(type) };
    });
  }

  fetchBalance(): Promise<TwilioResult<TwilioBalance>> {
    return this.#request(async (sdk) => {
      const { balance, currency } = await sdk.balance.fetch();
      return { amount: number(balance) ?? 0, currency: text(currency) };
    });
  }

  /** The usage of this month, per category. */
  listUsage(): Promise<TwilioResult<readonly TwilioUsage[]>> {
    return this.#request(async (sdk) => {
      const found = await sdk.usage.records.thisMonth.list(everything());
      return found.map(({ category, count, price, priceUnit }) => ({
        category: text(category),
        count: number(count) ?? 0,
        price: number(price) ?? 0,
        currency: text(priceUnit).toUpperCase(),
      }));
    });
  }

  listAlerts({
    since,
    limit = 50,
  }: {
    readonly since: number;
    readonly limit?: number;
  }): Promise<TwilioResult<readonly TwilioAlert[]>> {
    return this.#request(async (sdk) => {
      const found = await sdk.monitor.v1.alerts.list({ startDate: new Date(since), limit, pageSize: limit });
      return found.map((alert) => ({
        sid: text(alert.sid),
        code: number(alert.errorCode),
        level: text(alert.logLevel),
        text: text(alert.alertText),
        requestUrl: text(alert.requestUrl),
        resourceSid: text(alert.resourceSid),
        at: time(alert.dateGenerated),
      }));
    });
  }

  lookUp(number: string, fields?: 'caller_name' | 'line_type_intelligence'): Promise<TwilioResult<TwilioLookup>> {
    return this.#request(async (sdk) => {
      const found = await sdk.lookups.v2.phoneNumbers(number).fetch(fields === undefined ? {} : { fields });
      const { callerName, lineTypeIntelligence } = found as { callerName?: unknown; lineTypeIntelligence?: unknown };
      return {
        number: text(found.phoneNumber),
        isValid: found.valid === true,
        nationalFormat: optionalText(found.nationalFormat),
        callerName: optionalText(field(callerName, 'caller_name') ?? field(callerName, 'callerName')),
        lineType: optionalText(field(lineTypeIntelligence, 'type')),
      };
    });
  }

  listNumbers(): Promise<TwilioResult<readonly TwilioNumber[]>> {
    return this.#request(async (sdk) => (await sdk.incomingPhoneNumbers.list(everything())).map(toNumber));
  }

  fetchNumber(sid: string): Promise<TwilioResult<TwilioNumber>> {
    return this.#request(async (sdk) => toNumber(await sdk.incomingPhoneNumbers(sid).fetch()));
  }

  updateNumber(sid: string, change: TwilioNumberChange): Promise<TwilioResult<TwilioNumber>> {
    return this.#request(async (sdk) => toNumber(await sdk.incomingPhoneNumbers(sid).update(change)));
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
