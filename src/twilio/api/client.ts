// Owns the requests to one Twilio account: small typed methods, each one request (or the pages of one list).
// Called by the rest of this room; other rooms get what they need through their ports.
// Must stay true: a method never throws and never retries; its result says what went wrong.
import type { Twilio } from 'twilio';
import type { Log } from '#base/log.ts';
import { TwilioAccountApi } from './account-api.ts';
import { explainErrorCode } from './error-messages.ts';
import { toCall, toMedia, toMessage, toRecording, toTranscription } from './record-mapping.ts';
import { failureOf } from './http.ts';
import type { TwilioHttp } from './http.ts';
import type { TwilioCall, TwilioDownload, TwilioMedia, TwilioMessage, TwilioRecording, TwilioTranscription } from './records.ts';
import type { TwilioResult } from './result.ts';

/** Of the account with its auth token, or of one of its API keys. */
export type TwilioCredentials = {
  readonly accountSid: string;
  readonly username: string;
  readonly password: string;
};

export type TwilioClientDeps = { readonly credentials: TwilioCredentials; readonly http: TwilioHttp; readonly log: Log };

export type NewMessage = {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** Public URLs, ten at most. */
  readonly mediaUrls?: readonly string[];
  readonly statusCallback?: string | undefined;
  readonly validitySeconds?: number;
};

export type MessageQuery = {
  readonly from?: string;
  readonly to?: string;
  /** Twilio may filter by day instead of time: filter the result. */
  readonly sentAfter?: number;
  /** The newest come first; default 200. */
  readonly limit?: number;
};

export type CallQuery = {
  readonly from?: string;
  readonly to?: string;
  readonly parentCallSid?: string;
  readonly status?: TwilioCallStatus;
  /** As with messages. */
  readonly startedAfter?: number;
  readonly limit?: number;
};

export type TwilioCallStatus = 'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';

export type NewCall = {
  readonly from: string;
  readonly to: string;
  /** At most 4000 characters, with absolute URLs only; or `url`. */
  readonly twiml?: string;
  readonly url?: string;
  readonly timeoutSeconds?: number;
  readonly statusCallback?: string;
};

/** Ends a call, cancels it while it rings, or continues with other TwiML. */
export type CallChange = { readonly status: 'completed' | 'canceled' } | { readonly twiml: string } | { readonly url: string };

export type RecordingQuery = {
  readonly callSid?: string;
  /** As with messages. */
  readonly createdAfter?: number;
  readonly limit?: number;
};

export type NewRecording = {
  readonly callSid: string;
  readonly channels?: 'mono' | 'dual';
  readonly statusCallback?: string | undefined;
};

const defaultLimit = 200;
const maxPerPage = 200;

export class TwilioClient {
  readonly credentials: TwilioCredentials;
  /** The account itself: numbers, SIP Domains, trunks, balance. */
  readonly account: TwilioAccountApi;
  readonly #http: TwilioHttp;
  readonly #log: Log;
  #sdk: Promise<Twilio> | undefined;

  constructor({ credentials, http, log }: TwilioClientDeps) {
    this.credentials = credentials;
    this.#http = http;
    this.#log = log;
    this.account = new TwilioAccountApi((run) => this.#request(run), credentials.accountSid);
  }

  sendMessage({
    from,
    to,
    body,
    mediaUrls = [],
    statusCallback,
    validitySeconds,
  }: NewMessage): Promise<TwilioResult<TwilioMessage>> {
    return this.#request(async (sdk) => {
      const message = await sdk.messages.create({
        from,
        to,
        body,
        ...(mediaUrls.length === 0 ? {} : { mediaUrl: [...mediaUrls] }),
        ...(statusCallback === undefined ? {} : { statusCallback }),
        ...(validitySeconds === undefined ? {} : { validityPeriod: validitySeconds }),
      });
      return toMessage(message);
    });
  }

  listMessages({ sentAfter, limit, ...who }: MessageQuery): Promise<TwilioResult<readonly TwilioMessage[]>> {
    return this.#request(async (sdk) => {
      const found = await sdk.messages.list({
        ...who,
        ...page(limit),
        ...(sentAfter === undefined ? {} : { dateSentAfter: new Date(sentAfter) }),
      });
      return uniqueBySid(found.map(toMessage));
    });
  }

  fetchMessage(sid: string): Promise<TwilioResult<TwilioMessage>> {
    return this.#request(async (sdk) => toMessage(await sdk.messages(sid).fetch()));
  }

  deleteMessage(sid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.messages(sid).remove()));
  }

  listMedia(messageSid: string): Promise<TwilioResult<readonly TwilioMedia[]>> {
    return this.#request(async (sdk) => (await sdk.messages(messageSid).media.list(page(undefined))).map(toMedia));
  }

  /** A MediaUrl or any other URL at Twilio. A 404 may become a success a little later. */
  fetchMedia(url: string): Promise<TwilioResult<TwilioDownload>> {
    return this.#http.download(url, this.credentials);
  }

  deleteMedia(messageSid: string, mediaSid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.messages(messageSid).media(mediaSid).remove()));
  }

  createCall({ timeoutSeconds, ...call }: NewCall): Promise<TwilioResult<TwilioCall>> {
    return this.#request(async (sdk) => {
      const timeout = timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds };
      return toCall(await sdk.calls.create({ ...call, ...timeout } as Parameters<typeof sdk.calls.create>[0]));
    });
  }

  /** Refused with 21220 for a call that has ended. */
  updateCall(sid: string, change: CallChange): Promise<TwilioResult<TwilioCall>> {
    return this.#request(async (sdk) => toCall(await sdk.calls(sid).update(change)));
  }

  fetchCall(sid: string): Promise<TwilioResult<TwilioCall>> {
    return this.#request(async (sdk) => toCall(await sdk.calls(sid).fetch()));
  }

  listCalls({ startedAfter, limit, ...filters }: CallQuery): Promise<TwilioResult<readonly TwilioCall[]>> {
    return this.#request(async (sdk) => {
      const found = await sdk.calls.list({
        ...filters,
        ...page(limit),
        ...(startedAfter === undefined ? {} : { startTimeAfter: new Date(startedAfter) }),
      });
      return uniqueBySid(found.map(toCall));
    });
  }

  listRecordings({ callSid, createdAfter, limit }: RecordingQuery): Promise<TwilioResult<readonly TwilioRecording[]>> {
    return this.#request(async (sdk) => {
      const found = await sdk.recordings.list({
        ...page(limit),
        ...(callSid === undefined ? {} : { callSid }),
        ...(createdAfter === undefined ? {} : { dateCreatedAfter: new Date(createdAfter) }),
      });
      return uniqueBySid(found.map(toRecording));
    });
  }

  fetchRecording(sid: string): Promise<TwilioResult<TwilioRecording>> {
    return this.#request(async (sdk) => toRecording(await sdk.recordings(sid).fetch()));
  }

  /** 8 kHz, 16 bit PCM. 404 for a while after the callback that reports it complete. */
  fetchRecordingWav(sid: string, { channels = 1 }: { readonly channels?: 1 | 2 } = {}): Promise<TwilioResult<TwilioDownload>> {
    // Without the extension some accounts get JSON.
    const query = channels === 2 ? '?RequestedChannels=2' : '';
    return this.#http.download(`${this.#address}/Recordings/${encodeURIComponent(sid)}.wav${query}`, this.credentials);
  }

  /** A second time it is refused with 404. */
  deleteRecording(sid: string): Promise<TwilioResult<void>> {
    return this.#request(async (sdk) => void (await sdk.recordings(sid).remove()));
  }

  /** Of the parent leg, to record both sides. Refused with 21220 where the call is not in progress. */
  startRecording({ callSid, channels = 'mono', statusCallback }: NewRecording): Promise<TwilioResult<TwilioRecording>> {
    return this.#request(async (sdk) => {
      const recordings = sdk.calls(callSid).recordings;
      const callback =
        statusCallback === undefined
          ? {}
          : { recordingStatusCallback: statusCallback, recordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'] };
      return toRecording(await recordings.create({ recordingChannels: channels, ...callback }));
    });
  }

  changeRecording(
    { callSid, sid }: { readonly callSid: string; readonly sid: string },
    status: 'paused' | 'in-progress' | 'stopped',
  ): Promise<TwilioResult<TwilioRecording>> {
    return this.#request(async (sdk) => toRecording(await sdk.calls(callSid).recordings(sid).update({ status })));
  }

  listTranscriptions(recordingSid: string): Promise<TwilioResult<readonly TwilioTranscription[]>> {
    return this.#request(async (sdk) =>
      (await sdk.recordings(recordingSid).transcriptions.list(page(undefined))).map(toTranscription),
    );
  }

  get #address(): string {
    return `https://api.twilio.com/2010-04-01/Accounts/${this.credentials.accountSid}`;
  }

  async #request<Value>(run: (sdk: Twilio) => Promise<Value>): Promise<TwilioResult<Value>> {
    try {
      this.#sdk ??= this.#load();
      return { kind: 'ok', value: await run(await this.#sdk) };
    } catch (error) {
      const failure = failureOf(error);
      this.#log.debug({ ...failure, err: failure.status === undefined ? error : undefined }, 'Request to Twilio failed');
      return { ...failure, message: explainErrorCode(failure.code, failure.message) };
    }
  }

  /** Loaded on first use: the package takes some 40 MB, and a house without an account does not need it. */
  async #load(): Promise<Twilio> {
    const { default: twilio } = await import('twilio');
    const { accountSid, username, password } = this.credentials;
    const httpClient = this.#http as unknown as NonNullable<ConstructorParameters<typeof Twilio>[2]>['httpClient'];
    return twilio(username, password, { accountSid, ...(httpClient === undefined ? {} : { httpClient }) });
  }
}

/** A list that grows while its pages are read shows the last of one page again as the first of the next. */
function uniqueBySid<Item extends { readonly sid: string }>(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((item) => [item.sid, item])).values()];
}

/** The SDK follows Twilio's next-page links; without a limit it would read every page. */
function page(limit: number = defaultLimit): { readonly limit: number; readonly pageSize: number } {
  return { limit, pageSize: Math.min(limit, maxPerPage) };
}
